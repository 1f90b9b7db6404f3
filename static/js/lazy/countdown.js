// @ts-check
// A message that the server takes only later says when.
import { $, make } from '../dom.js';
import { speak } from '../toast.js';

const inWords = s => (s < 120 ? s + ' s' : Math.ceil(s / 60) + ' min');

/** @param {QueuedMessage} it */
export function countDown(it) {
  const row = $('p-' + it.cid),
    left = () => Math.ceil((it.next - Date.now()) / 1000);
  if (!row) return;
  let note = row.querySelector('.edited');
  if (!note) {
    row.querySelector('.body').append((note = make('p')));
    note.className = 'edited';
    note.style.margin = '0'; // a line of its own
  }
  if (note.dataset.until !== String(it.next)) speak(`Your message goes out in ${inWords(left())}`);
  note.dataset.until = String(it.next);
  tick();
  function tick() {
    if (!note.isConnected || note.dataset.until !== String(it.next)) return;
    note.textContent = left() > 0 ? `Goes out in ${inWords(left())}` : '';
    if (left() > 0) setTimeout(tick, 1000);
  }
}
