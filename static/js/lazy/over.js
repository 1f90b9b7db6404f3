// @ts-check
// What opens over the page: the card of a person, the menu of a room, what a button does. Fetched when somebody first
// points at the page or presses a key.
import { openRoom } from '../dom.js';
import { openCard } from '../over/card.js';
import { fold } from '../over/lists.js';
import { openMenu } from '../over/menu.js';
import '../over/tip.js';
import looks from '../over/over.css';

const sheet = new CSSStyleSheet();
sheet.replaceSync(looks);
document.adoptedStyleSheets.push(sheet);

// What was pressed opens.
/** @type {(el: HTMLElement) => void} */
export function open(el) {
  if (el.dataset.fold) return fold(el);
  if (el.matches('[href$="/menu"]')) {
    const name = document.querySelector('.bar h1')?.textContent.trim() ?? '';
    return void openMenu(/\d+/.exec(el.getAttribute('href'))?.[0] ?? String(openRoom()), name, el.getBoundingClientRect(), el);
  }
  openCard(/** @type {HTMLAnchorElement} */ (el));
}
