// @ts-check
// The "msg" swap style: every row once, in its order, never staler than what is there.
import { $, doc, isShown, me, rows, seq, timeline } from './dom.js';
import { replying, setReply } from './composer.js';
import { drawDays } from './days.js';
import { focusRow } from './keys.js';
import { lazy, loaded } from './lazy.js';
import { markSent } from './outbox.js';
import { countUnseen, scrolledUp, updateLatestButton } from './scroll.js';
import { toast } from './toast.js';
import { checkReading, insertNewLineBefore, newLineUnseen } from './unread.js';

export const heldRows = new Map(); // newest rows that came while the list ends before them

htmx.registerExtension('parley', {
  handle_swap(style, ol, fragment) {
    const all = [...fragment.children],
      added = [];
    if (style === 'toast') {
      toast(fragment);
      return all;
    }
    if (style === 're') {
      lazy('quotes', m => m.updateQuotes(all));
      return added;
    }
    if (style !== 'msg') return false;
    for (const el of all) {
      if (placeRow(ol, el)) added.push(el);
      if (el.dataset.cid && el.dataset.u === me) markSent(el.dataset.cid);
    }
    return added;
  },
});

export function lastRow(ol) {
  let at = ol.lastElementChild;
  while (at && !at.dataset.seq) at = at.previousElementSibling;
  return at;
}

function placeRow(ol, el) {
  const old = $(el.id),
    last = lastRow(ol),
    newest = !last || seq(last) < seq(el);
  if (old) {
    if (+old.dataset.v >= +el.dataset.v) return false;
    replaceRow(old, el);
    if (el.hidden && replying?.id === seq(el)) {
      setReply(null);
      toast('The message you were answering was deleted.');
    }
    loaded.talk?.rowChanged(el);
    return true;
  }
  if (newest && ol.dataset.live === 'no') {
    if (!heldRows.has(el.id)) messageArrived(el);
    heldRows.set(el.id, el);
    if (heldRows.size > 50) heldRows.delete(heldRows.keys().next().value);
    return false;
  }
  const first = ol.querySelector('[data-seq]');
  if (first && seq(el) < seq(first) && $('older')) return false; // belongs to history that is not loaded
  let at = last;
  while (at && !(seq(at) < seq(el))) at = at.previousElementSibling; // a row without data-seq compares false
  at ? at.after(el) : first ? first.before(el) : ol.append(el);
  if (newest) messageArrived(el);
  loaded.talk?.rowChanged(el);
  return true;
}

// A row as it now is takes the place of the row as it was, with the focus. What somebody works with in it goes over.
function replaceRow(old, el) {
  const at = doc.activeElement,
    inside = old.contains(at);
  old.after(el);
  loaded.tools?.keepTools(old, el);
  old.remove();
  if (!inside || doc.activeElement !== doc.body) return;
  if (el.contains(at)) return at.focus({ preventScroll: true });
  const chip =
    at.matches('.rc') &&
    [...el.querySelectorAll('.rc')].find(c => c.getAttribute('value') === at.getAttribute('value'));
  chip ? chip.focus({ preventScroll: true }) : focusRow(nearestShown(el));
}

// The row itself, else the next one that is shown, else the one before.
export function nearestShown(el) {
  for (const way of ['nextElementSibling', 'previousElementSibling']) {
    for (let at = el; at; at = at[way]) if (isShown(at)) return at;
  }
}

// A new message at the end, live or caught up.
function messageArrived(el) {
  if (!el.classList.contains('msg') || el.dataset.u === me) return;
  if (scrolledUp || timeline().dataset.live === 'no') {
    countUnseen();
    newLineUnseen();
  }
  if (el.isConnected) insertNewLineBefore(el);
  lazy('announcer', m => m.announce(el));
}

// After each swap in the timeline: the ends of the list, days, times, length.
export function tidyTimeline() {
  const ol = timeline();
  if (!ol) return;
  if (ol.dataset.live === 'no' && !$('newer')) {
    ol.dataset.live = 'yes';
    const late = [...heldRows.values()];
    heldRows.clear();
    late.forEach(el => placeRow(ol, el));
  }
  if (rows(ol).length > 300) lazy('rowlimit', m => m.limitRows(ol));
  [...ol.querySelectorAll('.unread')].slice(1).forEach(el => el.remove()); // each page of history has its own
  drawDays(ol);
  if (ol.querySelector('pre,.rest')) lazy('code', m => m.dress(ol));
  const start = ol.parentElement.querySelector('.beginning');
  if (start) start.hidden = !!$('older');
  updateLatestButton();
  checkReading();
}
