// @ts-check
// What opens over the page: beside what it belongs to on a desk, at the bottom on a phone.
import { doc, make, on } from '../dom.js';

export const isPhone = () => innerWidth < 720;

// What is left of a long press that began with an event; 0: the finger is up again.
/** @type {(e: PointerEvent) => number} */
export function timeLeft(e) {
  const left = 450 - (performance.now() - e.timeStamp),
    up = left < 440 && !(/** @type {Element} */ (e.target).hasPointerCapture(e.pointerId));
  isDown = e.pointerType === 'touch' && !up;
  return up ? 0 : Math.max(1, left);
}

let isDown = false; // a finger
on(doc, 'pointerdown', e => (isDown = e.pointerType === 'touch'), true);
on(doc, 'pointerup pointercancel', () => (isDown = false), true);

// The finger that opened something would close it when it lets go, as a press outside does. So this one closes by what we
// see: a press outside that begins later, Escape, and the way back of the device.
/** @type {(el: HTMLElement) => void} */
function outlive(el) {
  const over = new AbortController(),
    opt = { capture: true, signal: over.signal },
    hide = () => el.matches(':popover-open') && el.hidePopover(),
    back = 'CloseWatcher' in window ? new window['CloseWatcher']() : null;
  el.popover = 'manual';
  if (back) back.onclose = hide;
  on(doc, 'pointerdown', e => el.contains(e.target) || hide(), opt);
  on(doc, 'keydown', e => e.key === 'Escape' && !e.defaultPrevented && hide(), opt);
  on(el, 'toggle', e => {
    if (e.newState !== 'closed') return;
    over.abort();
    back?.destroy();
  });
}

// Beside a box of the window, on the side where there is room.
/** @type {(el: HTMLElement, box: { left: number, right: number, top: number, bottom: number }, gap?: number) => void} */
export function place(el, box, gap = 8) {
  el.style.left = el.style.top = '';
  if (isPhone()) return;
  const { offsetWidth: w, offsetHeight: h } = el,
    below = box.bottom + gap + h <= innerHeight - 8,
    rtl = getComputedStyle(el).direction === 'rtl',
    left = rtl ? box.right - w : box.left;
  el.style.left = Math.max(8, Math.min(left, innerWidth - w - 8)) + 'px';
  el.style.top = Math.max(8, Math.min(below ? box.bottom + gap : box.top - gap - h, innerHeight - h - 8)) + 'px';
}

// A popover of its own; the one of that name before it goes.
/** @type {(id: string, className: string, role: string, where?: Element) => HTMLElement} */
export function popover(id, className, role, where = doc.body) {
  doc.getElementById(id)?.remove();
  const el = make('div');
  Object.assign(el, { id, className, popover: 'auto', role });
  const handle = make('span');
  handle.className = 'handle';
  handle.ariaHidden = 'true';
  el.append(handle);
  on(el, 'toggle', e => e.newState === 'closed' && setTimeout(() => !el.matches(':popover-open') && el.remove()));
  swipes(el);
  if (isDown) outlive(el);
  where.append(el);
  return el;
}

// Down with a finger closes what lies at the bottom.
function swipes(el) {
  let y = 0,
    id = 0;
  on(el, 'pointerdown', e => {
    if (e.pointerType !== 'touch' || !isPhone() || el.scrollTop > 0) return;
    y = e.clientY;
    id = e.pointerId;
  });
  on(el, 'pointerup', e => {
    if (e.pointerId === id && e.clientY - y > 80) el.hidePopover();
    id = 0;
  });
}

/** @type {(path: string, target: string) => Promise<DocumentFragment | null>} */
export async function fragment(path, target) {
  const r = await fetch(path, {
    headers: { 'HX-Request': 'true', 'HX-Target': target },
    signal: AbortSignal.timeout(20000),
  }).catch(() => null);
  if (!r?.ok || r.redirected) return null;
  const t = make('template');
  t.innerHTML = await r.text();
  return t.content;
}
