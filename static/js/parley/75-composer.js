// The message box: when Enter sends, its height, the counter, typing, drafts.
const LIMIT = 10000, grows = CSS.supports('field-sizing', 'content');
let typedAt = 0, draftTimer = 0, hintText = '', peek = 0;

const box = () => $('box');
const draftKey = n => 'd:' + n;

function fill(text) {
  box().value = text;
  changed();
}

function saveDraft() {
  clearTimeout(draftTimer);
  const n = room();
  if (!n || !box()) return;
  store.set(draftKey(n), box().value.trim() ? box().value : null);
  draftMark(n);
}

// The next person at this browser is somebody else.
const dropDrafts = () => store.keys('d:').forEach(k => store.set(k, null));

function draftMark(n) {
  $('r-' + n)?.toggleAttribute('data-draft', n !== room() && !!store.get(draftKey(n)));
}

function changed() {
  clearTimeout(draftTimer);
  draftTimer = setTimeout(saveDraft, 300);
  count();
  if (!grows) fit();
}

// Characters as the server counts them: code points.
const lengthOf = text => text.length < 9000 ? text.length : [...text].length;

function count() {
  const n = lengthOf(box().value), hint = $('hint');
  if (!hint || n < 9000 && !peek) return;
  if (!peek) hintText = hint.textContent;
  peek = n >= 9000;
  hint.textContent = peek ? `${n.toLocaleString()} of ${LIMIT.toLocaleString()} characters` : hintText;
  hint.toggleAttribute('data-over', n > LIMIT);
}

function fit() {
  const b = box();
  for (b.rows = 1; b.rows < 8 && b.scrollHeight > b.clientHeight + 1;) b.rows++;
}

function submit(e) {
  const form = e.target;
  if (form.getAttribute('action') === '/logout') dropDrafts();
  if (form.id !== 'composer' || !form.dataset.room) return;
  e.preventDefault();
  const text = box().value;
  if (!text.trim()) return box().focus();
  if (lengthOf(text) > LIMIT) return speak(`The message is longer than ${LIMIT} characters`, 'alert');
  if (!enqueue(text)) return toast('50 messages are waiting to be sent. Try again when some have left.');
  fill('');
  saveDraft();
  typedAt = 0;
  box().focus();
  dropLine();
  toLatest();
}

// Enter is a new line inside an open ``` fence, on touch, with Shift and while an IME composes.
function enter(e) {
  const b = e.target, any = e.ctrlKey || e.metaKey;
  if (e.isComposing || e.keyCode === 229 || !any && (e.shiftKey || e.altKey || !fine())) return;
  const fences = b.value.slice(0, b.selectionStart).match(/^```/gm)?.length ?? 0;
  if (!any && fences % 2) return;
  e.preventDefault();
  b.form.requestSubmit();
}

function wrap(mark) {
  const b = box(), { selectionStart: from, selectionEnd: to } = b, text = mark + b.value.slice(from, to) + mark;
  if (!doc.execCommand('insertText', false, text)) b.setRangeText(text); // the first keeps undo
  b.setSelectionRange(from + mark.length, to + mark.length);
  changed();
}

function enterComposer() {
  peek = 0;
  const draft = store.get(draftKey(room()));
  if (box() && draft && !box().value) fill(draft);
}

on(doc, 'submit', submit);
on(doc, 'input', e => {
  if (e.target.id !== 'box') return;
  changed();
  if (!room() || !e.target.value.trim() || Date.now() - typedAt < 3000) return;
  typedAt = Date.now();
  wire({ t: 'typing', room: room() });
});
on(window, 'pagehide', saveDraft);
on(window, 'storage', e => {
  if (!e.key?.startsWith('d:')) return;
  draftMark(+e.key.slice(2));
  if (e.key === draftKey(room()) && box() && doc.activeElement !== box()) {
    box().value = store.get(e.key) ?? '';
    count();
  }
});
