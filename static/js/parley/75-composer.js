// The message box: when Enter sends, its height, the counter, typing, drafts.
const LIMIT = 10000, grows = CSS.supports('field-sizing', 'content');
let typedAt = 0, draftTimer = 0, left = 0; // when somebody logged out, in another tab

const box = () => $('box');
const draftKey = n => 'd:' + n;

function fill(text) {
  box().value = text;
  changed();
}

// Words that come back go before those that are there.
const giveBack = text => fill(text + (box().value && '\n' + box().value));

// Only what was changed here is saved: another tab may have sent the rest, or gone on with it.
let dirty = false;
function saveDraft(always) {
  clearTimeout(draftTimer);
  const n = room();
  if (!n || !box() || !dirty && always !== true) return;
  dirty = false;
  store.set(draftKey(n), replying ? { text: box().value, re: replying } : box().value.trim() ? box().value : null);
  draftMark(n);
}

// The box as another tab left it.
function showDraft() {
  if (!box() || !room() || dirty || store.at() === spare) return;
  const { text, re } = draftOf(room());
  if (box().value !== (text ?? '')) box().value = text ?? '';
  if (replying?.id !== re?.id) reply(re);
  changed(false);
}

// A draft is its text, or the text and what it answers.
const draftOf = n => { const d = store.get(draftKey(n)); return d?.re ? d : { text: d }; };

// What the next message answers: { id, who, text }. Part of the draft.
let replying = null;

function reply(re) {
  replying = re ?? null;
  const bar = $('replying');
  if (!bar) return;
  bar.hidden = !re;
  bar.querySelector('b').textContent = re?.who ?? '';
  box().form.elements.reply_to.value = re?.id ?? '';
  box().setAttribute('aria-describedby', re ? 'replying hint' : 'hint');
  changed();
}

function draftMark(n) {
  $('r-' + n)?.toggleAttribute('data-draft', n !== room() && !!store.get(draftKey(n)));
}

function changed(here = true) {
  clearTimeout(draftTimer);
  dirty = here;
  draftTimer = setTimeout(saveDraft, 300);
  const n = lengthOf(box().value);
  if (n >= 9000 || loaded.rare) lazy('rare').then(m => m?.count(n));
  if (!grows) fit();
}

// Characters as the server counts them: code points.
const lengthOf = text => text.length < 9000 ? text.length : [...text].length;

function tooLong(text) {
  const n = lengthOf(text);
  return n > LIMIT ? `A message has at most ${LIMIT.toLocaleString()} characters, this one ${n.toLocaleString()}.` : '';
}

function fit() {
  const b = box();
  for (b.rows = 1; b.rows < 8 && b.scrollHeight > b.clientHeight + 1;) b.rows++;
}

function submit(e) {
  const form = e.target;
  if (form.getAttribute('action') === '/logout') store.set('out', Date.now()); // the page that comes clears the rest
  if (form.id !== 'composer' || !form.dataset.room) return;
  e.preventDefault();
  pressed = null; // what was written shows at once
  const text = box().value;
  if (!text.trim()) return box().focus();
  const why = enqueue(text, replying);
  if (why) return toast(why);
  reply(null);
  fill('');
  saveDraft();
  typedAt = 0;
  box().focus();
  dropLine();
  toLatest();
}

// Enter is a new line inside an open ``` fence, on touch, with Shift and while an IME composes; or as its owner chose.
const sends = () => ({ send: true, newline: false })[root.dataset.enter] ?? fine();
function enter(e) {
  const b = e.target, any = mod(e);
  if (ime(e) || e.shiftKey || !any && (e.altKey || !sends())) return;
  const fences = b.value.slice(0, b.selectionStart).match(/^```/gm)?.length ?? 0;
  if (!any && fences % 2) return;
  e.preventDefault();
  b.form.requestSubmit();
}

// Where the caret is, in the box that has the focus.
function insert(text) {
  if (!doc.execCommand('insertText', false, text)) box().setRangeText(text, box().selectionStart, box().selectionEnd, 'end'); // the first keeps undo
  changed();
}

function enterComposer() {
  const { text, re } = draftOf(room()), to = box()?.form.elements.reply_to?.value, refused = box()?.value;
  replying = to ? { id: +to, who: $('replying').querySelector('b').textContent, text: '' } : null; // of a form that was refused
  if (!box()) return;
  if (text && !refused) box().value = text;
  if (re && !replying) reply(re);
  changed(!!refused);
}

// What begins a suggestion, before the caret.
const begun = /([@#])([\p{L}\p{N}._-]{0,30})$|(:)([a-z0-9_+-]{2,20})$/u;
function suggest(b) {
  const hit = b.selectionStart === b.selectionEnd && begun.exec(b.value.slice(Math.max(0, b.selectionStart - 40), b.selectionStart));
  if (hit) lazy('suggest').then(s => s?.look(b, hit[1] ?? hit[3], hit[2] ?? hit[4]));
  else loaded.suggest?.forget();
}
on(doc, 'selectionchange', () => loaded.suggest?.moved());

on(doc, 'submit', submit);
on(doc, 'focusout', () => loaded.suggest?.forget());
on(doc, 'click', e => {
  const sign = e.target.closest?.('button[data-insert]')?.dataset.insert;
  if (sign) using('suggest', s => s.begin(sign));
});
on(doc, 'input', e => {
  if (e.target.matches('#box,.edit textarea')) suggest(e.target);
  if (e.target.dataset.max) lazy('rare').then(m => m?.measure(e.target));
  if (e.target.id !== 'box') return;
  changed();
  if (!room() || !e.target.value.trim() || Date.now() - typedAt < 3000) return;
  typedAt = Date.now();
  wire({ t: 'typing', room: room() });
});
on(window, 'pagehide', saveDraft);
on(window, 'storage', e => {
  const key = changedKey(e);
  if (!key.startsWith('d:')) return;
  draftMark(+key.slice(2));
  if (key === draftKey(room())) showDraft();
});
