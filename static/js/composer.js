// @ts-check
// The message box: when Enter sends, its height, the counter, typing, what it replies to.
import { $, doc, hasFinePointer, hasModKey, isComposing, on, openRoom, root } from './dom.js';
import { draftOf, saveDraft, saveDraftSoon } from './drafts.js';
import { sendFrame } from './frames.js';
import { releasePressed } from './input.js';
import { lazy, loaded, withModule } from './lazy.js';
import { maxBody, nearMaxBody } from './limits.js';
import { enqueue } from './outbox.js';
import { goToLatest } from './scroll.js';
import { store } from './storage.js';
import { toast } from './toast.js';
import { removeNewLine } from './unread.js';

export const fieldGrows = CSS.supports('field-sizing', 'content');
let typingSentAt = 0;

export const box = () => /** @type {HTMLTextAreaElement} */ ($('box'));

function fillBox(text) {
  box().value = text;
  boxChanged();
}

// Words that come back go before those that are there.
export const returnText = text => fillBox(text + (box().value && '\n' + box().value));

// What the next message answers. Part of the draft.
/** @type {Reply} */
export let replying = null;

export function setReply(re) {
  replying = re ?? null;
  const bar = $('replying');
  if (!bar) return;
  bar.hidden = !re;
  bar.querySelector('b').textContent = re?.who ?? '';
  bar.querySelector('q').textContent = re?.text ?? '';
  box().form.elements.reply_to.value = re?.id ?? '';
  box().setAttribute('aria-describedby', re ? 'replying hint' : 'hint');
  boxChanged();
}

export function boxChanged(here = true) {
  saveDraftSoon(here);
  const n = lengthOf(box().value);
  if (n >= nearMaxBody || loaded.counter) lazy('counter', m => m.showCount(n));
  if (!fieldGrows) fitBox();
}

// Characters as the server counts them: code points.
export const lengthOf = text => (text.length < nearMaxBody ? text.length : [...text].length);

export function tooLong(text) {
  const n = lengthOf(text);
  return n > maxBody
    ? `A message has at most ${maxBody.toLocaleString()} characters, this one ${n.toLocaleString()}.`
    : '';
}

function fitBox() {
  const b = box();
  for (b.rows = 1; b.rows < 8 && b.scrollHeight > b.clientHeight + 1;) b.rows++;
}

function submitted(e) {
  const form = e.target;
  if (form.getAttribute('action') === '/logout') store.set('out', Date.now()); // the page that comes clears the rest
  if (form.id !== 'composer' || !form.dataset.room) return;
  e.preventDefault();
  releasePressed(); // what was written shows at once
  if (coming) return coming.then(() => form.requestSubmit());
  const text = box().value;
  if (!text.trim() && !loaded.files?.has()) return box().focus();
  const why = loaded.files?.send(text, replying) ?? enqueue(text, replying);
  if (why) return toast(why);
  setReply(null);
  fillBox('');
  saveDraft();
  typingSentAt = 0;
  box().focus();
  removeNewLine();
  goToLatest();
}

// Files are chosen, pasted, or dragged over the room.
/** @type {any} */
let coming; // the module that takes them, and what was sent meanwhile waits
on(doc, 'change paste dragover drop', e => {
  const from = e.clipboardData ?? e.dataTransfer,
    list = [...((from ?? e.target).files ?? [])]; // the event forgets them
  if (!e.dataTransfer && (!list[0] || from?.getData('text') || e.target.form?.id !== 'composer')) return;
  loaded.files || e.preventDefault();
  coming = withModule('files', m => m.take(e, list));
  coming?.then(() => (coming = null));
});

// Enter is a new line inside an open ``` fence, on touch, with Shift and while an IME composes; or as its owner chose.
export const inFence = b => b.value.slice(0, b.selectionStart).match(/^```/gm)?.length % 2;
export const enterSends = () => ({ send: true, newline: false })[root.dataset.enter] ?? hasFinePointer();
export function enterPressed(e) {
  const b = e.target,
    any = hasModKey(e);
  if (isComposing(e) || e.shiftKey || (!any && (e.altKey || !enterSends()))) return;
  if (!any && inFence(b)) return;
  e.preventDefault();
  b.form.requestSubmit();
}

// Where the caret is, in the box that has the focus.
export function insertText(text) {
  if (!doc.execCommand('insertText', false, text))
    box().setRangeText(text, box().selectionStart, box().selectionEnd, 'end'); // the first keeps undo
  boxChanged();
}

export function enterComposer() {
  const { text, re } = draftOf(openRoom()),
    to = box()?.form.elements.reply_to?.value,
    refused = box()?.value;
  replying = to ? { id: +to, who: $('replying').querySelector('b').textContent, text: '' } : null; // of a form that was refused
  if (!box()) return;
  if (text && !refused) box().value = text;
  if (re && !replying) setReply(re);
  loaded.files?.show();
  boxChanged(!!refused);
}

on(doc, 'submit', submitted);
on(doc, 'click', e => {
  const sign = e.target.closest?.('button[data-insert]')?.dataset.insert;
  if (sign) withModule('suggest', s => s.beginWith(sign));
});
on(doc, 'input', e => {
  if (e.target.matches('#box,.edit textarea') && /[@#:]|^\//.test(e.target.value))
    lazy('suggest', s => s.suggestFor(e.target));
  if (e.target.dataset.max) lazy('counter', m => m.checkLength(e.target));
  if (e.target.id !== 'box') return;
  boxChanged();
  if (!openRoom() || !e.target.value.trim() || Date.now() - typingSentAt < 3000) return;
  typingSentAt = Date.now();
  sendFrame({ t: 'typing', room: openRoom() });
});
