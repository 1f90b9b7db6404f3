// Times and day lines in the viewer's own zone and language.
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const rough = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const two = n => String(n).padStart(2, '0');
const dayOf = d => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) doc.cookie = `tz=${zone}; Path=/; Max-Age=31536000; SameSite=Lax`;

// Formats a row once and remembers its day.
function dress(row) {
  const t = row.querySelector('.ts time') ?? row.querySelector('time');
  if (!t) return '';
  const d = new Date(t.dateTime);
  t.textContent = clock.format(d);
  (t.closest('.ts') ?? t).title = whole.format(d);
  const e = row.querySelector('.edited');
  if (e) e.title = whole.format(new Date(e.title));
  return dayOf(d);
}

// One day line before the first row of each day, wherever rows came or went.
function days(ol) {
  let key = '', line = null, mark = null;
  for (const el of [...ol.children]) {
    if (el.classList.contains('day')) { line?.remove(); line = el; } else if (el.classList.contains('unread')) mark = el;
    if (!el.dataset.seq) continue;
    const day = el._day ??= dress(el);
    if (!day) continue;
    if (day === key) line?.remove();
    else {
      if (line?.dataset.day !== day) {
        line?.remove();
        (mark ?? el).before(line = dayLine(day));
      } else if (line.nextElementSibling !== (mark ?? el)) (mark ?? el).before(line); // tombstones were between
      nameDay(line);
    }
    key = day;
    line = mark = null;
  }
  line?.remove();
}

function dayLine(day) {
  const li = make('li'), h = make('h2'), t = make('time');
  li.className = 'day';
  li.dataset.day = t.dateTime = day;
  h.append(t);
  li.append(h);
  return li;
}

function nameDay(li) {
  const now = new Date(), today = dayOf(now);
  if (li._named === today) return;
  li._named = today;
  const [y, m, d] = li.dataset.day.split('-').map(Number), date = new Date(y, m - 1, d);
  const ago = Math.round((new Date(now.getFullYear(), now.getMonth(), now.getDate()) - date) / 864e5);
  const text = ago === 0 || ago === 1 ? rough.format(-ago, 'day') : date.toLocaleDateString(undefined,
    { weekday: 'long', day: 'numeric', month: 'long', year: y === now.getFullYear() ? undefined : 'numeric' });
  li.querySelector('time').textContent = text[0].toUpperCase() + text.slice(1);
}

function midnight() {
  const now = new Date();
  setTimeout(() => { midnight(); if (list()) days(list()); },
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1) - now + 500);
}
