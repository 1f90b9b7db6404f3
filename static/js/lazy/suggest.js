// Suggestions while one writes: people after @, rooms after #, emoji after a colon and two letters.
import { $, box, doc, insert, lazy, make, on, room, speak } from './parley.js';

const most = 8, people = {};
let list = null, from = 0, ask = 0;

const options = () => [...list?.children ?? []];
export const isOpen = () => !!list && !list.hidden;

function build() {
  list = make('ul');
  Object.assign(list, { id: 'ac', className: 'pop ac', role: 'listbox', ariaLabel: 'Suggestions', hidden: true });
  on(list, 'pointerdown', e => e.preventDefault()); // the box keeps the focus
  on(list, 'click', e => accept(e.target.closest('.opt')));
}

export function close() {
  if (!isOpen()) return;
  list.hidden = true;
  box()?.removeAttribute('aria-activedescendant');
}

const fold = s => s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const begins = (text, q) => fold(text).split(/[\s._-]+/).some(part => part.startsWith(q)) || fold(text).startsWith(q);

async function persons(q) {
  const n = room(), all = people[n] ??= await fetched(`/rooms/${n}/mentions`);
  const found = all.filter(li => begins(li.dataset.insert.slice(1), q) || begins(li.dataset.name, q));
  if (!q || found.length >= most) return found;
  const more = await fetched(`/rooms/${n}/mentions?q=` + encodeURIComponent(q));
  return [...found, ...more.filter(li => !found.some(f => f.dataset.insert === li.dataset.insert))];
}

async function fetched(path) {
  const r = await fetch(path, { headers: { 'HX-Request': 'true' } });
  if (!r.ok) return [];
  const t = make('template');
  t.innerHTML = await r.text();
  return [...t.content.querySelectorAll('.opt')];
}

function rooms(q) {
  return [...doc.querySelectorAll('#lists a.room[href^="/rooms/"]')].filter(a => a.querySelector('use')?.getAttribute('href').endsWith('#hash'))
    .map(a => a.querySelector('.nm').textContent).filter(name => begins(name, q)).map(name => option('#' + name, '#' + name));
}

async function emoji(q) {
  const found = (await (await lazy('emoji')).words(q)).slice(0, most);
  return found.map(it => option(it.emoji, it.emoji + ' :' + it.short + ':'));
}

function option(text, label) {
  const li = make('li');
  li.className = 'opt';
  li.role = 'option';
  li.dataset.insert = text;
  li.append(make('b', label));
  return li;
}

// Looks at what stands before the caret; called after every change of it.
export async function look(trigger, q) {
  if (!list) build();
  const end = box().selectionStart, at = end - q.length - 1;
  if (box().value.slice(at, end) !== trigger + q) return; // more was typed while this module was on its way
  const mine = ++ask;
  const found = (await { '@': persons, '#': rooms, ':': emoji }[trigger](fold(q))).slice(0, most);
  if (mine !== ask) return;
  if (!found.length) return close();
  from = at;
  const host = $('composer');
  if (list.parentElement !== host) host.append(list);
  list.replaceChildren(...found.map((li, i) => { const el = li.cloneNode(true); el.id = 'ac-' + i; return el; }));
  list.hidden = false;
  Object.assign(box(), { ariaAutoComplete: 'list' });
  box().setAttribute('aria-controls', 'ac');
  choose(0);
  speak(`${found.length} suggestion${found.length > 1 ? 's' : ''}. ${name(options()[0])}, 1 of ${found.length}`);
}

export const forget = () => { ask++; close(); };
const name = li => li.querySelector('b').textContent;
const current = () => options().findIndex(li => li.ariaSelected === 'true');

function choose(i) {
  options().forEach((li, k) => li.ariaSelected = k === i);
  box().setAttribute('aria-activedescendant', 'ac-' + i);
  options()[i].scrollIntoView({ block: 'nearest' });
}

function accept(li) {
  if (!li) return;
  const b = box();
  close();
  b.focus();
  b.setSelectionRange(from, b.selectionStart);
  insert(li.dataset.insert + ' ');
}

// True: the key was for the list.
export function key(e) {
  const n = options().length, i = current();
  if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
    choose((i + (e.key === 'ArrowDown' ? 1 : n - 1)) % n);
    speak(`${name(options()[current()])}, ${current() + 1} of ${n}`);
  } else if (e.key === 'Enter' || e.key === 'Tab') accept(options()[i]);
  else if (e.key === 'Escape') forget();
  else return false;
  return true;
}
