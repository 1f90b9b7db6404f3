// @ts-check
// The socket: hx-ws opens it, this decides when. Place, catch-up and the choice of transport live here.
import { doc, hub, on, openRoom, root, timeline } from './dom.js';
import { updateBanner } from './banner.js';
import { showDraft } from './drafts.js';
import { handleControl, sendFrame, sendView } from './frames.js';
import { lazy, loaded, withModule } from './lazy.js';
import { pingEvery } from './limits.js';
import { retryNow } from './outbox.js';
import { isAway, updateIdle } from './presence.js';
import { sessionOver, sessionTaken, signIn, verifySession } from './session.js';
import { sessionMark } from './storage.js';
import { checkReading } from './unread.js';

export let socket = null; // while it is open
export let isUp = false;
export let isPolling = false;
export let isOutdated = false; // the server has another build than this page
export let downAt = Date.now(); // since when there is no connection
export let retryAt = 0; // when the next attempt begins
let upAt = 0;
let heardAt = 0;
let startedAt = 0; // the attempt that is under way
let attempts = 0;
let retryTimer = 0;
let connectTimeout = 0;
let pollTimer = 0;

export const stopPolling = () => loaded.poll?.stop();

// Nobody waits for it: while it does not load, there is nothing to ask either.
async function startPolling() {
  const m = await lazy('poll');
  if (m) m.start();
  else if (!isUp && !sessionOver) setTimeout(startPolling, 3000);
}

// Whether the long poll of lazy/poll.js works; when: since when there is no connection.
export function setPolling(yes, when = downAt) {
  isPolling = yes;
  downAt = when;
}

export const isConnected = () => isUp || isPolling;
const htmxConnection = () => hub?._htmx?.ws?.connection;

// close() on a dead line takes a minute to say so: forget the connection instead, its events with it.
export function dropSocket() {
  const c = htmxConnection();
  if (c) {
    c.abortController?.abort();
    c.socket?.close();
    c.socket = null;
    delete hub._htmx.ws.connection;
  }
  socket = null;
}

function connectionDown() {
  if (isUp) downAt = Date.now();
  isUp = false;
  pollTimer ||= setTimeout(startPolling, 5000);
}

function connect() {
  clearTimeout(retryTimer);
  clearTimeout(connectTimeout);
  retryAt = 0;
  startedAt = Date.now();
  dropSocket();
  if (sessionOver) return;
  connectionDown();
  if (typeof WebSocket !== 'function') return void startPolling();
  htmx.trigger(hub, 'parley:connect');
  if (!htmxConnection()?.socket) {
    startPolling();
    return connectionLost(0);
  } // the constructor threw
  connectTimeout = setTimeout(connectionLost, 20000, 0);
}

function connectionLost(code) {
  clearTimeout(retryTimer);
  clearTimeout(connectTimeout);
  if (isUp && Date.now() - upAt > 5000) attempts = 0;
  dropSocket();
  connectionDown();
  if (code === 4401) return signIn();
  if (code === 4403) return location.assign('/?done=gone&room=' + openRoom()); // lostdrafts.js tells the rest there
  if (code === 4409) isOutdated = true;
  const wait =
    Math.min(30000, 500 * 2 ** attempts++) * (0.7 + Math.random() * 0.6) + (code === 1012 ? Math.random() * 3000 : 0);
  retryAt = Date.now() + wait;
  retryTimer = setTimeout(connect, wait);
  setTimeout(updateBanner, 2550);
  updateBanner();
}

// At the start of the page, when hx-ws may have connected already.
export function adoptSocket() {
  const c = htmxConnection();
  if (!c?.socket) return connect();
  connectionDown();
  connectTimeout = setTimeout(connectionLost, 20000, 0);
  if (c.socket.readyState !== 1) return;
  socketOpened(c); // before we listened: its hello has been and gone
  helloReceived({});
}

// Waking brings several events at once: an attempt just begun is left alone.
export function reconnect() {
  if (htmxConnection()?.socket?.readyState === 0 && Date.now() - startedAt < 3000) return;
  attempts = 0;
  connect();
}

function socketOpened(connection) {
  socket = connection.socket;
  heardAt = Date.now();
  sendView(true);
}

export function helloReceived(h) {
  clearTimeout(connectTimeout);
  clearTimeout(pollTimer);
  pollTimer = 0;
  isUp = true;
  upAt = Date.now();
  if (h.build && h.build !== root.dataset.build) isOutdated = true;
  stopPolling();
  if (isAway) sendFrame({ t: 'idle' });
  connectionWorks();
}

// A way to the server works again.
export function connectionWorks() {
  updateBanner();
  retryNow();
  checkReading();
}

on(doc, 'htmx:ws:before:connection', e => {
  const { connection } = e.detail;
  connection.url = connection.url.replace(/session=.*/, 'session=' + sessionMark);
});
on(doc, 'htmx:ws:after:connection', e => socketOpened(e.detail.connection));
on(
  doc,
  'htmx:ws:close',
  e => e.detail.reason === 'closed' && e.detail.connection === htmxConnection() && connectionLost(e.detail.code),
);
on(doc, 'htmx:ws:before:message:incoming', e => {
  const text = e.detail.message.data;
  heardAt = Date.now();
  if (text[0] !== '{') return;
  e.preventDefault(); // data, not markup
  handleControl(JSON.parse(text));
});
on(doc, 'click', e => {
  if (!e.target.closest?.('#retry')) return;
  if (sessionTaken) withModule('signin', m => m.startOver());
  else if (sessionOver) signIn();
  else if (!isConnected()) reconnect();
  else location.reload();
});
on(window, 'online', () => {
  verifySession();
  reconnect();
});
on(window, 'offline', () => isUp && connectionLost(0));
on(window, 'pageshow', e => {
  if (!e.persisted) return;
  verifySession();
  showDraft();
  reconnect();
});
on(doc, 'visibilitychange', () => {
  if (!doc.hidden && (!isUp || Date.now() - heardAt > pingEvery + 10000)) reconnect();
  checkReading();
});

// Once a second: the countdown, the dead line, who sits here.
export function tick() {
  if (isUp && Date.now() - heardAt > 2 * pingEvery + 10000) reconnect();
  if (!isUp || isOutdated) updateBanner();
  updateIdle();
  if (timeline()) checkReading();
}
