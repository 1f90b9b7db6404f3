// @ts-check
// The quick switcher: what the sidebar has at once and without a connection, people and other rooms from the server.
import { doc, hasModKey, isComposing, mainArea, make, on } from '../dom.js';
import { box } from '../composer.js';
import { visit } from '../request.js';
import {
  capture,
  captureTyping,
  discardTyping,
  holdTyping,
  replayInto,
  returnFocus,
  whenComposed,
} from '../typeahead.js';
import looks from './jump.css';

const maxResults = 12;
/** @type {HTMLDialogElement} */
let dialog;
/** @type {HTMLInputElement} */
let input;
/** @type {HTMLUListElement} */
let results;
let captureAtOpening;
let lookedFor = null; // what is typed for a choice that the server has not found yet
let timer = 0;
let searches = 0;
let searchUnderWay = null;
let foundByServer = [];

const fold = s => s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const pathOf = a => new URL(a.href).pathname + new URL(a.href).search;

export const open = () => whenComposed(show);

function show() {
  if (!dialog) build();
  if (!dialog.isConnected) doc.body.append(dialog);
  if (dialog.open) return input.select();
  if (capture?.busy) discardTyping(); // a choice that is still looked for is taken back
  input.value = '';
  foundByServer = [];
  showResults();
  returnFocus();
  dialog.showModal();
  replayInto(input, true);
  captureAtOpening = capture;
}

function build() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(looks);
  doc.adoptedStyleSheets.push(sheet);
  dialog = Object.assign(make('dialog'), { id: 'jump', className: 'dlg', ariaLabel: 'Jump to' });
  const label = Object.assign(make('label'), { className: 'q' }),
    words = Object.assign(make('span', 'A room or a person'), { className: 'vh' });
  input = Object.assign(make('input'), {
    type: 'text',
    placeholder: 'Jump to or search',
    autocomplete: 'off',
    dir: 'auto',
    role: 'combobox',
    ariaExpanded: 'true',
    ariaAutoComplete: 'list',
    spellcheck: false,
  });
  input.setAttribute('aria-controls', 'jumps');
  results = Object.assign(make('ul'), { id: 'jumps', role: 'listbox', ariaLabel: 'Results' });
  const foot = make('footer');
  foot.append(...['↑↓ move', 'Enter open', 'Esc close'].map(t => make('span', t)));
  label.append(icon('search'), words, input);
  dialog.append(label, results, foot);
  on(input, 'input', () => {
    showResults();
    searchSoon();
  });
  on(dialog, 'keydown', keyPressed);
  // What was typed for what it would have opened goes with it.
  on(dialog, 'close', () =>
    setTimeout(() => {
      if (capture === captureAtOpening && captureAtOpening !== lookedFor) discardTyping();
      focusAfter();
    }),
  );
  on(dialog, 'mousedown', e => e.target === dialog && e.preventDefault()); // beside it: the caret stays where it goes back to
  on(dialog, 'click', e => (e.target === dialog ? leave() : goTo(e.target.closest('.opt'), e)));
  on(results, 'pointermove', e => {
    const li = e.target.closest('.opt');
    if (li && li.ariaSelected !== 'true') select([...results.children].indexOf(li));
  });
}

