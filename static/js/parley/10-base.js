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
const noLoad = 'That did not load. Check the connection and try again.';
// The key of shortcuts: on a Mac, Ctrl moves the caret. What an IME composes with is its alone (Safari says 229 only).
const mac = /Mac|iP/.test(navigator.platform + navigator.userAgent);
const mod = e => mac ? e.metaKey && !e.ctrlKey : e.ctrlKey && !e.metaKey;
const ime = e => e.isComposing || e.keyCode === 229;
const make = (tag, text = '') => Object.assign(doc.createElement(tag), { textContent: text });

// What is stored is one account's, which its keys begin with, and ends with its session: another page may have begun
// the next one or ended this one, so that is asked each time. What cannot be stored lives as long as the page.
let mark = root.dataset.session, full = false;
const own = me + ':', spare = {};
const store = {
  at() {
    try { if (!full && localStorage.session === mark) return localStorage; } catch { /* forbidden */ }
    return spare;
  },
  get(key) {
    try { return JSON.parse(this.at()[own + key] ?? null); } catch { return null; }
  },
  set(key, value) {
    const put = to => value == null ? delete to[own + key] : to[own + key] = JSON.stringify(value);
    try { put(this.at()); } catch {
      full = true;
      put(Object.assign(spare, localStorage));
    }
  },
  keys(prefix) { return Object.keys(this.at()).filter(k => k.startsWith(own + prefix)).map(k => k.slice(own.length)); },
  // The session ended: its page alone remembers.
  leave() {
    if (this.at() === spare) return;
    Object.assign(spare, localStorage);
    localStorage.clear();
  },
  // A session began: what others stored goes, what this page remembers comes back.
  claim(session) {
    mark = session;
    try {
      Object.assign(localStorage, { account: me, session }); // first of all: so other tabs know why the rest goes
      for (const k of Object.keys(localStorage)) if (!/^(account|session)$/.test(k) && !k.startsWith(own)) delete localStorage[k];
      for (const k of Object.keys(spare)) if (k.startsWith(own)) localStorage[k] = spare[k];
    } catch { /* forbidden or full: it is remembered */ }
  },
};
if (hub && store.at() === spare) store.claim(mark);
const changedKey = e => e.key?.startsWith(own) ? e.key.slice(own.length) : '';

// A click or key that the server must answer shows that it was heard, until it is: on what was pressed, or on its row.
let pressed = null;
function press(el) {
  pressed = el;
  setTimeout(() => pressed = null);
}
on(doc, 'click submit keydown', e => {
  const at = e.target;
  if (e.type === 'keydown') return at.matches('.msg') && press(at);
  press(e.submitter ?? at.closest('#tools')?.closest('.msg') ?? at.closest('a,button'));
  if (e.submitter) setTimeout(() => e.defaultPrevented || e.submitter.setAttribute('data-busy', '')); // the next page ends it
}, true);
on(window, 'pageshow', () => doc.querySelectorAll('[data-busy]').forEach(el => el.removeAttribute('data-busy')));

async function heard(answer) {
  const el = pressed;
  el?.setAttribute('data-busy', '');
  try { return await answer; } finally { el?.removeAttribute('data-busy'); }
}

// Every question says which session its page is of: the server refuses those of another, see mark.go.
const plainFetch = self.fetch;
self.fetch = async (path, init) => {
  const r = await heard(plainFetch(path, { ...init, headers: { ...init?.headers, 'Parley-Session': mark } }));
  if (r.status === 409) replaced();
  return r;
};
on(doc, 'formdata', e => e.target.method === 'post' && e.formData.set('session', mark));

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
    return loaded[name] ??= await heard(import(`./${name}.js${tries[name] ? '?' + tries[name] : ''}`));
  } catch { tries[name] = (tries[name] ?? 0) + 1; }
}

// At once when it is there: a key that is to be taken cannot wait.
function using(name, fn) {
  if (loaded[name]) return fn(loaded[name]);
  const el = pressed;
  lazy(name).then(m => {
    press(el);
    if (m) return fn(m);
    dismiss();
    toast(noLoad);
  });
}

// The same for what takes the keyboard: what is typed until it is there is for it, and shows, where it has a field.
const fields = { jump: 'Jump to or search', emoji: 'Search emoji' };
let summons = 0; // Escape, or the same key again, takes back what has not come
function summon(name, fn) {
  const mine = ++summons;
  if (!loaded[name]) {
    if (ahead?.name === name) return takeAhead();
    expect(null, false, fields[name]);
    ahead.name = name;
  }
  using(name, m => {
    if (mine !== summons) return;
    fn(m);
    settle();
  });
}
