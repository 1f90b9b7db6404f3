// @ts-check
// Parley as an app: the service worker keeps the room that was open last; without a connection its page says so here.
import { $, doc, mainArea, make, me, on, openRoom, root, timeline, timelineRev } from '../dom.js';
import { box } from '../composer.js';
import { visit } from '../request.js';
import { sessionOver } from '../session.js';
import { isPolling, isUp } from '../socket.js';
import { sessionMark, store } from '../storage.js';
import { lazy } from '../lazy.js';

const keptAt = root.dataset.kept; // this page comes from the device
/** @type {ServiceWorker} */
let worker;
let lastKept = '';
let lastKeptAt = 0;

function headOnce() {
  if (doc.querySelector('[rel=manifest]')) return;
  const add = (tag, values) => doc.head.append(Object.assign(doc.createElement(tag), values));
  add('link', { rel: 'manifest', href: '/manifest.webmanifest' });
  add('link', { rel: 'apple-touch-icon', href: `/static/${root.dataset.build}/app-touch.png` });
}

const roomName = () => box()?.placeholder.slice(8) ?? mainArea()?.querySelector('h1')?.textContent.trim() ?? '';

async function register() {
  headOnce();
  if (!navigator.serviceWorker || keptAt) return;
  if (!(await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).catch(() => null))) return;
  worker = (await navigator.serviceWorker.ready).active;
  keepRoom();
  renewDevice();
}

// A device that is told belongs to a person and ends with a session: it goes on with the next one of the same person, and
// is nobody else's.
async function renewDevice() {
  const at = await navigator.serviceWorker.ready,
    device = await at.pushManager?.getSubscription();
  if (!device || store.get('device') === sessionMark) return;
  const owner = await (await caches.open('device')).match('/device');
  if ((await owner?.text()) !== me) return void device.unsubscribe();
  const m = await lazy('push');
  await m?.tellServer(device);
}

// The room as it is now: soon after somebody came, and when he looks away; not if nothing is new.
function keepRoom() {
  const what = openRoom() + ':' + timelineRev();
  if (
    !worker ||
    sessionOver ||
    !timeline() ||
    !(isUp || isPolling) ||
    what === lastKept ||
    Date.now() - lastKeptAt < 15000
  )
    return;
  lastKept = what;
  lastKeptAt = Date.now();
  worker.postMessage({ keep: { path: '/rooms/' + openRoom(), name: roomName(), mark: sessionMark } });
}
on(doc, 'visibilitychange', () => doc.hidden && keepRoom());
setInterval(keepRoom, 60000);

// Notifications are offered after the first own message, or at a later visit; never on the first page that somebody sees.
function offerLater() {
  const offer = () => lazy('notify', n => n.showOffer()),
    first = store.get('visited') ?? Date.now();
  store.set('visited', first);
  if (Date.now() - first > 3600000) return offer();
  const said = e => {
    if (e.target !== box()?.form) return;
    doc.removeEventListener('submit', said, true);
    setTimeout(offer, 2000);
  };
  doc.addEventListener('submit', said, true);
}

const waiting = () => store.keys('o:').length;

// The page of the device: what it is, what waits, and which rooms are not here.
function showKept() {
  const off = !(isUp || isPolling),
    words = $('net')?.querySelector('.nettext');
  for (const a of /** @type {NodeListOf<HTMLAnchorElement>} */ (doc.querySelectorAll('#lists a'))) {
    if (off && a.hasAttribute('href') && a.pathname !== location.pathname) {
      a.dataset.to = a.getAttribute('href');
      a.removeAttribute('href');
      a.setAttribute('aria-disabled', 'true');
    } else if (!off && a.dataset.to) {
      a.setAttribute('href', a.dataset.to);
      a.removeAttribute('aria-disabled');
      delete a.dataset.to;
    }
  }
  if (!off) {
    delete root.dataset.kept;
    $('waiting')?.remove();
    return;
  }
  if (words && $('net').dataset.kind === 'down' && !words.dataset.kept) {
    words.dataset.kept = 'yes';
    const at = new Date(keptAt),
      day =
        at.toDateString() === new Date().toDateString()
          ? ''
          : at.toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' }) + ', ';
    words.firstChild?.replaceWith(
      'You are offline. This is how ',
      make('strong', roomName()),
      ` was at ${day}${at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}. `,
    );
  }
  const n = waiting(),
    line = $('waiting') ?? (box() ? Object.assign(make('p'), { id: 'waiting' }) : null);
  if (line) {
    if (!line.isConnected) box().form.after(line);
    Object.assign(line.style, { fontSize: 'var(--fs-xs)', color: 'var(--text-2)' });
    line.textContent = n
      ? n === 1
        ? '1 message waits on this device'
        : n + ' messages wait on this device'
      : 'What you write is kept on this device, and sent when you are back.';
  }
  setTimeout(showKept, 1000);
}

// The page that asks where to share to: files that came with the words are put into the box of the room.
async function enterShare() {
  const form = /** @type {HTMLFormElement} */ ($('share'));
  if (!form || !('caches' in self)) return;
  const cache = await caches.open('shared'),
    files = [];
  for (const key of await cache.keys()) {
    const r = await cache.match(key);
    files.push(
      new File([await r.blob()], decodeURIComponent(r.headers.get('Parley-Name')), {
        type: r.headers.get('Content-Type'),
      }),
    );
  }
  if (!files.length) return;
  const list = $('shared-files');
  list.hidden = false;
  list.textContent = 'With it: ' + files.map(f => f.name).join(', ');
  form.elements.body.required = false;
  form.querySelector('button').textContent = 'Go on';
  on(form, 'submit', async e => {
    e.preventDefault();
    const room = +(/** @type {HTMLSelectElement} */ (form.elements.namedItem('room')).value);
    const text = form.elements.body.value.trim();
    const m = await lazy('files');
    if (!m) return;
    await caches.delete('shared');
    if (text) store.set('d:' + room, text);
    m.add(files, room);
    await visit('/rooms/' + room);
  });
}

if (keptAt) showKept();
else {
  register();
  offerLater();
}
enterShare();
