// Read and unread: what counts as reading, the New line, the bar, and title, icon and badge from the sidebar.
const readTo = {};
let lineSeen = false, barOff = false, focusAt = 0, readAt = 0, readTimer = 0, looking = 0;

// Left unread on purpose: nothing marks it read until somebody does.
let kept = 0;
const forMe = el => el.dataset.m?.split(' ').some(id => id === me || id === 'all') ?? false;

function unreadFrom(row) {
  const before = row.previousElementSibling;
  kept = room();
  readTo[kept] = before?.dataset.seq ? seq(before) : 0;
  markLine(row);
  barOff = true;
  look();
}

const newMark = () => $('new-' + room());

function reading() {
  if (doc.hasFocus()) focusAt = Date.now();
  return !!list() && kept !== room() && !doc.hidden && Date.now() - focusAt < 60000 && (lineSeen || !up && list().dataset.live !== 'no');
}

// Where the New line stands and whether somebody reads; at most once a frame.
function look() {
  if (doc.hidden) return glance();
  looking ||= requestAnimationFrame(() => { looking = 0; glance(); });
}

function glance() {
  const line = newMark(), box = stream()?.getBoundingClientRect();
  let above = false;
  if (line && box) {
    const at = line.getBoundingClientRect();
    above = at.bottom < box.top;
    if (!above && at.top < box.bottom && !doc.hidden) lineSeen = barOff = true;
  }
  bar(above && !barOff && line);
  const yes = reading();
  if (yes !== root.hasAttribute('data-reading')) {
    root.toggleAttribute('data-reading', yes);
    badges();
  }
  if (yes) readSoon();
}

function bar(line) {
  const el = $('unreadbar');
  if (!el) return;
  if (el.hidden !== !line) steady(() => el.hidden = !line);
  if (!line) return;
  const after = rows(list()).filter(r => r.classList.contains('msg') && r.dataset.u !== me
    && line.compareDocumentPosition(r) & Node.DOCUMENT_POSITION_FOLLOWING);
  const b = $('b-' + room())?.dataset;
  el.querySelector('.n').textContent = `${Math.max(after.length, b?.n | 0, b?.at | 0)} new since ${after[0]?.querySelector('time')?.textContent ?? ''}`;
}

// A message came while nobody was reading: the line goes before the first of them.
function newLine(el) {
  if (reading()) return;
  const line = newMark(), before = el.previousElementSibling;
  if (line && !(seq(before ?? el) <= readTo[room()])) return; // the rows after the line are still unread
  markLine(el);
}

function markLine(el) {
  let line = newMark();
  if (!line) {
    line = make('li');
    line.className = 'unread';
    line.id = 'new-' + room();
    line.append(make('span', 'New'));
  }
  steady(() => el.before(line));
  barOff = lineSeen = false;
}

function dropLine() {
  kept = 0;
  steady(() => newMark()?.remove());
  bar(null);
}

function readSoon() {
  const row = list() && lastRow(list());
  if (!row || seq(row) <= readTo[room()]) return;
  store.set('seen:' + room(), { id: seq(row), at: Date.now() }); // no tab notifies of it any more
  readTimer ||= setTimeout(() => { readTimer = 0; if (reading()) sendRead(); }, Math.max(0, readAt + 600 - Date.now()));
}

function sendRead() {
  const row = list() && lastRow(list());
  if (!row || seq(row) <= readTo[room()]) return;
  if (wire({ t: 'read', room: room(), upto: seq(row) })) {
    readTo[room()] = seq(row);
    readAt = Date.now();
  }
}

function markRead() {
  kept = 0;
  dropLine();
  sendRead();
}

// On entering a room: with no badge and no line everything in it has been read already.
function enterUnread() {
  kept = 0;
  lineSeen = barOff = false;
  readAt = Date.now();
  const b = $('b-' + room())?.dataset, row = list() && lastRow(list());
  if (row && !newMark() && !+b?.n && !+b?.at) readTo[room()] ??= seq(row);
}

function badges() {
  let n = 0, other = false;
  const open = root.hasAttribute('data-reading') && $('b-' + room());
  for (const b of doc.querySelectorAll('#lists .badge')) {
    if (b === open) continue;
    n += b.closest('#dms') ? +b.dataset.n || +b.dataset.at || 0 : +b.dataset.at || 0;
    other ||= +b.dataset.n > 0 && !b.closest('[data-muted]');
  }
  const back = doc.querySelector('.back .n');
  if (back) back.textContent = n > 99 ? '99+' : n || '';
  const bare = doc.title.replace(/^(\(\d+\) |• )/, ''), title = (n ? `(${n}) ` : other ? '• ' : '') + bare;
  if (doc.title !== title) doc.title = title;
  const icon = $('favicon');
  if (icon?.dataset.unread) {
    icon.dataset.read ??= icon.getAttribute('href');
    const href = n || other ? icon.dataset.unread : icon.dataset.read;
    if (icon.getAttribute('href') !== href) icon.href = href;
  }
  const all = [...doc.querySelectorAll('#lists .badge')].map(b => b.id + b.textContent).join();
  if (hub?.dataset.view === 'home' && badges.all !== undefined && all !== badges.all) {
    clearTimeout(badges.later); // what is new to catch up with
    badges.later = setTimeout(() => hub.dataset.view === 'home' && reload(), 1000);
  }
  badges.all = all;
  if (n !== badges.n) navigator.setAppBadge?.(badges.n = n)?.catch(() => {});
}

on(window, 'focus blur', look);
on(doc, 'click', e => {
  if (e.target.closest?.('#unreadbar .markread')) markRead();
  if (e.target.closest?.('#unreadbar .first') && newMark()) {
    e.preventDefault(); // the same jump, without a history entry
    newMark().scrollIntoView({ block: 'center' });
  }
});
