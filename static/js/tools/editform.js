// @ts-check
// The form that changes a message: it takes the place of the text, which is kept for who goes back.
import { $, doc, hasFinePointer, isMyRow, isShown, make, on, openRoom, rows, seq, timeline } from '../dom.js';
import { box, enterPressed, fieldGrows, returnText, tooLong } from '../composer.js';
import { focusRow } from '../keys.js';
import { lazy } from '../lazy.js';
import { apply, post } from '../request.js';
import { signIn } from '../session.js';
import { store } from '../storage.js';
import { toast } from '../toast.js';
import { captureTyping, discardTyping, holdTyping, replayInto, whenComposed } from '../typeahead.js';
import { bodyOf } from './body.js';
import { notArrived } from './requests.js';
import { hide, moveNode, swallow } from './toolbar.js';

export function keepForm(old, el, body) {
  const form = old.querySelector('form.edit');
  if (!form) return;
  if (!body) return returnEdited(form);
  moveNode(form, el, body);
  if (form._body.textContent !== body.textContent)
    explain(form, 'You changed this message elsewhere meanwhile. Saving replaces that.');
  form._body = body;
  body.remove();
}

// Deleted while somebody wrote in it: the text is not lost.
function returnEdited(form) {
  const t = form.elements.body;
  store.set('e:' + seq(form.closest('[data-seq]')), null);
  if (form.contains(doc.activeElement) && box()) {
    // what is typed next is text, too, but sends nothing
    box().focus({ preventScroll: true });
    const hush = e => e.key === 'Enter' && swallow(e);
    on(doc, 'keydown', hush, true);
    setTimeout(() => doc.removeEventListener('keydown', hush, true), 1500);
  }
  if (!box() || t.value === t.defaultValue) return;
  returnText(t.value);
  toast('The message was deleted. What you wrote is in the message box.');
}

// The last message of one's own; what was sent a moment ago is waited for.
export async function editLast() {
  captureTyping(null, true);
  const out = $('out-' + openRoom()),
    end = Date.now() + 4000;
  while (out.firstElementChild && out.isConnected) {
    if (Date.now() > end) {
      holdTyping();
      return toast('Your last message is still on its way.');
    }
    await new Promise(ok => setTimeout(ok, 50));
  }
  const row = out.isConnected && rows(timeline()).findLast(isMyRow);
  if (row) return edit(row);
  discardTyping();
}

// The form takes the place of the text; the text is kept for who goes back. text is what was typed before.
export async function edit(row, text) {
  const id = seq(row);
  if (row.querySelector('form.edit')) return row.querySelector('form.edit textarea').focus();
  let html, r;
  const fromBox = doc.activeElement === box() || doc.activeElement.matches('.ahead');
  if (text == null) captureTyping(null, true); // what is typed from now on is for the form
  const no = () => {
    if (text == null) discardTyping();
  };
  try {
    r = await fetch(`/messages/${id}/edit`, { headers: { 'HX-Request': 'true' }, signal: AbortSignal.timeout(20000) });
    html = await r.text();
    await lazy('formlooks');
  } catch {
    if (text == null) holdTyping();
    return toast(notArrived);
  }
  if (text == null) await new Promise(whenComposed);
  if (!r.ok || r.redirected) no();
  if (r.status === 401 || r.redirected) return signIn();
  if (!r.ok) return text == null ? toast(html.slice(0, 200)) : store.set('e:' + id, null);
  row = $(row.id); // it may have changed meanwhile
  if (!row || !isShown(row) || row.querySelector('form.edit')) return no();
  const form = placeForm(row, html, text);
  form._fromBox = fromBox;
  if (text == null) replayInto(form.elements.body);
}

// Puts the form where the text was, with the focus unless it only brings back what was typed before.
function placeForm(row, html, text) {
  const t = make('template'),
    inPanel = row.closest('#panel');
  t.innerHTML = html;
  const form = /** @type {HTMLFormElement} */ (t.content.firstElementChild),
    area = form.elements.body;
  hide();
  if (inPanel) form.removeAttribute('id'); // the room has it
  form._body = bodyOf(row);
  form._body.replaceWith(form);
  if (text != null) area.value = text;
  fitArea(area);
  if (text == null) {
    area.focus({ preventScroll: true });
    area.setSelectionRange(area.value.length, area.value.length);
    form.scrollIntoView({ block: 'nearest' });
  }
  on(form, 'input', () => {
    const changed = area.value.trim() && area.value !== area.defaultValue;
    if (!inPanel) store.set('e:' + seq(row), changed ? area.value : null);
    explain(form, '');
    fitArea(area);
  });
  on(form, 'submit', e => {
    e.preventDefault();
    saveForm(form);
  });
  on(form, 'click', e => {
    if (!e.target.closest('[data-do=cancel]')) return;
    e.preventDefault();
    cancelForm(form);
  });
  return form;
}

function fitArea(area) {
  if (!fieldGrows) for (area.rows = 1; area.rows < 12 && area.scrollHeight > area.clientHeight + 1;) area.rows++;
}

function explain(form, words) {
  const why = form.querySelector('.why');
  why.textContent = words;
  why.hidden = !words;
}

function closeForm(form) {
  const row = form.closest('[data-seq]');
  store.set('e:' + seq(row), null);
  form.replaceWith(form._body);
  return row;
}

// Back to where one came from: the box, or the row.
const leave = (form, row) => (form._fromBox && box() ? box().focus({ preventScroll: true }) : focusRow(row));

function cancelForm(form) {
  const t = form.elements.body;
  if (t.value !== t.defaultValue && !form._sure) {
    form._sure = true;
    return explain(
      form,
      hasFinePointer()
        ? 'You changed the text. Once more, and that is lost.'
        : 'You changed the text. Cancel once more, and that is lost.',
    );
  }
  leave(form, closeForm(form));
}

export function formKeyPressed(e) {
  const form = e.target.closest('form.edit');
  if (e.key === 'Escape') {
    e.preventDefault();
    cancelForm(form);
  } else {
    form._sure = false;
    if (e.key === 'Enter' && e.target.matches('textarea')) enterPressed(e);
  }
}

async function saveForm(form) {
  const t = form.elements.body,
    button = form.querySelector('button');
  if (t.value === t.defaultValue) return leave(form, closeForm(form));
  if (button.disabled) return;
  if (tooLong(t.value)) return explain(form, tooLong(t.value));
  button.disabled = true;
  const id = seq(form.closest('[data-seq]'));
  let words = notArrived;
  try {
    const r = await post(form.action, { body: t.value });
    words = await r.text();
    if (r.ok && !r.redirected) {
      if (!form.isConnected) return;
      const row = closeForm(form);
      await apply(words);
      return leave(form, $(row.id) ?? $('m-' + id));
    }
    if (r.status === 401 || r.redirected) {
      words = 'Log in first.';
      signIn();
    }
  } catch {
    /* the sentence says it */
  }
  button.disabled = false;
  explain(form, words.slice(0, 200));
}
