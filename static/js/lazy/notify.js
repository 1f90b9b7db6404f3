// @ts-check
// Notifications while Parley is open: by one tab, never of what somebody reads, and quiet when asked to be.
import { $, doc, make, me, on, openRoom, root } from '../dom.js';
import { visit } from '../request.js';
import { store } from '../storage.js';
import { lazy } from '../lazy.js';
import { toast } from '../toast.js';
import looks from './notify.css';

// Chrome on Android has the name, but throws where one is made: only a service worker may. A title that cannot be made
// a text asks without showing one: whoever gets as far as reading it can.
let mayNotify = 'Notification' in self && !/Android.*Chrome/.test(navigator.userAgent);
let probed = false;
function canNotify() {
  if (!mayNotify || probed) return mayNotify;
  probed = true;
  const asked = {},
    title = /** @type {any} */ ({
      toString() {
        throw asked;
      },
    });
  try {
    new Notification(title, {}).close();
  } catch (e) {
    mayNotify = e === asked;
  }
  return mayNotify;
}

const notificationsOn = () => mayNotify && Notification.permission === 'granted' && store.get('notify') !== 'off';

// Do not disturb: until a time, or every day between two, in the zone that was chosen.
function isQuiet() {
  if (+root.dataset.until > Date.now()) return true;
  const [from, to] = (root.dataset.quiet ?? '').split('-');
  if (!to) return false;
  const now = new Intl.DateTimeFormat('en-GB', {
    timeZone: root.dataset.zone || undefined,
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date());
  return from <= to ? now >= from && now < to : now >= from || now < to;
}

// Some tab saw or told of it just now. Later the number says nothing: a backup that was restored gives it out again.
const alreadyDone = (what, n) => {
  const last = store.get(what + ':' + n.room);
  return last?.id >= n.id && Date.now() - last.at < 60000;
};

export async function show(n) {
  const mine = n.all || n.for?.map(String).includes(me) || n.dm;
  if (n.dm && n.by !== +me) showOffer();
  if (n.by === +me || isQuiet() || (!doc.hidden && openRoom() === n.room)) return;
  await new Promise(ok => setTimeout(ok, 300)); // a tab in which it is read may get it a little later
  if (alreadyDone('seen', n)) return; // see scheduleRead
  const once = async lock => {
    if (!lock || alreadyDone('notified', n)) return;
    store.set('notified:' + n.room, { id: n.id, at: Date.now() });
    if (root.dataset.sound === 'all' || (root.dataset.sound === 'mentions' && mine)) playSound();
    if (notificationsOn()) showNotification(n);
    await new Promise(ok => setTimeout(ok, 500));
  };
  navigator.locks ? navigator.locks.request('notify ' + n.id, { ifAvailable: true }, once) : once(true);
}

// Who says not now is asked again after so many days.
const askAgain = 30 * 86400000;
const onHomeScreen = () => matchMedia('(display-mode: standalone)').matches;
const phoneOfApple = () => /iP(hone|ad|od)/.test(navigator.userAgent) && !onHomeScreen();

// A second visit, the first own message and the first direct one are when somebody knows what notifications are for: they
// are offered once. An iPhone has them only for what is on its Home Screen.
export function showOffer() {
  const mustInstall = !('Notification' in self) && phoneOfApple();
  // Chrome on Android shows only what comes to the service worker.
  const canPush = /Android/.test(navigator.userAgent) && 'Notification' in self && 'PushManager' in self;
  if (!mustInstall && (self.Notification?.permission !== 'default' || !(canPush || canNotify()))) return;
  if (Date.now() - (store.get('offered') ?? 0) < askAgain || $('offer')) return;
  const sheet = new CSSStyleSheet(),
    box = Object.assign(make('section'), { id: 'offer', role: 'region', ariaLabel: 'Notifications' });
  sheet.replaceSync(looks);
  doc.adoptedStyleSheets.push(sheet);
  const button = (words, kind, act) => {
    const b = Object.assign(make('button', words), { type: 'button', className: 'btn small ' + kind });
    on(b, 'click', () => {
      store.set('offered', Date.now());
      box.remove();
      act?.();
    });
    return b;
  };
  const row = Object.assign(make('p'), { className: 'actions' });
  if (mustInstall) row.append(button('I see', 'primary'));
  else row.append(button('Turn on', 'primary', turnOn), ' ', button('Not now', ''));
  box.append(
    make('h2', 'Know when somebody writes to you?'),
    make(
      'p',
      mustInstall
        ? 'Then Parley must be on your Home Screen: press Share, choose Add to Home Screen, and open it from there.'
        : 'Even when Parley is closed: direct messages and mentions, nothing else. Quiet hours and rooms are yours to set.',
    ),
    row,
  );
  $('toasts')?.append(box);
}

// This device is told when Parley is closed, too, where browser and server can do that.
async function turnOn() {
  if ((await Notification.requestPermission()) !== 'granted' || !('PushManager' in self)) return;
  const m = await lazy('push'),
    why = await m?.addDevice();
  if (why) toast(why);
}

function showNotification(n) {
  let shown;
  try {
    // The next one of a room takes its place, and is seen, too.
    shown = new Notification(
      n.title,
      /** @type {NotificationOptions} */ ({
        body: n.body,
        tag: 'r' + n.room,
        renotify: true,
        icon: /** @type {HTMLLinkElement} */ ($('favicon'))?.href,
      }),
    );
  } catch {
    mayNotify = false;
    return enterSettings();
  }
  shown.onclick = () => {
    focus();
    shown.close();
    visit(n.url);
  };
}

// Two short tones, made here: there is no file to fetch.
function playSound() {
  const ctx = new AudioContext(),
    gain = ctx.createGain();
  gain.gain.setValueAtTime(0.05, ctx.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, ctx.currentTime + 0.19);
  gain.connect(ctx.destination);
  [660, 880].forEach((hz, i) => {
    const tone = ctx.createOscillator();
    tone.frequency.value = hz;
    tone.connect(gain);
    tone.start(ctx.currentTime + i * 0.09);
    tone.stop(ctx.currentTime + i * 0.09 + 0.09);
  });
  setTimeout(() => ctx.close(), 400);
}

// The button of the settings page: permission is asked only from it.
export function enterSettings() {
  const b = $('askNotify'),
    state = $('notifyState');
  if (!b) return;
  const tell = () => {
    const perm = canNotify() ? Notification.permission : 'none';
    b.hidden = perm === 'none' || perm === 'denied';
    b.textContent = notificationsOn() ? 'Turn off' : 'Turn on';
    state.textContent =
      {
        none: 'This browser cannot show notifications.',
        denied: 'This browser forbids them for Parley; its settings can allow them.',
      }[perm] ?? '';
  };
  b.onclick = async () => {
    if (notificationsOn()) store.set('notify', 'off');
    else {
      store.set('notify', null);
      await Notification.requestPermission();
    }
    tell();
  };
  tell();
}
