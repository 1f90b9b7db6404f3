// @ts-check
// Notifications while Parley is open: by one tab, never of what somebody reads, and quiet when asked to be.
import { $, doc, make, me, on, openRoom, root } from '../dom.js';
import { visit } from '../request.js';
import { store } from '../storage.js';
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

// The first direct message is when somebody knows what notifications are for: they are offered once, and not again.
function showOffer() {
  if (!mayNotify || Notification.permission !== 'default' || !canNotify() || store.get('offered') || $('offer')) return;
  const sheet = new CSSStyleSheet(),
    box = Object.assign(make('section'), { id: 'offer', ariaLabel: 'Notifications' });
  sheet.replaceSync(looks);
  doc.adoptedStyleSheets.push(sheet);
  const button = (words, kind, act) => {
    const b = Object.assign(make('button', words), { type: 'button', className: 'btn small ' + kind });
    on(b, 'click', () => {
      store.set('offered', 1);
      box.remove();
      act?.();
    });
    return b;
  };
  const row = Object.assign(make('p'), { className: 'actions' });
  row.append(
    button('Turn on notifications', 'primary', () => Notification.requestPermission()),
    ' ',
    button('Not now', ''),
  );
  box.append(
    make('h2', 'Know when somebody writes to you?'),
    make(
      'p',
      'While Parley is open, your browser can tell you about direct messages and mentions. You can change this in your settings.',
    ),
    row,
  );
  $('toasts')?.append(box);
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
    b.textContent = notificationsOn() ? 'Turn off notifications' : 'Turn on notifications';
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
