// @ts-check
// Words for the eye (toasts) and for the screen reader.
import { $, make, on } from './dom.js';

export const loadFailed = 'That did not load. Check the connection and try again.';

let silenceTimer = 0;
export function speak(text, id = 'say') {
  const p = $(id);
  if (!p) return;
  p.textContent = text;
  clearTimeout(silenceTimer);
  silenceTimer = setTimeout(() => {
    $('say').textContent = $('alert').textContent = '';
  }, 5000);
}

// Text, or a fragment with a link. With words for a button it says what can still be done; it waits while somebody is at it.
export function toast(text, words, act) {
  const p = make('p');
  let left = (act ?? text.children) ? 8000 : 6000,
    since = 0,
    timer = 0;
  const run = () => {
    clearTimeout(timer);
    since = Date.now();
    if (!p.matches(':hover,:focus-within')) timer = setTimeout(() => p.remove(), left);
  };
  const hold = () => {
    if (timer) left = Math.max(1000, left - (Date.now() - since));
    clearTimeout(timer);
    timer = 0;
  };
  p.className = 'toast';
  p.append(text);
  if (act) {
    const b = make('button', words);
    b.type = 'button';
    on(b, 'click', () => {
      p.remove();
      act();
    });
    p.append(b);
  }
  on(p, 'mouseenter focusin', hold);
  on(p, 'mouseleave focusout', () => setTimeout(run));
  $('toasts')?.append(p);
  run();
}
