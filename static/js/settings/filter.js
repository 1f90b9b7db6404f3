// @ts-check
// A list is filtered while one types: by name, username, title and first letters. Where not all of it is on the page,
// the server finds the rest.
import { $, doc, on } from '../dom.js';

export const fold = s => s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** @type {(text: string, q: string) => boolean} */
export function fits(text, q) {
  const t = fold(text),
    words = t.split(/[\s.@_·-]+/).filter(Boolean);
  return (
    words.some((_, i) => words.slice(i).join(' ').startsWith(q)) ||
    t.includes(q) ||
    words
      .map(w => w[0])
      .join('')
      .startsWith(q)
  );
}

let timer = 0;
let asked = 0;

async function ask(input, list) {
  const mine = ++asked,
    url = new URL(input.form.action);
  url.searchParams.set(input.name, input.value);
  const r = await fetch(url, { headers: { 'HX-Request': 'true', 'HX-Target': 'div#stage' } }).catch(() => null);
  if (!r?.ok || mine !== asked) return;
  const t = doc.createElement('template');
  t.innerHTML = await r.text();
  const found = t.content.getElementById(list.id),
    none = t.content.querySelector('.empty');
  if (mine !== asked || !list.isConnected) return;
  list.replaceChildren(...(found?.childNodes ?? []));
  list.parentElement.querySelectorAll(':scope>.empty,:scope>.pager').forEach(el => el.remove());
  if (none) list.after(none);
  const more = t.content.querySelector('.pager');
  if (more) list.after(more);
  htmx.process(list.parentElement);
  history.replaceState(history.state, '', input.value ? url.pathname + url.search : url.pathname);
}

/** @type {(input: HTMLInputElement) => void} */
function filter(input) {
  const list = $(input.dataset.filter),
    q = fold(input.value.trim());
  if (!list) return;
  for (const li of /** @type {HTMLCollectionOf<HTMLElement>} */ (list.children))
    li.hidden = !!q && !fits(li.dataset.find ?? li.textContent, q);
  clearTimeout(timer);
  if (input.form) timer = setTimeout(ask, 150, input, list);
}
on(doc, 'input', e => e.target.dataset?.filter && filter(e.target));

// What was typed before this module came.
export function enterFilter() {
  const input = /** @type {HTMLInputElement} */ (doc.querySelector('[data-filter]'));
  if (input && input.value !== input.defaultValue) filter(input);
}
on(doc, 'submit', e => {
  const input = e.target.querySelector?.('[data-filter]');
  if (!input || e.target !== input.form) return;
  e.preventDefault();
  const first = [...$(input.dataset.filter).children].find(li => !(/** @type {HTMLElement} */ (li).hidden));
  first?.querySelector('a')?.focus();
});
