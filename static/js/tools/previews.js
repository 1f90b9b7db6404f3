// @ts-check
// Removing what a link leads to. The answer must find its place even when the row was drawn anew meanwhile, which is why the
// form's own request is not used.
import { $, doc, isShown } from '../dom.js';
import { focusRow } from '../keys.js';
import { nearestShown } from '../timeline.js';
import { sendInOrder } from './requests.js';

doc.addEventListener(
  'submit',
  async e => {
    const form = /** @type {HTMLFormElement} */ (e.target),
      path = form.getAttribute('action'),
      row = form.closest('.msg');
    if (!form.matches('.unf-x') || !row) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    if (!(await sendInOrder(path, {}))) return; // its answer brings the toast
    const now = $(row.id);
    if (now && doc.activeElement === doc.body && isShown(now)) focusRow(nearestShown(now));
  },
  true,
);
