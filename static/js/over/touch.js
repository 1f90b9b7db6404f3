// @ts-check
// A long press is what a finger has for pointing.
import { doc, on } from '../dom.js';
import { withModule } from '../lazy.js';
import { rowOf } from '../row.js';
import { timeLeft } from './place.js';

let timer = 0;
/** @type {{ x: number, y: number, up?: boolean }} */
let finger = null;

// The first press may have ended before this module came: then it held nothing.
/** @type {(e: any) => void} */
export function rowHeld(e) {
  const row = e.pointerType === 'touch' && !e.target.closest?.('.rc[title]') && rowOf(e),
    left = timeLeft(e);
  clearTimeout(timer);
  if (!left) return;
  finger = row && { x: e.clientX, y: e.clientY };
  const p = finger;
  if (row) timer = setTimeout(() => withModule('tools', t => t.sheet(row, !p.up)), left);
}

on(doc, 'pointerdown', rowHeld);
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
