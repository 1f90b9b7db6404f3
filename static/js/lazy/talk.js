// @ts-check
// The conversation of a message beside its room: opening it, answering in it, keeping it true. And where it has the
// page to itself: what is told of its room is taken as a sign to ask for it again.
import { $, doc, make, on, seq } from '../dom.js';
import { box, returnText } from '../composer.js';
import { drawDays } from '../days.js';
import { reloadPage, sendFrame } from '../frames.js';
import { focusRow } from '../keys.js';
import { lazy } from '../lazy.js';
import { setPanelOpener } from '../panel.js';
import { toast } from '../toast.js';
import { enterAnswer, setAnswer } from '../talk/answer.js';

let refreshTimer = 0;

export async function open(row) {
  setPanelOpener(row);
  await lazy('formlooks');
  await htmx.ajax('GET', '/messages/' + seq(row), {
    target: '#panel',
    swap: 'outerHTML',
    headers: { 'HX-Target': 'aside#panel' },
  });
  const ol = $('talk')?.querySelector('ol');
  if (!ol) return;
  enterAnswer();
  drawDays(ol);
  const target = ol.querySelector('[data-target]');
  if (target === ol.lastElementChild) $('talk').scrollTop = 1e6;
  else target?.scrollIntoView({ block: 'nearest' });
  if (!$('panel').contains(doc.activeElement)) $('panel').querySelector('h2').focus({ preventScroll: true });
}

// A row of it changed, or somebody answered one: its list is asked for again.
export function rowChanged(el) {
  const re = el.querySelector('.re')?.dataset.re;
  if (!$('panel')?.dataset.of || (!$('c-' + el.id) && !$('c-m-' + re))) return;
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(refreshPanel, 150);
}

const fetchFragment = (path, target) =>
  fetch(path, { headers: { 'HX-Request': 'true', 'HX-Target': target } }).catch(() => null);
const parsed = async r => Object.assign(make('template'), { innerHTML: await r.text() }).content;

const isEditing = () => $('talk').querySelector('form.edit');

async function refreshPanel() {
  const p = $('panel'),
    of = p?.dataset.of;
  if (!of || isEditing()) return;
  const r = await fetchFragment('/messages/' + of, 'aside#panel'),
    fresh = r?.ok && (await parsed(r)).getElementById('talk');
  if (!r || p !== $('panel') || (!r.ok && r.status !== 410)) return;
  if (!r.ok) {
    // it was deleted: what was being answered to it is not lost
    const t = /** @type {HTMLTextAreaElement} */ (p.querySelector('.answer textarea'));
    p.querySelector('header .ib').click();
    if (t?.value.trim() && box()) {
      returnText(t.value);
      setAnswer(t, '');
      toast('The message was deleted. What you wrote is in the message box.');
    }
    return;
  }
  if (isEditing()) return; // begun meanwhile; what is saved asks again
  const was = $('talk'),
    end = was.scrollHeight - was.scrollTop - was.clientHeight < 60,
    y = was.scrollTop;
  const focus = was.contains(doc.activeElement) && doc.activeElement.closest('[data-seq],#talk').id;
  was.replaceWith(fresh);
  htmx.process(fresh);
  drawDays(fresh.querySelector('ol'));
  fresh.scrollTop = end ? 1e6 : y;
  if (focus) focusRow($(focus) ?? fresh);
}

let aloneList = null; // the list that has the page to itself; on the page of a report it follows no room
let renewTimer = 0;
const isFollowing = () => aloneList?.isConnected && aloneList.dataset.in;
const subscribe = () => isFollowing() && sendFrame({ t: 'view', room: +aloneList.dataset.in });

export function enterAlone(ol) {
  aloneList = ol;
  enterAnswer();
  drawDays(ol);
  subscribe();
}

async function refreshAlone() {
  renewTimer = 0;
  const ol = aloneList,
    path = location.pathname;
  const r = await fetchFragment(path, 'div#stage');
  if (!r || !ol.isConnected || path !== location.pathname) return;
  if (
    !r.ok &&
    ![.../** @type {NodeListOf<HTMLTextAreaElement>} */ (doc.querySelectorAll('#main textarea'))].some(t =>
      t.value.trim(),
    )
  )
    return reloadPage();
  if (!r.ok) {
    if (!ol.hasAttribute('data-gone'))
      toast('This message was deleted. What you are writing is kept while you stay here.');
    return (ol.dataset.gone = '');
  }
  const fresh = (await parsed(r)).querySelector('.alone');
  if (!fresh) return;
  ol.replaceChildren(...fresh.children);
  htmx.process(ol);
  drawDays(ol);
}

// What was sent from here has arrived, maybe without a socket.
on(doc, 'htmx:finally:swap', e => {
  if (isFollowing() && e.detail.ctx.text?.includes(`"#tl-${aloneList.dataset.in}"`))
    renewTimer ||= setTimeout(refreshAlone, 150);
});
on(doc, 'htmx:ws:after:connection', () => {
  if (!isFollowing()) return;
  subscribe();
  renewTimer ||= setTimeout(refreshAlone, 150);
});
on(doc, 'htmx:ws:before:message:incoming', e => {
  if (!isFollowing()) return;
  const [, what, n] = /hx-target="#([a-z]+)-(\d+)"/.exec(e.detail.message.data) ?? [];
  if (!n || n !== aloneList.dataset.in || /^(b|r|rn)$/.test(what)) return; // for the sidebar
  e.preventDefault();
  if (what === 'tl') renewTimer ||= setTimeout(refreshAlone, 150);
});
