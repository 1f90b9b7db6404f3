// What happens rarely in a room: a message becomes long, the room gets another name.
import { $, box, doc, stream } from './parley.js';

let was; // what the hint says else

export function count(n) {
  const hint = $('hint');
  if (!hint) return;
  was ??= [...hint.childNodes];
  hint.replaceChildren(...n >= 9000 ? [`${n.toLocaleString()} of ${(10000).toLocaleString()} characters`] : was);
  hint.toggleAttribute('data-over', n > 10000);
}

export function rename(was, now) {
  const b = box(), swap = text => text.split(was.slice(8)).join(now.slice(8));
  if (b?.placeholder !== was) return;
  b.placeholder = b.labels[0].textContent = now;
  doc.title = swap(doc.title);
  const h = stream().querySelector('.beginning h2');
  if (h) h.textContent = swap(h.textContent);
}
