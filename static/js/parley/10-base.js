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
const fine = () => matchMedia('(pointer:fine)').matches;
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

function toast(text) {
  const p = make('p', text);
  p.className = 'toast';
  $('toasts')?.append(p);
  setTimeout(() => p.remove(), 6000);
}
