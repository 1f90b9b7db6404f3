// @ts-check
// Changing pages: #stage is swapped, everything else stays. Also what every swap must be followed by.
import { $, doc, hasFinePointer, hub, mainArea, on, openRoom } from './dom.js';
import { countSteps } from './backlink.js';
import { updateBadges } from './badges.js';
import { box } from './composer.js';
import { saveDraft } from './drafts.js';
import { usedKeyboard } from './input.js';
import { lazy, withModuleAndKeys } from './lazy.js';
import { enterPage, isEntered } from './page.js';
import { hidePanelFrame, showPanelFrame, syncPanelView } from './panel.js';
import { savePosition } from './position.js';
import { holdView, restoreView } from './scroll.js';
import { signIn } from './session.js';
import { markCurrent, setDestination } from './sidebar.js';
import { isOutdated } from './socket.js';
import { tidyTimeline } from './timeline.js';
import { loadFailed, toast } from './toast.js';
import { capture, captureTyping, holdTyping, keepTypingAsDraft, keepWhenQuiet } from './typeahead.js';

export let navigation = null; // the request of the stage that is on its way
let newest = null; // the last of them
let awaitedPage = null; // that request, while what is typed is for the page that comes
let sidebarChanged = false;
let timelineChanged = false;
let roomRenamed = false;

export const forgetAwaited = () => (awaitedPage = null);
const targetsMain = ctx => ctx.target && ctx.target === mainArea();

// htmx swaps error answers too: a plain sentence, or a proxy's page, must not take the place of the stage or of a list edge.
const isHTML = ctx => ctx.response.headers.get('Content-Type')?.includes('html');
const fitsTarget = ctx =>
  isHTML(ctx) && (targetsMain(ctx) ? /id="?stage\b/.test(ctx.text) : !ctx.target?.matches?.('.older,.newer'));

// The last click wins; a page of an older build is loaded anew, unless something is being written.
on(doc, 'htmx:before:request', e => {
  const { ctx } = e.detail;
  showPanelFrame(ctx);
  if (!targetsMain(ctx)) return;
  if (ctx.sourceElement?.matches('.find') && hasFinePointer()) {
    e.preventDefault();
    return withModuleAndKeys('jump', j => j.open());
  }
  captureForPage(ctx);
  if (isOutdated && !box()?.value && ctx.push) {
    e.preventDefault();
    awaitedPage &&= { room: ctx.room }; // it is not over when htmx has done with it
    return location.assign(ctx.request.action);
  }
  if (navigation !== ctx) navigation?.request.abort?.(); // a way back has none
  navigation = newest = ctx;
  if (ctx.push) savePosition();
  hub.dataset.wait = '';
  setDestination(new URL(ctx.request.action, location.href).pathname);
  markCurrent();
});
on(doc, 'htmx:finally:request', e => {
  const { ctx } = e.detail;
  hidePanelFrame(ctx);
  if (navigation === ctx) {
    navigation = null;
    setDestination('');
    delete hub.dataset.wait;
    markCurrent();
  }
  if (awaitedPage !== ctx) return;
  awaitedPage = null;
  if (doc.querySelector('dialog[open]')) capture?.forPage && keepTypingAsDraft();
  else {
    holdTyping(true);
    if (capture?.typedAt) keepWhenQuiet();
  }
});

// To another page: what is typed from now on is for it, and not for what is still shown.
function captureForPage(ctx) {
  const to = +/^\/rooms\/(\d+)(?:[?#]|\/@|$)/.exec(ctx.request.action)?.[1] || 0,
    at = doc.activeElement;
  if (
    (!ctx.push && !ctx.request.headers['HX-History-Restore-Request']) ||
    (to && to === openRoom()) ||
    ctx.sourceElement.matches('form')
  )
    return;
  awaitedPage = ctx;
  ctx.room = to;
  if (
    capture ||
    at?.matches('#stage :is(input,textarea)') ||
    (hasFinePointer() && !(usedKeyboard && $('side')?.contains(at)))
  )
    captureTyping(ctx);
}

on(doc, 'focusin', e => {
  if (awaitedPage && e.target === box()) capture ? capture.field.focus() : captureTyping(awaitedPage);
});
on(doc, 'htmx:error', e => e.detail.ctx?.request && toast(loadFailed));

on(doc, 'htmx:before:swap', e => {
  const { ctx, tasks } = e.detail,
    r = ctx.response;
  if (targetsMain(ctx) && ctx !== newest) return e.preventDefault(); // something else was chosen meanwhile
  if (r?.status >= 400 && !fitsTarget(ctx)) {
    e.preventDefault();
    if (r.status === 401) signIn();
    else toast(isHTML(ctx) ? 'That did not load.' : ctx.text.slice(0, 200));
    return;
  }
  if (tasks.some(t => t.target && t.target === mainArea())) saveDraft();
  else holdView();
  roomRenamed ||= tasks.some(t => t.target?.id === 'rh-' + openRoom());
  sidebarChanged ||= tasks.some(t => t.target?.matches?.('#lists,#side li')); // no badge
  timelineChanged ||= tasks.some(t => t.target?.closest?.('#stream'));
});

on(doc, 'htmx:after:swap', () => {
  if (!hub) return;
  countSteps();
  if (!isEntered()) enterPage();
  else {
    if (timelineChanged) tidyTimeline();
    restoreView();
    syncPanelView();
  }
  if (roomRenamed) lazy('roomtitle', m => m.updateRoomTitle());
  if (sidebarChanged) markCurrent();
  sidebarChanged = timelineChanged = roomRenamed = false;
});
on(doc, 'htmx:finally:swap', updateBadges); // by now htmx has set the title
