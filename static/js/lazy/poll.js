// @ts-check
// Where no socket opens: the same question by long poll, until one does. A browser has six connections for all its tabs:
// one of them asks for all, whoever holds the lock, and tells the others.
import { doc, hub, on, openRoom, timelineRev } from '../dom.js';
import { updateBanner } from '../banner.js';
import { handleControl, reloadPage } from '../frames.js';
import { apply } from '../request.js';
import { sessionOver, signIn } from '../session.js';
import { connectionWorks, isPolling, isUp, setPolling } from '../socket.js';
import { sessionMark } from '../storage.js';

// As the page says it, see limits in views.
const pollWait = +hub?.dataset.poll * 1000;
const maxPollRooms = +hub?.dataset.pollRooms;

const sharesPolls = !!navigator.locks && typeof BroadcastChannel === 'function';
const tabID = Math.random().toString(36).slice(2);
let polling = null; // ends the polls of this tab
let openQuestion = null; // ends the question that is open
let channel = null; // to the other tabs
/** @type {(value?: unknown) => void} */
let positionsChanged = () => {};
let positions = new Map(); // where the tabs stand: id → { room, rev, n }, n the news that they took last

function retryAfter(r) {
  const s = Number(r?.headers.get('Retry-After'));
  return s > 0 ? Math.min(s, 120) * 1000 : 0;
}

export function stop() {
  channel?.postMessage({ gone: tabID });
  channel?.close();
  polling?.abort();
  polling = channel = null;
  positions.clear();
  setPolling(false);
}

export async function start() {
  if (polling || isUp || sessionOver) return;
  const mine = (polling = new AbortController());
  if (!sharesPolls) return askForAllTabs(mine);
  channel = new BroadcastChannel('poll ' + sessionMark); // of one session: accounts do not mix
  channel.onmessage = e => broadcastReceived(e.data);
  broadcast({ hello: tabID });
  announcePosition();
  try {
    await navigator.locks.request('poll ' + sessionMark, { signal: mine.signal }, () => askForAllTabs(mine));
  } catch {
    /* a socket opened, or the session ended */
  }
}

const broadcast = m => channel?.postMessage(m);

// Says where this tab stands, to whoever asks for all.
function announcePosition(n) {
  const at = { id: tabID, n, room: openRoom(), rev: openRoom() ? +(timelineRev() ?? -1) : 0 };
  notePosition(at);
  broadcast({ want: at });
}

function notePosition(at) {
  const was = positions.get(at.id);
  positions.set(at.id, at);
  positionsChanged();
  if (was?.room !== at.room) openQuestion?.abort(); // what was asked does not say that room
}

async function broadcastReceived(m) {
  if (m.hello) announcePosition();
  if (m.want) notePosition(m.want);
  if (m.gone) positions.delete(m.gone);
  if (m.alive !== undefined) setAlive(m.alive);
  if (m.news) await applyNews(m.news, m.n);
}

// The way that the polls take works, or does not.
function setAlive(yes) {
  if (yes === isPolling) return;
  setPolling(yes, yes ? undefined : Date.now());
  if (yes) connectionWorks();
  updateBanner();
}

// Asks for all tabs while this one is the one that does.
async function askForAllTabs(mine) {
  for (let bad = 0; polling === mine;) {
    let wait;
    try {
      while (!sharesPolls && doc.hidden) await new Promise(ok => on(doc, 'visibilitychange', ok, { once: true }));
      if (polling !== mine) return;
      if ((!bad && isPolling) || (await probe(mine))) {
        broadcast({ alive: true });
        wait = await askOnce(mine);
      }
      bad = 0;
    } catch {
      if (polling !== mine) return;
      wait = Math.min(30000, 1000 * 2 ** bad++) * (0.7 + Math.random() * 0.6);
      if (bad > 1 || !isPolling) {
        setAlive(false);
        broadcast({ alive: false });
      }
    }
    if (wait) await new Promise(ok => setTimeout(ok, wait));
  }
}

const within = (ctl, ms) => AbortSignal.any([ctl.signal, AbortSignal.timeout(ms)]);

// A poll may hang for pollWait before it answers: ask something quick first to know whether anybody is there.
async function probe(ctl) {
  const r = await fetch('/healthz', { cache: 'no-store', signal: within(ctl, 5000) });
  if (r.status >= 500) throw r;
  setAlive(true);
  return true;
}

let sidebarMark = ''; // what the sidebars say, as the server names it

// Each room once, from where the tab that is furthest behind stands.
function questionURL() {
  const rooms = new Map();
  for (const at of positions.values()) if (at.room) rooms.set(at.room, Math.min(at.rev, rooms.get(at.room) ?? at.rev));
  return (
    `/changes?side=${sidebarMark}&` +
    [...rooms]
      .slice(0, maxPollRooms)
      .map(([n, at]) => `room=${n}:${at}`)
      .join('&')
  );
}

// Returns how long to wait before the next question.
async function askOnce(ctl) {
  const turn = (openQuestion = new AbortController());
  let r, text;
  announcePosition();
  try {
    const signal = AbortSignal.any([within(ctl, pollWait + 10000), turn.signal]);
    r = await fetch(questionURL(), { headers: { 'HX-Request': 'true' }, cache: 'no-store', signal });
    text = await r.text();
  } catch (e) {
    if (turn.signal.aborted) return 0;
    throw e;
  }
  openQuestion = null;
  if (polling !== ctl || r.status === 204) return 0;
  if (r.status === 205) {
    await reloadPage();
    return 1000;
  }
  if (r.status === 401) {
    signIn();
    return 0;
  }
  if (r.status === 429 || r.status === 503) return retryAfter(r) || 5000;
  if (!r.ok) throw r;
  const n = tabID + Date.now(),
    told = [...positions.keys()],
    before = allPositions();
  broadcast({ news: text, n });
  await applyNews(text, n);
  return waitForTabs(told, n, before);
}

const allPositions = () => JSON.stringify([...positions.values()].map(at => [at.room, at.rev]));

// Waits until all tabs that were told have taken the news. One that does not is asleep, and counts no more until it says
// where it stands; one that comes meanwhile is asked for next.
async function waitForTabs(told, n, before) {
  const late = () => [...positions.values()].filter(at => at.n !== n && told.includes(at.id));
  for (const end = Date.now() + 2000; late().length && Date.now() < end;) {
    await Promise.race([new Promise(ok => (positionsChanged = ok)), new Promise(ok => setTimeout(ok, 500))]);
  }
  for (const at of late()) if (at.id !== tabID) positions.delete(at.id);
  return allPositions() === before ? 300 : 0; // there was nothing to go on from
}

// Markup, or data as over a socket; what stands after {"for":7} is of that room.
async function applyNews(text, n) {
  let of = 0;
  for (const part of text.split('\x1e')) {
    const data = part[0] === '{' ? JSON.parse(part) : null;
    if (data?.for) of = data.for;
    else if (of && of !== openRoom()) continue;
    else if (data?.gone) {
      if (data.gone === openRoom()) location.assign('/?done=gone&room=' + openRoom());
    } else if (data?.side) sidebarMark = data.side;
    else if (data) handleControl(data);
    else await apply(part);
  }
  announcePosition(n);
}

// The question names the room: after a switch it is asked anew.
export function roomChanged() {
  if (polling) announcePosition();
}

on(doc, 'visibilitychange', () => {
  if (!sharesPolls && doc.hidden) openQuestion?.abort();
});
on(window, 'pagehide', () => broadcast({ gone: tabID }));
on(window, 'pageshow', e => {
  if (e.persisted && polling) announcePosition();
});
