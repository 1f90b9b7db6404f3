// @ts-check
// A long press is what a finger has for pointing.
import { doc, on } from '../dom.js';
import { withModule } from '../lazy.js';
import { rowOf } from '../row.js';

let timer = 0;
/** @type {{ x: number, y: number, up?: boolean }} */
let finger = null;

// The first press may have ended before this module came: then it held nothing.
export function fingerDown(e) {
  const row = e.pointerType === 'touch' && !e.target.closest('.rc[title]') && rowOf(e),
    left = 450 - (performance.now() - e.timeStamp);
  clearTimeout(timer);
  if (left < 440 && !e.target.hasPointerCapture(e.pointerId)) return;
  finger = row && { x: e.clientX, y: e.clientY };
  const p = finger;
  if (row) timer = setTimeout(() => withModule('tools', t => t.sheet(row, !p.up)), left);
}

on(doc, 'pointerdown', fingerDown);
on(doc, 'pointermove', e => {
  if (finger && Math.hypot(e.clientX - finger.x, e.clientY - finger.y) > 10) clearTimeout(timer);
});
on(doc, 'pointerup pointercancel', () => {
  clearTimeout(timer);
  if (finger) finger.up = true;
});
on(doc, 'scroll', () => clearTimeout(timer), { capture: true, passive: true });
on(doc, 'contextmenu', e => {
  if (finger && rowOf(e)) e.preventDefault();
});
