// @ts-check
// Typing ahead: between the choice of a room, a dialog or a form and its coming, what is typed waits in a field of its
// own. No key goes where it was not meant to go, and none is lost.
import { $, doc, isComposing, make, on, openRoom, opensElsewhere, swallow } from './dom.js';
import { box, enterSends } from './composer.js';
import { draftKey, draftOf, markDraft } from './drafts.js';
import { cancelWaiting } from './lazy.js';
import { navigation } from './navigation.js';
import { store } from './storage.js';
import { toast } from './toast.js';

/** @type {Capture} */
export let capture = null;

export function captureTyping(page, busy, words) {
  if (capture?.forPage && capture.room !== page?.room) keepTypingAsDraft();
  if (!capture) {
    const field = make('textarea');
    field.dir = 'auto';
    field.className = 'ahead';
    field.ariaLabel = 'Typed ahead';
    on(field, 'keydown', captureKey);
    on(field, 'compositionstart compositionend', e => {
      if (capture) capture.composing = e.type === 'compositionstart';
    });
    capture = { field, lines: [], before: doc.activeElement };
    doc.body.append(field);
  }
  Object.assign(capture, { forPage: !!page, room: page?.room, busy, held: false });
  capture.field.placeholder = words ?? '';
  capture.field.classList.toggle('vh', !words);
  capture.field.focus({ preventScroll: true });
}

function captureKey(e) {
  const { held } = capture;
  capture.typedAt = Date.now();
  if (held && capture.room) keepWhenQuiet();
  if (isComposing(e) || opensElsewhere(e)) return;
  if (held && e.key === 'Tab') return release();
  if (e.key === 'Escape') {
    navigation?.request.abort?.();
    cancelWaiting();
    capture.forPage ? keepTypingAsDraft() : endCapture();
  } else if (held) {
    e.stopPropagation();
    if (e.key !== 'Enter' || capture.forPage) return;
  } else if (
    (e.key === 'Enter' && (!capture.forPage || enterSends())) ||
    e.key === 'Tab' ||
    (!capture.forPage && /^Arrow(Up|Down)/.test(e.key))
  ) {
    capture.lines.push([capture.field.value, e.key]);
    capture.field.value = '';
  } else return e.stopPropagation();
  swallow(e);
}

// Takes the field away, and answers with what was typed in it.
export function endCapture() {
  const { field, lines, before } = capture,
    held = doc.activeElement === field;
  lines.push([field.value]);
  capture = null;
  field.remove();
  if (held && before?.isConnected) before.focus({ preventScroll: true });
  return lines;
}

const typedText = lines =>
  lines
    .map(([text]) => text)
    .join('\n')
    .trim();

const notSent = text => text && toast(`Not sent: “${text}”`);

// The key of what is waited for, once more: what was typed for it is selected. A choice made by Enter is taken back.
export function beginAgain() {
  const { field, lines } = capture,
    chosen = lines.findIndex(([, key]) => key === 'Enter') + 1;
  lines.push([field.value]);
  capture.lines = [];
  field.value = chosen ? '' : typedText(lines);
  field.select();
  if (chosen) notSent(typedText(lines.slice(chosen)));
}

// What was waited for did not come, and what has the focus again is not what the keys are for: they stay here, in sight,
// until somebody presses elsewhere, or Escape or Tab.
export function holdTyping(forPage) {
  if (!capture || !capture.forPage !== !forPage) return;
  const { field, lines } = capture;
  lines.push([field.value]);
  field.value = typedText(lines.splice(0));
  field.placeholder = 'That did not load. Escape goes back';
  field.classList.remove('vh');
  field.style.top = '30dvh'; // below what is said of it
  field.focus({ preventScroll: true });
  capture.held = true;
}

const release = () => (capture.forPage ? keepTypingAsDraft() : discardTyping());
on(doc, 'pointerdown', e => capture?.held && e.target !== capture.field && release(), true);

// What was waited for does not come, and there is no other place for the words.
export function discardTyping(forPage) {
  if (capture && !capture.forPage === !forPage) notSent(typedText(endCapture()));
}

// The room did not come: the words wait in it.
export function keepTypingAsDraft() {
  const n = capture.room,
    words = n ? typedText(endCapture()) : discardTyping(true);
  if (!words) return;
  const { text, re } = draftOf(n),
    all = text ? text + '\n' + words : words;
  store.set(draftKey(n), re ? { text: all, re } : all);
  markDraft(n);
  toast('Not sent: your words wait as a draft in the room that you chose.');
}

// The same, once nobody types any more. What comes after a failure is for that room too.
export function keepWhenQuiet() {
  const c = capture,
    { room } = c,
    left = navigation || c.composing ? 1000 : c.typedAt + 1000 - Date.now();
  clearTimeout(c.timer);
  if (left > 0) c.timer = setTimeout(() => c === capture && keepWhenQuiet(), left);
  else if (c.field.value) {
    keepTypingAsDraft();
    captureTyping({ room });
    holdTyping(true);
  }
}

function typeInto(field, text) {
  if (!text) return;
  field.setRangeText(text, field.value.length, field.value.length, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

// An IME may still be composing: what it makes belongs to the text.
export const whenComposed = fn =>
  capture?.composing ? on(capture.field, 'compositionend', () => setTimeout(fn), { once: true }) : fn();

// A room or page has come. True: it was typed for.
export function replayOnPage() {
  if (!capture?.forPage) return false;
  if (capture.composing) {
    whenComposed(replayOnPage);
    return true;
  }
  const n = capture.room,
    field = (!n || n === openRoom()) && (box() ?? /** @type {HTMLInputElement} */ ($('q')));
  if (!field) {
    discardTyping(true);
    return false;
  }
  capture.before = null;
  const log = endCapture(),
    draft = field.value;
  if (!typedText(log)) return false;
  field.focus({ preventScroll: true });
  if (draft)
    typeInto(field, '\n' + typedText(log)); // it is not sent unseen
  else
    for (const [text, key] of log) {
      typeInto(field, text);
      if (key === 'Enter') field.form?.requestSubmit();
    }
  return true;
}

// A dialog is about to take the focus: where it was before is where it goes back to, unless a page is on its way.
export const returnFocus = () =>
  capture && !capture.forPage && (capture.before?.focus({ preventScroll: true }), capture.field.blur());

// A dialog or form has come: its field gets the text and the keys, in their order. What follows Enter is for what that opens.
export function replayInto(field, more) {
  if (!capture || capture.forPage || capture.field === field) return;
  if (!field?.matches('input,textarea')) return discardTyping();
  capture.before = null;
  field.focus({ preventScroll: true });
  for (let line; (line = capture?.lines.shift());) {
    typeInto(field, line[0]);
    field.dispatchEvent(new KeyboardEvent('keydown', { key: line[1], bubbles: true, cancelable: true }));
    if (line[1] === 'Enter') return more && capture ? (capture.busy = true) : discardTyping();
  }
  if (capture && !capture.forPage) endCapture().forEach(([text]) => typeInto(field, text));
}

// What was done has given the focus to what the keys are for, or left it where it was.
export function replayWhereFocused() {
  if (capture?.composing) whenComposed(replayWhereFocused);
  else if (capture && !capture.forPage && !capture.busy)
    replayInto(doc.activeElement === capture.field ? capture.before : doc.activeElement);
}

on(window, 'pagehide', () => capture?.forPage && keepTypingAsDraft());
