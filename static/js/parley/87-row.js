// Rows are plain, so that they stay small and the same for everybody: their links and chips come alive here.
on(doc, 'click', e => {
  const a = e.target.closest?.('#stream a[href^="/"]');
  if (!a || a.hasAttribute('hx-get') || e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
  e.preventDefault();
  visit(a.getAttribute('href'));
});

on(doc, 'submit', async e => {
  const chip = e.submitter;
  if (!e.target.closest?.('#stream .rxs')) return;
  e.preventDefault();
  const mine = chip.dataset.by.split(' ').includes(me);
  try {
    const r = await post(e.target.action, { e: chip.value, on: mine ? 0 : 1 }), text = await r.text();
    if (r.ok) apply(text);
    else if (r.status === 401) signIn();
    else toast(text);
  } catch {
    toast('That did not arrive. Check the connection and try again.');
  }
});
