// @ts-check
// What a button does, in words with its key: when the pointer rests on it, and at once with the focus of the keyboard.
import { doc, isMac, make, on } from '../dom.js';
import { usedKeyboard } from '../input.js';
import { dayName, dayOf, timeOfDay } from '../days.js';
import { toast } from '../toast.js';
import { timeLeft } from './place.js';

const tip = make('div');
tip.className = 'tip';
tip.role = 'tooltip';
tip.popover = 'manual';
let of = null;
let timer = 0;

const tipped = '.ib[aria-label],.attach,.send,.stack,.rc[title],.ts,.edited';

function words(el) {
  const t = el.matches('.ts')
    ? el.querySelector('time')?.dateTime
    : el.matches('.edited')
      ? el.title || el.dataset.at
      : '';
  if (t) {
    const d = new Date(t);
    return (el.matches('.edited') ? 'Edited ' : '') + `${dayName(dayOf(d))}, ${timeOfDay(d)}`;
  }
  return el.matches('.rc')
    ? el.title
    : (el.ariaLabel ??
        [...el.childNodes]
          .filter(n => !(/** @type {Element} */ (n).ariaHidden))
          .map(n => n.textContent)
          .join('')
          .trim());
}

function show(el) {
  clearTimeout(timer);
  const text = words(el);
  if (!text || !el.isConnected || el.ariaExpanded === 'true' || doc.querySelector('#menu')) return;
  of = el;
  tip.replaceChildren(text);
  if (el.dataset.key) tip.append(make('kbd', isMac ? el.dataset.key.replace('Ctrl ', '⌘') : el.dataset.key));
  (el.closest('dialog') ?? doc.body).append(tip);
  try {
    if (!tip.matches(':popover-open')) tip.showPopover();
  } catch {
    return hide(); // something else is about to open
  }
  const r = el.getBoundingClientRect(),
    above = r.top > tip.offsetHeight + 10;
  tip.style.left =
    Math.max(6, Math.min(r.left + r.width / 2 - tip.offsetWidth / 2, innerWidth - tip.offsetWidth - 6)) + 'px';
  tip.style.top = (above ? r.top - tip.offsetHeight - 5 : r.bottom + 5) + 'px';
}

function hide() {
  clearTimeout(timer);
  of = null;
  if (tip.isConnected && tip.matches(':popover-open')) tip.hidePopover();
  tip.remove();
}

on(doc, 'pointerover', e => {
  if (e.pointerType !== 'mouse') return;
  const el = e.target.closest?.(tipped);
  if (tip.contains(e.target) || (el && el === of)) return clearTimeout(timer);
  clearTimeout(timer);
  if (el && !el.matches('.rc')) {
    if (of) hide();
    timer = setTimeout(show, 400, el); // a reaction has the browser's own
  } else if (of) timer = setTimeout(hide, 150); // time enough to reach it
});
on(doc, 'focusin', e => {
  const el = e.target.closest?.(tipped);
  if (el && usedKeyboard && e.target.matches(':focus-visible'))
    setTimeout(() => doc.activeElement === e.target && show(el)); // a picker that opens moves it, and nothing else may open meanwhile
  else if (of) hide();
});
on(doc, 'focusout', e => of?.contains(e.target) && hide());
on(
  doc,
  'keydown',
  e => {
    if (!of) return;
    if (e.key === 'Escape' && !e.target.closest('dialog,#menu,#tools,#emoji')) {
      e.preventDefault();
      e.stopPropagation();
    }
    if (e.key !== 'Tab') hide();
  },
  true,
);
on(doc, 'pointerdown scroll', () => of && hide(), { capture: true, passive: true });
on(doc, 'htmx:after:swap', () => of && !of.isConnected && hide());

// A finger that stays on a reaction asks who that was.
let held = 0;
/** @type {(e: any) => void} */
export function chipHeld(e) {
  clearTimeout(held);
  const chip = e.pointerType === 'touch' && e.target.closest?.('.rc[title]'),
    left = timeLeft(e);
  if (!chip || !left) return;
  held = setTimeout(() => {
    const swallow = c => {
      c.preventDefault();
      c.stopPropagation();
    };
    on(doc, 'click', swallow, true);
    on(doc, 'pointerup pointercancel', () => setTimeout(() => doc.removeEventListener('click', swallow, true), 100), {
      capture: true,
      once: true,
    });
    toast(`${chip.value} ${chip.title}`);
  }, left);
}
on(doc, 'pointerdown', chipHeld, true);
on(doc, 'pointermove', e => (Math.abs(e.movementX) > 6 || Math.abs(e.movementY) > 6) && clearTimeout(held));
on(doc, 'pointerup pointercancel scroll', () => clearTimeout(held), { capture: true, passive: true });
