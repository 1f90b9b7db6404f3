// @ts-check
// The outbox: what was written leaves in order, one at a time, once, and outlives the page.
import { $, doc, on, openRoom } from './dom.js';
import { tooLong } from './composer.js';
import { sendFrame } from './frames.js';
import { lazy, loaded } from './lazy.js';
import { showOutbox, showPending } from './pending.js';
import { apply, post } from './request.js';
import { sessionOver, sessionTaken, signIn } from './session.js';
import { isConnected, isUp } from './socket.js';
import { changedKey, memory, store } from './storage.js';
import { speak, toast } from './toast.js';

let sending = false;
let wakeSender = null;
let lastQueuedAt = 0;

// One key a letter: two tabs that write at once cannot lose each other's.
/** @type {(cid: string) => QueuedMessage} */
export const queuedMessage = cid => store.get('o:' + cid);
export const removeQueued = cid => store.set('o:' + cid, null);
/** @type {(cid: string, change: Partial<QueuedMessage>) => void} */
export const updateQueued = (cid, change) =>
  queuedMessage(cid) && store.set('o:' + cid, { ...queuedMessage(cid), ...change });
export /** @type {() => QueuedMessage[]} */
const queue = () =>
  store
    .keys('o:')
    .map(k => store.get(k))
    .filter(Boolean)
    .sort((a, b) => a.at - b.at);

export function newCid() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map(b => (b % 36).toString(36)).join('');
}

// Says why not, if it does not take a message.
/** @type {(body: string, re?: Reply, room?: number) => string | void} */
export function enqueue(body, re, room = openRoom()) {
  if (sessionTaken) return 'Somebody logged in anew in this browser. Reload the page to go on.';
  if (tooLong(body)) return tooLong(body);
  if (queue().length >= 50) return '50 messages are waiting to be sent already.';
  const it = {
    cid: newCid(),
    room,
    body,
    re: re ?? undefined,
    at: (lastQueuedAt = Math.max(Date.now(), lastQueuedAt + 1)),
  };
  store.set('o:' + it.cid, it);
  showPending(it);
  flushOutbox();
}

// Said by the answer or by a frame, whichever comes first.
export function markSent(cid) {
  loaded.files?.sent(cid);
  $('p-' + cid)?.remove();
  removeQueued(cid);
}

// Without locks the cid alone prevents doubles.
const withOutboxLock = fn => (navigator.locks ? navigator.locks.request('outbox', fn) : fn());

export async function flushOutbox() {
  if (sending) return;
  sending = true;
  try {
    for (let wait; (wait = await withOutboxLock(sendNext)) >= 0;) {
      if (wait)
        await new Promise(ok => {
          wakeSender = ok;
          setTimeout(ok, wait);
        });
    }
  } catch {
    /* the lock went with the page */
  } finally {
    sending = false;
  }
}

// Something changed for the better: do not sit out the backoff, except the server's own.
export function retryNow() {
  for (const it of queue()) if (it.next && !it.waitAsked) updateQueued(it.cid, { next: 0 });
  wakeSender?.();
  flushOutbox();
}

// The answer to what is on its way over the socket.
let postAnswered = null;
export const answerPost = a => postAnswered?.(a);

// Over the socket while there is one: it is answered like the form, which is posted when no answer comes.
async function ask(it) {
  const { room, cid, body, re, all } = it;
  if (store.at() !== memory && isUp && sendFrame({ t: 'post', room, cid, body, re: re?.id, confirm: all })) {
    const a = await new Promise(ok => {
      postAnswered = a => a.cid === cid && ok(a);
      wakeSender = ok; // another socket: what went over this one may be lost
      setTimeout(ok, 5000);
    });
    if (a) return a;
  }
  try {
    const r = await post(`/rooms/${room}/messages`, {
        cid,
        body,
        ...(re && { reply_to: re.id }),
        ...(all && { confirm: all }),
      }),
      why = await r.text();
    return {
      status: r.redirected ? 401 : r.status,
      why,
      after: +r.headers.get('Retry-After'),
      confirm: +r.headers.get('Parley-Confirm'),
    };
  } catch {
    return { status: 0 };
  }
}

// Posts the oldest letter. Returns the wait before the next step, negative to stop.
async function sendNext() {
  const it = queue().find(x => !x.fail);
  if (!it || sessionOver || (!navigator.onLine && !isConnected())) return -1;
  if (it.next > Date.now()) {
    if (it.waitAsked) lazy('countdown', m => m.countDown(it));
    return it.next - Date.now();
  }
  const a = await ask(it),
    code = a.status;
  if (code >= 200 && code < 300) {
    removeQueued(it.cid);
    if (a.why) await apply(a.why).catch(() => {});
    setTimeout(markSent, a.id ? 3000 : 0, it.cid); // with an id, its row is on the way and takes the place of what stands for it
    await new Promise(ok => setTimeout(ok, 50)); // storage reaches other tabs a little later than the lock
    return 0;
  }
  if (!queuedMessage(it.cid)) return 0; // a frame was faster, or it was discarded
  if (code === 401) signIn();
  if (code === 401 || code === 409) return -1;
  if (code >= 400 && code < 500 && code !== 429 && code !== 408) return sendFailed(it, a.why, a.confirm, code === 410);
  return retryLater(it, code, a.after);
}

// After: the seconds that the server asks for.
function retryLater(it, code, after) {
  const now = Date.now(),
    asked = Math.min(after || 0, 120) * 1000,
    n = it.n ?? 0;
  const since = code || isConnected() ? (it.since ?? now) : undefined; // without a connection nothing fails: it waits
  if (now - since > 120000) return sendFailed(it, 'The server does not answer.');
  updateQueued(it.cid, { n: n + 1, since, waitAsked: asked > 0, next: now + (asked || Math.min(2 ** n, 15) * 1000) });
  return 0;
}

// All: how many people it would notify, which is to be confirmed. Bare: what it answered is gone.
function sendFailed(it, why, all, bare) {
  const fail = why.trim().slice(0, 200) || 'Something went wrong.',
    now = { fail, all, bare, ...(bare && { re: undefined }) };
  updateQueued(it.cid, now);
  showPending({ ...it, ...now });
  lazy('failedmessage'); // what can be done about it
  speak('Message not sent', 'alert');
  if (it.room !== openRoom()) toast('Message not sent: ' + fail);
  return 0;
}

// Other tabs write the same box.
on(window, 'storage', e => {
  if (!changedKey(e).startsWith('o:')) return;
  showOutbox();
  const gone = [...doc.querySelectorAll('.out>[id^=p-]')].filter(row => !queuedMessage(row.id.slice(2)));
  setTimeout(() => gone.forEach(row => row.remove()), 3000); // the frame usually comes first
});
setInterval(() => queue().length && flushOutbox(), 10000); // a tab that closed left its letters to us
