// @ts-check
// On a Mac the keys have other names.
import { doc } from '../dom.js';

export function nameMacKeys() {
  for (const el of doc.querySelectorAll('.kbd,table.keys :is(code,td),option')) {
    if (el.textContent.includes('Ctrl ')) el.textContent = el.textContent.replaceAll('Ctrl ', '⌘');
  }
}
