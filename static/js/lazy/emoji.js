// @ts-check
// The picker of emoji: all of them by group, those used last, and a search. Fetched when it is first opened.
import { $, doc, hasFinePointer, isComposing, make, on, root, withModifier } from '../dom.js';
import { usedKeyboard } from '../input.js';
import { store } from '../storage.js';
import { toast } from '../toast.js';
import { captureTyping, holdTyping, replayInto, returnFocus, whenComposed } from '../typeahead.js';
import looks from './emoji.css';

let picker = null;
let onPick = null;
let onClose = null;
let groups = [];
let byEmoji = new Map();

const recent = () =>
  (store.get('emoji') ?? ['🎉', '👀', '🙏', '🚀', '😍', '🤔', '✅', '🔥']).filter(e => byEmoji.has(e));

async function load() {
  const r = await fetch('/emoji?' + root.dataset.build);
  if (!r.ok) throw r;
  for (const row of (await r.text()).split('\n')) {
    const [, emoji, name, short] = /^(\S+) ([^|]+)(?:\|(.*))?$/.exec(row) ?? [];
    if (emoji === '=') groups.push({ name, list: [] });
    else if (emoji && emoji !== '#') {
      const it = {
        emoji,
        name,
        words: `${name} ${short ?? ''}`,
        short: short?.split(' ')[0] ?? name.replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, ''),
      };
      groups.at(-1).list.push(it);
      byEmoji.set(emoji, it);
    }
  }
  await loadOwn().catch(() => {});
}

// The workspace's own, a line for each: its name, and which picture it has.
async function loadOwn() {
  const r = await fetch('/emoji/own', { headers: { Accept: 'text/plain' } }),
    list = [];
  if (!r.ok) return;
  for (const line of (await r.text()).split('\n').filter(Boolean)) {
    const [short, v] = line.split(' '),
      it = { emoji: `:${short}:`, name: short, words: short, short, src: `/emoji/${short}?v=${v}` };
    list.push(it);
    byEmoji.set(it.emoji, it);
  }
  if (list.length) groups.unshift({ name: 'Our own', list });
}

function button(it) {
  const b = make('button', it.src ? '' : it.emoji);
  if (it.src) b.append(Object.assign(make('img'), { src: it.src, alt: '', width: 24, height: 24 }));
  Object.assign(b, { type: 'button', tabIndex: -1, value: it.emoji, ariaLabel: it.name });
  return b;
}

function group(name, list) {
  const g = make('div');
  g.role = 'group';
  g.ariaLabel = name;
  g.className = 'grp';
  const p = make('p', name),
    cells = make('div');
  p.ariaHidden = 'true';
  cells.append(...list.map(button));
  g.append(p, cells);
  return g;
}

function build() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(looks);
  doc.adoptedStyleSheets.push(sheet);
  picker = make('div');
  Object.assign(picker, {
    id: 'emoji',
    className: 'pop emoji',
    role: 'dialog',
    ariaLabel: 'Emoji',
    popover: 'auto',
    tabIndex: -1,
  });
  const find = make('input'),
    tabs = make('div'),
    grid = make('div'),
    peek = make('p');
  Object.assign(find, {
    type: 'search',
    placeholder: 'Search emoji',
    ariaLabel: 'Search emoji',
    autocomplete: 'off',
    dir: 'auto',
  });
  find.enterKeyHint = 'done';
  tabs.className = 'kinds';
  grid.className = 'all';
  peek.className = 'peek';
  peek.ariaHidden = 'true';
  for (const g of groups) {
    const b = button({ ...g.list[0], name: g.name });
    b.tabIndex = 0;
    b.dataset.kind = g.name;
    tabs.append(b);
  }
  picker.append(find, tabs, grid, peek);
  doc.body.append(picker);
  on(find, 'input', showFound);
  on(picker, 'keydown', keyPressed);
  on(window, 'popstate', () => picker.matches(':popover-open') && picker.hidePopover());
  on(picker, 'click', clicked);
  on(picker, 'pointerover focusin', e => {
    const it = byEmoji.get(e.target.value);
    peek.textContent = it ? `${it.emoji} ${it.name}  :${it.short}:` : '';
  });
  on(picker, 'toggle', e => {
    if (e.newState === 'closed') {
      onClose?.();
      onClose = null;
    }
  });
}

const searchField = () => picker.querySelector('input');
const cells = () => [...picker.querySelectorAll('.all button')];

function showGroups(list) {
  const grid = picker.querySelector('.all');
  grid.replaceChildren(...list.filter(g => g.list.length).map(g => group(g.name, g.list)));
  if (!grid.firstChild) grid.append(make('p', 'Nothing found. Try another word.'));
  const first = cells()[0];
  if (first) first.tabIndex = 0;
  grid.scrollTop = 0;
}

function showAll() {
  showGroups([
    { name: store.get('emoji') ? 'Used last' : 'Often used', list: recent().map(e => byEmoji.get(e)) },
    ...groups,
  ]);
}

