// @ts-check
// Drafts: what was begun in a room waits there, in every tab.
import { $, on, openRoom } from './dom.js';
import { box, boxChanged, replying, setReply } from './composer.js';
import { changedKey, memory, store } from './storage.js';

let draftTimer = 0;
export const draftKey = n => 'd:' + n;

// Only what was changed here is saved: another tab may have sent the rest, or gone on with it.
let draftChanged = false;
export function saveDraft(always) {
  clearTimeout(draftTimer);
  const n = openRoom();
  if (!n || !box() || (!draftChanged && always !== true)) return;
  draftChanged = false;
  store.set(draftKey(n), replying ? { text: box().value, re: replying } : box().value.trim() ? box().value : null);
  markDraft(n);
}

// The box as another tab left it.
export function showDraft() {
  if (!box() || !openRoom() || draftChanged || store.at() === memory) return;
  const { text, re } = draftOf(openRoom());
  if (box().value !== (text ?? '')) box().value = text ?? '';
  if (replying?.id !== re?.id) setReply(re);
  boxChanged(false);
}

// A draft is its text, or the text and what it answers.
export const draftOf = n => {
  const d = store.get(draftKey(n));
  return d?.re ? d : { text: d };
};

export function markDraft(n) {
  $('r-' + n)?.toggleAttribute('data-draft', n !== openRoom() && !!store.get(draftKey(n)));
}

export function saveDraftSoon(here) {
  clearTimeout(draftTimer);
  draftChanged = here;
  draftTimer = setTimeout(saveDraft, 300);
}

on(window, 'pagehide', saveDraft);
on(window, 'storage', e => {
  const key = changedKey(e);
  if (!key.startsWith('d:')) return;
  markDraft(+key.slice(2));
  if (key === draftKey(openRoom())) showDraft();
});
