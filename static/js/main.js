// @ts-check
// Everything that a page always needs, in one file. What has listeners is imported even where nothing of it is used here.
import { doc, hub, mainArea, root } from './dom.js';
import './storage.js';
import './input.js';
import './request.js';
import './timeline.js';
import './scroll.js';
import './position.js';
import './unread.js';
import { updateBanner } from './banner.js';
import { adoptSocket, tick } from './socket.js';
import { flushOutbox } from './outbox.js';
import './pending.js';
import './composer.js';
import './drafts.js';
import './typeahead.js';
import './navigation.js';
import { countSteps } from './backlink.js';
import { enterPage } from './page.js';
import './keys.js';
import './row.js';
import './presence.js';
import './session.js';
import { drawDaysAtMidnight } from './days.js';
import { lazy } from './lazy.js';

// htmx may have been ready before this module or a slow hx-ws.min.js: processing again fills what is missing.
if (hub) {
  htmx.process(doc.body);
  countSteps();
  enterPage();
  adoptSocket();
  if (location.search.startsWith('?done=gone')) lazy('lostdrafts', m => m.showLostDrafts());
  setTimeout(updateBanner, 2550);
  setInterval(tick, 1000);
  setTimeout(lazy, 60000, 'worker'); // who only reads has it, too
  setInterval(drawDaysAtMidnight, 60000);
  flushOutbox();
  if (root.dataset.still) lazy('still');
  if (mainArea().querySelector('link:not(.msg *)')) lazy('over'); // what has a style of its own has more than a room
}
