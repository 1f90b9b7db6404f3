// @ts-check
// What the buttons of the toolbar do.
import { $, doc, hasFinePointer, hub, isShown, mainArea, me, on, seq } from '../dom.js';
import { box, setReply } from '../composer.js';
import { focusRow } from '../keys.js';
import { withModule, withModuleAndKeys } from '../lazy.js';
import { visit } from '../request.js';
import { goToRow, openConversation } from '../row.js';
import { nearestShown } from '../timeline.js';
import { toast } from '../toast.js';
import { markUnreadFrom } from '../unread.js';
import { edit } from './editform.js';
import { react } from './reactions.js';
import { sendInOrder } from './requests.js';
import { addButton, buttons, hide, menu, moreButton, openMenu, tools, toolsRow } from './toolbar.js';

const maxQuote = +hub?.dataset.maxQuote; // of the line above a reply; the page says it, see limits in views

export const isMine = row => row.dataset.u === me;
export const moderates = () => mainArea().dataset.can?.includes('mod');

export function quoted(row) {
  const files = [...row.querySelectorAll('.file b,.pic [aria-label],.pic img')].map(
      el => el.getAttribute('aria-label') ?? el.getAttribute('alt') ?? el.textContent,
    ),
    text = row.querySelector('.body')?.textContent.replace(/\s+/g, ' ').trim() || files.join(', ');
  return {
    id: seq(row),
    who: row.querySelector('.who').textContent.trim(),
    text: text.length > maxQuote ? text.slice(0, maxQuote - 1) + '…' : text,
  };
}

export function replyTo(row) {
  if (!box()) return;
  setReply(quoted(row));
  box().focus();
}

export const actions = {
  react: (row, b) => react(row, b.value),
  pick: (row, b) => pickReaction(row, tools.matches('.sheet') ? row : b),
  reply: replyTo,
  edit: row => edit(row),
  open: openConversation,
  copy: row => copy(row.querySelector('a.ts').href, 'Link copied'),
  words: row => {
    row.querySelectorAll('.rest').forEach(d => (d.open = true));
    copy(row.querySelector('.body')?.innerText ?? '', 'Text copied');
  },
  delete: deleteMessage,
  unread: markUnread,
  report: row => visit(`/messages/${seq(row)}/report`),
};

on(tools, 'click', e => {
  const b = e.target.closest('[data-do]'),
    row = toolsRow();
  if (!b || !row) return;
  if (b === moreButton) {
    openMenu(menu.hidden);
    if (!menu.hidden && e.detail === 0) buttons()[0].focus(); // by key
    return;
  }
  const keyed = tools.contains(doc.activeElement) && doc.activeElement.matches(':focus-visible');
  if (keyed && b.dataset.do !== 'pick') focusRow(row);
  if (tools.matches('.sheet')) hide();
  else openMenu(false);
  actions[b.dataset.do](row, b);
});

export async function markUnread(row) {
  if (!(await sendInOrder(`/messages/${seq(row)}/unread`, {}))) return;
  markUnreadFrom(row);
  toast('Marked unread from here');
}

export function pickReaction(row, anchor) {
  const use = v => {
    const now = $(row.id);
    if (now && isShown(now)) react(now, v, true);
  };
  withModuleAndKeys('emoji', m => {
    addButton.ariaExpanded = 'true';
    m.pick(anchor, use, () => {
      addButton.ariaExpanded = 'false';
      if (doc.activeElement.matches('body,#emoji *') && $(row.id)) focusRow(nearestShown($(row.id))); // the row was drawn anew meanwhile
    });
  });
}

/** @type {(text: string, done: string) => unknown} */
export const copy = (text, done) => withModule('clipboard', c => c.copy(text, () => toast(done)));

export async function deleteMessage(row) {
  const id = seq(row);
  if (!(await sendInOrder(`/messages/${id}/delete`, {}))) return;
  hide();
  if (doc.activeElement === doc.body && !box()?.checkVisibility()) focusRow(nearestShown(row));
  else if (doc.activeElement === doc.body)
    hasFinePointer() ? box().focus({ preventScroll: true }) : focusRow(nearestShown(row)); // no keyboard comes up
  toast('Message deleted', 'Undo', async () => {
    if (!(await sendInOrder(`/messages/${id}/restore`, {}))) return;
    const back = $('m-' + id);
    back && isShown(back) ? goToRow(back) : box()?.focus();
  });
}
