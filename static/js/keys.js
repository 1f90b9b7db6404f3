// @ts-check
// The keyboard map. Single letters act only while a message row has the focus.
import {
  $,
  doc,
  hasModKey,
  hub,
  isComposing,
  isMac,
  isMyRow,
  isShown,
  on,
  openRoom,
  root,
  rows,
  timeline,
  withModifier,
} from './dom.js';
import { box, enterPressed, replying, setReply } from './composer.js';
import { lazy, loaded, withModule, withModuleAndKeys } from './lazy.js';
import { visit } from './request.js';
import { capture } from './typeahead.js';
import { markRoomRead } from './unread.js';

export function focusRow(row) {
  if (!row) return;
  if (row.tabIndex < 0) row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}

export const newestRow = () => timeline() && rows(timeline()).findLast(isShown);

function escapePressed(e) {
  if (e.shiftKey) return withModule('movement', m => m.markAllRead());
  if (e.target.closest('#panel')) $('panel').querySelector('header .ib').click();
  else if (e.target.closest('#stream [data-seq]') && box()) box().focus();
  else if (replying) setReply(null);
  else if (timeline() && !box()?.value) markRoomRead();
}

let steps = 0; // to another room, until their module is there

// With Ctrl or ⌘, with Alt. True: it was ours.
function shortcutPressed(e, inBox) {
  const key = e.key.toLowerCase();
  if (key === (isMac ? 'meta' : 'control')) lazy('jump'); // soon
  if (e.altKey && !e.ctrlKey && !e.metaKey && (key === 'arrowup' || key === 'arrowdown')) {
    if (loaded.movement || capture?.module !== 'movement') steps = 0;
    steps += key === 'arrowup' ? -1 : 1;
    withModuleAndKeys('movement', m => m.openNeighbour(steps, e.shiftKey));
    return true;
  }
  if (!hasModKey(e) || e.altKey) return false;
  if (key === 'f6') {
    withModuleAndKeys('movement', m => m.focusRegion(e.shiftKey, e.target));
    return true;
  }
  const page = (e.shiftKey ? { f: '/search' } : { k: '/jump', '/': '/shortcuts' })[key];
  if (page) {
    if (e.repeat) return true;
    if (key === 'k') withModuleAndKeys('jump', j => j.open());
    else visit(page);
    return true;
  }
  const mark = inBox && (e.shiftKey ? { x: '~~' } : { b: '**', i: '*', e: '`' })[key];
  if (mark) withModule('formatting', m => m.wrapSelection(mark));
  return !!mark;
}

function keyPressed(e) {
  if (!hub || e.defaultPrevented || isComposing(e) || doc.querySelector('dialog[open]') || e.target.closest('#emoji'))
    return;
  const at = e.target,
    inBox = at.id === 'box';
  if (!withModifier(e) && loaded.suggest?.isOpen(at) && loaded.suggest.key(e)) return e.preventDefault();
  const field = at.closest('input,textarea,select,[contenteditable]');
  if (shortcutPressed(e, inBox)) return e.preventDefault();
  if (at.closest('#tools,#stream form.edit,#talk form.edit')) return passToTools(e);
  if (e.key === 'Escape' && (inBox || !field || at.closest('#panel'))) return escapePressed(e);
  if ((inBox || at.matches('.edit textarea')) && e.key === 'Enter') return enterPressed(e);
  if (withModifier(e)) return;
  if (inBox && e.key === 'Tab' && e.shiftKey && newestRow()) {
    e.preventDefault();
    const failed = doc.querySelector('.fail:last-child [data-act]'); // asks for something
    return failed ? failed.focus() : focusRow(newestRow());
  }
  if (inBox && e.key === 'ArrowUp' && !at.value && timeline()) {
    const waiting = $('out-' + openRoom())?.lastElementChild;
    if (!waiting && !rows(timeline()).some(isMyRow)) return;
    e.preventDefault();
    if (waiting?.matches('.fail')) return waiting.querySelector('[data-act=edit]').click();
    return withModuleAndKeys('tools', t => t.editLast());
  }
  if (field) return;
  const row = at.matches('#stream [data-seq],#stream .pend') ? at : null;
  if (row ? walkKeys.test(e.key) : at.id === 'stream' && /^(ArrowUp|End)$/.test(e.key)) {
    e.preventDefault();
    return withModule('movement', m => m.walkRows(e.key, row));
  }
  if (e.key === '?') {
    e.preventDefault();
    return visit('/shortcuts');
  }
  if (at.matches('.msg[data-seq]') && rowKeys.test(e.key) && (e.key.length > 1 || root.dataset.keys !== 'off'))
    return passToTools(e);
  const idle = at === doc.body || (!row && at.closest('#stream'));
  if (idle && box() && e.key.length === 1 && (e.key !== ' ' || at === doc.body)) box().focus(); // the key goes on into the box
}

// Keys of the toolbar, of a form in a row, and of a row: they come to the module that knows what to do.
const walkKeys = /^(Arrow(Up|Down)|Home|End|Page(Up|Down))$/;
const rowKeys = /^(Enter|ArrowRight|Delete|[recu+123])$/i;
function passToTools(e) {
  if (loaded.tools) return loaded.tools.key(e);
  e.preventDefault(); // it comes too late to say so
  withModuleAndKeys('tools', t => t.key(e));
}

on(doc, 'keydown', keyPressed);
