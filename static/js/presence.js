// @ts-check
// Whether somebody sits here.
import { doc, on } from './dom.js';
import { sendFrame } from './frames.js';

export let isAway = false; // as the server knows it
let lastInputAt = Date.now();

export function updateIdle() {
  const gone = Date.now() - lastInputAt > 600000;
  if (gone !== isAway && sendFrame({ t: gone ? 'idle' : 'active' })) isAway = gone;
}

function noteInput() {
  lastInputAt = Date.now();
  if (isAway) updateIdle();
}

on(doc, 'keydown pointerdown pointermove wheel touchstart', noteInput, { capture: true, passive: true });
on(doc, 'visibilitychange', () => {
  if (!doc.hidden) noteInput();
});
