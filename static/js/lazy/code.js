// @ts-check
// Listings: their colours, drawn over the text and not into it, and a corner with their language and Copy. What takes
// longer than a moment stays plain.
import { doc, make, on } from '../dom.js';
import { withModule } from '../lazy.js';
import { toast } from '../toast.js';
import looks from './code.css';

const sheet = new CSSStyleSheet();
sheet.replaceSync(looks);
doc.adoptedStyleSheets.push(sheet);

const most = 20; // milliseconds for one listing
const seen = new WeakSet();
const kinds = ['k', 's', 'c', 'n', 'f'];
/** @type {Record<string, any>} */
const marks = {};

const words = text => new Set(text.split(' '));
const common = words(
  'if else for while do return break continue switch case default in of new class function const let var import export from as try catch finally throw true false null this super static async await yield typeof instanceof void delete',
);
const keywords = {
  go: words(
    'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var nil true false iota string int error bool byte any',
  ),
  python: words(
    'and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield self',
  ),
  rust: words(
    'as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while',
  ),
  sql: words(
    'select from where insert into values update set delete create table index on join left right inner outer group by order having limit offset and or not null is as distinct union all primary key references default case when then else end',
  ),
  sh: words('if then else elif fi for in do done while case esac function return export local echo cd sudo set source'),
  java: words(
    'abstract boolean break byte case catch char class const continue default do double else enum extends final finally float for if implements import instanceof int interface long new null package private protected public return short static super switch this throw throws try void while true false var val fun',
  ),
  c: words(
    'auto break case char const continue default do double else enum extern float for goto if inline int long register return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false class namespace template typename public private protected virtual new delete nullptr using include define',
  ),
};
const same = {
  golang: 'go',
  py: 'python',
  rs: 'rust',
  bash: 'sh',
  shell: 'sh',
  zsh: 'sh',
  console: 'sh',
  kotlin: 'java',
  kt: 'java',
  cs: 'java',
  swift: 'java',
  cpp: 'c',
  'c++': 'c',
  h: 'c',
  hpp: 'c',
  postgres: 'sql',
  sqlite: 'sql',
};
const hash = /^(python|sh|ruby|rb|yaml|yml|toml|ini|make|makefile|dockerfile|perl|r)$/;

// Comments, strings, numbers and names, in this order; what stands between is passed over.
function grammar(lang) {
  const comment = hash.test(lang)
    ? '#[^\\n]*'
    : lang === 'sql'
      ? '--[^\\n]*|\\/\\*[^]*?(?:\\*\\/|$)'
      : '\\/\\/[^\\n]*|\\/\\*[^]*?(?:\\*\\/|$)|<!--[^]*?(?:-->|$)';
  return new RegExp(
    `(${comment})|("(?:[^"\\\\\\n]|\\\\.)*"?|'(?:[^'\\\\\\n]|\\\\.)*'?|\`(?:[^\`\\\\]|\\\\[^])*\`?)|(\\b\\d[\\w.]*)|([\\p{L}_$@][\\p{L}\\p{N}_$-]*)(\\s*\\()?`,
    'gu',
  );
}

/** @type {(code: Element) => void} */
function colour(code) {
  const given = /lang-(\S+)/.exec(code.className)?.[1],
    text = code.firstChild;
  if (!given || !text?.nodeValue || code.childNodes.length > 1) return;
  const lang = same[given] ?? given,
    known = keywords[lang] ?? common,
    end = performance.now() + most,
    /** @type {[string, Range][]} */ found = [];
  let n = 0;
  for (const m of text.nodeValue.matchAll(grammar(lang))) {
    if (++n % 64 === 0 && performance.now() > end) return; // it stays plain
    const kind = m[1]
      ? 'c'
      : m[2]
        ? 's'
        : m[3]
          ? 'n'
          : known.has(lang === 'sql' ? m[4].toLowerCase() : m[4])
            ? 'k'
            : m[5]
              ? 'f'
              : '';
    if (!kind) continue;
    const range = new Range();
    range.setStart(text, m.index);
    range.setEnd(text, m.index + (m[4] ?? m[0]).length);
    found.push([kind, range]);
  }
  for (const [kind, range] of found) marks[kind].add(range);
}

