// @ts-check
// Suggestions while one writes: people after @, rooms after #, emoji after a colon and two letters.
// In the message box, in the form of an edit, and in that of an answer.
import { doc, isComposing, make, on, openRoom } from '../dom.js';
import { box, insertText } from '../composer.js';
import { lazy } from '../lazy.js';
import { speak } from '../toast.js';

const most = 8;
const people = {};
let list = null;
let into = null;
let from = 0;
let ask = 0;
let chosen = false; // by the arrow keys
let asking = null;
let word = '';
let end = 0; // the box, what was begun in it, and where that ends

const options = () => [...(list?.children ?? [])];
export const isOpen = at => !!list && !list.hidden && at === into;

function build() {
  list = make('ul');
  Object.assign(list, { id: 'ac', className: 'pop ac', role: 'listbox', ariaLabel: 'Suggestions', hidden: true });
  on(list, 'pointerdown', e => e.preventDefault()); // the box keeps the focus
  on(list, 'click', e => accept(e.target.closest('.opt')));
}

export function close() {
  if (!list || list.hidden) return;
  list.hidden = true;
  into.removeAttribute('aria-activedescendant');
}

const fold = s => s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const begins = (text, q) =>
  fold(text)
    .split(/[\s._-]+/)
    .some(part => part.startsWith(q)) || fold(text).startsWith(q);

// A conversation that has the page to itself says in its form of an answer which room it is of.
const where = () => openRoom() || +doc.querySelector('.answer')?.getAttribute('action').match(/\d+/)[0] || 0;

async function persons(q) {
  const n = where();
  if (!n) return [];
  const all = (people[n] ??= await fetched(`/rooms/${n}/mentions`));
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
  return [...doc.querySelectorAll('#lists a.room[href^="/rooms/"]')]
    .filter(a => a.querySelector('use')?.getAttribute('href').endsWith('#hash'))
    .map(a => a.querySelector('.nm').textContent)
    .filter(name => begins(name, q))
    .map(name => option('#' + name, '#' + name));
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

// The button of a sign: it stands at the caret, apart from a word before it, and offers at once.
export function begin(sign) {
  const b = box(),
    before = b.value.slice(0, b.selectionStart);
  b.focus();
  insertText((/[\p{L}\p{N}\p{M}]$/u.test(before) && !border.test(before) ? ' ' : '') + sign);
  look(b, sign, '');
}

// What a sign that begins something may stand behind: not a word, but letters of scripts that put no spaces between
// words. See text_script.go.
const border = new RegExp(
  String.raw`(?:^|[\s([{"'*_~]|[^\0-\x7f\p{L}\p{N}\p{M}]|[ー々〆` +
    'Han Hira Kana Bopo Hang Yiii Thai Laoo Khmr Mymr Tibt Java Bali Tale Talu Lana Tavt'.replace(
      / ?(\w+)/g,
      String.raw`\p{sc=$1}`,
    ) +
    '])$',
  'u',
);

// Looks at what stands before the caret; called after every change of it.
export async function look(b, trigger, q) {
  if (!list) build();
  const at = b.selectionStart - q.length - 1;
  end = b.selectionStart;
  if (b.value.slice(at, end) !== trigger + q) return; // more was typed while this module was on its way
  if (!border.test(b.value.slice(0, at))) return forget();
  const mine = ++ask;
  asking = b;
  word = trigger + q;
  const found = (await { '@': persons, '#': rooms, ':': emoji }[trigger](fold(q))).slice(0, most);
  if (mine !== ask) return;
  if (b.value.slice(at, b.selectionStart) !== trigger + q) return forget(); // it was sent meanwhile
  close();
  if (!found.length || b !== doc.activeElement) return;
  into = b;
  from = at;
  b.form.append(list);
  list.replaceChildren(
    ...found.map((li, i) => {
      const el = li.cloneNode(true);
      el.id = 'ac-' + i;
      return el;
    }),
  );
  list.hidden = false;
  b.form.style.position = 'relative';
  list.style.inset = '';
  if (b !== box() && covered()) list.style.inset = 'calc(100% + .4rem) auto auto .6rem';
  b.ariaAutoComplete = 'list';
  b.setAttribute('aria-controls', 'ac');
  chosen = false;
  choose(0);
  speak(`${found.length} suggestion${found.length > 1 ? 's' : ''}. ${name(options()[0])}, 1 of ${found.length}`);
}

// Above the form there is no room for it.
const covered = () =>
  list.getBoundingClientRect().top < (into.closest('.stream,.scroll,.content')?.getBoundingClientRect().top ?? 0);

export function forget() {
  ask++;
  asking = null;
  close();
}

const name = li => li.querySelector('b').textContent;
const current = () => options().findIndex(li => li.ariaSelected === 'true');

function choose(i) {
  options().forEach((li, k) => (li.ariaSelected = k === i));
  into.setAttribute('aria-activedescendant', 'ac-' + i);
  options()[i].scrollIntoView({ block: 'nearest' });
}

// The caret went elsewhere: what was begun there is not what is being written.
export function moved() {
  const b = /** @type {HTMLTextAreaElement} */ (doc.activeElement);
  if (b === asking && (b.selectionStart !== end || b.selectionEnd !== end)) forget();
}

function accept(li) {
  if (!li) return;
  close();
  if (into.value.slice(from, into.selectionEnd) !== word) return; // nothing but what was begun is replaced
  into.focus();
  into.setSelectionRange(from, into.selectionStart);
  put(li.dataset.insert + ' ');
}

function put(text) {
  if (into === box()) insertText(text);
  else if (!doc.execCommand('insertText', false, text))
    into.setRangeText(text, into.selectionStart, into.selectionEnd, 'end');
}

// True: the key was for the list. Enter sends what is written, unless one was chosen by the arrow keys.
export function key(e) {
  const n = options().length,
    i = current();
  if (isComposing(e) || e.shiftKey) return false;
  if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
    choose(e.key === 'ArrowUp' ? (i + n - 1) % n : chosen ? (i + 1) % n : 0);
    chosen = true;
    speak(`${name(options()[current()])}, ${current() + 1} of ${n}`);
  } else if (e.key === 'Tab' || (e.key === 'Enter' && chosen)) accept(options()[i]);
  else if (e.key === 'Escape') forget();
  else {
    if (e.key === 'Enter') forget(); // what is written goes, or a new line begins
    return false;
  }
  return true;
}
