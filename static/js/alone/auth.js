// @ts-check
// The pages before one is in: a password can be shown, a username is suggested from the name.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = `tz=${zone}; Path=/; Max-Age=31536000; SameSite=Lax`; // the first page has the right times

for (const b of document.querySelectorAll('.secret>button'))
  b.addEventListener('click', () => {
    const field = /** @type {HTMLInputElement} */ (b.parentElement.querySelector('input')),
      { selectionStart, selectionEnd } = field,
      show = field.type === 'password';
    field.type = show ? 'text' : 'password';
    b.setAttribute('aria-pressed', String(show));
    b.textContent = show ? 'Hide' : 'Show';
    field.setAttribute('autocapitalize', 'none');
    field.spellcheck = false;
    field.focus();
    field.setSelectionRange(selectionStart, selectionEnd);
  });
for (const form of document.forms)
  form.addEventListener('submit', () => {
    for (const field of form.querySelectorAll('.secret input'))
      /** @type {HTMLInputElement} */ (field).type = 'password'; // browsers offer to keep it
  });

const shown = /** @type {HTMLInputElement} */ (document.getElementById('f-name')),
  username = /** @type {HTMLInputElement} */ (document.getElementById('f-username')),
  free = document.getElementById('free');
let touched = !!username?.value;
let asked = 0;
let timer = 0;

/** @type {(query: Record<string, string>) => Promise<{ ok: boolean, text: string } | null>} */
async function ask(query) {
  const mine = ++asked;
  const r = await fetch('/signup/free?' + new URLSearchParams({ ...query, invite: free.dataset.invite ?? '' }), {
    headers: { 'HX-Request': 'true' },
  }).catch(() => null);
  if (!r?.ok) return null;
  const text = (await r.text()).slice(0, 200);
  return mine === asked ? { ok: r.headers.has('Parley-Free'), text } : null;
}

async function check() {
  const answer = username.value.trim() && (await ask({ u: username.value }));
  free.className = !answer || answer.ok ? 'ok' : 'why';
  free.textContent = answer ? (answer.ok ? '✓ ' : '') + answer.text : '';
}

async function suggest() {
  const answer = shown.value.trim() && (await ask({ name: shown.value }));
  if (!answer || !answer.text || touched) return;
  username.value = answer.text;
  check();
}

if (shown && username && free) {
  const soon = fn => {
    clearTimeout(timer);
    timer = setTimeout(fn, 300);
  };
  shown.addEventListener('input', () => touched || soon(suggest));
  username.addEventListener('input', () => {
    touched = !!username.value;
    soon(check);
  });
}
// Six digits send themselves.
const code = /** @type {HTMLInputElement} */ (document.querySelector('[data-code]'));
code?.addEventListener('input', () => /^\s*\d{3}\s?\d{3}\s*$/.test(code.value) && code.form.requestSubmit());

// Passkeys: by a button, and offered by the browser in the field of the username.
const passkey = /** @type {HTMLButtonElement} */ (document.getElementById('passkey')),
  known = /** @type {any} */ (self.PublicKeyCredential);

/** @type {(path: string, values: Record<string, string>) => Promise<Response>} */
const send = async (path, values) => {
  const r = await fetch(path, { method: 'POST', headers: { 'HX-Request': 'true' }, body: new URLSearchParams(values) });
  if (!r.ok) throw Error((await r.text()).slice(0, 300));
  return r;
};
let asking = new AbortController();

/** @type {(mediation?: CredentialMediationRequirement) => Promise<void>} */
async function logIn(mediation) {
  asking.abort();
  const mine = (asking = new AbortController());
  try {
    const { ticket, options } = await (await send('/login/passkey/begin', {})).json(),
      shown = /** @type {any} */ (
        await navigator.credentials.get({
          publicKey: known.parseRequestOptionsFromJSON(options),
          mediation,
          signal: mine.signal,
        })
      );
    await send('/login/passkey', { ticket, credential: JSON.stringify(shown.toJSON()) });
    const next = /** @type {HTMLInputElement} */ (document.querySelector('form [name=next]'))?.value;
    location.assign(next || '/');
  } catch (/** @type {any} */ e) {
    if (mine.signal.aborted || mediation) return;
    const why = document.getElementById('passkeyState');
    why.hidden = false;
    why.textContent = e.name === 'NotAllowedError' ? 'No passkey was chosen.' : e.message;
  }
}

if (passkey && known?.parseRequestOptionsFromJSON) {
  passkey.hidden = false;
  passkey.addEventListener('click', () => logIn());
  known.isConditionalMediationAvailable?.().then(can => can && logIn('conditional'));
}
export {};