function icon(name) {
  const use = doc.querySelector('#side use[href*="icons"]'),
    svg = /** @type {Element} */ (use.closest('svg').cloneNode(true));
  svg.setAttribute('class', 'i');
  svg.firstElementChild.setAttribute('href', use.getAttribute('href').replace(/#.*/, '#' + name));
  return svg;
}

// Rooms in the order of the sidebar; those of this visit by how lately they were shown. What asks for oneself goes
// first, then what is unread; the room that is open last.
function sidebarRooms() {
  const lately = (window.navigation?.entries?.() ?? []).map(n => (n.url ? new URL(n.url).pathname : '')).reverse();
  return [.../** @type {NodeListOf<HTMLAnchorElement>} */ (doc.querySelectorAll('#lists a.room:not(.quiet)'))].map(
    (a, i) => {
      const b = a.querySelector('.badge'),
        at = lately.findIndex(p => p === a.pathname || p.startsWith(a.pathname + '/'));
      return {
        name: a.querySelector('.nm').textContent,
        url: pathOf(a),
        mark: a.querySelector('.glyph,.who-av')?.cloneNode(true),
        badge: b?.textContent ? b.cloneNode(true) : null,
        at: +(b?.dataset.at ?? 0),
        n: +(b?.dataset.n ?? 0),
        lately: at < 0 ? 1000 + i : at,
        here: a.hasAttribute('aria-current'),
      };
    },
  );
}

// How well a name answers: from the beginning of a word, in the middle, letter by letter; which letters.
function match(name, q) {
  const text = [...name].map(fold).map(c => c || ' ');
  const word = text.findIndex(
    (c, i) => (i === 0 || /[\s._#-]/.test(text[i - 1])) && text.slice(i).join('').startsWith(q),
  );
  if (word >= 0) return { rank: word ? 1 : 0, at: range(word, q.length) };
  const inside = text.join('').indexOf(q);
  if (inside >= 0) return { rank: 2, at: range(inside, q.length) };
  const at = [];
  for (let i = 0; i < text.length && at.length < q.length; i++) if (text[i] === q[at.length]) at.push(i);
  return at.length === q.length ? { rank: 3, at } : null;
}

const range = (from, n) => Array.from({ length: n }, (_, i) => from + i);

function showResults() {
  const q = fold(input.value.trim().replace(/^[#@]/, ''));
  let found;
  if (!q)
    found = sidebarRooms().sort((a, b) => +a.here - +b.here || b.at - a.at || +!!b.n - +!!a.n || a.lately - b.lately);
  else {
    const have = sidebarRooms(),
      urls = new Set(have.map(r => r.url)),
      names = new Set(have.map(r => r.name));
    found = [...have, ...foundByServer.filter(o => !urls.has(o.url) && !(o.person && names.has(o.name)))]
      .map(r => ({ ...r, hit: match(r.name, q) ?? (r.also ? { rank: 4, at: [] } : null) }))
      .filter(r => r.hit)
      .sort(
        (a, b) => a.hit.rank - b.hit.rank || +!!a.also - +!!b.also || (b.at ?? 0) - (a.at ?? 0) || a.lately - b.lately,
      );
  }
  const rows = found.slice(0, maxResults).map(resultRow);
  if (q)
    rows.push(
      resultRow({
        name: `Search all messages for “${input.value.trim()}”`,
        url: '/search?q=' + encodeURIComponent(input.value.trim()),
        mark: glyph('search'),
      }),
    );
  results.replaceChildren(...rows);
  select(0);
}

function glyph(name) {
  const s = Object.assign(make('span'), { className: 'glyph' });
  s.append(icon(name));
  return s;
}

function resultRow(r, i) {
  const li = Object.assign(make('li'), { className: 'opt', role: 'option' }),
    name = Object.assign(make('span'), { className: 't' });
  const hit = new Set(r.hit?.at);
  for (const [k, c] of [...r.name].entries()) {
    const last = name.lastChild,
      bold = hit.has(k);
    if (last && (last.nodeName === 'B') === bold) last.textContent += c;
    else name.append(bold ? make('b', c) : c);
  }
  li.dataset.url = r.url;
  if (r.mark) li.append(r.mark);
  li.append(name);
  if (r.badge) {
    r.badge.removeAttribute('id');
    li.append(r.badge);
  }
  if (r.also) li.append(make('small', r.also));
  li.append(Object.assign(make('span', 'Enter'), { className: 'kbd', ariaHidden: 'true' }));
  for (const el of li.querySelectorAll('[id]')) el.removeAttribute('id');
  return li;
}

function select(i) {
  [...results.children].forEach((li, k) => {
    li.id = 'jump-' + k;
    li.ariaSelected = String(k === i);
  });
  if (results.children[i]) input.setAttribute('aria-activedescendant', 'jump-' + i);
  else input.removeAttribute('aria-activedescendant');
  results.children[i]?.scrollIntoView({ block: 'nearest' });
}

function keyPressed(e) {
  if (isComposing(e)) return;
  const n = results.children.length,
    i = [...results.children].findIndex(li => li.ariaSelected === 'true');
  if (hasModKey(e) && e.key.toLowerCase() === 'k') {
    if (!e.repeat) input.select();
  } else if (e.key === 'Escape') leave();
  else if (n && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) select((i + (e.key === 'ArrowDown' ? 1 : n - 1)) % n);
  else if (e.key === 'Enter' && searchUnderWay && n === 1 && !hasModKey(e)) goToFound(e);
  else if (e.key === 'Enter') goTo(results.children[i], e);
  else return;
  e.preventDefault();
}

// Nothing was chosen: the next key is for what waits for keys, and for the box if what had the focus before is no more.
function leave() {
  dialog.close();
  focusAfter();
}

function focusAfter() {
  const at = doc.activeElement;
  if (!dialog.open && (at === doc.body || dialog.contains(at) || capture?.forPage))
    (capture?.field ?? box())?.focus({ preventScroll: true });
}

// Who types fast means who is still looked for; what is typed until then is for that page.
function goToFound(e) {
  dialog.close();
  captureTyping(null, true, input.value);
  const mine = (lookedFor = capture);
  searchUnderWay.then(
    () => capture === mine && whenComposed(() => (results.children[0] ? goTo(results.children[0], e) : holdTyping())),
  );
}

function goTo(li, e) {
  if (!li) return;
  if (e.type === 'click' ? e.ctrlKey || e.metaKey : hasModKey(e))
    return void window.open(li.dataset.url, '_blank', 'noopener');
  dialog.close();
  doc.activeElement?.blur(); // not to the link that had the focus before: what is typed now is for what was chosen
  if (mainArea()) visit(li.dataset.url);
  else location.assign(li.dataset.url);
}

// People and rooms that are not in the sidebar, from the second letter on.
function searchSoon() {
  clearTimeout(timer);
  searchUnderWay = null;
  const q = input.value.trim(),
    mineNow = ++searches;
  if (q.length < 2) {
    foundByServer = [];
    return;
  }
  searchUnderWay = /** @type {Promise<void>} */ (
    new Promise(done => {
      timer = setTimeout(() => search(q, mineNow).finally(done), 120);
    })
  );
}

async function search(q, mineNow) {
  try {
    const begun = [...q].slice(0, 64).join('');
    const r = await fetch('/jump?q=' + encodeURIComponent(begun), {
      headers: { 'HX-Request': 'true', 'HX-Target': 'div#stage' },
    });
    const text = await r.text();
    if (!r.ok || mineNow !== searches) return;
    const t = make('template');
    t.innerHTML = text;
    foundByServer = [...t.content.querySelectorAll('#found a')]
      .filter(a => !a.getAttribute('href').startsWith('/search'))
      .map((a, i) => {
        const person = a.getAttribute('href').startsWith('/dm/'),
          av = a.parentElement.querySelector('.who-av,.av');
        return {
          name: a.querySelector('b').textContent.replace(/^#/, ''),
          also: a.querySelector('small')?.textContent,
          url: a.getAttribute('href'),
          mark: person ? av?.cloneNode(true) : a.parentElement.querySelector('.glyph')?.cloneNode(true),
          person,
          lately: 2000 + i,
        };
      });
    showResults();
  } catch {
    /* what the sidebar has is shown */
  }
  if (mineNow === searches) searchUnderWay = null;
}
