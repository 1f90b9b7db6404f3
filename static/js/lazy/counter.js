// @ts-check
// How long a text is, when it becomes too long.
import { $ } from '../dom.js';
import { lengthOf } from '../composer.js';
import { maxBody, nearMaxBody } from '../limits.js';

let was; // what the hint says else

export function showCount(n) {
  const hint = $('hint');
  if (!hint) return;
  was ??= [...hint.childNodes];
  const near = n >= nearMaxBody;
  hint.toggleAttribute('data-count', near); // a phone shows it too
  hint.replaceChildren(...(near ? [`${n.toLocaleString()} of ${maxBody.toLocaleString()} characters`] : was));
  hint.toggleAttribute('data-over', n > maxBody);
}

// A field that takes more than its server does says so, and keeps it all.
export function checkLength(field) {
  if (tooLongFor(field)) field.reportValidity();
}

// Without a word to whoever has gone on to the next field.
export function tooLongFor(field) {
  const n = lengthOf(field.value),
    max = +field.dataset.max;
  field.setCustomValidity(
    n > max ? `At most ${max.toLocaleString()} characters, please: this has ${n.toLocaleString()}.` : '',
  );
  return n > max;
}
