// @ts-check
// A field with a list below it: arrows walk, Enter takes, Escape closes.
import { isComposing, make, on } from '../dom.js';

let count = 0;

/**
 * @param {HTMLInputElement} input
 * @param {{ options: (text: string) => HTMLLIElement[] | Promise<HTMLLIElement[]>, pick: (li: HTMLLIElement) => void, list?: HTMLElement, always?: boolean }} how
 */
export function combobox(input, { options, pick, list, always }) {
  const ul = list ?? make('ul'),
    own = 'combo' + ++count;
  ul.id ||= own;
  ul.role = 'listbox';
  ul.ariaLabel = 'Choices';
  if (!list) {
    ul.className = 'pop combo';
    input.after(ul);
  }
  Object.assign(input, {
    role: 'combobox',
    ariaAutoComplete: 'list',
    ariaExpanded: String(!!always),
    autocomplete: 'off',
  });
  input.setAttribute('aria-controls', ul.id);
  let at = -1,
    asked = 0;
  const all = () => /** @type {HTMLLIElement[]} */ ([...ul.querySelectorAll('[role=option]')]);
  function select(i) {
    at = i;
    all().forEach((li, k) => (li.ariaSelected = String(k === i)));
    const li = all()[i];
    if (li) input.setAttribute('aria-activedescendant', li.id);
    else input.removeAttribute('aria-activedescendant');
    li?.scrollIntoView({ block: 'nearest' });
  }
  function close() {
    asked++;
    if (always) return;
    ul.hidden = true;
    input.ariaExpanded = 'false';
    select(-1);
  }
  async function show(first = true) {
    const mine = ++asked,
      found = await options(input.value);
    if (mine !== asked) return;
    ul.replaceChildren(...found);
    found.forEach((li, i) => {
      if (li.className === 'lbl') return (li.role = 'presentation');
      li.classList.add('opt');
      li.role = 'option';
      li.id = ul.id + '-' + i;
    });
    ul.hidden = !found.length && !always;
    input.ariaExpanded = String(!ul.hidden);
    select(first && all().length ? 0 : -1);
  }
  function take(li) {
    if (!li) return;
    pick(li);
    if (!always) close();
  }
  close();
  if (input.ownerDocument.activeElement === input) show(false);
  on(input, 'input', () => show());
  on(input, 'click', () => ul.hidden && show(false));
  on(input, 'blur', () => setTimeout(close));
  on(input, 'keydown', e => {
    if (isComposing(e)) return;
    const n = all().length;
    if (e.key === 'ArrowDown' && ul.hidden) show(false);
    else if (/^Arrow(Down|Up)$/.test(e.key) && n) select((at + (e.key === 'ArrowDown' ? 1 : n - 1 + +(at < 0))) % n);
    else if (e.key === 'Enter' && !ul.hidden && at >= 0) take(all()[at]);
    else if (e.key === 'Escape' && !ul.hidden && !always) close();
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  on(ul, 'mousedown', e => e.preventDefault()); // the field keeps the focus
  on(ul, 'click', e => take(e.target.closest('[role=option]')));
  return { show, close };
}
