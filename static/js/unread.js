// @ts-check
// Read and unread: what counts as reading, the New line and the bar above the timeline.
import { $, doc, make, on, openRoom, root, seq, stream, timeline } from './dom.js';
import { updateBadges } from './badges.js';
import { sendFrame } from './frames.js';
import { lazy } from './lazy.js';
import { keepingView, scrolledUp } from './scroll.js';
import { store } from './storage.js';
import { lastRow } from './timeline.js';

const readTo = {};
let newLineSeen = false;
let barDismissed = false;
let focusedAt = 0;
let reportedAt = 0;
let readTimer = 0;
let lookFrame = 0;

// Left unread on purpose: nothing marks it read until somebody does.
let keptUnread = 0;

export function markUnreadFrom(row) {
  const before = row.previousElementSibling;
  keptUnread = openRoom();
  readTo[keptUnread] = before?.dataset.seq ? seq(before) : 0;
  putNewLine(row);
  barDismissed = true;
  checkReading();
}

export const newLine = () => $('new-' + openRoom());

function isReading() {
  if (doc.hasFocus()) focusedAt = Date.now();
  return (
    !!timeline() &&
    keptUnread !== openRoom() &&
    !doc.hidden &&
    Date.now() - focusedAt < 60000 &&
    (newLineSeen || (!scrolledUp && timeline().dataset.live !== 'no'))
  );
}

// Where the New line stands and whether somebody reads; at most once a frame.
export function checkReading() {
  if (doc.hidden) return checkReadingNow();
  lookFrame ||= requestAnimationFrame(() => {
    lookFrame = 0;
    checkReadingNow();
  });
}

function checkReadingNow() {
  const line = newLine(),
    box = stream()?.getBoundingClientRect();
  let above = false;
  if (line && box) {
    const at = line.getBoundingClientRect();
    above = at.bottom < box.top;
    if (!above && at.top < box.bottom && !doc.hidden) newLineSeen = barDismissed = true;
  }
  showUnreadBar(above && !barDismissed && line);
  const yes = isReading();
  if (yes !== root.hasAttribute('data-reading')) {
    root.toggleAttribute('data-reading', yes);
    updateBadges();
  }
  if (yes) scheduleRead();
}

export let barLine = null; // that stands above the view and is not known yet
function showUnreadBar(line) {
  barLine = line;
  if (line || $('unreadbar')?.hidden === false) lazy('unreadbar', m => m.show());
}

export const newLineUnseen = () => (newLineSeen = false);

// A message came while nobody was reading: the line goes before the first of them.
export function insertNewLineBefore(el) {
  if (isReading()) return;
  const line = newLine(),
    before = el.previousElementSibling;
  if (line && !(seq(before ?? el) <= readTo[openRoom()])) return; // the rows after the line are still unread
  putNewLine(el);
}

function putNewLine(el) {
  let line = newLine();
  if (!line) {
    line = make('li');
    line.className = 'unread';
    line.id = 'new-' + openRoom();
    line.append(make('span', 'New'));
  }
  keepingView(() => el.before(line));
  barDismissed = newLineSeen = false;
}

export function removeNewLine() {
  keptUnread = 0;
  keepingView(() => newLine()?.remove());
  showUnreadBar(null);
}

function scheduleRead() {
  const row = timeline() && lastRow(timeline());
  if (!row || seq(row) <= readTo[openRoom()]) return;
  store.set('seen:' + openRoom(), { id: seq(row), at: Date.now() }); // no tab notifies of it any more
  readTimer ||= setTimeout(
    () => {
      readTimer = 0;
      if (isReading()) sendRead();
    },
    Math.max(0, reportedAt + 600 - Date.now()),
  );
}

function sendRead() {
  const row = timeline() && lastRow(timeline());
  if (!row || seq(row) <= readTo[openRoom()]) return;
  if (sendFrame({ t: 'read', room: openRoom(), upto: seq(row) })) {
    readTo[openRoom()] = seq(row);
    reportedAt = Date.now();
  }
}

export function markRoomRead() {
  keptUnread = 0;
  removeNewLine();
  sendRead();
}

// On entering a room: with no badge and no line everything in it has been read already.
export function enterUnread() {
  keptUnread = 0;
  newLineSeen = barDismissed = false;
  reportedAt = Date.now();
  const b = $('b-' + openRoom())?.dataset,
    row = timeline() && lastRow(timeline());
  if (row && !newLine() && !+b?.n && !+b?.at) readTo[openRoom()] ??= seq(row);
}

on(window, 'focus blur', checkReading);
