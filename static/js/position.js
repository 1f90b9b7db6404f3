// @ts-check
// Where somebody reads is kept with the history entry, so that back and reload find it again.
import { $, on, openRoom, seq, stream, timeline } from './dom.js';
import { firstVisible, measureScroll, scrolledUp, topOf } from './scroll.js';
import { newLine } from './unread.js';

let saveTimer = 0;
const cancelSaving = () => clearTimeout(saveTimer);
export const savePositionSoon = () => {
  cancelSaving();
  saveTimer = setTimeout(savePosition, 150);
};

// It stands in the address, too, so that the server answers with what is around it, however far up that is.
export function savePosition() {
  cancelSaving();
  if (!timeline() || +location.pathname.split('/')[2] !== openRoom()) return;
  const row = scrolledUp ? firstVisible() : null;
  history.replaceState(
    { ...history.state, htmx: true, row: row?.id, off: row && topOf(row) - topOf(stream()) },
    '',
    location.pathname + (row ? '?around=' + seq(row) : ''),
  );
}

export let positionFound = false;
export function restorePosition() {
  const state = history.state,
    target = timeline().querySelector('[data-target]');
  const row = $(state?.row ?? 'm-' + new URLSearchParams(location.search).get('around'));
  positionFound = !!row && timeline().contains(row); // where one was, and not what a link leads to
  if (positionFound) {
    stream().scrollTop += topOf(row) - topOf(stream()) - (state?.off ?? 0);
    if (target) target.dataset.target = 'seen';
  } else if (target) target.scrollIntoView({ block: 'center' });
  else if (!location.search) newLine()?.scrollIntoView(); // near the top; if all of it fits, this is the end
  measureScroll();
}

on(window, 'popstate', cancelSaving);
