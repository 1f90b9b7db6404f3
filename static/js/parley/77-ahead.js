// Typing ahead: between the choice of a room, a dialog or a form and its coming, what is typed waits in a field of its
// own. No key goes where it was not meant to go, and none is lost.
// { field, log, was, hop, room, busy }: lines of text, each with the key that ended it; busy: what is to come takes a while.
let ahead = null;
const waiting = () => ahead;

function expect(hop, busy, words) {
  if (ahead?.hop && ahead.room !== hop?.room) keepAhead();
  if (!ahead) {
    const field = make('textarea');
    field.dir = 'auto';
    field.className = 'ahead';
    field.ariaLabel = 'What you type waits for what you opened';
    on(field, 'keydown', aheadKey);
    on(field, 'compositionstart compositionend', e => { if (ahead) ahead.composing = e.type === 'compositionstart'; });
    ahead = { field, log: [], was: doc.activeElement };
    doc.body.append(field);
  }
  Object.assign(ahead, { hop: !!hop, room: hop?.room, busy });
  ahead.field.placeholder = words ?? '';
  ahead.field.classList.toggle('vh', !words);
  ahead.field.focus({ preventScroll: true });
}

function aheadKey(e) {
  const plain = !e.ctrlKey && !e.metaKey && !e.altKey && !e.shiftKey;
  if (ime(e) || !plain) return;
  if (e.key === 'Escape') {
    nav?.request.abort();
    summons++;
    ahead.hop ? keepAhead() : takeAhead();
  } else if (e.key === 'Enter' && (!ahead.hop || sends()) || e.key === 'Tab' || !ahead.hop && /^Arrow(Up|Down)/.test(e.key)) {
    ahead.log.push([ahead.field.value, e.key]);
    ahead.field.value = '';
  } else return e.stopPropagation();
  e.preventDefault();
  e.stopPropagation();
}

// Takes the field away, and answers with what was typed in it.
function takeAhead() {
  const { field, log, was } = ahead, held = doc.activeElement === field;
  log.push([field.value]);
  ahead = null;
  field.remove();
  if (held && was?.isConnected) was.focus({ preventScroll: true });
  return log;
}

const spelled = log => log.map(([text]) => text).join('\n').trim();

// What was waited for does not come, and there is no other place for the words.
function dismiss(hopping) {
  const text = ahead && !ahead.hop === !hopping && spelled(takeAhead());
  if (text) toast(`Not sent: “${text}”`);
}

// The room did not come: the words wait in it.
function keepAhead() {
  const n = ahead.room, words = n ? spelled(takeAhead()) : dismiss(true);
  if (!words) return;
  const { text, re } = draftOf(n), all = text ? text + '\n' + words : words;
  store.set(draftKey(n), re ? { text: all, re } : all);
  draftMark(n);
  toast('What you typed was not sent. It waits in the room that you chose, as a draft.');
}

function type(field, text) {
  if (!text) return;
  field.setRangeText(text, field.value.length, field.value.length, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

// An IME may still be composing: what it makes belongs to the text.
const composed = fn => ahead?.composing ? on(ahead.field, 'compositionend', () => setTimeout(fn), { once: true }) : fn();

// A room or page has come. True: it was typed for.
function arrive() {
  if (!ahead?.hop) return false;
  if (ahead.composing) {
    composed(arrive);
    return true;
  }
  const n = ahead.room, field = (!n || n === room()) && (box() ?? $('q'));
  if (!field) {
    dismiss(true);
    return false;
  }
  ahead.was = null;
  const log = takeAhead(), draft = field.value;
  if (!spelled(log)) return false;
  field.focus({ preventScroll: true });
  if (draft) type(field, '\n' + spelled(log)); // it is not sent unseen
  else for (const [text, key] of log) {
    type(field, text);
    if (key === 'Enter') field.form?.requestSubmit();
  }
  return true;
}

// A dialog is about to take the focus: where it was before is where it goes back to.
const handBack = () => ahead && (ahead.was?.focus({ preventScroll: true }), ahead.field.blur());

// A dialog or form has come: its field gets the text and the keys, in their order. What follows Enter is for what that opens.
function replay(field, more) {
  if (!ahead || ahead.hop || ahead.field === field) return;
  if (!field?.matches('input,textarea')) return dismiss();
  ahead.was = null;
  field.focus({ preventScroll: true });
  for (let line; line = ahead?.log.shift();) {
    type(field, line[0]);
    field.dispatchEvent(new KeyboardEvent('keydown', { key: line[1], bubbles: true, cancelable: true }));
    if (line[1] === 'Enter') return more && ahead ? ahead.busy = true : dismiss();
  }
  if (ahead && !ahead.hop) takeAhead().forEach(([text]) => type(field, text));
}

// What was done has given the focus to what the keys are for, or left it where it was.
function settle() {
  if (ahead?.composing) composed(settle);
  else if (ahead && !ahead.hop && !ahead.busy) replay(doc.activeElement === ahead.field ? ahead.was : doc.activeElement);
}
