// @ts-check
// Keys in the toolbar, in a form in a row, and on a row.
import { isComposing, mainArea, withModifier } from '../dom.js';
import { enterPressed } from '../composer.js';
import { focusRow } from '../keys.js';
import { actions, deleteMessage, isMine, markUnread, moderates, pickReaction, replyTo } from './actions.js';
import { edit, formKeyPressed } from './editform.js';
import { react } from './reactions.js';
import { buttons, hide, menu, moreButton, openMenu, show, tools, toolsRow } from './toolbar.js';

export function key(e) {
  if (isComposing(e)) return;
  if (withModifier(e)) {
    if (e.target.closest('form.edit') && e.key === 'Enter') enterPressed(e);
    return;
  }
  if (e.target.closest('form.edit')) return formKeyPressed(e);
  if (tools.contains(e.target)) return barKeyPressed(e);
  const row = e.target,
    n = ' 123'.indexOf(e.key),
    quick = /** @type {NodeListOf<HTMLButtonElement>} */ (tools.querySelectorAll('[data-do=react]'));
  const does =
    {
      Enter: enterToolbar,
      ArrowRight: enterToolbar,
      r: replyTo,
      c: actions.copy,
      u: markUnread,
      '+': r => pickReaction(r, r),
      e: isMine(row) && edit,
      Delete: (isMine(row) || moderates()) && deleteMessage,
    }[e.key.length === 1 ? e.key.toLowerCase() : e.key] ||
    (n > 0 && (r => react(r, quick[n - 1].value)));
  e.preventDefault();
  if (does && (mainArea().dataset.can || [enterToolbar, actions.copy, markUnread].includes(does))) does(row);
}

function enterToolbar(row) {
  show(row);
  buttons()[0]?.focus();
}

function barKeyPressed(e) {
  const all = buttons(),
    i = all.indexOf(e.target),
    n = all.length,
    inMenu = menu.contains(e.target);
  const step = { ArrowRight: !inMenu && 1, ArrowLeft: !inMenu && -1, ArrowDown: inMenu && 1, ArrowUp: inMenu && -1 }[
    e.key
  ];
  if (step) (all[(i + step + n) % n] ?? all[0]).focus();
  else if (e.key === 'Home') all[0].focus();
  else if (e.key === 'End') all[n - 1].focus();
  else if (e.key === 'ArrowDown' && e.target === moreButton) moreButton.click();
  else if (e.key === 'Escape' && inMenu && !tools.matches('.sheet')) {
    openMenu(false);
    moreButton.focus();
  } else if (e.key === 'Escape') {
    const row = toolsRow();
    hide();
    row && focusRow(row);
  } else return;
  e.preventDefault();
}
