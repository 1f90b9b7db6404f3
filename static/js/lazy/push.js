// @ts-check
// Devices that are told while Parley is closed: this one is added, and tests are watched until they arrive.
import { $, doc, me, on } from '../dom.js';
import { post, load } from '../request.js';
import { sessionMark, store } from '../storage.js';
import { toast } from '../toast.js';

// Where a network blocks push services, subscribing never answers.
const subscribeWithin = 10000;
const arriveWithin = 15000;

const text = buffer =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
const isPhoneOfApple =
  /iP(hone|ad|od)/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);

/** @type {(device: PushSubscription) => Promise<string>} */
export async function tellServer(device) {
  const r = await post('/me/devices', {
    endpoint: device.endpoint,
    p256dh: text(device.getKey('p256dh')),
    auth: text(device.getKey('auth')),
  });
  if (!r.ok || r.redirected) return (await r.text()).slice(0, 200) || 'That was not saved.';
  await (await caches.open('device')).put('/device', new Response(me));
  store.set('device', sessionMark);
  return '';
}

// The server's key is on the page of devices, which another page asks for.
async function serverKey() {
  const shown = $('devices')?.dataset.key;
  if (shown) return shown;
  return /id="devices" data-key="([\w-]+)"/.exec(await (await fetch('/me/notifications')).text())?.[1] ?? '';
}

// Why this device could not be added; '' when it was.
export async function addDevice() {
  try {
    const text = await serverKey();
    if (!text) return ''; // this server tells no devices
    await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
    const at = await navigator.serviceWorker.ready,
      key = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0)),
      late = new Promise((_, no) => setTimeout(no, subscribeWithin, Error('late')));
    await (await at.pushManager.getSubscription())?.unsubscribe(); // it may be of another key, or of somebody else
    const device = await Promise.race([
      at.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }),
      late,
    ]);
    const why = await tellServer(/** @type {PushSubscription} */ (device));
    if (!why) toast('This device is told now.');
    return why;
  } catch (/** @type {any} */ e) {
    return e.message === 'late'
      ? 'The push service of this browser does not answer. A network may block it.'
      : 'This browser cannot be told: ' + e.message;
  }
}

async function add(button, state) {
  button.disabled = true;
  state.textContent = 'Asking your browser…';
  const allowed = (await Notification.requestPermission()) === 'granted',
    why = allowed ? await addDevice() : 'This browser forbids notifications of Parley; its settings can allow them.';
  button.disabled = false;
  if (why) state.textContent = why;
  else await load(location.pathname, 'false');
}

/** @type {{ [device: string]: { sent: number, timer: number } }} */
const tests = {};

async function test(form) {
  const row = form.closest('[data-device]'),
    device = row.dataset.device,
    say = words => (row.querySelector('[role=status]').textContent = words);
  const r = await post(form.action, {}).catch(() => null);
  if (!r?.ok) return say(r ? (await r.text()).slice(0, 200) : 'No connection. Try again in a moment.');
  say('Test sent…');
  clearTimeout(tests[device]?.timer);
  tests[device] = {
    sent: Date.now(),
    timer: setTimeout(
      say,
      arriveWithin,
      'Sent. If nothing shows: look whether the device is online, and whether its settings let the browser notify.',
    ),
  };
}

function arrived(device) {
  const t = tests[device],
    state = doc.querySelector(`[data-device="${device}"] [role=status]`);
  if (!t || !state) return;
  clearTimeout(t.timer);
  state.textContent = `Test sent, arrived after ${((Date.now() - t.sent) / 1000).toFixed(1)} s`;
}
navigator.serviceWorker?.addEventListener('message', e => e.data?.arrived && arrived(String(e.data.arrived)));

on(doc, 'submit', e => {
  if (!e.target.matches('[data-test]')) return;
  e.preventDefault();
  test(e.target);
});

export function enterDevices() {
  const button = /** @type {HTMLButtonElement} */ ($('addDevice')),
    state = $('deviceState');
  if (!button) return;
  const can = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  button.hidden = !can;
  if (!can)
    state.textContent = isPhoneOfApple
      ? 'On an iPhone or iPad, Parley must be on the Home Screen first: press Share, then Add to Home Screen, and open it from there.'
      : 'This browser cannot be told while Parley is closed.';
  button.onclick = () => add(button, state);
}
