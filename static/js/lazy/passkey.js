// @ts-check
// Passkeys: one is added, or proves that it is still the same person.
import { $, on } from '../dom.js';
import { load, post } from '../request.js';

const known = /** @type {any} */ (self.PublicKeyCredential);

/** @type {(path: string) => Promise<{ ticket: string, options: any }>} */
async function begin(path) {
  const r = await post(path, {});
  if (!r.ok || r.redirected) throw Error((await r.text()).slice(0, 300));
  return r.json();
}

async function end(path, values) {
  const r = await post(path, values);
  if (!r.ok || r.redirected) throw Error((await r.text()).slice(0, 300));
}

// What a browser says where one closes its dialog.
const words = e =>
  e.name === 'NotAllowedError'
    ? 'Nothing was chosen.'
    : e.name === 'InvalidStateError'
      ? 'This device has a passkey of yours already.'
      : e.message;

export function enterPasskeys() {
  const b = /** @type {HTMLButtonElement} */ ($('addPasskey')),
    state = $('passkeyState');
  if (!b) return;
  if (!known?.parseCreationOptionsFromJSON) {
    b.hidden = true;
    state.textContent = 'This browser has no passkeys.';
    return;
  }
  b.onclick = async () => {
    b.disabled = true;
    try {
      const { ticket, options } = await begin('/me/passkeys/begin'),
        made = /** @type {any} */ (
          await navigator.credentials.create({ publicKey: known.parseCreationOptionsFromJSON(options) })
        );
      await end('/me/passkeys', { ticket, credential: JSON.stringify(made.toJSON()) });
      await load(location.pathname, 'false');
    } catch (/** @type {any} */ e) {
      state.textContent = words(e);
    }
    b.disabled = false;
  };
}

const prove = $('provePasskey');
if (prove)
  on(prove, 'click', async () => {
    const form = /** @type {HTMLFormElement} */ ($('proof')),
      state = $('proofState');
    try {
      const { ticket, options } = await begin('/me/passkeys/prove/begin'),
        shown = /** @type {any} */ (
          await navigator.credentials.get({ publicKey: known.parseRequestOptionsFromJSON(options) })
        );
      await end('/me/passkeys/prove', { ticket, credential: JSON.stringify(shown.toJSON()) });
      /** @type {HTMLInputElement} */ (form.elements.namedItem('prove')).required = false;
      form.requestSubmit();
    } catch (/** @type {any} */ e) {
      state.hidden = false;
      state.textContent = words(e);
    }
  });
