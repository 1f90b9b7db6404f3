// @ts-check
// What was pressed last, and that it shows so until the server has answered.
import { doc, on } from './dom.js';

// A click or key that the server must answer shows that it was heard, until it is: on what was pressed, or on its row.
export let pressed = null;
export function setPressed(el) {
  pressed = el;
  setTimeout(() => (pressed = null));
}

on(
  doc,
  'click submit keydown',
  e => {
    const at = e.target;
    if (e.type === 'keydown') return at.matches('.msg') && setPressed(at);
    setPressed(e.submitter ?? at.closest('#tools')?.closest('.msg') ?? at.closest('a,button'));
    if (e.submitter) setTimeout(() => e.defaultPrevented || e.submitter.setAttribute('data-busy', '')); // the next page ends it
  },
  true,
);
on(window, 'pageshow', () => doc.querySelectorAll('[data-busy]').forEach(el => el.removeAttribute('data-busy')));

export const releasePressed = () => (pressed = null);

export async function untilAnswered(answer) {
  const el = pressed;
  el?.setAttribute('data-busy', '');
  try {
    return await answer;
  } finally {
    el?.removeAttribute('data-busy');
  }
}

export let usedKeyboard = false;
on(doc, 'keydown', () => (usedKeyboard = true), true);
on(doc, 'pointerdown', () => (usedKeyboard = false), true);
