// Start. htmx may have been ready before this module or a slow hx-ws.min.js: processing again fills what is missing.
if (hub) {
  htmx.process(doc.body);
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
  setTimeout(banner, 2550);
  setInterval(tick, 1000);
  midnight();
  flush();
}
