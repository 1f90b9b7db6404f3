// @ts-check
// The form of an answer. What was begun in it waits like the draft of a room, in every tab, and goes out like every
// other message.
import { $, doc, make, on } from '../dom.js';
import { lengthOf, tooLong } from '../composer.js';
import { withModule } from '../lazy.js';
import { maxBody, nearMaxBody } from '../limits.js';
import { enqueue } from '../outbox.js';
import { changedKey, store } from '../storage.js';
import { toast } from '../toast.js';

const field = () => /** @type {HTMLTextAreaElement} */ ($('answer'));
const parentOf = t => +t.form.elements.reply_to.value;
const roomOf = t => +t.form.getAttribute('action').match(/\d+/)[0];
const draftKey = t => 'a:' + parentOf(t);

// A form has come: what was begun in it before is there again, what is typed in it already stays.
export function enterAnswer() {
  const t = field();
  if (!t) return;
  if (t.value) saveAnswer(t);
  else t.value = store.get(draftKey(t))?.text ?? '';
  showLength(t);
}

function saveAnswer(t) {
  store.set(draftKey(t), t.value.trim() ? { text: t.value, room: roomOf(t) } : null);
}

export function setAnswer(t, text) {
  t.value = text;
  saveAnswer(t);
  showLength(t);
}

function showLength(t) {
  const n = lengthOf(t.value);
  let line = t.form.querySelector('.why');
  if (n < nearMaxBody) return line?.remove();
  if (!line) {
    line = Object.assign(make('p'), { className: 'why', id: 'answer-why' });
    line.role = 'status';
    line.style.gridColumn = '1 / -1';
    t.form.append(line);
  }
  t.setAttribute('aria-describedby', line.id);
  line.textContent = tooLong(t.value) || `${n.toLocaleString()} of ${maxBody.toLocaleString()} characters`;
}

on(doc, 'input', e => {
  if (e.target !== field()) return;
  saveAnswer(e.target);
  showLength(e.target);
});

on(doc, 'submit', e => {
  if (!e.target.matches('.answer')) return;
  const t = e.target.elements.body,
    id = parentOf(t),
    row = $('c-m-' + id) ?? $('m-' + id);
  if (!row) return; // the server says why
  e.preventDefault();
  withModule('tools', m => {
    if (!t.value.trim()) return;
    const why = enqueue(t.value, m.quoted(row), roomOf(t));
    if (why) return toast(why);
    setAnswer(t, '');
  });
});

// Another tab went on with it, or sent it.
on(window, 'storage', e => {
  const t = field();
  if (!t || changedKey(e) !== draftKey(t) || (doc.hasFocus() && t === doc.activeElement)) return;
  t.value = store.get(draftKey(t))?.text ?? '';
  showLength(t);
});