// Words that begin so come first, short names before the rest.
function showFound() {
  const q = searchField().value.toLowerCase().replaceAll(':', '').trim().replace(/\s+/g, ' ');
  if (!q) return showAll();
  const rank = it =>
    it.short === q || it.name === q
      ? 0
      : it.short.startsWith(q)
        ? 1
        : (' ' + it.words.replaceAll('_', ' ')).includes(' ' + q)
          ? 2
          : it.words.includes(q)
            ? 3
            : 9;
  const hits = [...byEmoji.values()]
    .map(it => [rank(it), it])
    .filter(h => h[0] < 9)
    .sort((a, b) => a[0] - b[0])
    .slice(0, 90);
  showGroups([{ name: 'Found', list: hits.map(h => h[1]) }]);
}

function choose(emoji) {
  store.set('emoji', [emoji, ...recent().filter(e => e !== emoji)].slice(0, 16));
  const fn = onPick;
  picker.hidePopover();
  fn(emoji);
}

function clicked(e) {
  const b = e.target.closest('button');
  if (!b) return;
  if (!b.dataset.kind) return choose(b.value);
  if (searchField().value) {
    searchField().value = '';
    showAll();
  }
  const g = [...picker.querySelectorAll('.grp')].find(x => x.ariaLabel === b.dataset.kind);
  picker.querySelector('.all').scrollTop = g.offsetTop - g.parentElement.offsetTop;
  if (e.detail === 0) g.querySelector('button').focus({ preventScroll: true });
}

// One cell of the grid can be tabbed to; arrows go on from there.
function keyPressed(e) {
  if (isComposing(e)) return;
  const all = cells(),
    i = all.indexOf(doc.activeElement);
  if (doc.activeElement === searchField()) {
    if (e.key === 'Enter' && all[0]) {
      e.preventDefault();
      choose(all[0].value);
    }
    if (e.key === 'ArrowDown' && all[0]) {
      e.preventDefault();
      all[0].focus();
    }
    return;
  }
  if (i < 0 || withModifier(e)) return;
  const to =
    { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: all.length - 1 }[e.key] ??
    ({ ArrowDown: 1, ArrowUp: -1 }[e.key] ? neighbourCell(all, i, e.key === 'ArrowDown') : undefined);
  if (to === undefined) {
    if (e.key.length === 1 && e.key !== ' ') searchField().focus(); // the key goes on into the search
    return;
  }
  e.preventDefault();
  if (to < 0) return searchField().focus();
  const next = all[Math.min(to, all.length - 1)];
  all[i].tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

// The cell below or above: of the nearest other line, the one that is nearest across.
function neighbourCell(all, i, down) {
  const from = all[i],
    step = down ? 1 : -1;
  let j = i + step;
  while (all[j] && all[j].offsetTop === from.offsetTop) j += step;
  if (!all[j]) return down ? i : -1;
  const line = all[j].offsetTop;
  let best = j;
  for (; all[j]?.offsetTop === line; j += step)
    if (Math.abs(all[j].offsetLeft - from.offsetLeft) < Math.abs(all[best].offsetLeft - from.offsetLeft)) best = j;
  return best;
}

// Beside what was pressed, within the window; a phone shows it at the bottom.
function placePicker(anchor) {
  const a = anchor.getBoundingClientRect(),
    w = picker.offsetWidth,
    h = picker.offsetHeight,
    gap = 6;
  const below = a.bottom + gap + h <= innerHeight - 8,
    above = a.top - gap - h >= 8;
  picker.style.left = Math.max(8, a.left + w <= innerWidth - 8 ? a.left : Math.min(a.right, innerWidth - 8) - w) + 'px'; // over the room, not over its lists
  picker.style.top =
    (above ? a.top - gap - h : below ? a.bottom + gap : Math.max(8, Math.min(a.top, innerHeight - h - 8))) + 'px';
}

// Emoji by the beginning of a short name, then by any word of the name.
export async function findByName(q) {
  if (!groups.length) await load();
  const all = [...byEmoji.values()],
    first = all.filter(it => it.short.startsWith(q));
  return [...first, ...all.filter(it => !first.includes(it) && it.words.includes(q))];
}

// Opens it beside an element; fn gets what is chosen, end is told when it closes.
export async function pick(anchor, fn, end) {
  onClose?.();
  onClose = null;
  const typing = usedKeyboard || hasFinePointer(); // else the keyboard of a phone would come up
  try {
    if (typing) captureTyping(null, true, 'Search emoji');
    if (!groups.length) await load();
    await new Promise(whenComposed);
  } catch {
    groups = [];
    holdTyping();
    end?.();
    return toast('The emoji did not load. Check the connection and try again.');
  }
  if (!picker) build();
  onPick = fn;
  searchField().value = '';
  showAll();
  returnFocus();
  picker.showPopover();
  onClose = end;
  placePicker(anchor.isConnected ? anchor : ($('stream') ?? doc.body));
  if (!typing) return picker.focus({ preventScroll: true });
  searchField().focus({ preventScroll: true });
  replayInto(searchField());
}
