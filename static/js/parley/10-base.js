// What every part uses: short names, the open room, storage, words for the screen reader, ways to the server.
const doc = document, root = doc.documentElement, me = root.dataset.me, hub = doc.getElementById('hub');
const $ = id => doc.getElementById(id);
const on = (el, types, fn, opt) => types.split(' ').forEach(t => el.addEventListener(t, fn, opt));
const stage = () => $('stage');
const stream = () => $('stream');
const room = () => +stage()?.dataset.room || 0;
const list = () => $('tl-' + room());
const rev = () => $('rev-' + room())?.textContent.trim();
const rows = ol => [...ol.querySelectorAll(':scope>[data-seq]')];
const seq = el => +el.dataset.seq;
const shown = el => el.dataset.seq && !el.hidden; // a row that is no tombstone
const fine = () => !matchMedia('(pointer:coarse)').matches;
const make = (tag, text = '') => Object.assign(doc.createElement(tag), { textContent: text });

// Storage may be full or forbidden: what cannot be stored then lives as long as the page.
let memory = null;
const store = {
  get(key) {
    try { return JSON.parse(memory ? memory[key] ?? null : localStorage.getItem(key)); } catch { return null; }
  },
  set(key, value) {
    const text = JSON.stringify(value);
    try {
      if (!memory) return value == null ? localStorage.removeItem(key) : localStorage.setItem(key, text);
    } catch {
      try { memory = { ...localStorage }; } catch { memory = {}; }
    }
    value == null ? delete memory[key] : memory[key] = text;
  },
  keys(prefix) {
    try { return Object.keys(memory ?? localStorage).filter(k => k.startsWith(prefix)); } catch { return []; }
  },
};

const post = (path, values) => fetch(path, {
  method: 'POST', headers: { 'HX-Request': 'true' }, body: new URLSearchParams(values), signal: AbortSignal.timeout(20000),
});

// The same bytes come by socket, by poll and as the answer to a post: all go through htmx.
const apply = text => htmx.swap({ sourceElement: hub, target: hub, swap: 'none', text });

const load = (path, push) => htmx.ajax('GET', path, {
  target: '#stage', swap: 'outerHTML', push, headers: { 'HX-Target': 'div#stage' },
});
const visit = path => load(path, 'true');

let quiet = 0;
function speak(text, id = 'say') {
  const p = $(id);
  if (!p) return;
  p.textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => { $('say').textContent = $('alert').textContent = ''; }, 5000);
}

// Text, or a fragment with a link. With words for a button it says what can still be done; it waits while somebody is at it.
function toast(text, words, act) {
  const p = make('p');
  let left = act ?? text.children ? 8000 : 6000, since = 0, timer = 0;
  const run = () => {
    clearTimeout(timer);
    since = Date.now();
    if (!p.matches(':hover,:focus-within')) timer = setTimeout(() => p.remove(), left);
  };
  const hold = () => {
    if (timer) left = Math.max(1000, left - (Date.now() - since));
    clearTimeout(timer);
    timer = 0;
  };
  p.className = 'toast';
  p.append(text);
  if (act) {
    const b = make('button', words);
    b.type = 'button';
    on(b, 'click', () => { p.remove(); act(); });
    p.append(b);
  }
  on(p, 'mouseenter focusin', hold);
  on(p, 'mouseleave focusout', () => setTimeout(run));
  $('toasts')?.append(p);
  run();
}

// What only some need, or later, is a module of its own, fetched when first used: see Load in static.go. One that
// did not come gets another address the next time, because some browsers remember the failure.
const loaded = {}, tries = {};
async function lazy(name) {
  try {
    return loaded[name] ??= await import(`./${name}.js${tries[name] ? '?' + tries[name] : ''}`);
  } catch { tries[name] = (tries[name] ?? 0) + 1; }
}

// At once when it is there: a key that is to be taken cannot wait.
function using(name, fn) {
  if (loaded[name]) return fn(loaded[name]);
  lazy(name).then(m => m ? fn(m) : toast('That did not load. Check the connection and try again.'));
}
