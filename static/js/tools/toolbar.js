// @ts-check
// The toolbar: in the row that is pointed at, or as a sheet at the bottom after a long press.
import { $, doc, mainArea, make, me, on } from '../dom.js';
import { rowOf } from '../row.js';
import { bodyOf } from './body.js';
import { keepForm } from './editform.js';
import { chipOf, reactedBy } from './reactions.js';

export const tools = /** @type {HTMLElement} */ (
  doc.importNode(/** @type {HTMLTemplateElement} */ ($('tools-template')).content.firstElementChild, true)
);
export const menu = tools.querySelector('[role=menu]');
export const moreButton = tools.querySelector('[data-do=more]');
export const addButton = tools.querySelector('[data-do=pick]');
let closeWatcher = null; // of a sheet: what Android's back closes
let at = null; // the row it belongs to, or the one that took its place: see toolsRow()

export const toolsRow = () => (at?.isConnected ? at : at && $(at.id));
export const buttons = () =>
  [...(menu.hidden ? tools : menu).querySelectorAll(':scope>button')].filter(b => b.checkVisibility());

// Pinned: somebody is in it, in its menu, or chooses an emoji for it.
const pinned = () =>
  !menu.hidden ||
  addButton.ariaExpanded === 'true' ||
  (tools.contains(doc.activeElement) && doc.activeElement.matches(':focus-visible'));

// The pointer or the focus is somewhere else.
export function aim(e) {
  if (tools.matches('.sheet') || (pinned() && (e.type === 'pointerover' || tools.contains(e.target)))) return;
  const row = rowOf(e);
  if (row && !row.querySelector('form.edit')) show(row);
  else if (!tools.contains(e.target)) hide();
}

export function show(row) {
  if (tools.parentElement === row) return;
  openMenu(false);
  setRow(row);
  row.append(tools);
}

export function setRow(row) {
  at = row;
  tools.dataset.u = row.dataset.u;
  tools.dataset.can = mainArea().dataset.can ?? '';
  for (const b of /** @type {NodeListOf<HTMLButtonElement>} */ (tools.querySelectorAll('[data-do=react]')))
    b.ariaPressed = reactedBy(chipOf(row, b.value)).includes(me);
  buttons().forEach((b, i) => (b.tabIndex = i ? -1 : 0));
}

export function swallow(e) {
  e.preventDefault();
  e.stopPropagation();
}

export function hide() {
  if (!tools.isConnected) return;
  openMenu(false);
  closeWatcher?.destroy();
  closeWatcher = null;
  tools.classList.remove('sheet');
  tools.querySelector('.sheethead')?.remove();
  tools.remove();
}

export function openMenu(yes) {
  menu.hidden = !yes;
  moreButton.ariaExpanded = yes;
  const pane = tools.closest('.stream,.scroll,.content')?.getBoundingClientRect();
  menu.classList.toggle(
    'above',
    yes && !!pane && (menu.classList.remove('above'), menu.getBoundingClientRect().bottom > pane.bottom),
  );
}

// Whose message it is and how it begins, so that one sees what one is about to do it to.
function headOf(row) {
  const p = make('p'),
    body = /** @type {HTMLElement} */ (row.querySelector('.body')?.cloneNode(true)),
    q = make(
      'q',
      ((body?.querySelector('.edited')?.remove(), body?.textContent) ?? '').replace(/\s+/g, ' ').trim().slice(0, 120),
    );
  p.className = 'sheethead';
  q.dir = 'auto';
  p.append(make('b', row.querySelector('.who')?.textContent.trim()), ' ', q);
  return p;
}

// On a touch screen, after a long press: the same at the bottom, within reach of a thumb.
// The finger that is still down when it opens presses nothing in it.
export function sheet(row, down) {
  if (down) {
    on(doc, 'click', swallow, true);
    on(doc, 'pointerup pointercancel', () => setTimeout(() => doc.removeEventListener('click', swallow, true), 100), {
      capture: true,
      once: true,
    });
  }
  hide();
  setRow(row);
  openMenu(true);
  tools.prepend(headOf(row));
  tools.classList.add('sheet');
  if (self.CloseWatcher) (closeWatcher = new CloseWatcher()).onclose = hide;
  doc.body.append(tools);
  getSelection().removeAllRanges();
  tools.focus({ preventScroll: true });
}

on(
  doc,
  'pointerdown',
  e => {
    if (tools.contains(e.target) || e.target.closest?.('#emoji')) return;
    if (tools.matches('.sheet')) {
      hide();
      on(doc, 'click', swallow, true); // it only closed the sheet
      setTimeout(() => doc.removeEventListener('click', swallow, true), 600);
    } else openMenu(false);
  },
  true,
);

on(window, 'popstate', hide); // back, on a phone

// Moves a node that lives on, with its focus and caret where the browser can.
export const moveNode = (el, to, before) => (to.moveBefore ? to.moveBefore(el, before) : to.insertBefore(el, before));

// A row was drawn anew: a form that somebody writes in goes over, and the toolbar.
export function keepTools(old, el) {
  const body = old.querySelector('form.edit') ? bodyOf(el) : el.querySelector('.hd');
  keepForm(old, el, body);
  const shows = tools.matches('.sheet') ? at === old : tools.parentElement === old;
  if (!shows) return;
  if (!body) return hide();
  if (!tools.matches('.sheet')) moveNode(tools, el, null);
  setRow(el);
}
