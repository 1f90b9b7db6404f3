// Where no socket opens: the same question by long poll, until one does.
import { apply, control, link, reload, retryAfter, rev, room, signIn, works } from './parley.js';

let polling = null;

export function unpoll() {
  polling?.abort();
  polling = null;
  link.poll = false;
}

export async function poll() {
  if (polling || link.up || link.shut) return;
  const mine = polling = new AbortController();
  for (let bad = 0; polling === mine;) {
    let wait;
    try {
      if (!link.poll) await probe(mine);
      wait = await ask(mine);
      bad = 0;
    } catch {
      if (polling !== mine) return;
      link.poll = false;
      wait = Math.min(30000, 1000 * 2 ** bad++) * (.7 + Math.random() * .6);
      link.downAt = bad > 1 ? link.downAt : Date.now();
    }
    if (wait) await new Promise(ok => setTimeout(ok, wait));
  }
}

const within = (ctl, ms) => AbortSignal.any([ctl.signal, AbortSignal.timeout(ms)]);

// A poll may hang 25 s before it answers: ask something quick first to know whether anybody is there.
async function probe(ctl) {
  const r = await fetch('/healthz', { cache: 'no-store', signal: within(ctl, 5000) });
  if (r.status >= 500) throw r;
  link.poll = true;
  works();
}

// Returns how long to wait before the next question.
async function ask(ctl) {
  const n = room(), at = rev();
  const r = await fetch(n ? `/rooms/${n}/changes?since=${at ?? -1}` : '/changes',
    { headers: { 'HX-Request': 'true' }, cache: 'no-store', signal: within(ctl, 35000) });
  const text = await r.text();
  if (polling !== ctl || n !== room()) return 0;
  if (r.status === 204) return 0;
  if (r.status === 205) { await reload(); return 1000; }
  if (r.status === 401) { signIn(); return 0; }
  if (r.status === 404 && n) { location.assign('/?gone=1'); return 5000; }
  if (r.status === 429 || r.status === 503) return retryAfter(r) || 5000;
  if (!r.ok) throw r;
  for (const part of text.split('\x1e')) { // markup, or data as over a socket
    if (part[0] === '{') control(JSON.parse(part));
    else await apply(part);
  }
  return at === rev() ? 1000 : 0;
}

// The question names the room: after a switch it is asked anew.
export function repoll() {
  if (!polling) return;
  const ok = link.poll;
  unpoll();
  link.poll = ok;
  poll();
}
