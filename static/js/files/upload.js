// @ts-check
// Messages with files on their way. They do not wait for one another with words: those go by the outbox meanwhile.
// The files are in the memory of this page alone; what is stored are the words, so that a reload loses none.
import { $, make, openRoom } from '../dom.js';
import { box, returnText, setReply, tooLong } from '../composer.js';
import { lazy } from '../lazy.js';
import { newCid, removeQueued } from '../outbox.js';
import { showPending } from '../pending.js';
import { apply } from '../request.js';
import { goToLatest } from '../scroll.js';
import { sessionOver, sessionReplaced, sessionTaken, signIn } from '../session.js';
import { sessionMark, store } from '../storage.js';
import { speak, toast } from '../toast.js';
import { size } from './tray.js';

/** @type {Map<string, { it: QueuedMessage, files: TrayFile[], xhr?: XMLHttpRequest, loaded: number, cancelled?: boolean, not?: number }>} */
const waiting = new Map();
let running = false;

/** @type {(text: string, re: Reply, files: TrayFile[]) => string | void} */
export function sendFiles(text, re, files) {
  if (sessionTaken) return 'Somebody logged in anew in this browser. Reload the page to go on.';
  if (tooLong(text)) return tooLong(text);
  const it = {
    cid: newCid(),
    room: openRoom(),
    body: text,
    re: re ?? undefined,
    at: Date.now(),
    files: files.map(f => f.file.name),
  };
  waiting.set(it.cid, { it, files, loaded: 0 });
  store.set('f:' + it.cid, it);
  holdWhileOpen(it.cid);
  showUpload(it.cid);
  speak(files.length === 1 ? 'Sending 1 file' : `Sending ${files.length} files`);
  run();
}

// Other pages see by the lock that the files of a message are still somewhere.
const holdWhileOpen = cid =>
  navigator.locks?.request('upload:' + cid, () => new Promise(done => (holding[cid] = done)));
/** @type {{ [cid: string]: (v?: unknown) => void }} */
const holding = {};

function settle(cid) {
  waiting.delete(cid);
  removeQueued(cid);
  store.set('f:' + cid, null);
  holding[cid]?.();
  delete holding[cid];
}

// A frame was faster than the answer.
export function sent(cid) {
  if (!waiting.has(cid)) return;
  const { xhr } = waiting.get(cid);
  settle(cid);
  xhr?.abort();
}

// One after the other; one that waits for its next attempt holds up no other.
async function run() {
  if (running) return wake?.();
  running = true;
  for (let open; (open = [...waiting.values()].filter(w => !w.it.fail)).length && !sessionOver;) {
    const next = open.find(w => !(w.not > Date.now()));
    if (next) next.not = Date.now() + (await attempt(next));
    else await new Promise(ok => setTimeout((wake = ok), Math.min(...open.map(w => w.not)) - Date.now()));
  }
  running = false;
}
/** @type {(v?: unknown) => void} */
let wake;

// Sends one; answers with how long to wait before the next attempt, of whichever.
async function attempt(w) {
  const { it } = w;
  const r = await post(w);
  if (!waiting.has(it.cid) || r.cancelled) return 0;
  if (r.status === 200) {
    settle(it.cid);
    await apply(r.text).catch(() => {});
    $('p-' + it.cid)?.remove();
    speak('Sent');
    return 0;
  }
  if (r.status === 401) {
    signIn();
    return 3000;
  }
  if (r.status === 409) {
    sessionReplaced();
    return fail(w, 'Somebody logged in anew in this browser.');
  }
  if (r.status >= 400 && r.status < 500 && r.status !== 429 && r.status !== 408) return fail(w, r.text, r.confirm);
  if (r.retry > 60000) return fail(w, r.text); // a disk without room: somebody has to do something
  it.since ??= Date.now();
  if (r.loaded > w.loaded) it.since = Date.now(); // it gets on
  if (Date.now() - it.since > 120000) return fail(w, 'The server does not answer.');
  it.n = (it.n ?? 0) + 1;
  return r.retry || Math.min(2 ** it.n, 15) * 1000;
}

function fail(w, why, all) {
  w.it.fail = (why || 'Something went wrong.').trim().slice(0, 200);
  w.it.all = all;
  store.set('f:' + w.it.cid, w.it);
  showUpload(w.it.cid);
  speak('Message not sent', 'alert');
  if (w.it.room !== openRoom()) toast('Message not sent: ' + w.it.fail);
  return 0;
}

/** @returns {Promise<{ status: number, text: string, loaded: number, retry?: number, confirm?: number, cancelled?: boolean }>} */
function post(w) {
  const { it, files } = w,
    form = new FormData(),
    xhr = (w.xhr = new XMLHttpRequest());
  form.set('cid', it.cid);
  form.set('body', it.body);
  if (it.re) form.set('reply_to', String(it.re.id));
  if (it.all) form.set('confirm', String(it.all));
  for (const f of files) {
    form.append('alt', f.alt);
    form.append('file', f.file, f.file.name);
  }
  let loaded = 0,
    drawn = 0,
    quarter = 0;
  return new Promise(ok => {
    const end = () =>
      ok({
        status: xhr.responseURL.endsWith('/login') ? 401 : xhr.status,
        text: xhr.responseText,
        loaded,
        retry: 1000 * +xhr.getResponseHeader('Retry-After') || 0,
        confirm: +xhr.getResponseHeader('Parley-Confirm') || 0,
        cancelled: w.cancelled,
      });
    xhr.upload.onprogress = e => {
      loaded = e.loaded;
      if (Date.now() - drawn < 250 && e.loaded < e.total) return;
      drawn = Date.now();
      w.loaded = loaded;
      progress(it.cid);
      const now = Math.floor((4 * e.loaded) / e.total);
      if (now > quarter && now < 4) speak(`${now * 25} % sent`);
      quarter = now;
    };
    xhr.onloadend = end;
    xhr.open('POST', `/rooms/${it.room}/messages`);
    xhr.setRequestHeader('HX-Request', 'true');
    xhr.setRequestHeader('Parley-Session', sessionMark);
    w.cancelled = false;
    xhr.send(form);
  });
}

