// @ts-check
// The session ended, or another one has begun in this browser.
import { $, doc, hub, me, on } from './dom.js';
import { updateBanner } from './banner.js';
import { lazy, withModule } from './lazy.js';
import { dropSocket, stopPolling } from './socket.js';
import { changedKey, store } from './storage.js';
import { toast } from './toast.js';

export let sessionOver = !hub; // nothing is sent before somebody logs in again
export let sessionTaken = false; // nothing ever will be: another session has the browser
export const continueSession = () => (sessionOver = false);
let loggedOutAt = 0; // when somebody logged out, in another tab

// The session ended: sign in over the page as it stands, then go on where it stopped.
export function signIn() {
  endSession();
  store.leave();
  const d = /** @type {HTMLDialogElement} */ ($('signin'));
  if (!d || Date.now() - loggedOutAt < 60000) return location.assign('/login?next=' + location.pathname);
  if (!d.open) d.showModal();
  lazy('signin');
  lazy('formlooks');
}

function endSession() {
  sessionOver = true;
  stopPolling();
  dropSocket();
  updateBanner();
}

// Another session has the cookie now: whatever this page would send were sent as whoever that is.
export function sessionReplaced() {
  if (sessionTaken) return;
  sessionTaken = true;
  /** @type {HTMLDialogElement} */ ($('signin'))?.close();
  endSession();
  toast('Nothing was sent: somebody logged in anew here. Copy what you still need, then reload.');
}

// Whether the session of this page is still that of the browser.
export const verifySession = () => hub && !sessionOver && lazy('signin', m => m.verify());

on(window, 'storage', e => {
  if (e.key === 'session' && e.newValue && sessionOver && !sessionTaken && localStorage.account === me)
    withModule('signin', m => m.resume(e.newValue));
  else if (e.key === null || e.key === 'session') verifySession();
  if (changedKey(e) !== 'out') return;
  loggedOutAt = Date.now();
  if (sessionOver) signIn(); // the server was faster
});
on(doc, 'submit', e => {
  if (!e.target.closest('#signin')) return;
  e.preventDefault();
  withModule('signin', m => m.signedIn(e.target));
});
