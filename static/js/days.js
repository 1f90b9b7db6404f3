// @ts-check
// Times and day lines: as the server writes them, in the viewer's own zone.
import { doc, make, root, timeline } from './dom.js';

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
let zone;
let numbers;
// 2026-11-28 15:04
const local = d => {
  if (zone !== (root.dataset.zone || browserZone))
    numbers = new Intl.DateTimeFormat('sv-SE', {
      timeZone: (zone = root.dataset.zone || browserZone),
      dateStyle: 'short',
      timeStyle: 'short',
    });
  return numbers.format(d);
};
export const dayOf = d => local(d).slice(0, 10);

export function timeOfDay(d) {
  const at = local(d).slice(-5),
    h = +at.slice(0, 2);
  return (root.dataset.clock || root.dataset.h) === '12' ? (h % 12 || 12) + at.slice(2) + (h < 12 ? ' AM' : ' PM') : at;
}

// What the server writes the times by, from the next page on.
if (browserZone) doc.cookie = `tz=${browserZone}; Path=/; Max-Age=31536000; SameSite=Lax`;

// Formats a row once and remembers its day.
function formatTimes(row) {
  const t = row.querySelector('.ts time') ?? row.querySelector('time');
  if (!t) return '';
  const d = new Date(t.dateTime),
    text = timeOfDay(d);
  if (t.textContent !== text) t.textContent = text;
  return dayOf(d);
}

// One day line before the first row of each day, wherever rows came or went.
export function drawDays(ol) {
  let key = '',
    line = null,
    mark = null;
  for (const el of [...ol.children]) {
    if (el.classList.contains('day')) {
      line?.remove();
      line = el;
    } else if (el.classList.contains('unread')) mark = el;
    if (!el.dataset.seq) continue;
    const day = (el._day ??= formatTimes(el));
    if (!day) continue;
    if (day === key) line?.remove();
    else {
      if (line?.dataset.day !== day) {
        line?.remove();
        (mark ?? el).before((line = dayLine(day)));
      } else if (line.nextElementSibling !== (mark ?? el)) (mark ?? el).before(line); // tombstones were between
      nameDay(line);
    }
    key = day;
    line = mark = null;
  }
  line?.remove();
}

function dayLine(day) {
  const li = make('li'),
    h = make('h2'),
    t = make('time');
  li.className = 'day';
  li.dataset.day = t.dateTime = day;
  h.append(t);
  li.append(h);
  return li;
}

export function dayName(day, today = dayOf(new Date())) {
  const date = new Date(day),
    ago = (+new Date(today) - +date) / 864e5, // both at midnight in UTC
    word = o => date.toLocaleDateString('en', { timeZone: 'UTC', ...o }),
    month = word({ month: 'long' }),
    year = day.slice(0, 4);
  if (ago === 0 || ago === 1) return ago ? 'Yesterday' : 'Today';
  const us = 'md' in root.dataset,
    name = word({ weekday: 'long' }) + ', ' + (us ? month + ' ' : '') + +day.slice(8) + (us ? '' : ' ' + month);
  return year === today.slice(0, 4) ? name : name + (us ? ', ' : ' ') + year;
}

function nameDay(li) {
  const today = dayOf(new Date()),
    t = li.querySelector('time');
  if (li._named === today) return;
  li._named = today;
  const text = dayName(li.dataset.day, today);
  if (t.textContent !== text) t.textContent = text;
}

// "Today" ends at midnight, wherever that is.
let drawnOn = '';
export function drawDaysAtMidnight() {
  const today = dayOf(new Date());
  if (today !== drawnOn && timeline()) drawDays(timeline());
  drawnOn = today;
}
