// @ts-check
// Suggestions while one writes: people after @, rooms after #, emoji after a colon and two letters, commands after a slash
// that a message begins with.
// In the message box, in the form of an edit, and in that of an answer.
import { doc, isComposing, make, on, openRoom } from '../dom.js';
import { box, inFence, insertText } from '../composer.js';
import { lazy } from '../lazy.js';
import { speak } from '../toast.js';

const maxSuggestions = 8;
const peopleOfRoom = {};
let list = null;
let listBox = null; // the box that the list belongs to
let wordBox = null; // the box in which something was begun
let word = ''; // what was begun in it
let wordStart = 0;
let wordEnd = 0;
let lookups = 0;
let taken = false; // what is marked is taken by Enter, too

const options = () => [...(list?.children ?? [])];
// The word that was begun is there, with the caret at its end.
const isThere = () =>
  listBox.selectionStart === wordEnd &&
  listBox.selectionEnd === wordEnd &&
  listBox.value.slice(wordStart, wordEnd) === word;

const isWhole = li => li.dataset.insert.toLowerCase() === word.toLowerCase();

export function isOpen(at) {
  if (!list || list.hidden || at !== listBox) return false;
  if (!isThere()) dismiss();
  return !list.hidden;
}

function build() {
  list = make('ul');
  Object.assign(list, { id: 'ac', className: 'pop ac', role: 'listbox', ariaLabel: 'Suggestions', hidden: true });
  on(list, 'pointerdown', e => e.preventDefault()); // the box keeps the focus
  on(list, 'click', e => accept(e.target.closest('.opt')));
}

export function close() {
  if (!list || list.hidden) return;
  list.hidden = true;
  listBox.removeAttribute('aria-activedescendant');
}

const fold = s => s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const beginsWith = (text, q) =>
  fold(text)
    .split(/[\s._-]+/)
    .some(part => part.startsWith(q)) || fold(text).startsWith(q);

// A conversation that has the page to itself says in its form of an answer which room it is of.
const roomOfPage = () => openRoom() || +doc.querySelector('.answer')?.getAttribute('action').match(/\d+/)[0] || 0;

async function suggestPeople(q) {
  const n = roomOfPage();
  if (!n) return [];
  const all = (peopleOfRoom[n] ??= await fetchOptions(`/rooms/${n}/mentions`)) ?? [];
  const found = all.filter(li => beginsWith(li.dataset.insert.slice(1), q) || beginsWith(li.dataset.name, q));
  const late = li => (fold(li.dataset.insert.slice(1)).startsWith(q) ? 0 : fold(li.dataset.name).startsWith(q) ? 1 : 2);
  const sorted = list => list.sort((a, b) => late(a) - late(b)); // as the server does, see Mentionables
  if (!q || found.length >= maxSuggestions) return sorted(found);
  const more = (await fetchOptions(`/rooms/${n}/mentions?q=` + encodeURIComponent(q))) ?? [];
  return sorted([...found, ...more.filter(li => !found.some(f => f.dataset.insert === li.dataset.insert))]);
}

// Null: there was no answer that could be remembered.
async function fetchOptions(path) {
  const r = await fetch(path, { headers: { 'HX-Request': 'true' } }).catch(() => null);
  if (!r?.ok) return null;
  const t = make('template');
  t.innerHTML = await r.text();
  return [...t.content.querySelectorAll('.opt')];
}

function suggestRooms(q) {
  return [...doc.querySelectorAll('#lists a.room[href^="/rooms/"]')]
    .filter(a => a.querySelector('.glyph') && !a.querySelector('use[href$="#lock"]'))
    .map(a => a.querySelector('.nm').textContent)
    .filter(name => beginsWith(name, q))
    .map(name => option('#' + name, '#' + name));
}

let commands = null; // of the room, asked for when the slash is written

async function suggestCommands(q) {
  const n = wordBox === box() && roomOfPage();
  if (!n) return [];
  if (!q || commands?.room !== n || !commands.all)
    commands = { room: n, all: await fetchOptions(`/rooms/${n}/commands`) };
  return (commands.all ?? []).filter(li => li.dataset.insert.slice(1).startsWith(q));
}

