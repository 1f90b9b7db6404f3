// @ts-check
// The panel beside the room: there at once and filled when it has come; what a phone shows, where the focus goes.
import { $, hub, mainArea, make, timeline } from './dom.js';
import { focusRow } from './keys.js';
import { keepingView } from './scroll.js';

let panelOpener = ''; // the row whose conversation stands in the panel
export const setPanelOpener = row => (panelOpener = row.id);

let panelRequest = null;
export function showPanelFrame(ctx) {
  if (!ctx.target?.matches('#panel[hidden]')) return;
  panelRequest = ctx;
  const p = $('panel'),
    head = make('header');
  head.append(make('h2', 'Loading…'));
  keepingView(() => {
    p.append(head);
    p.hidden = false;
    hub.dataset.wait = 'panel';
  });
}

export function hidePanelFrame(ctx) {
  if (panelRequest !== ctx) return;
  panelRequest = null;
  if (hub.dataset.wait !== 'panel') return;
  delete hub.dataset.wait;
  const p = $('panel');
  if (p.dataset.view !== 'room') return;
  p.hidden = true;
  p.replaceChildren();
}

// A panel opened or closed beside the room.
export function syncPanelView() {
  const view = $('panel')?.dataset.view;
  if (!view || view === hub.dataset.view) return;
  hub.dataset.view = mainArea().dataset.view = view;
  if (view === 'panel') return $('panel').querySelector('h2').focus({ preventScroll: true });
  const row = panelOpener && $(panelOpener);
  panelOpener = '';
  row && timeline().contains(row) ? focusRow(row) : mainArea().querySelector('.stack')?.focus({ preventScroll: true });
}
