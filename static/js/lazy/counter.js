// @ts-check
// How long a text is, when it becomes too long.
import { $ } from '../dom.js';
import { lengthOf, maxMessage } from '../composer.js';

let was; // what the hint says else

export function showCount(n) {
  const hint = $('hint');
  if (!hint) return;
  was ??= [...hint.childNodes];
  hint.replaceChildren(...(n >= 9000 ? [`${n.toLocaleString()} of ${maxMessage.toLocaleString()} characters`] : was));
  hint.toggleAttribute('data-over', n > maxMessage);
}

// A field that takes more than its server does says so, and keeps it all.
export function checkLength(field) {
  const n = lengthOf(field.value),
    max = +field.dataset.max;
  field.setCustomValidity(
    n > max ? `At most ${max.toLocaleString()} characters, please: this has ${n.toLocaleString()}.` : '',
  );
  if (n > max) field.reportValidity();
}
