// @ts-check
// A page has come: everything that has to be done to it, and where the focus goes.
import { $, doc, hasFinePointer, hub, isMac, mainArea, openRoom, timeline } from './dom.js';
import { updateBadges } from './badges.js';
import { updateBanner } from './banner.js';
import { box, enterComposer } from './composer.js';
import { drawDays, timeOfDay } from './days.js';
import { sendView } from './frames.js';
import { usedKeyboard } from './input.js';
import { focusRow } from './keys.js';
import { lazy, loaded, withModule } from './lazy.js';
import { forgetAwaited } from './navigation.js';
import { showOutbox } from './pending.js';
import { positionFound, restorePosition } from './position.js';
import { resetView } from './scroll.js';
import { markCurrent, setDestination } from './sidebar.js';
import { store } from './storage.js';
import { heldRows, tidyTimeline } from './timeline.js';
import { capture, replayOnPage } from './typeahead.js';
import { enterUnread } from './unread.js';

let enteredPage = null;
let enteredRoom = 0;
export const isEntered = () => enteredPage === mainArea()?.firstElementChild;

export function enterPage() {
  const first = !enteredPage,
    same = !first && enteredRoom === openRoom();
  enteredPage = mainArea()?.firstElementChild;
  forgetAwaited();
  setDestination('');
  enteredRoom = openRoom();
  hub.dataset.view = mainArea()?.dataset.view ?? '';
  resetView();
  heldRows.clear();
  markCurrent();
  if (timeline()) {
    drawDays(timeline());
    showOutbox();
    enterComposer();
    restorePosition();
    enterUnread();
    tidyTimeline();
    for (const k of store.keys('e:')) {
      // a text that was being changed when the page went
      const row = $('m-' + k.slice(2));
      if (row) withModule('tools', t => t.edit(row, store.get(k)));
    }
  }
  if (isMac) lazy('mackeys', m => m.nameMacKeys());
  const alone = mainArea()?.querySelector('.alone');
  if (alone) lazy('talk', t => t.enterAlone(alone));
  /** @type {NodeListOf<HTMLTimeElement>} */ (doc.querySelectorAll('[data-c]')).forEach(t => {
    t.textContent = timeOfDay(new Date(t.dateTime));
  });
  updateBadges();
  updateBanner();
  if (!first) {
    sendView();
    loaded.poll?.roomChanged();
  }
  if (replayOnPage() || capture) return;
  if (!same || doc.activeElement === doc.body || /^\/(jump|search)$/.test(location.pathname)) settleFocus(first);
}

function settleFocus(first) {
  const head = mainArea()?.querySelector('h1');
  if (first && ((location.hash && !timeline()?.querySelector('[data-target]')) || doc.activeElement !== doc.body))
    return;
  const target = timeline()?.querySelector('[data-target]');
  if (target && !positionFound) return focusRow(target);
  if (/^\/(jump|search)$/.test(location.pathname)) {
    const q = /** @type {HTMLInputElement} */ ($('q'));
    return ((q?.value && mainArea().querySelector('.rows a,.hits a')) || q)?.focus();
  }
  if (box() && hasFinePointer() && !(usedKeyboard && $('side')?.contains(doc.activeElement)))
    return box().focus({ preventScroll: true });
  if (first || !head) return;
  head.tabIndex = -1;
  head.focus({ preventScroll: true });
}
