// @ts-check
// Rows of messages on their way: written at once, marked when slow, and what can be done about a failed one.
import { $, doc, make, me, on, openRoom, timeline } from './dom.js';
import { timeOfDay } from './days.js';
import { lazy, withModule } from './lazy.js';
import { continuedWithin } from './limits.js';
import { queue } from './outbox.js';
import { store } from './storage.js';
import { lastRow } from './timeline.js';

/** @param {QueuedMessage} it */
export function showPending(it) {
  if (it.room !== openRoom()) return;
  const out = $('out-' + it.room),
    old = $('p-' + it.cid);
  if (!out || !$('pt')) return;
  const row = /** @type {HTMLElement} */ (
    old ?? /** @type {HTMLTemplateElement} */ ($('pt')).content.firstElementChild.cloneNode(true)
  );
  if (!old) {
    row.id = 'p-' + it.cid;
    row.dataset.u = me;
    row.querySelector('.ts').textContent = timeOfDay(it.at);
    const p = make('p');
    it.body.split('\n').forEach((line, i) => p.append(...(i ? [make('br'), line] : [line])));
    row.querySelector('.body').append(p);
    const prev = out.lastElementChild ?? lastRow(timeline());
    if (it.re) {
      const a = /** @type {HTMLAnchorElement} */ (row.querySelector('.re'));
      a.href = `/rooms/${it.room}/@${it.re.id}`;
      a.children[0].textContent = it.re.who;
      a.children[1].textContent = it.re.text;
    }
    const near =
      (!it.re && prev?.closest('.out')) ||
      (!it.re &&
        it.at - +new Date(/** @type {HTMLTimeElement} */ (prev?.querySelector('time'))?.dateTime) < continuedWithin);
    row.toggleAttribute('data-cont', near && prev.dataset.u === me && prev.classList.contains('msg'));
    out.append(row);
    setTimeout(() => (row.dataset.slow = ''), Math.max(0, it.at + 800 - Date.now()));
  }
  row.querySelector('.re').hidden = !it.re;
  row.classList.toggle('fail', !!it.fail);
  const err = row.querySelector('.err');
  err.hidden = !it.fail;
  err.querySelector('span').textContent = it.fail ? (it.all ? '' : 'Not delivered. ') + it.fail : '';
  err.querySelector('button').textContent = it.all ? 'Send to all' : it.bare ? 'Send without it' : 'Try again';
}

export function showOutbox() {
  for (const it of queue()) showPending(it);
  if (store.keys('f:')[0]) lazy('files', m => m.showUploads());
}

on(doc, 'click', e => {
  const act = e.target.closest?.('.pend [data-act]');
  if (act) withModule('failedmessage', m => m.handleFailed(act.dataset.act, act.closest('.pend')));
});
