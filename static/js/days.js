// @ts-check
// Times and day lines in the viewer's own zone and language.
import { doc, make, root, timeline } from './dom.js';

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const timeZone = root.dataset.zone || browserZone;
const hour12 = { 12: true, 24: false }[root.dataset.clock];
export const timeOfDay = new Intl.DateTimeFormat(undefined, {
  timeZone,
  hour12,
  hour: hour12 === false ? '2-digit' : 'numeric',
  minute: '2-digit',
});
const longTime = new Intl.DateTimeFormat(undefined, {
  timeZone,
  hour12,
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
});
const relativeDay = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const isoDate = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
export const dayOf = d => isoDate.format(d);

// What the server writes the times by, from the next page on.
const setCookie = (name, value) =>
  (doc.cookie = `${name}=${value}; Path=/; Max-Age=${value ? 31536000 : 0}; SameSite=Lax`);
if (browserZone) setCookie('tz', browserZone);
setCookie('h12', timeOfDay.formatToParts(0).some(p => /^[AP]M$/.test(p.value)) ? 1 : '');

// Formats a row once and remembers its day.
function formatTimes(row) {
  const t = row.querySelector('.ts time') ?? row.querySelector('time');
  if (!t) return '';
  const d = new Date(t.dateTime);
  t.textContent = timeOfDay.format(d);
  (t.closest('.ts') ?? t).title = longTime.format(d);
  const e = row.querySelector('.edited');
  if (e) e.title = longTime.format(new Date(e.title));
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

function nameDay(li) {
  const today = dayOf(new Date());
  if (li._named === today) return;
  li._named = today;
  const date = new Date(li.dataset.day),
    ago = Math.round((+new Date(today) - +date) / 864e5); // both at midnight in UTC
  const text =
    ago === 0 || ago === 1
      ? relativeDay.format(-ago, 'day')
      : date.toLocaleDateString(undefined, {
          timeZone: 'UTC',
          weekday: 'long',
          day: 'numeric',
          month: 'long',
          year: li.dataset.day.slice(0, 4) === today.slice(0, 4) ? undefined : 'numeric',
        });
  li.querySelector('time').textContent = text[0].toUpperCase() + text.slice(1);
}

// "Today" ends at midnight, wherever that is.
let drawnOn = '';
export function drawDaysAtMidnight() {
  const today = dayOf(new Date());
  if (today !== drawnOn && timeline()) drawDays(timeline());
  drawnOn = today;
}
