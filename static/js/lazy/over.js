// @ts-check
// What opens over the page: the card of a person, the menu of a room, what a button does. Fetched when somebody first
// points at the page or presses a key, see row.js.
import { dayName, dayOf, timeOfDay } from '../days.js';
import { on } from '../dom.js';
import { lazy, withModule } from '../lazy.js';
import { copy } from '../over/copy.js';
import { openCard } from '../over/card.js';
import { fold } from '../over/lists.js';
import { fingerDown, keyDown, openMenu, rightPressed } from '../over/menu.js';
import { chipHeld } from '../over/tip.js';
import { rowHeld } from '../over/touch.js';
import looks from '../over/over.css';

const sheet = new CSSStyleSheet();
sheet.replaceSync(looks);
document.adoptedStyleSheets.push(sheet);

// What was pressed opens.
/** @type {(el: HTMLElement) => void} */
export function open(el) {
  if (el.dataset.fold) return fold(el);
  if (el.dataset.share) return void navigator.share({ url: el.dataset.share }).catch(() => {});
  if (el.dataset.copy) return void copy(new URL(el.dataset.copy, location.href).href, 'Link copied');
  if (el.ariaHasPopup === 'menu') {
    const name = el.dataset.name ?? document.querySelector('.bar h1')?.textContent.trim();
    return void openMenu(el.getAttribute('href'), name ?? '', el.getBoundingClientRect(), el);
  }
  openCard(/** @type {HTMLAnchorElement} */ (el));
}

on(document, 'select', e => e.target.id === 'box' && withModule('formatting', m => m.offer()));

// What brought this module here.
/** @type {(e: any) => void} */
export function begin(e) {
  if (e.type === 'contextmenu') rightPressed(e);
  else if (e.type === 'keydown') keyDown(e);
  else if (e.type === 'pointerdown') {
    fingerDown(e);
    chipHeld(e);
    rowHeld(e);
  }
}

// The times in what a program just said, as the server writes them in a page: see moment in clock.go.
function sayMoments() {
  for (const t of /** @type {NodeListOf<HTMLTimeElement>} */ (document.querySelectorAll('time[data-at]'))) {
    const d = new Date(t.dateTime),
      text = `${dayName(dayOf(d))}, ${timeOfDay(d)}`;
    if (t.textContent !== text) t.textContent = text;
  }
}
sayMoments();
on(document, 'htmx:after:swap', sayMoments);

// Pages with settings and lists need more.
function enterPage() {
  if (document.getElementById('askNotify')) lazy('notify', n => n.enterSettings());
  if (document.getElementById('devices')) lazy('push', m => m.enterDevices());
  if (document.getElementById('addPasskey')) lazy('passkey', m => m.enterPasskeys());
  if ('share' in navigator) document.querySelectorAll('.share[hidden]').forEach(b => b.removeAttribute('hidden'));
  if (document.querySelector('#panel .filter')) lazy('formlooks'); // a room has no forms else
  if (document.querySelector('[data-auto],[data-filter],.facepick,.to')) lazy('settings');
}
enterPage();
on(document, 'htmx:after:swap', enterPage);
setTimeout(lazy, 3000, 'worker'); // the app, for when there is no connection
