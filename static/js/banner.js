// @ts-check
// The banner that says how the connection stands.
import { $, make } from './dom.js';
import { keepingView } from './scroll.js';
import { sessionOver, sessionTaken } from './session.js';
import { downAt, isConnected, isOutdated, retryAt } from './socket.js';
import { speak } from './toast.js';

let lossAnnounced = false;

export function updateBanner() {
  const box = $('net');
  if (!box) return;
  const late = !isConnected() && Date.now() - downAt >= 2500;
  const kind = sessionTaken ? 'other' : sessionOver ? 'out' : late ? 'down' : isOutdated ? 'stale' : '';
  if (box.hidden === !!kind) keepingView(() => (box.hidden = !kind));
  if (box.dataset.kind !== kind) {
    box.dataset.kind = kind;
    box.querySelector('.nettext').replaceChildren(
      {
        other: 'Somebody logged in anew in this browser. Nothing is sent from this page any more. ',
        out: 'You are logged out — what you write is kept while this page is open. ',
        down: (navigator.onLine ? 'Connection lost' : 'You’re offline') + ' — messages you write are kept. ',
        stale: 'Parley was updated. ',
      }[kind] ?? '',
      Object.assign(make('b'), { ariaHidden: 'true' }),
    );
    $('retry').textContent = { out: 'Log in', stale: 'Reload', other: 'Reload' }[kind] ?? 'Try now';
  }
  const left = Math.ceil((retryAt - Date.now()) / 1000),
    b = box.querySelector('.nettext b');
  b.textContent = kind !== 'down' ? '' : left > 0 ? `Reconnecting in ${left} s` : 'Reconnecting…';
  if (late !== lossAnnounced && (late || isConnected())) {
    lossAnnounced = late;
    speak(late ? 'Connection lost' : 'Connected');
  }
}