async function suggestEmoji(q) {
  const begun = new RegExp('(?:^|[^a-z0-9])' + q.replaceAll('+', '\\+')); // not within a word of a name
  const found = (await (await lazy('emoji')).findByName(q)).filter(it => begun.test(it.short) || begun.test(it.words));
  return found.slice(0, maxSuggestions).map(it => {
    const li = option(it.emoji, (it.src ? '' : it.emoji + ' ') + ':' + it.short + ':');
    if (it.src) li.prepend(Object.assign(make('img'), { src: it.src, alt: '', width: 20, height: 20 }));
    return li;
  });
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
export function beginWith(sign) {
  const b = box(),
    before = b.value.slice(0, b.selectionStart);
  b.focus();
  insertText((/[\p{L}\p{N}\p{M}]$/u.test(before) && !mayStandBefore.test(before) ? ' ' : '') + sign);
  suggestFor(b);
}

// Letters of scripts that put no spaces between words. See text_script.go.
const spaceless =
  'ー々〆' +
  'Han Hira Kana Bopo Hang Yiii Thai Laoo Khmr Mymr Tibt Java Bali Tale Talu Lana Tavt'.replace(
    / ?(\w+)/g,
    String.raw`\p{sc=$1}`,
  );

// What a sign that begins something may stand behind: not a word, but such letters, and those of scripts that put "and"
// to the next word. And what ends it: a word that goes on after the caret is another one.
const mayStandBefore = new RegExp(
  String.raw`(?:^|[\s([{"'*_~]|[^\0-\x7f\p{L}\p{N}\p{M}]|[${spaceless}]|(?=\p{L})[\p{sc=Hebr}\p{sc=Arab}]\p{M}*)$`,
  'u',
);
const goesOn = new RegExp(String.raw`^[.-]?(?![${spaceless}])[\p{L}\p{N}\p{M}_]`, 'u');
const suggestionStart = /([@#])([\p{L}\p{N}._-]{0,30})$|(:)([a-z0-9_+-]{2,20})$|^(\/)([a-zA-Z]{0,32})$/u;

// Looks at what stands around the caret; called after every change of it.
export async function suggestFor(b) {
  if (!list) build();
  const end = b.selectionStart,
    hit = end === b.selectionEnd && suggestionStart.exec(b.value.slice(Math.max(0, end - 40), end));
  if (!hit) return dismiss();
  const trigger = hit[1] ?? hit[3] ?? hit[5],
    q = hit[2] ?? hit[4] ?? hit[6],
    at = end - q.length - 1;
  const within = goesOn.test(b.value.slice(end)) || (trigger === ':' && b.value[end] === ':');
  if (within || !mayStandBefore.test(b.value.slice(0, at)) || inFence(b)) return dismiss();
  wordEnd = end;
  const mine = ++lookups;
  wordBox = b;
  word = trigger + q;
  if (options().some(isWhole)) taken = false; // the list is still that of its beginning
  const found = (
    await { '@': suggestPeople, '#': suggestRooms, ':': suggestEmoji, '/': suggestCommands }[trigger](fold(q))
  ).slice(0, maxSuggestions);
  if (mine !== lookups) return;
  if (b.value.slice(at, b.selectionStart) !== word) return dismiss(); // it was sent meanwhile
  close();
  if (!found.length || b !== doc.activeElement) return;
  listBox = b;
  wordStart = at;
  b.form.append(list);
  list.replaceChildren(
    ...found.map((li, i) => {
      const el = li.cloneNode(true);
      el.id = 'ac-' + i;
      return el;
    }),
  );
  list.hidden = false;
  requestAnimationFrame(watch);
  b.form.style.position = 'relative';
  list.style.inset = '';
  if (b !== box() && covered()) list.style.inset = 'calc(100% + .4rem) auto auto .6rem';
  b.ariaAutoComplete = 'list';
  b.setAttribute('aria-controls', 'ac');
  // Enter sends an emoticon, a number, and a name that is whole, as they are written.
  taken = trigger !== ':' && !found.some(isWhole) && !/^#\d+$/.test(word);
  listBox.removeAttribute('aria-activedescendant');
  if (taken) select(0);
  speak(`${found.length} suggestion${found.length > 1 ? 's' : ''}. ${name(options()[0])}, 1 of ${found.length}`);
}

// Above the form there is no room for it.
const covered = () =>
  list.getBoundingClientRect().top < (listBox.closest('.stream,.scroll,.content')?.getBoundingClientRect().top ?? 0);

export function dismiss() {
  lookups++;
  wordBox = null;
  close();
}

const name = li => li.querySelector('b').textContent;
const selectedIndex = () => options().findIndex(li => li.ariaSelected === 'true');

function select(i) {
  options().forEach((li, k) => (li.ariaSelected = k === i));
  listBox.setAttribute('aria-activedescendant', 'ac-' + i);
  options()[i].scrollIntoView({ block: 'nearest' });
}

// The caret went elsewhere: what was begun there is not what is being written.
function caretMoved() {
  const b = /** @type {HTMLTextAreaElement} */ (doc.activeElement);
  if (b === wordBox && (b.selectionStart !== wordEnd || b.selectionEnd !== wordEnd)) dismiss();
}

// However the word goes, and a script tells nobody of it, the list goes with it.
function watch() {
  if (isOpen(listBox)) requestAnimationFrame(watch);
}

on(doc, 'selectionchange', caretMoved);
// Another window has the keys, and the box gets them back: it is still what is active here.
on(doc, 'focusout submit', e => e.target !== doc.activeElement && dismiss());

function accept(li) {
  if (!li) return;
  const there = isThere();
  close();
  if (!there) return; // nothing but what was begun is replaced
  listBox.focus();
  const after = listBox.value[wordEnd] ?? '';
  listBox.setSelectionRange(wordStart, wordEnd + +(after === ' ')); // the space that is there is the one behind it
  insertAtCaret(li.dataset.insert + (/[\n.,;!?)\]}]/.test(after) ? '' : ' '));
}

function insertAtCaret(text) {
  if (listBox === box()) insertText(text);
  else if (!doc.execCommand('insertText', false, text))
    listBox.setRangeText(text, listBox.selectionStart, listBox.selectionEnd, 'end');
}

// True: the key was for the list.
export function key(e) {
  const n = options().length,
    i = selectedIndex();
  if (isComposing(e) || e.shiftKey) return false;
  if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
    select(e.key === 'ArrowUp' ? (Math.max(i, 0) + n - 1) % n : (i + 1) % n);
    taken = true;
    speak(`${name(options()[selectedIndex()])}, ${selectedIndex() + 1} of ${n}`);
  } else if (e.key === 'Tab' || (e.key === 'Enter' && taken)) accept(options()[Math.max(i, 0)]);
  else if (e.key === 'Escape') dismiss();
  else {
    if (e.key === 'Enter') dismiss(); // what is written goes, or a new line begins
    return false;
  }
  return true;
}
