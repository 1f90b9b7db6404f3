// @ts-check
// Copies words. Over plain HTTP at a name of the house browsers offer no clipboard (https://www.w3.org/TR/secure-contexts/),
// only what they had before it.
import { doc, make } from '../dom.js';
import { toast } from '../toast.js';

/** @type {(text: string, done: () => unknown) => Promise<void>} */
export async function copy(text, done) {
  try {
    await write(text);
    done();
  } catch {
    toast('That could not be copied.');
  }
}

async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = /** @type {HTMLTextAreaElement} */ (make('textarea')),
    was = /** @type {HTMLElement} */ (doc.activeElement);
  field.value = text;
  field.style.cssText = 'position:fixed;opacity:0';
  (was?.closest('dialog,[popover]') ?? doc.body).append(field); // where the focus may be
  field.select();
  const done = doc.execCommand('copy');
  field.remove();
  was?.focus({ preventScroll: true });
  if (!done) throw new Error('nothing was copied');
}
