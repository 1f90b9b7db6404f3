// @ts-check
// Files that go with the next message: chosen, pasted, dropped, described, put in order.
import { $, doc, hub, isComposing, mainArea, make, on, openRoom } from '../dom.js';
import { box } from '../composer.js';
import { timeOfDay } from '../days.js';
import { visit } from '../request.js';
import { speak } from '../toast.js';
import { sendFiles } from './upload.js';
import looks from './tray.css';

const sheet = new CSSStyleSheet();
sheet.replaceSync(looks);
doc.adoptedStyleSheets.push(sheet);

const maxFiles = +hub.dataset.maxFiles; // with a message; 0: any number
const maxFile = +hub.dataset.maxFile * 2 ** 20; // bytes; 0: any

/** @type {Map<number, TrayFile[]>} */
const trays = new Map(); // of each room, as long as the page lives
const filesOf = (room = openRoom()) => trays.get(room) ?? trays.set(room, []).get(room);
let lastId = 0;

// As the server writes it, see Bytes in file.go.
/** @type {(n: number) => string} */
export function size(n) {
  if (n < 1000) return n + ' B';
  const units = ['kB', 'MB', 'GB'];
  let u = 0;
  for (n /= 1024; n >= 999.5 && u < 2; n /= 1024) u++;
  return (u && n < 99.95 ? n.toFixed(1).replace('.0', '') : Math.max(1, Math.round(n))) + ' ' + units[u];
}
const isPicture = f => /^image\/(jpeg|png|gif|webp)$/.test(f.type);
const limits = () =>
  'Up to ' +
  (maxFiles ? maxFiles + ' files' : 'any number of files') +
  (maxFile ? ` of ${maxFile / 2 ** 20} MB each` : '');

/** @type {(list: Iterable<File>, room?: number) => void} */
export function add(list, room = openRoom()) {
  const tray = filesOf(room);
  for (const file of list) {
    const why =
      maxFile && file.size > maxFile ? `That is more than the ${maxFile / 2 ** 20} MB that a file may have.` : '';
    tray.push({ id: ++lastId, file, alt: '', why, url: isPicture(file) ? URL.createObjectURL(file) : '' });
  }
  if (room !== openRoom()) return;
  show();
  speak(tray.length === 1 ? tray[0].file.name + ' is added' : tray.length + ' files are added');
  box()?.focus();
}

// What is chosen, pasted, or dragged over the room and dropped.
/** @type {(e: any, list: File[]) => void} */
export function take(e, list) {
  if (e.type === 'change') {
    if (!goesByItself()) e.target.value = ''; // so that the same file can be chosen again
    add(list);
    if (innerWidth < 720)
      /** @type {HTMLElement} */ (e.target.closest('#panel')?.querySelector('[aria-label=Close]'))?.click(); // they stand behind it
  } else if (e.type === 'paste') {
    e.preventDefault();
    paste(list);
  } else if (e.type === 'drop') drop(e, list);
  else dragOver(e);
}

// The first message to somebody is a form that goes as it is: its field has the files.
const goesByItself = () => !!box() && !box().form.dataset.room;
function fillField() {
  const all = new DataTransfer();
  for (const f of filesOf()) if (!f.why) all.items.add(f.file);
  const field = /** @type {HTMLInputElement} */ (box().form.querySelector('[name=file]'));
  if (field) field.files = all.files;
}

export const has = () => filesOf().length > 0;

export function show() {
  const form = box()?.form;
  if (!form) return;
  form.querySelectorAll('#tray,.trayfoot').forEach(el => el.remove());
  const tray = filesOf();
  if (goesByItself()) fillField();
  if (!tray.length) return;
  const ul = make('ul'),
    foot = make('p');
  ul.id = 'tray';
  ul.className = 'tray';
  ul.setAttribute('aria-label', 'Files to send');
  ul.append(...tray.map(tile));
  const total = tray.reduce((n, f) => n + f.file.size, 0);
  foot.className = 'trayfoot';
  foot.append(
    make('span', `${tray.length === 1 ? '1 file' : tray.length + ' files'} · ${size(total)}`),
    make('span', limits()),
  );
  box().before(ul, foot);
}

function tile(f, i, all) {
  const li = make('li'),
    thumb = make('div'),
    moves = make('span'),
    name = make('span', `${f.file.name} · ${size(f.file.size)}`);
  li.dataset.f = f.id;
  li.draggable = true;
  li.tabIndex = -1;
  thumb.className = 'thumb';
  if (f.url) {
    const img = make('img');
    img.alt = '';
    img.src = f.url;
    thumb.append(img);
  } else {
    const kind = make('span', (f.file.name.match(/\.(\w{1,4})$/)?.[1] ?? 'file').toUpperCase());
    kind.className = 'kind';
    thumb.append(kind);
  }
  moves.className = 'moves';
  if (i > 0) moves.append(button('‹', `Move ${f.file.name} earlier`, () => move(f, -1)));
  if (i < all.length - 1) moves.append(button('›', `Move ${f.file.name} later`, () => move(f, 1)));
  moves.append(button('✕', `Remove ${f.file.name}`, () => remove(f)));
  name.className = 'nm';
  li.append(thumb, moves, name);
  if (f.why) {
    const why = make('p', f.why);
    why.className = 'why';
    li.append(why);
  } else if (f.url || goesByItself()) li.append(description(f));
  return li;
}

function description(f) {
  const label = make('label'),
    words = make('span', `What ${f.file.name} shows`),
    input = make('input');
  label.className = 'alt';
  words.className = 'vh';
  Object.assign(input, {
    maxLength: 500,
    placeholder: 'Describe the picture',
    value: f.alt,
    dir: 'auto',
    autocomplete: 'off',
  });
  label.hidden = !f.url;
  if (goesByItself()) input.name = 'alt';
  on(input, 'input', () => (f.alt = input.value));
  label.append(words, input);
  return label;
}

