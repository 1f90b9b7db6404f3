// The socket: hx-ws opens it, this decides when. Place, catch-up and the choice of transport live here.
const link = { sock: null, up: false, upAt: 0, downAt: Date.now(), seen: 0, tries: 0, next: 0, shut: !hub, stale: false, poll: false };
let retry = 0, patience = 0, fallback = 0;

const unpoll = () => loaded.poll?.unpoll();

// Nobody waits for it: while it does not load, there is nothing to ask either.
async function poll() {
  const m = await lazy('poll');
  if (m) m.poll();
  else if (!link.up && !link.shut) setTimeout(poll, 3000);
}

function retryAfter(r) {
  const s = Number(r?.headers.get('Retry-After'));
  return s > 0 ? Math.min(s, 120) * 1000 : 0;
}

const linked = () => link.up || link.poll;
const current = () => hub?._htmx?.ws?.connection;

// close() on a dead line takes a minute to say so: forget the connection instead, its events with it.
function drop() {
  const c = current();
  if (c) {
    c.abortController?.abort();
    c.socket?.close();
    c.socket = null;
    delete hub._htmx.ws.connection;
  }
  link.sock = null;
}

function down() {
  if (link.up) Object.assign(link, { up: false, downAt: Date.now() });
  fallback ||= setTimeout(poll, 5000);
}

function connect() {
  clearTimeout(retry);
  clearTimeout(patience);
  Object.assign(link, { next: 0, at: Date.now() });
  drop();
  if (link.shut) return;
  down();
  if (typeof WebSocket !== 'function') return void poll();
  htmx.trigger(hub, 'parley:connect');
  if (!current()?.socket) { poll(); return lost(0); } // the constructor threw
  patience = setTimeout(lost, 20000, 0);
}

function lost(code) {
  clearTimeout(retry);
  clearTimeout(patience);
  if (link.up && Date.now() - link.upAt > 5000) link.tries = 0;
  drop();
  down();
  if (code === 4401) return signIn();
  if (code === 4403) return location.assign('/?done=gone'); // orphans() is told there
  if (code === 4409) link.stale = true;
  const wait = Math.min(30000, 500 * 2 ** link.tries++) * (.7 + Math.random() * .6) + (code === 1012 ? Math.random() * 3000 : 0);
  link.next = Date.now() + wait;
  retry = setTimeout(connect, wait);
  setTimeout(banner, 2550);
  banner();
}

// Waking brings several events at once: an attempt just begun is left alone.
function revive() {
  if (current()?.socket?.readyState === 0 && Date.now() - link.at < 3000) return;
  link.tries = 0;
  connect();
}

function opened(connection) {
  link.sock = connection.socket;
  link.seen = Date.now();
  view(true);
}

function hello(h) {
  clearTimeout(patience);
  clearTimeout(fallback);
  fallback = 0;
  Object.assign(link, { up: true, upAt: Date.now() });
  if (h.build && h.build !== root.dataset.build) link.stale = true;
  unpoll();
  if (away) wire({ t: 'idle' });
  works();
}

// A way to the server works again.
function works() {
  banner();
  kick();
  look();
}

function view(fresh) {
  const n = room();
  wire({ t: 'view', room: n, ...n && rev() && { rev: +rev() }, ...fresh && { side: 1 } });
}

// Upwards goes only what may be lost. False: nobody was told.
function wire(msg) {
  if (link.sock?.readyState === 1) {
    link.sock.send(JSON.stringify(msg));
    return true;
  }
  if (link.poll && (msg.t === 'read' || msg.t === 'typing')) {
    post(`/rooms/${msg.room}/${msg.t}`, msg.upto ? { upto: msg.upto } : {}).catch(() => {});
    return true;
  }
  return false;
}

function control(m) {
  if (m.hello) hello(m.hello);
  if (m.reset && m.reset === room()) reload();
  if (m.toast) toast(m.toast);
  if (m.notify) lazy('notify').then(n => n?.show(m.notify));
  if (m.dots) lazy('dots').then(n => n?.dots(m.dots));
  if (m.prefs) Object.assign(root.dataset, m.prefs);
}

const reload = () => nav ?? load(location.pathname + (list() ? '?latest' : location.search));

function banner() {
  const box = $('net');
  if (!box) return;
  const late = !linked() && Date.now() - link.downAt >= 2500;
  const kind = link.other ? 'other' : link.shut ? 'out' : late ? 'down' : link.stale ? 'stale' : '';
  if (box.hidden === !!kind) steady(() => box.hidden = !kind);
  if (box.dataset.kind !== kind) {
    box.dataset.kind = kind;
    box.querySelector('.nettext').replaceChildren({
      other: 'Somebody logged in anew in this browser. Nothing is sent from this page any more. ',
      out: 'You are logged out — what you write is kept while this page is open. ',
      down: (navigator.onLine ? 'Connection lost' : 'You’re offline') + ' — messages you write are kept. ',
      stale: 'Parley was updated. ',
    }[kind] ?? '', Object.assign(make('b'), { ariaHidden: 'true' }));
    $('retry').textContent = { out: 'Log in', stale: 'Reload', other: 'Reload' }[kind] ?? 'Try now';
  }
  const left = Math.ceil((link.next - Date.now()) / 1000), b = box.querySelector('.nettext b');
  b.textContent = kind !== 'down' ? '' : left > 0 ? `Reconnecting in ${left} s` : 'Reconnecting…';
  if (late !== !!link.told && (late || linked())) {
    link.told = late;
    speak(late ? 'Connection lost' : 'Connected');
  }
}

on(doc, 'htmx:ws:before:connection', e => {
  const { connection } = e.detail;
  connection.url = connection.url.replace(/session=.*/, 'session=' + mark);
});
on(doc, 'htmx:ws:after:connection', e => opened(e.detail.connection));
on(doc, 'htmx:ws:close', e => e.detail.reason === 'closed' && e.detail.connection === current() && lost(e.detail.code));
on(doc, 'htmx:ws:before:message:incoming', e => {
  const text = e.detail.message.data;
  link.seen = Date.now();
  if (text[0] !== '{') return;
  e.preventDefault(); // data, not markup
  control(JSON.parse(text));
});
on(doc, 'click', e => {
  if (!e.target.closest?.('#retry')) return;
  if (link.other) using('signin', m => m.startOver());
  else if (link.shut) signIn();
  else if (!linked()) revive();
  else location.reload();
});
on(window, 'online', () => { verify(); revive(); });
on(window, 'offline', () => link.up && lost(0));
on(window, 'pageshow', e => {
  if (!e.persisted) return;
  verify();
  showDraft();
  revive();
});
on(doc, 'visibilitychange', () => {
  if (!doc.hidden && (!link.up || Date.now() - link.seen > 35000)) revive();
  look();
});

// Once a second: the countdown, the dead line, who sits here.
function tick() {
  if (link.up && Date.now() - link.seen > 60000) revive();
  if (!link.up || link.stale) banner();
  presence();
  if (list()) look();
}
