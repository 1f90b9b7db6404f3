// @ts-check
// Catch-up: the page is drawn anew when there is something else to catch up with.
import { hub, mainArea } from '../dom.js';
import { reloadPage } from '../frames.js';

let page = null; // what the badges below were read for
let before = '';
let timer = 0;

/** @param {string} badges all of the sidebar, in words */
export function badgesChanged(badges) {
  const here = mainArea()?.firstElementChild;
  if (here === page && badges !== before) {
    clearTimeout(timer);
    timer = setTimeout(() => hub.dataset.view === 'home' && reloadPage(), 1000);
  }
  page = here;
  before = badges;
}
