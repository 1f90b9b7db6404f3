// @ts-check
// A room got another name or kind: its label stands in more places than the header that came.
import { $, doc, openRoom, stream, timeline } from '../dom.js';
import { box } from '../composer.js';

export function updateRoomTitle() {
  const h = $('rh-' + openRoom())?.querySelector('h1:has(use)'),
    was = timeline() && box()?.placeholder;
  if (!h || !was) return;
  const now = 'Message ' + (h.querySelector('[href$="#hash"]') ? '#' : '') + h.textContent.trim();
  if (was !== now) rename(was, now);
}

function rename(was, now) {
  const b = box(),
    swap = text => text.split(was.slice(8)).join(now.slice(8));
  if (b?.placeholder !== was) return;
  b.placeholder = b.labels[0].textContent = now;
  doc.title = swap(doc.title);
  const h = stream().querySelector('.beginning h2');
  if (h) h.textContent = swap(h.textContent);
}
