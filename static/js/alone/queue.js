// @ts-check
// The queue of visitors: what changes comes by itself, forms stay on the page, keys choose, take and close.
export {};
const parts = ['q-list', 'q-head', 'q-lines', 'q-typing', 'q-foot'],
  htmx = /** @type {any} */ (window).htmx,
  /** @type {(id: string) => any} */
  $ = id => document.getElementById(id);

function atEnd() {
  const lines = $('q-lines');
  if (lines) lines.scrollTop = lines.scrollHeight;
}

// Each part takes the place of the one that is shown; what is being written stays.
function apply(text) {
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  for (const id of parts) {
    const now = $(id),
      next = fresh.getElementById(id);
    if (!now || !next || (id === 'q-foot' && now.dataset.state === next.dataset.state)) continue;
    if (id === 'q-head' && now.querySelector('details[open]')) continue;
    const el = document.importNode(next, true);
    now.replaceWith(el);
    htmx?.process(el);
  }
  atEnd();
}

let following = '',
  again = new AbortController();
async function follow() {
  const queue = $('queue'),
    at = queue?.dataset.live;
  if (!at || following === at) return;
  following = at;
  while ($('queue')?.dataset.live === at) {
    try {
      const r = await fetch(`${at}?rev=${$('q-list').dataset.rev}${document.hidden ? '' : '&seen=1'}`, {
        signal: again.signal,
        headers: { 'HX-Request': 'true' },
      });
      if ($('queue')?.dataset.live !== at) break;
      if (r.status === 200) apply(await r.text());
      else if (r.status !== 204) throw r.status;
    } catch {
      if (again.signal.aborted) again = new AbortController();
      else await new Promise(done => setTimeout(done, 3000));
    }
  }
  if (following === at) following = '';
  follow();
}

// Closing can be undone for 10 seconds; the time stands still while somebody is at it.
function offerUndo(url) {
  const p = document.createElement('p'),
    undo = document.createElement('button'),
    at = $('queue').dataset.live;
  let timer = 0;
  const run = () => (timer = setTimeout(() => p.remove(), 10_000));
  undo.type = 'button';
  undo.textContent = 'Undo';
  undo.onclick = async () => {
    p.remove();
    const r = await fetch(url, { method: 'POST', headers: { 'HX-Request': 'true' } }).catch(() => null);
    if (r?.ok && $('queue')?.dataset.live === at) apply(await r.text());
  };
  p.className = 'toast';
  p.append('The conversation was closed.', undo);
  for (const hold of ['mouseenter', 'focusin']) p.addEventListener(hold, () => clearTimeout(timer));
  for (const go of ['mouseleave', 'focusout']) p.addEventListener(go, run);
  $('toasts')?.append(p);
  run();
}

document.addEventListener(
  'submit',
  async e => {
    const form = /** @type {any} */ (e.target),
      box = form.querySelector('textarea');
    if (!form.closest('#queue')) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    if (box && !box.value.trim()) return;
    const fields = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    form.closest('details')?.removeAttribute('open');
    const r = await fetch(form.action, { method: 'POST', body: fields, headers: { 'HX-Request': 'true' } }).catch(
      () => null,
    );
    if (r?.ok) {
      if (box) box.value = '';
      apply(await r.text());
      $('q-body')?.focus();
      if (form.action.endsWith('/close')) offerUndo(form.action.replace(/close$/, 'reopen'));
      return;
    }
    const p = document.createElement('p');
    p.className = 'alert';
    p.setAttribute('role', 'alert');
    p.textContent =
      r && !r.headers.get('Content-Type')?.includes('html') ? await r.text() : 'That did not arrive. Try again.';
    $('q-foot')?.querySelector('.alert')?.remove();
    $('q-foot')?.prepend(p);
  },
  true,
);

document.addEventListener('keydown', e => {
  const queue = $('queue'),
    at = /** @type {HTMLElement} */ (e.target);
  if (!queue || e.isComposing) return;
  if (at.matches('#q-body')) {
    if (e.key !== 'Enter' || e.shiftKey) return;
    e.preventDefault();
    /** @type {HTMLTextAreaElement} */ (at).form.requestSubmit();
    return;
  }
  if (
    at.matches('input,textarea,select') ||
    e.ctrlKey ||
    e.metaKey ||
    e.altKey ||
    document.documentElement.dataset.keys === 'off'
  )
    return;
  if (e.key === 'j' || e.key === 'k') {
    const all = [.../** @type {NodeListOf<HTMLElement>} */ (queue.querySelectorAll('.case'))],
      i = all.findIndex(a => a.matches(':focus'));
    all[Math.max(0, Math.min(all.length - 1, i + (e.key === 'j' ? 1 : -1)))]?.focus();
  } else /** @type {HTMLElement} */ (queue.querySelector(`[data-key="${CSS.escape(e.key)}"]`))?.click();
});

let told = 0;
document.addEventListener('input', e => {
  const box = /** @type {HTMLTextAreaElement} */ (e.target);
  if (box.id !== 'q-body' || !box.value || Date.now() - told < 3000) return;
  told = Date.now();
  fetch(box.form.action.replace(/say$/, 'typing'), { method: 'POST', headers: { 'HX-Request': 'true' } }).catch(
    () => {},
  );
});

// What stood in the background is seen from now on.
document.addEventListener('visibilitychange', () => document.hidden || again.abort());

// The stage is swapped, and this stays: it looks again.
new MutationObserver(() => {
  follow();
  if ($('q-lines') && !$('q-lines').dataset.shown) {
    $('q-lines').dataset.shown = '';
    atEnd();
  }
}).observe(document.body, { childList: true, subtree: true });
atEnd();
follow();