// How much of each file has gone, of what has gone of all.
function parts(w) {
  let before = 0;
  return w.files.map(f => {
    const gone = Math.min(Math.max(w.loaded - before, 0), f.file.size);
    before += f.file.size;
    return f.file.size ? Math.floor((100 * gone) / f.file.size) : 100;
  });
}

function progress(cid) {
  const w = waiting.get(cid),
    row = $('p-' + cid);
  if (!w || !row) return;
  const gone = parts(w);
  row.querySelectorAll('.file').forEach((card, i) => {
    /** @type {HTMLProgressElement} */ (card.querySelector('progress')).value = gone[i];
    card.querySelector('small').textContent =
      size(w.files[i].file.size) + ' · ' + (gone[i] ? gone[i] + ' %' : 'waiting');
  });
}

// The row of a message that goes, with a card for each of its files.
function showUpload(cid) {
  const w = waiting.get(cid),
    it = w?.it ?? store.get('f:' + cid);
  if (!it || it.room !== openRoom()) return;
  showPending(it);
  const row = $('p-' + cid);
  if (!row) return;
  row.dataset.files = '';
  row.querySelectorAll('.file').forEach(el => el.remove());
  if (!it.body.trim()) row.querySelector('.body')?.remove();
  row.querySelector('.ts').textContent = it.fail
    ? ''
    : it.files.length === 1
      ? 'Sending 1 file…'
      : `Sending ${it.files.length} files…`;
  const before = row.querySelector('.err');
  it.files.forEach((name, i) => before.before(card(cid, name, w?.files[i], it.fail)));
  if (w && !it.fail) progress(cid);
  goToLatest();
}

function card(cid, name, f, failed) {
  const el = make('div'),
    kind = make('span', (name.match(/\.(\w{1,4})$/)?.[1] ?? 'file').toUpperCase()),
    words = make('span');
  el.className = 'file';
  kind.className = 'kind';
  kind.setAttribute('aria-hidden', 'true');
  words.append(make('b', name), make('small', f ? size(f.file.size) : 'Choose again'));
  el.append(kind, words);
  if (f && !failed) {
    const bar = make('progress'),
      x = make('button', '✕');
    Object.assign(bar, { max: 100, value: 0 });
    bar.setAttribute('aria-label', name);
    x.type = 'button';
    x.className = 'ib';
    x.setAttribute('aria-label', 'Cancel ' + name);
    x.onclick = () => cancel(cid, f);
    words.append(bar);
    el.append(x);
  }
  return el;
}

// One file does not go; the others begin again.
function cancel(cid, f) {
  const w = waiting.get(cid);
  if (!w) return;
  w.files = w.files.filter(x => x !== f);
  w.it.files = w.files.map(x => x.file.name);
  w.cancelled = true;
  w.loaded = 0;
  const { xhr } = w;
  if (!w.files.length && !w.it.body.trim()) {
    settle(cid);
    $('p-' + cid)?.remove();
  } else {
    store.set('f:' + cid, w.it);
    showUpload(cid);
  }
  xhr?.abort();
  speak(f.file.name + ' is cancelled');
  box()?.focus();
  run();
}

// What somebody does about one that failed.
export function handleFailedUpload(action, row) {
  const cid = row.id.slice(2),
    w = waiting.get(cid),
    it = w?.it ?? store.get('f:' + cid);
  if (!it) return;
  if (action === 'retry' && w) {
    Object.assign(it, { fail: undefined, n: 0, since: undefined });
    w.not = 0;
    store.set('f:' + cid, it);
    row.remove();
    showUpload(cid);
    run();
  } else if (action !== 'retry') {
    settle(cid);
    row.remove();
    if (action === 'edit') {
      if (it.re && !$('m-' + it.re.id)?.hidden) setReply(it.re);
      returnText(it.body);
      if (w) lazy('files', t => t.bringBack(w.files));
    }
  } else toast('The files are not here any more since the page was loaded anew. Choose Edit, and add them again.');
  box()?.focus();
}

// Rows of the room that was entered; those whose page is gone say that their files are, too.
export async function showUploads() {
  for (const k of store.keys('f:')) {
    const cid = k.slice(2);
    if (waiting.has(cid)) showUpload(cid);
    else if (navigator.locks)
      await navigator.locks.request('upload:' + cid, { ifAvailable: true }, lock => {
        const it = lock && store.get(k);
        if (!it) return;
        it.fail ??= 'The page was loaded anew, and its files are gone with it. Edit, and choose them again.';
        store.set(k, it);
        showUpload(cid);
      });
  }
}

addEventListener('beforeunload', e => {
  if ([...waiting.values()].some(w => !w.it.fail)) e.preventDefault();
});
addEventListener('online', run);
