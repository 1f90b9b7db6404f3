// @ts-check
// A message changed or went: the lines of it above the replies follow.
import { doc } from '../dom.js';
import { heldRows } from '../timeline.js';

export function updateQuotes(all) {
  for (const a of all) {
    const of = `[data-re="${a.dataset.re}"]`,
      late = [...heldRows.values()].map(el => el.querySelector(of));
    for (const old of [...doc.querySelectorAll(of), ...late]) {
      const fresh = a.cloneNode(true),
        focused = old === doc.activeElement;
      old?.replaceWith(fresh);
      if (focused) fresh.focus({ preventScroll: true });
    }
  }
}