/** @type {(around: ParentNode) => void} */
export function dress(around) {
  for (const pre of around.querySelectorAll('pre[tabindex]:not([role])')) nameIt(pre);
  const api = /** @type {any} */ (window).Highlight;
  if (!api || !(/** @type {any} */ (CSS).highlights)) return;
  if (!marks.k)
    for (const kind of kinds) {
      marks[kind] = new api();
      /** @type {any} */ (CSS).highlights.set('code-' + kind, marks[kind]);
    }
  for (const kind of kinds)
    for (const range of marks[kind]) if (!range.startContainer.isConnected) marks[kind].delete(range);
  for (const code of around.querySelectorAll('pre>code[class]')) {
    if (seen.has(code)) continue;
    seen.add(code);
    'requestIdleCallback' in window ? requestIdleCallback(() => colour(code)) : setTimeout(colour, 0, code);
  }
}

// What takes the focus has a name: Go, 64 lines. Rows are kept without it, so that they stay small.
function nameIt(pre) {
  const lang = languageOf(pre) || 'code',
    lines = pre.textContent.replace(/\n$/, '').split('\n').length;
  pre.role = 'group';
  pre.ariaLabel = `${lang[0].toUpperCase()}${lang.slice(1)}, ${lines} line${lines > 1 ? 's' : ''}`;
}
const languageOf = pre => /lang-(\S+)/.exec(pre.firstElementChild?.className)?.[1] ?? '';

// The corner: one for the page, at the listing that is pointed at or has the focus.
const corner = make('div'),
  name = make('span'),
  copy = make('button', 'Copy');
corner.className = 'codecorner';
copy.type = 'button';
corner.append(name, copy);
let of = null;
let timer = 0;

function show(pre) {
  of = pre;
  const main = pre.closest('main,aside') ?? doc.body;
  name.textContent = languageOf(pre);
  copy.textContent = 'Copy';
  if (corner.parentElement !== main) main.append(corner);
  corner.hidden = false;
  const r = pre.getBoundingClientRect(),
    pane = pre.closest('.stream,.scroll,.content')?.getBoundingClientRect() ?? r;
  corner.style.top = Math.max(r.top, pane.top) + 6 + 'px';
  corner.style.left = r.right - corner.offsetWidth - 7 + 'px';
}
function hide() {
  of = null;
  corner.hidden = true;
}
// All of a listing, the part that is folded, too.
function textOf(pre) {
  const rest = pre.closest('.rest'),
    first = rest ? rest.previousElementSibling : pre,
    more = first?.nextElementSibling?.matches('.rest') ? first.nextElementSibling.querySelector('pre') : null;
  return (first?.textContent ?? '') + (more?.textContent ?? '');
}
on(copy, 'click', () => {
  const asked = of, // the corner may be gone, or at another listing, before it is copied
    text = textOf(asked);
  withModule('clipboard', c => c.copy(text, () => (of === asked ? (copy.textContent = 'Copied') : toast('Copied'))));
});
on(doc, 'pointerover', e => {
  const pre = e.target.closest?.('.body pre');
  if (corner.contains(e.target) || (pre && pre === of)) return clearTimeout(timer);
  clearTimeout(timer);
  if (pre) show(pre);
  else if (of) timer = setTimeout(hide, 200);
});
on(doc, 'focusin', e => {
  const pre = e.target.closest?.('.body pre');
  if (pre) show(pre);
  else if (of && !corner.contains(e.target)) hide();
});
on(doc, 'scroll', e => of && e.target !== of && hide(), { capture: true, passive: true });
