// @ts-check
// The bar above the timeline: how many messages are new, since when, and the way to the first.
import { $, doc, me, on, openRoom } from '../dom.js';
import { keepingView } from '../scroll.js';
import { barLine, markRoomRead, newLine } from '../unread.js';

// Shows or hides it, as the line that it stands for is above the view or not.
export function show() {
  const el = $('unreadbar');
  if (!el) return;
  if (el.hidden !== !barLine) keepingView(() => (el.hidden = !barLine));
  if (!barLine) return;
  const after = doc.querySelectorAll(`#${barLine.id}~.msg:not([data-u="${me}"])`);
  const b = $('b-' + openRoom())?.dataset;
  el.querySelector('.n').textContent =
    `${Math.max(after.length, +b?.n || 0, +b?.at || 0)} new since ${after[0]?.querySelector('time')?.textContent ?? ''}`;
}

on(doc, 'click', e => {
  if (e.target.closest?.('#unreadbar .markread')) markRoomRead();
  if (e.target.closest?.('#unreadbar .first') && newLine()) {
    e.preventDefault(); // the same jump, without a history entry
    newLine().scrollIntoView({ block: 'center' });
  }
});
