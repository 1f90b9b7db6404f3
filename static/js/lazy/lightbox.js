// @ts-check
// Pictures of the timeline at their full size: one after the other, closer, and as files.
import { doc, make, on, withModifier } from '../dom.js';
import { withModule } from '../lazy.js';
import looks from './lightbox.css';

const sheet = new CSSStyleSheet();
sheet.replaceSync(looks);
doc.adoptedStyleSheets.push(sheet);

/** @type {HTMLAnchorElement[]} */
let all = []; // the pictures that are loaded
let at = 0;
let opener = null;
let zoom = 1;
let shift = { x: 0, y: 0 };

const dialog = make('dialog');
dialog.className = 'lightbox';
dialog.id = 'lightbox';
dialog.setAttribute('aria-label', 'Pictures');
const header = make('header'),
  who = make('span'),
  name = make('b'),
  place = make('small'),
  menu = make('menu'),
  figure = make('figure'),
  picture = make('img'),
  caption = make('figcaption'),
  strip = make('div');
strip.className = 'strip';
place.setAttribute('aria-live', 'polite');
who.append(name, place);
const entry = el => {
  const li = make('li');
  li.append(el);
  return li;
};
const tool = (sign, label, act) => {
  const b = make('button', sign);
  b.type = 'button';
  b.className = 'ib';
  b.setAttribute('aria-label', label);
  if (act) b.onclick = act;
  return b;
};
const download = make('a', '↓');
download.className = 'ib';
download.setAttribute('aria-label', 'Download');
download.download = '';
const close = tool('✕', 'Close', () => dialog.close());
const copy = tool('', 'Copy link', () => {
  const link = rowOf(all[at])?.querySelector('.ts')?.href ?? location.href; // of the picture that is shown now
  withModule('tools', t => t.copy(link, 'Link copied'));
});
copy.append(doc.querySelector('.ib .i').cloneNode(true));
/** @type {SVGUseElement} */ (copy.querySelector('use')).setAttribute(
  'href',
  doc.querySelector('.i use').getAttribute('href').replace(/#.*/, '#link'),
);
menu.append(entry(copy), entry(download), entry(close));
header.append(who, menu);
const prev = tool('‹', 'Previous picture', () => go(at - 1)),
  next = tool('›', 'Next picture', () => go(at + 1));
prev.classList.add('go', 'prev');
next.classList.add('go', 'next');
figure.append(picture, prev, next);
dialog.append(header, figure, caption, strip);
doc.body.append(dialog);

const rowOf = a => a.closest('.msg');
const small = a => a.querySelector('img')?.src ?? a.href.replace(/[^/]*$/, 's');
const large = a => a.href.replace(/[^/]*$/, 'l');
const describedAs = a => a.querySelector('img')?.alt ?? a.textContent;

/** @type {(a: HTMLAnchorElement) => void} */
export function open(a) {
  opener = a;
  all = /** @type {HTMLAnchorElement[]} */ ([
    ...doc.querySelectorAll('#stream [data-lb]:not([data-wait]),.alone [data-lb]:not([data-wait])'),
  ]);
  if (!all.includes(a)) all = [a];
  strip.replaceChildren(...(all.length > 1 ? all.map(thumb) : []));
  const show = () => {
    go(all.indexOf(a));
    dialog.showModal();
    close.focus();
  };
  doc.startViewTransition && !matchMedia('(prefers-reduced-motion:reduce)').matches
    ? doc.startViewTransition(show)
    : show();
}

function thumb(a, i) {
  const b = make('button'),
    img = make('img');
  b.type = 'button';
  img.src = small(a);
  img.alt = describedAs(a);
  img.loading = 'lazy';
  b.append(img);
  b.onclick = () => go(i);
  return b;
}

function go(i) {
  if (i < 0 || i >= all.length) return;
  at = i;
  const a = all[i],
    row = rowOf(a),
    file = decodeURIComponent(a.pathname.split('/').pop());
  setZoom(1);
  picture.src = large(a);
  picture.alt = describedAs(a);
  download.href = a.href;
  name.textContent = row?.querySelector('.who')?.textContent ?? '';
  const room =
    /** @type {HTMLTextAreaElement} */ (doc.getElementById('box'))?.placeholder.replace(/^Message /, '') ?? '';
  place.textContent = [all.length > 1 ? `${i + 1} of ${all.length}` : '', room, row?.querySelector('.ts')?.textContent]
    .filter(Boolean)
    .join(' · ');
  caption.replaceChildren(...(picture.alt !== file ? [picture.alt] : []), make('small', file));
  prev.hidden = i === 0;
  next.hidden = i === all.length - 1;
  [...strip.children].forEach((b, n) => b.toggleAttribute('aria-current', n === i));
  strip.children[i]?.scrollIntoView({ block: 'nearest', inline: 'center' });
  for (const near of [all[i - 1], all[i + 1]]) if (near) new Image().src = large(near);
}

function setZoom(to, x = 0, y = 0) {
  zoom = Math.min(8, Math.max(1, to));
  shift = zoom === 1 ? { x: 0, y: 0 } : { x, y };
  picture.style.scale = String(zoom);
  picture.style.translate = `${shift.x}px ${shift.y}px`;
  picture.toggleAttribute('data-zoomed', zoom > 1);
}

on(dialog, 'close', () => {
  setZoom(1);
  picture.removeAttribute('src');
  // The row may have been drawn anew meanwhile.
  const all = /** @type {NodeListOf<HTMLAnchorElement>} */ (doc.querySelectorAll('#stream [data-lb],.alone [data-lb]'));
  (opener.isConnected ? opener : [...all].find(a => a.href === opener.href))?.focus({ preventScroll: true });
});
on(dialog, 'click', e => {
  if (e.target === figure) dialog.close();
});
on(picture, 'dblclick', () => setZoom(zoom > 1 ? 1 : 2));
on(
  figure,
  'wheel',
  e => {
    if (!e.ctrlKey && zoom === 1) return;
    e.preventDefault();
    setZoom(zoom * (e.deltaY < 0 ? 1.2 : 1 / 1.2), shift.x, shift.y);
  },
  { passive: false },
);
on(dialog, 'keydown', e => {
  if (withModifier(e)) return;
  const rtl = doc.dir === 'rtl' ? -1 : 1,
    act = {
      ArrowLeft: () => go(at - rtl),
      ArrowRight: () => go(at + rtl),
      Home: () => go(0),
      End: () => go(all.length - 1),
      d: () => download.click(),
      '+': () => setZoom(zoom * 1.5, shift.x, shift.y),
      '=': () => setZoom(zoom * 1.5, shift.x, shift.y),
      '-': () => setZoom(zoom / 1.5, shift.x, shift.y),
      0: () => setZoom(1),
    }[e.key];
  e.stopPropagation(); // keys of the page behind it
  if (!act) return;
  e.preventDefault();
  act();
});

// Fingers: sideways to the next, down to close, two to come closer.
/** @type {Map<number, { x: number, y: number, x0: number, y0: number }>} */
const fingers = new Map();
let spread = 0;
const distance = () => {
  const [a, b] = [...fingers.values()];
  return Math.hypot(a.x - b.x, a.y - b.y);
};
on(figure, 'pointerdown', e => {
  if (e.target.closest('button')) return;
  fingers.set(e.pointerId, { x: e.clientX, y: e.clientY, x0: e.clientX, y0: e.clientY });
  figure.setPointerCapture(e.pointerId);
  if (fingers.size === 2) spread = distance() / zoom;
});
on(figure, 'pointermove', e => {
  const f = fingers.get(e.pointerId);
  if (!f) return;
  const dx = e.clientX - f.x,
    dy = e.clientY - f.y;
  Object.assign(f, { x: e.clientX, y: e.clientY });
  if (fingers.size === 2) setZoom(distance() / spread, shift.x, shift.y);
  else if (zoom > 1) setZoom(zoom, shift.x + dx, shift.y + dy);
});
on(figure, 'pointerup pointercancel', e => {
  const f = fingers.get(e.pointerId);
  fingers.delete(e.pointerId);
  if (!f || zoom > 1 || fingers.size || e.type === 'pointercancel') return;
  const dx = f.x - f.x0,
    dy = f.y - f.y0;
  if (Math.abs(dx) > 60 && Math.abs(dx) > Math.abs(dy)) go(at + (dx < 0 ? 1 : -1));
  else if (dy > 80) dialog.close();
});
