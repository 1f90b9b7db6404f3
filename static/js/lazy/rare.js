// What happens rarely in a room: a message becomes long, the room gets another name, somebody is put out of it.
import { $, box, dayOf, days, doc, flush, forget, giveBack, held, insert, lengthOf, letter, list, make, patch, reply, room, showPending, store, stream } from './parley.js';

let was; // what the hint says else

export function count(n) {
  const hint = $('hint');
  if (!hint) return;
  was ??= [...hint.childNodes];
  hint.replaceChildren(...n >= 9000 ? [`${n.toLocaleString()} of ${(10000).toLocaleString()} characters`] : was);
  hint.toggleAttribute('data-over', n > 10000);
}

// A field that takes more than its server does says so, and keeps it all.
export function measure(field) {
  const n = lengthOf(field.value), max = +field.dataset.max;
  field.setCustomValidity(n > max ? `At most ${max.toLocaleString()} characters, please: this has ${n.toLocaleString()}.` : '');
  if (n > max) field.reportValidity();
}

// Marks around what is selected.
export function wrap(mark) {
  const b = box(), { selectionStart: from, selectionEnd: to } = b;
  insert(mark + b.value.slice(from, to) + mark);
  b.setSelectionRange(from + mark.length, to + mark.length);
}

// Once a minute: "Today" ends at midnight, wherever that is.
let today;
export function midnight() {
  const now = dayOf(new Date());
  if (now !== today && list()) days(list());
  today = now;
}

// On a Mac the keys have other names.
export function macKeys() {
  for (const el of doc.querySelectorAll('.kbd,table.keys :is(code,td),option')) {
    if (el.textContent.includes('Ctrl ')) el.textContent = el.textContent.replaceAll('Ctrl ', '⌘');
  }
}

// A room got another name or kind: its label stands in more places than the header that came.
export function headline() {
  const h = $('rh-' + room())?.querySelector('h1:has(use)'), was = list() && box()?.placeholder;
  if (!h || !was) return;
  const now = 'Message ' + (h.querySelector('[href$="#hash"]') ? '#' : '') + h.textContent.trim();
  if (was !== now) rename(was, now);
}

function rename(was, now) {
  const b = box(), swap = text => text.split(was.slice(8)).join(now.slice(8));
  if (b?.placeholder !== was) return;
  b.placeholder = b.labels[0].textContent = now;
  doc.title = swap(doc.title);
  const h = stream().querySelector('.beginning h2');
  if (h) h.textContent = swap(h.textContent);
}

// What somebody was writing in a room that he is no longer in is told with the news.
export function orphans() {
  for (const key of store.keys('d:')) {
    const d = store.get(key), text = d?.text ?? d;
    if (!text || $('r-' + key.slice(2))) continue;
    const q = make('blockquote', text);
    q.style.whiteSpace = 'pre-wrap';
    doc.querySelector('.notice')?.append(make('p', 'You were writing:'), q);
  }
}

// What somebody does about a message that failed.
export function act(deed, row) {
  const cid = row.id.slice(2), it = letter(cid);
  if (!it) return;
  if (deed === 'retry') {
    const again = { ...it, fail: undefined, n: 0, since: undefined, next: 0 };
    patch(cid, again);
    showPending(again);
    flush();
  } else {
    forget(cid);
    row.remove();
    if (deed === 'edit') {
      if (it.re && !$('m-' + it.re.id)?.hidden) reply(it.re);
      giveBack(it.body);
    }
  }
  box()?.focus();
}

// A message changed or went: the lines of it above the replies follow.
export function requote(all) {
  for (const a of all) {
    const of = `[data-re="${a.dataset.re}"]`, late = [...held.values()].map(el => el.querySelector(of));
    for (const old of [...doc.querySelectorAll(of), ...late]) {
      const fresh = a.cloneNode(true), focused = old === doc.activeElement;
      old?.replaceWith(fresh);
      if (focused) fresh.focus({ preventScroll: true });
    }
  }
}
