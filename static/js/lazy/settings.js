// @ts-check
// Settings save themselves, field by field; lists are filtered while one types; a picture of oneself is cut square.
import { $, doc, make, on, root } from '../dom.js';
import { lazy } from '../lazy.js';
import { signIn } from '../session.js';
import { enterFilter } from '../settings/filter.js';
import '../settings/crop.js';
import { enterZones } from '../settings/zones.js';
import { enterTo } from '../settings/to.js';

const timers = new Map(); // of fields that are being typed in
const stored = new Map(); // what a field was when it was last saved
let doneTimer = 0;

const valueOf = f => (f.type === 'checkbox' ? (f.checked ? '1' : '0') : f.value);
const initial = f =>
  f.type === 'checkbox'
    ? f.defaultChecked
      ? '1'
      : '0'
    : f.tagName === 'SELECT'
      ? [...f.options].find(o => o.defaultSelected)?.value
      : f.defaultValue;
const fieldsOf = f =>
  f.closest('[data-together]') ? [...f.closest('[data-together]').querySelectorAll('input')] : [f];

function tell(...content) {
  clearTimeout(doneTimer);
  $('saved')?.replaceChildren(...content);
}

function why(f, words) {
  const row = f.closest('.setting,.look') ?? f.parentElement;
  row.querySelector('.why')?.remove();
  if (words) {
    const p = make('p', words);
    p.className = 'why';
    p.id = 'why-' + f.name;
    row.append(p);
    f.setAttribute('aria-invalid', 'true');
    f.setAttribute('aria-describedby', p.id);
  } else {
    f.removeAttribute('aria-invalid');
    f.removeAttribute('aria-describedby');
  }
}

// One is saved after the other: of two values of a field the later one stays, however slow the line is. What is still
// to come when the page goes is sent at once.
const waiting = new Set();
let last = Promise.resolve();
function save(f) {
  clearTimeout(timers.get(f));
  timers.delete(f);
  waiting.add(f);
  last = last.then(() => waiting.has(f) && store(f));
}
addEventListener('pagehide', () => [...timers.keys(), ...waiting].forEach(store));

async function store(f) {
  clearTimeout(timers.get(f));
  timers.delete(f);
  waiting.delete(f);
  const all = fieldsOf(f);
  if (all.some(x => !x.value && x.type === 'time') && all.some(x => x.value)) return; // the other half is still to come
  if (f.type !== 'radio' && all.every(x => valueOf(x) === (stored.get(x) ?? initial(x)))) return;
  for (const x of all) if (x.dataset.max) (await lazy('counter'))?.tooLongFor(x);
  const bad = all.find(x => !x.checkValidity());
  if (bad) return why(bad, bad.validationMessage);
  const values = Object.fromEntries(all.map(x => [x.name, valueOf(x)])),
    slow = setTimeout(() => tell('Saving…'), 400);
  let words = '';
  try {
    // It arrives although one goes on to another page at once.
    const r = await fetch(f.form.action, {
      method: 'POST',
      keepalive: true,
      headers: { 'HX-Request': 'true' },
      body: new URLSearchParams(values),
      signal: AbortSignal.timeout(20000),
    });
    if (r.status === 401 || /\/login/.test(r.url)) return signIn();
    if (!r.ok) words = (await r.text()).slice(0, 200) || 'That was not saved.';
    else for (const x of all) stored.set(x, values[x.name]);
    why(f, words);
    if (words) return tell();
    const tick = doc.createElementNS('http://www.w3.org/2000/svg', 'svg'),
      use = doc.createElementNS('http://www.w3.org/2000/svg', 'use');
    tick.setAttribute('class', 'i');
    tick.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', `/static/${root.dataset.build}/more.svg#check`);
    tick.append(use);
    tell(tick, 'Saved');
    doneTimer = setTimeout(tell, 4000);
  } catch {
    const b = make('button', 'Try again');
    b.type = 'button';
    on(b, 'click', () => save(f));
    tell('Not saved · ', b);
  } finally {
    clearTimeout(slow);
  }
}

const saves = f => f.form?.matches('[data-auto]') && f.name && f.type !== 'hidden' && f.type !== 'submit';
function changed(f) {
  if (f.name === 'theme') root.dataset.theme = f.value || 'auto';
  if (f.name === 'density') root.dataset.density = f.value;
  save(f);
}
on(doc, 'change', e => saves(e.target) && changed(e.target));
on(doc, 'input', e => {
  const f = e.target;
  if (!saves(f) || !/^(text|textarea)$/.test(f.type) || f.role === 'combobox' || !/^(bio|title)$/.test(f.name)) return; // a name is saved when it is whole
  clearTimeout(timers.get(f));
  timers.set(f, setTimeout(save, 600, f));
});
on(doc, 'submit', e => {
  if (!e.target.matches('[data-auto]')) return;
  e.preventDefault();
  save(doc.activeElement); // Enter in a field
});

// What was changed before this module came.
export function enterPage() {
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (doc.querySelectorAll('form[data-auto]')))
    for (const f of /** @type {any} */ (form.elements))
      if (
        saves(f) &&
        (f.type !== 'radio' || f.checked) &&
        (f.type === 'radio' ? !f.defaultChecked : valueOf(f) !== initial(f))
      )
        changed(f);
  enterZones();
  enterFilter();
  enterTo();
}
enterPage();
on(doc, 'htmx:after:swap', e => e.detail.ctx?.target?.id === 'stage' && enterPage());
