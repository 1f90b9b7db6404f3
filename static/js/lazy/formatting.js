// @ts-check
// Marks around what is selected in the message box.
import { box, insertText } from '../composer.js';

export function wrapSelection(mark) {
  const b = box(),
    { selectionStart: from, selectionEnd: to } = b;
  insertText(mark + b.value.slice(from, to) + mark);
  b.setSelectionRange(from + mark.length, to + mark.length);
}
