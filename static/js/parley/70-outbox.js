// The outbox: what was written leaves in order, one at a time, once, and outlives the page.
let sending = false, wake = null, lastAt = 0;

// One key a letter: two tabs that write at once cannot lose each other's.
const letter = cid => store.get('o:' + cid);
const forget = cid => store.set('o:' + cid, null);
const patch = (cid, change) => letter(cid) && store.set('o:' + cid, { ...letter(cid), ...change });
const mine = () => store.keys('o:').map(k => store.get(k)).filter(Boolean).sort((a, b) => a.at - b.at);

function newCid() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map(b => (b % 36).toString(36)).join('');
}

// Says why not, if it does not take a message.
function enqueue(body, re) {
  if (link.other) return 'Somebody logged in anew in this browser. Reload the page to go on.';
  if (tooLong(body)) return tooLong(body);
  if (mine().length >= 50) return '50 messages are waiting to be sent. Try again when some have left.';
  const it = { cid: newCid(), room: room(), body, re: re ?? undefined, at: lastAt = Math.max(Date.now(), lastAt + 1) };
  store.set('o:' + it.cid, it);
  showPending(it);
  flush();
}

// Said by the answer or by a frame, whichever comes first.
function sent(cid) {
  $('p-' + cid)?.remove();
  forget(cid);
}

const locked = fn => navigator.locks ? navigator.locks.request('outbox', fn) : fn(); // without locks the cid alone prevents doubles

async function flush() {
  if (sending) return;
  sending = true;
  try {
    for (let wait; (wait = await locked(step)) >= 0;) {
      if (wait) await new Promise(ok => { wake = ok; setTimeout(ok, wait); });
    }
  } catch { /* the lock went with the page */ } finally { sending = false; }
}

// Something changed for the better: do not sit out the backoff, except the server's own.
function kick() {
  for (const it of mine()) if (it.next && !it.told) patch(it.cid, { next: 0 });
  wake?.();
  flush();
}

// Posts the oldest letter. Returns the wait before the next step, negative to stop.
async function step() {
  const it = mine().find(x => !x.fail);
  if (!it || link.shut || !navigator.onLine && !linked()) return -1;
  if (it.next > Date.now()) {
    if (it.told) lazy('wait').then(w => w?.wait(it));
    return it.next - Date.now();
  }
  let r, text = '';
  try {
    r = await post(`/rooms/${it.room}/messages`, { cid: it.cid, body: it.body, ...it.re && { reply_to: it.re.id }, ...it.all && { confirm: it.all } });
    text = await r.text();
  } catch { r = null; }
  const code = r?.redirected ? 401 : r?.status ?? 0;
  if (r?.ok && code !== 401) {
    forget(it.cid);
    await apply(text).catch(() => {});
    sent(it.cid);
    await new Promise(ok => setTimeout(ok, 50)); // storage reaches other tabs a little later than the lock
    return 0;
  }
  if (!letter(it.cid)) return 0; // a frame was faster, or it was discarded
  if (code === 401) signIn();
  if (code === 401 || code === 409) return -1;
  if (code >= 400 && code < 500 && code !== 429 && code !== 408) return failed(it, text, +r.headers.get('Parley-Confirm'), code === 410);
  return later(it, r);
}

function later(it, r) {
  const now = Date.now(), told = retryAfter(r), n = it.n ?? 0;
  const since = r || linked() ? it.since ?? now : undefined; // without a connection nothing fails: it waits
  if (now - since > 120000) return failed(it, 'The server does not answer.');
  patch(it.cid, { n: n + 1, since, told: told > 0, next: now + (told || Math.min(2 ** n, 15) * 1000) });
  return 0;
}

// All: how many people it would notify, which is to be confirmed. Bare: what it answered is gone.
function failed(it, why, all, bare) {
  const fail = why.trim().slice(0, 200) || 'Something went wrong.', now = { fail, all, bare, ...bare && { re: undefined } };
  patch(it.cid, now);
  showPending({ ...it, ...now });
  lazy('rare'); // what can be done about it
  speak('Message not sent', 'alert');
  if (it.room !== room()) toast('Message not sent: ' + fail);
  return 0;
}

// Other tabs write the same box.
on(window, 'storage', e => {
  if (!changedKey(e).startsWith('o:')) return;
  showOutbox();
  const gone = [...doc.querySelectorAll('.out>[id^=p-]')].filter(row => !letter(row.id.slice(2)));
  setTimeout(() => gone.forEach(row => row.remove()), 3000); // the frame usually comes first
});
setInterval(() => mine().length && flush(), 10000); // a tab that closed left its letters to us
