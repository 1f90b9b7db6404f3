// @ts-check
// Marks around what is selected in the message box: by key, and with a bar of buttons that Aa opens, or a selection.
import { doc, isMac, make, on, root } from '../dom.js';
import { box, insertText } from '../composer.js';
import looks from './formatting.css';

// Around the selection, or away from there.
/** @type {(mark: string, end?: string) => void} */
export function wrapSelection(mark, end = mark) {
  const b = box(),
    { selectionStart: from, selectionEnd: to, value } = b;
  if (from >= mark.length && value.slice(from - mark.length, from) === mark && value.startsWith(end, to)) {
    b.setSelectionRange(from - mark.length, to + end.length);
    insertText(value.slice(from, to));
    return b.setSelectionRange(from - mark.length, to - mark.length);
  }
  insertText(mark + value.slice(from, to) + end);
  b.setSelectionRange(from + mark.length, to + mark.length);
}

// At the beginning of each line of the selection, or away from there.
function markLines(mark) {
  const b = box(),
    { value } = b,
    from = value.lastIndexOf('\n', b.selectionStart - 1) + 1,
    to = (value.indexOf('\n', b.selectionEnd) + value.length + 1) % (value.length + 1),
    lines = value.slice(from, to).split('\n'),
    all = lines.every(l => l.startsWith(mark)),
    text = lines.map(l => (all ? l.slice(mark.length) : mark + l)).join('\n');
  b.setSelectionRange(from, to);
  insertText(text);
  b.setSelectionRange(from, from + text.length);
}

function link() {
  const b = box(),
    { selectionStart: from, selectionEnd: to, value } = b,
    words = value.slice(from, to) || 'words';
  insertText(`[${words}](https://)`);
  b.setSelectionRange(from + words.length + 3, from + words.length + 11);
}

function code() {
  const b = box(),
    picked = b.value.slice(b.selectionStart, b.selectionEnd);
  picked.includes('\n') ? wrapSelection('```\n', '\n```') : wrapSelection('`');
}

const key = isMac ? '⌘' : 'Ctrl ';
/** @type {[string, string, string, () => void][]} */
const tools = [
  ['bold', 'Bold', key + 'B', () => wrapSelection('**')],
  ['italic', 'Italic', key + 'I', () => wrapSelection('*')],
  ['strike', 'Struck through', key + 'Shift X', () => wrapSelection('~~')],
  ['link', 'Link', '', link],
  ['code', 'Code', key + 'E', code],
  ['quote', 'Quote', '', () => markLines('> ')],
  ['list', 'List', '', () => markLines('- ')],
];
const syntax = [
  ['**bold**', 'bold'],
  ['*italic*', 'italic'],
  ['~~struck~~', 'struck through'],
  ['`code`', 'code; ``` on a line of its own begins and ends a listing'],
  ['> quote', 'what somebody said'],
  ['- list', 'points; 1. counts them'],
  ['[words](https://…)', 'a link with words'],
  ['@name  #room  :tada:', 'people, rooms, emoji'],
];

const bar = make('div');
let help = null;
let opener = null;

function icon(name, sprite) {
  const ns = 'http://www.w3.org/2000/svg',
    svg = doc.createElementNS(ns, 'svg'),
    use = doc.createElementNS(ns, 'use');
  svg.setAttribute('class', 'i');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `/static/${root.dataset.build}/${sprite}.svg#${name}`);
  svg.append(use);
  return svg;
}

function button(picture, label, shortcut, act) {
  const b = make('button');
  Object.assign(b, { type: 'button', className: 'ib', ariaLabel: label, tabIndex: -1 });
  if (shortcut) b.dataset.key = shortcut;
  b.append(icon(picture, picture === 'link' ? 'icons' : 'more'));
  on(b, 'mousedown', e => e.preventDefault()); // the selection stays
  on(b, 'click', e => {
    act(b);
    if (e.detail) box().focus();
  });
  return b;
}

function build() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(looks);
  doc.adoptedStyleSheets.push(sheet);
  Object.assign(bar, { className: 'fmt', role: 'toolbar', ariaLabel: 'Formatting', hidden: true });
  bar.append(
    ...tools.map(([picture, label, shortcut, act]) =>
      button(picture, label, shortcut, () => {
        box().focus();
        act();
      }),
    ),
    button('info', 'What one can write', '', showHelp),
  );
  /** @type {HTMLElement} */ (bar.firstElementChild).tabIndex = 0;
  on(bar, 'keydown', e => {
    const all = /** @type {HTMLElement[]} */ ([...bar.children]),
      i = all.indexOf(e.target),
      step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (step) {
      const next = all[(i + step + all.length) % all.length];
      all.forEach(b => (b.tabIndex = b === next ? 0 : -1));
      next.focus();
    } else if (e.key === 'Escape') {
      close();
      box().focus();
    } else return;
    e.preventDefault();
    e.stopPropagation();
  });
}

function hideHelp() {
  help?.remove();
  bar.lastElementChild.ariaExpanded = 'false';
}
on(doc, 'pointerdown submit', e => help?.isConnected && !bar.lastElementChild.contains(e.target) && hideHelp(), true);
on(
  doc,
  'keydown',
  e => {
    if (e.key !== 'Escape' || !help?.isConnected) return;
    e.preventDefault();
    e.stopPropagation();
    hideHelp();
  },
  true,
);

function showHelp(b) {
  if (help?.isConnected) return hideHelp();
  help = make('dl');
  help.className = 'pop fmthelp';
  help.append(
    ...syntax.flatMap(([text, means]) => {
      const dt = make('dt');
      dt.append(make('code', text));
      return [dt, make('dd', means)];
    }),
  );
  box().form.append(help);
  b.ariaExpanded = 'true';
}

function show() {
  if (!bar.firstChild) build();
  const at = box()?.form.querySelector('.sp');
  if (!at) return;
  if (bar.nextElementSibling !== at) at.before(bar);
  opener = at.parentElement.querySelector('[data-with=formatting]');
  bar.hidden = false;
  if (opener) opener.ariaExpanded = 'true';
}

function close() {
  bar.hidden = true;
  hideHelp();
  if (opener) opener.ariaExpanded = 'false';
}

// Aa opens and closes it.
/** @type {(el: HTMLElement, e: MouseEvent) => void} */
export function open(el, e) {
  if (bar.isConnected && !bar.hidden) close();
  else show();
  if (bar.hidden || e.detail) box()?.focus();
  else /** @type {HTMLElement} */ (bar.querySelector('[tabindex="0"]')).focus();
}

// A selection asks for it, too.
let timer = 0;
export function offer() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const b = box();
    if (b && doc.activeElement === b && b.selectionStart !== b.selectionEnd) show();
  }, 300);
}
