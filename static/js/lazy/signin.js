// @ts-check
// Signing in over the page as it stands.
import { $, make, me } from '../dom.js';
import { updateBanner } from '../banner.js';
import { saveDraft } from '../drafts.js';
import { flushOutbox } from '../outbox.js';
import { post } from '../request.js';
import { continueSession, sessionOver, sessionReplaced, signIn } from '../session.js';
import { reconnect } from '../socket.js';
import { memory, sessionMark, store } from '../storage.js';

$('signin-title').style.font = '650 var(--fs-l)/1.3 var(--font)'; // nothing else in the page looks so

export async function signedIn(form) {
  const why = form.querySelector('.why'),
    button = form.querySelector('button');
  button.disabled = true;
  let text = 'No connection. Try again in a moment.',
    status = 0,
    mark;
  try {
    const r = await post('/login', new FormData(form));
    status = r.status;
    mark = r.headers.get('Parley-Session');
    if (r.headers.has('Parley-Second')) askCode(form);
    if (status !== 204) text = (await r.text()).slice(0, 200);
  } catch {
    /* the sentence says it */
  }
  button.disabled = false;
  why.hidden = status === 204;
  why.textContent = status === 204 ? '' : text;
  if (status !== 204) return;
  const name = form.elements.username;
  if (name.defaultValue && name.value.trim().toLowerCase() !== name.defaultValue.toLowerCase())
    return location.reload(); // somebody else
  form.elements.password.value = '';
  resume(mark);
}

// The account has a second factor: its code goes with the password.
function askCode(form) {
  if (form.elements.namedItem('code')) return;
  const field = make('div'),
    label = make('label', 'Code of your app'),
    input = Object.assign(make('input'), {
      id: 'signin-code',
      name: 'code',
      inputMode: 'numeric',
      autocomplete: 'one-time-code',
      maxLength: 16,
      required: true,
    });
  field.className = 'field';
  label.htmlFor = input.id;
  field.append(label, input);
  form.querySelector('.actions').before(field);
  input.focus();
}

// Whether the session of this page is still that of the browser.
export async function verify() {
  const r = await fetch('/session', { cache: 'no-store' }).catch(() => null);
  if (!r?.ok || sessionOver) return;
  const now = await r.text();
  if (!now) signIn();
  else if (now !== sessionMark) sessionReplaced();
  else if (store.at() === memory) store.claim(sessionMark); // a page that came late said that it was its turn
}

// Another session has the browser: what the same person wrote here is taken along.
export function startOver() {
  const { account, session } = localStorage;
  if (account === me && session) {
    store.claim(session);
    saveDraft(true);
  }
  location.reload();
}

// The same person is in again, here or in another tab.
export function resume(session) {
  store.claim(session);
  continueSession();
  /** @type {HTMLDialogElement} */ ($('signin')).close();
  updateBanner();
  reconnect();
  flushOutbox();
}
