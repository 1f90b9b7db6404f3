// @ts-check
// Whom a message is for: one field, that finds people and conversations while one types.
import { $, doc, make, on } from '../dom.js';
import { visit } from '../request.js';
import { combobox } from './combobox.js';

const most = 8;

export function enterTo() {
  const form = /** @type {HTMLFormElement} */ (doc.querySelector('form.to:not([data-ready])'));
  if (!form) return;
  form.dataset.ready = '';
  const field = form.querySelector('.tofield'),
    input = /** @type {HTMLInputElement} */ (field.querySelector('input[type=search]')),
    list = $('tol'),
    chosen = () =>
      [.../** @type {NodeListOf<HTMLInputElement>} */ (field.querySelectorAll('.tok input'))].map(i => i.value);
  input.type = 'text';
  const combo = combobox(input, { list, always: true, options, pick });
  let marked = false;

  async function options(text) {
    const q = new URLSearchParams({ q: text.trim(), live: '1' });
    chosen().forEach(id => q.append('to', id));
    const r = await fetch('/dm/new?' + q, { headers: { 'HX-Request': 'true' } }).catch(() => null);
    if (!r?.ok) return /** @type {HTMLLIElement[]} */ ([...list.children]);
    const t = make('template');
    t.innerHTML = await r.text();
    say(text.trim() && !t.content.querySelector('li') ? `Nobody is called “${text.trim()}” here.` : '');
    return /** @type {HTMLLIElement[]} */ ([...t.content.querySelectorAll('li')]);
  }

  function pick(li) {
    if (li.dataset.url) return visit(li.dataset.url);
    if (chosen().length >= most) return say(`A conversation has at most ${most + 1} people.`);
    const tok = make('span'),
      x = make('button', '✕'),
      hidden = make('input'),
      name = li.querySelector('b').textContent;
    tok.className = 'tok';
    tok.append(...[li.querySelector('.av')?.cloneNode(true)].filter(Boolean), name, x, hidden);
    x.type = 'button';
    x.ariaLabel = 'Remove ' + name;
    Object.assign(hidden, { type: 'hidden', name: 'to', value: li.dataset.id });
    input.before(tok);
    input.value = '';
    say('');
    combo.show(false);
    input.focus();
  }

  const say = words => (form.querySelector('.why').textContent = words);
  const remove = tok => {
    tok.remove();
    say('');
    combo.show(false);
    input.focus();
  };
  on(field, 'click', e => {
    const x = e.target.closest('.tok button');
    if (x) remove(x.closest('.tok'));
    else input.focus();
  });
  on(input, 'keydown', e => {
    const last = [...field.querySelectorAll('.tok')].at(-1);
    if (e.key === 'Backspace' && !input.value && last) {
      e.preventDefault();
      if (marked) remove(last);
      last.toggleAttribute('data-marked', (marked = !marked && last.isConnected));
    } else {
      marked = false;
      last?.removeAttribute('data-marked');
      if (e.key === 'Enter' && !input.value && chosen().length && input.getAttribute('aria-activedescendant') == null) {
        e.preventDefault();
        visit('/dm/new?' + new URLSearchParams(/** @type {any} */ (chosen().map(id => ['to', id]))));
      }
    }
  });
  on(form, 'submit', e => {
    e.preventDefault();
    if (chosen().length) visit('/dm/new?' + new URLSearchParams(/** @type {any} */ (chosen().map(id => ['to', id]))));
    else input.focus();
  });
  combo.show(false);
  input.focus();
}
