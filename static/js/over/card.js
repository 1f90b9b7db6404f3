// @ts-check
// The card of a person, where the name is read.
import { doc, make, on, openRoom, opensElsewhere } from '../dom.js';
import { box, insertText } from '../composer.js';
import { visit } from '../request.js';
import { loadFailed, toast } from '../toast.js';
import { fragment, place, popover } from './place.js';
import { copy } from './copy.js';

let closedFor = null; // what the card belonged to that a press has just closed
let pressedAt = 0; // outside of it
on(doc, 'pointerdown', e => e.target.closest?.('#card') || (pressedAt = Date.now()), true);

/** @type {(a: HTMLAnchorElement) => Promise<void>} */
export async function openCard(a) {
  const again = closedFor === a;
  closedFor = null;
  if (again) return; // the press closed it
  const card = popover('card', 'pcard', 'dialog'),
    top = make('div'),
    h = make('h2', a.querySelector('h1,h2,h3,b,.nm')?.textContent ?? a.textContent.trim().replace(/^@/, '')),
    face = a.querySelector('.av') ?? a.closest('.msg')?.querySelector('.av');
  h.id = 'card-n';
  card.setAttribute('aria-labelledby', 'card-n');
  card.ariaBusy = 'true';
  top.className = 'top';
  if (face) {
    const big = /** @type {HTMLElement} */ (face.cloneNode(true));
    big.className = 'av lg';
    top.append(big);
  }
  top.append(h);
  card.append(top);
  card.tabIndex = -1;
  on(card, 'toggle', e => {
    if (e.newState !== 'closed') return;
    closedFor = pressedAt > openedAt && Date.now() - pressedAt < 200 ? a : null; // by a press, and not by Escape
    setTimeout(() => (closedFor = null), 500);
  });
  card.showPopover();
  const openedAt = Date.now();
  place(card, a.getBoundingClientRect());
  card.focus({ preventScroll: true });
  const id = /\d+/.exec(a.pathname)[0],
    content = await fragment(`/people/${id}/card${openRoom() ? '?in=' + openRoom() : ''}`, 'div#card');
  if (!card.isConnected) return;
  if (!content) {
    card.hidePopover();
    return toast(loadFailed);
  }
  card.ariaBusy = null;
  const held = card.contains(doc.activeElement);
  card.replaceChildren(content);
  place(card, a.getBoundingClientRect());
  if (held) (card.querySelector('.acts .btn') ?? card).focus({ preventScroll: true });
}

// Escape closes the card, and marks nothing read.
on(
  doc,
  'keydown',
  e => {
    const card = e.key === 'Escape' && doc.getElementById('card');
    if (!card) return;
    e.preventDefault();
    e.stopPropagation();
    card.hidePopover();
  },
  true,
);

on(
  doc,
  'click',
  e => {
    const card = e.target.closest?.('#card'),
      el = card && e.target.closest('a,button');
    if (!el || opensElsewhere(e) || el.closest('form')) return;
    e.preventDefault();
    e.stopPropagation();
    if ('more' in el.dataset) {
      const others = card.querySelector('.others');
      others.hidden = !others.hidden;
      el.ariaExpanded = String(!others.hidden);
      return;
    }
    card.hidePopover();
    if (el.dataset.mention) {
      if (!box()) return;
      box().focus();
      insertText(el.dataset.mention + ' ');
    } else if (el.dataset.text) copy(el.dataset.text, 'Username copied');
    else visit(el.getAttribute('href'));
  },
  true,
);