function button(text, label, act) {
  const b = make('button', text);
  b.type = 'button';
  b.setAttribute('aria-label', label);
  on(b, 'click', act);
  return b;
}

const tileOf = f => $('tray')?.querySelector(`[data-f="${f.id}"]`);

function move(f, by) {
  const tray = filesOf(),
    at = tray.indexOf(f),
    to = at + by;
  if (to < 0 || to >= tray.length) return;
  tray.splice(to, 0, ...tray.splice(at, 1));
  show();
  const same =
    tileOf(f)?.querySelector(`[aria-label$="${by < 0 ? 'earlier' : 'later'}"]`) ?? tileOf(f)?.querySelector('button');
  same?.focus();
  speak(`${f.file.name} is number ${to + 1} of ${tray.length}`);
}

function remove(f) {
  const tray = filesOf(),
    at = tray.indexOf(f);
  tray.splice(at, 1);
  URL.revokeObjectURL(f.url);
  show();
  const next = tray[at] ?? tray[at - 1];
  (next ? tileOf(next).querySelector('button:last-child') : box())?.focus();
  speak(f.file.name + ' is removed');
}

// Sends the message with its files, or says what is to be put right first; null: there are no files.
/** @type {(text: string, re?: Reply) => string | null} */
export function send(text, re) {
  const tray = filesOf(),
    bad = tray.find(f => f.why);
  if (!tray.length) return null;
  if (bad) {
    tileOf(bad).querySelector('button:last-child').focus();
    return bad.file.name + ': ' + bad.why;
  }
  if (maxFiles && tray.length > maxFiles) {
    $('tray').querySelector('button').focus();
    return `A message has at most ${maxFiles} files. Remove ${tray.length - maxFiles}.`;
  }
  const why = sendFiles(text, re, tray);
  if (why) return why;
  trays.delete(openRoom());
  show();
  return '';
}

// Back into the box, from a message that did not go.
/** @type {(list: TrayFile[]) => void} */
export function bringBack(list) {
  filesOf().unshift(...list);
  show();
}

// Pictures that are pasted have no name of their own.
function paste(files) {
  const now = timeOfDay(new Date());
  add(
    [...files].map(f =>
      /^image\.\w+$/.test(f.name) ? new File([f], `Pasted ${now}${f.name.slice(5)}`, { type: f.type }) : f,
    ),
  );
}

// What is dragged over the room can be dropped anywhere in it.
let dragged = null; // a tile of the tray

function overlay(shown) {
  const main = mainArea()?.querySelector('main') ?? mainArea();
  main?.querySelectorAll('.drop').forEach(el => el.remove());
  if (!shown || !box()) return;
  const d = make('div');
  d.className = 'drop';
  d.append(
    make('b', 'Drop to share in ' + (box().placeholder.replace(/^Message /, '') || 'this room')),
    make('small', limits() + ' · pictures lose their place data'),
  );
  main.append(d);
}

const roomUnder = e => e.target.closest?.('#side a[href^="/rooms/"]');
const carriesFiles = e => e.dataTransfer?.types.includes('Files') && !dragged;

function dragOver(e) {
  const tile = e.target.closest?.('#tray li');
  if (dragged && tile) return e.preventDefault();
  if (!carriesFiles(e)) return;
  if (!doc.querySelector('.drop')) overlay(true);
  if (!(roomUnder(e) || box())) return;
  e.preventDefault();
  roomUnder(e)?.setAttribute('data-over', '');
}
on(doc, 'dragleave', e => {
  roomUnder(e)?.removeAttribute('data-over');
  if (!e.relatedTarget) endDrag(); // out of the window
});
function drop(e, files) {
  const tile = e.target.closest?.('#tray li');
  if (dragged && tile) {
    e.preventDefault();
    const tray = filesOf(),
      to = tray.findIndex(f => f.id === +tile.dataset.f);
    move(dragged, to - tray.indexOf(dragged));
    return;
  }
  endDrag();
  if (!files.length) return;
  e.preventDefault(); // else the browser shows the file in the place of the page
  const a = roomUnder(e);
  if (a && a.getAttribute('href').match(/^\/rooms\/(\d+)$/)) {
    add(files, +a.getAttribute('href').slice(7));
    if (+a.getAttribute('href').slice(7) !== openRoom()) visit(a.getAttribute('href'));
  } else if (box()) add(files);
}
function endDrag() {
  overlay(false);
  doc.querySelectorAll('#side [data-over]').forEach(el => el.removeAttribute('data-over'));
}
on(doc, 'dragstart', e => {
  const tile = e.target.closest?.('#tray li');
  dragged = tile ? filesOf().find(f => f.id === +tile.dataset.f) : null;
});
on(doc, 'dragend', () => (dragged = null));

on(doc, 'keydown', e => {
  const tile = e.target.closest?.('#tray li'),
    f = tile && filesOf().find(x => x.id === +tile.dataset.f);
  if (!f || isComposing(e)) return;
  const inField = e.target.matches('input');
  if (inField && e.key === 'Enter') {
    e.preventDefault();
    return box().focus();
  }
  if (e.altKey && /^Arrow(Left|Right)$/.test(e.key)) {
    e.preventDefault();
    move(f, (e.key === 'ArrowLeft') === (getComputedStyle(tile).direction === 'rtl') ? 1 : -1);
  } else if (e.key === 'Delete' && !inField) {
    e.preventDefault();
    remove(f);
  }
});
