// Start. htmx may have been ready before this module or a slow hx-ws.min.js: processing again fills what is missing.
if (hub) {
  htmx.process(doc.body);
  trail();
  enterStage();
  const c = current();
  if (!c?.socket) connect();
  else {
    down();
    patience = setTimeout(lost, 20000, 0);
    if (c.socket.readyState === 1) { // it opened before we listened: its hello has been and gone
      opened(c);
      hello({});
    }
  }
  if (location.search === '?done=gone') lazy('rare').then(m => m?.orphans());
  setTimeout(banner, 2550);
  setInterval(tick, 1000);
  setInterval(() => lazy('rare').then(m => m?.midnight()), 60000);
  flush();
}

// What modules that are fetched later may use.
export {
  $, apply, banner, box, composed, control, dayOf, days, dismiss, doc, enqueue, enter, expect, fine, firstVisible, flush, focusRow,
  forget, forMe, giveBack, handBack, held, ime, insert, jump, lazy, lengthOf, letter, link, list, make, mark, me, mod, near,
  newestRow, on, patch, pill, post, reload, replaced, replay, reply, retryAfter, rev, revive, room, root, rowOf, rows, saveDraft,
  seq, setOpener, shown, showPending, signIn, spare, speak, stage, steady, store, stream, summon, talk, toast, tooLong,
  unreadFrom, up, using, visit, waiting, wire, works,
};
