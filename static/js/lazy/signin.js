// Signing in over the page as it stands.
import { $, banner, flush, link, me, post, revive, saveDraft, store } from './parley.js';

$('signin-title').style.font = '650 var(--fs-l)/1.3 var(--font)'; // nothing else in the page looks so

export async function signedIn(form) {
  const why = form.querySelector('.why'), button = form.querySelector('button');
  button.disabled = true;
  let text = 'No connection. Try again in a moment.', status = 0, mark;
  try {
    const r = await post('/login', new FormData(form));
    status = r.status;
    mark = r.headers.get('Parley-Session');
    if (status !== 204) text = (await r.text()).slice(0, 200);
  } catch { /* the sentence says it */ }
  button.disabled = false;
  why.hidden = status === 204;
  why.textContent = status === 204 ? '' : text;
  if (status !== 204) return;
  const name = form.elements.username;
  if (name.defaultValue && name.value.trim().toLowerCase() !== name.defaultValue.toLowerCase()) return location.reload(); // somebody else
  form.elements.password.value = '';
  resume(mark);
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
  link.shut = false;
  $('signin').close();
  banner();
  revive();
  flush();
}
