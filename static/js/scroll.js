// @ts-check
// The scroll keeper: at the bottom stay there, further up nothing moves. #stream is column-reverse: 0 is the bottom.
import { $, doc, on, openRoom, opensElsewhere, rows, stream, swallow, timeline } from './dom.js';
import { savePositionSoon } from './position.js';
import { visit } from './request.js';
import { checkReading } from './unread.js';

export let scrolledUp = false; // further than a line or two
let unseenCount = 0;
let viewHeld = false;
let bottomFrame = 0;
/** @type {{ id: string, top: number }} */
let anchor = null; // the row that stays where it is

export const topOf = el => el.getBoundingClientRect().top;
const bottomOf = el => el.getBoundingClientRect().bottom;

export function firstVisible() {
  const all = rows(timeline()).filter(r => !r.hidden),
    top = topOf(stream());
  let lo = 0,
    hi = all.length - 1;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    bottomOf(all[mid]) > top + 1 ? (hi = mid) : (lo = mid + 1);
  }
  return all[lo];
}

// How far the anchor is from its place. An edit puts another element there; what was deleted is nowhere.
const anchorDrift = () => (row => (row && !row.hidden ? topOf(row) - anchor.top : NaN))(anchor && $(anchor.id));

// The same row stays the anchor until the reader moves it (roundings must not add up) or it shrinks out of view.
export function holdView() {
  if (viewHeld || !timeline() || (!scrolledUp && timeline().dataset.live !== 'no')) return; // at the end of a page of the past one reads on
  viewHeld = true;
  if (Math.abs(anchorDrift()) < 1 && bottomOf($(anchor.id)) > topOf(stream()) + 1) return;
  const row = firstVisible();
  anchor = row && { id: row.id, top: topOf(row) };
}

export function restoreView() {
  const held = viewHeld;
  viewHeld = false;
  if (held) {
    const moved = anchorDrift();
    if (Math.abs(moved) >= 0.5) stream().scrollTop += moved; // a rest below 1 px on either side could add up to more
    scrolledUp = -stream().scrollTop > 80;
  } else
    bottomFrame ||= requestAnimationFrame(() => {
      bottomFrame = 0;
      if (!scrolledUp && stream()?.scrollTop) stream().scrollTop = 0;
    });
}

export function keepingView(change) {
  if (viewHeld) return change();
  holdView();
  change();
  restoreView();
}

export function measureScroll() {
  scrolledUp = -stream().scrollTop > 80;
}

function scrolled() {
  measureScroll();
  if (!scrolledUp && timeline()?.dataset.live !== 'no') unseenCount = 0;
  updateLatestButton();
  checkReading();
  savePositionSoon();
}

export const countUnseen = () => unseenCount++;

export function resetView() {
  scrolledUp = viewHeld = false;
  anchor = null;
  unseenCount = 0;
}

export function updateLatestButton() {
  const a = $('latest');
  if (!a) return;
  a.hidden = !(scrolledUp || timeline()?.dataset.live === 'no');
  const text = unseenCount ? `${unseenCount} new message${unseenCount > 1 ? 's' : ''}` : 'Latest',
    span = a.querySelector('span');
  if (span.textContent !== text) span.textContent = text;
}

export function goToLatest() {
  if (timeline()?.dataset.live === 'no') visit(`/rooms/${openRoom()}?latest`);
  else if (stream()) stream().scrollTop = 0;
}

on(doc, 'scroll', e => e.target.id === 'stream' && scrolled(), { capture: true, passive: true });
on(
  doc,
  'click',
  e => {
    if (!e.target.closest?.('#latest') || opensElsewhere(e)) return;
    swallow(e);
    goToLatest();
  },
  true,
);
