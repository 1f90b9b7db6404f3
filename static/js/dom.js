// @ts-check
// Short names for the document, the open room and its timeline, and the keys and pointers of this machine.

export const doc = /** @type {Document & { activeElement: HTMLElement }} */ (document);
export const root = doc.documentElement;
export const me = root.dataset.me; // the id of who is logged in
export const hub = doc.getElementById('hub'); // what is never swapped; pages without it are for visitors
/** @type {(id: string) => HTMLElement} */
export const $ = id => doc.getElementById(id);
/** @type {(el: EventTarget, types: string, fn: (e: any) => void, opt?: AddEventListenerOptions | boolean) => void} */
export const on = (el, types, fn, opt) => types.split(' ').forEach(t => el.addEventListener(t, fn, opt));
export const mainArea = () => $('stage');
export const stream = () => $('stream');
export const openRoom = () => +mainArea()?.dataset.room || 0;
export const timeline = () => $('tl-' + openRoom());
export const timelineRev = () => $('rev-' + openRoom())?.textContent.trim();
/** @type {(ol: HTMLElement) => HTMLElement[]} */
export const rows = ol => [...ol.querySelectorAll(':scope>[data-seq]')];
export const seq = el => +el.dataset.seq;
export const isMyRow = el => isShown(el) && el.dataset.u === me;
export const isShown = el => el.dataset.seq && !el.hidden; // a row that is no tombstone
export const hasFinePointer = () => !matchMedia('(pointer:coarse)').matches;
// The key of shortcuts: on a Mac, Ctrl moves the caret. What an IME composes with is its alone (Safari says 229 only).
export const isMac = /Mac|iP/.test(navigator.platform + navigator.userAgent);
export const hasModKey = e => (isMac ? e.metaKey && !e.ctrlKey : e.ctrlKey && !e.metaKey);
// Whether a key with Ctrl, ⌘ or Alt belongs to a shortcut, and whether a click asks for another tab or window.
export const withModifier = e => e.ctrlKey || e.metaKey || e.altKey;
export const opensElsewhere = e => e.button || e.shiftKey || withModifier(e);
// What we did ourselves is neither the browser's nor htmx's.
export function swallow(e) {
  e.preventDefault();
  e.stopPropagation();
}
export const isComposing = e => e.isComposing || e.keyCode === 229;
/** @type {<K extends keyof HTMLElementTagNameMap>(tag: K, text?: string) => HTMLElementTagNameMap[K]} */
export const make = (tag, text = '') => Object.assign(doc.createElement(tag), { textContent: text });
