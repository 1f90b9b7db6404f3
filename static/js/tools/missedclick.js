// @ts-check
// A row that is drawn anew between press and release gets no click from the browser: it is given one here.
import { doc, on } from '../dom.js';
import { rowOf } from '../row.js';

let pressed = null; // the control that was pressed, and its row's id
on(
  doc,
  'pointerdown',
  e => {
    const b = rowOf(e) && e.target.closest('a,button');
    pressed = b && { b, row: rowOf(e).id };
  },
  true,
);
on(
  doc,
  'pointerup',
  e => {
    const b = pressed && !pressed.b.isConnected && e.target.closest?.('a,button');
    if (b && rowOf(e)?.id === pressed.row && b.value === pressed.b.value && b.href === pressed.b.href) b.click();
  },
  true,
);
