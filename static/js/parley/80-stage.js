// Changing rooms: the stage is swapped, everything else stays. Also what every swap must be followed by.
let nav = null, byKey = false, shown = null, sideways = false;

on(doc, 'keydown', () => byKey = true, true);
on(doc, 'pointerdown', () => byKey = false, true);

const toStage = ctx => ctx.target && ctx.target === stage();

// htmx swaps error answers too: a plain sentence, or a proxy's page, must not take the place of the stage or of a list edge.
const isPage = ctx => ctx.response.headers.get('Content-Type')?.includes('html');
const fits = ctx => isPage(ctx) && (toStage(ctx) ? /id="?stage\b/.test(ctx.text) : !ctx.target?.matches?.('.older,.newer'));

// The last click wins; a page of an older build is loaded anew, unless something is being written.
on(doc, 'htmx:before:request', e => {
  const { ctx } = e.detail;
  if (!toStage(ctx)) return;
  if (link.stale && !box()?.value && ctx.push) {
    e.preventDefault();
    return location.assign(ctx.request.action);
  }
  if (nav !== ctx) nav?.request.abort();
  nav = ctx;
});
on(doc, 'htmx:finally:request', e => { if (nav === e.detail.ctx) nav = null; });
on(doc, 'htmx:error', e => e.detail.ctx?.request && toast('That did not load. Check the connection and try again.'));

on(doc, 'htmx:before:swap', e => {
  const { ctx, tasks } = e.detail, r = ctx.response;
  if (r?.status >= 400 && !fits(ctx)) {
    e.preventDefault();
    if (r.status === 401) signIn();
    else toast(isPage(ctx) ? 'That did not load.' : ctx.text.slice(0, 200));
    return;
  }
  if (tasks.some(t => t.target && t.target === stage())) saveDraft();
  else holdView();
  sideways ||= tasks.some(t => t.target?.closest?.('#side'));
});

on(doc, 'htmx:after:swap', () => {
  if (!hub) return;
  if (shown !== stage()?.firstElementChild) enterStage();
  else {
    tidy();
    restoreView();
    panelView();
  }
  headline();
  if (sideways) marks();
  sideways = false;
});
on(doc, 'htmx:finally:swap', badges); // by now htmx has set the title

// A room was renamed: its name stands in more places than the header that came.
function headline() {
  const b = box(), was = b?.placeholder, now = 'Message #' + $('rh-' + room())?.querySelector('h1')?.textContent.trim();
  if (!was?.startsWith('Message #') || !list() || was === now) return;
  const swap = text => text.split(was.slice(8)).join(now.slice(8));
  b.placeholder = b.labels[0].textContent = now;
  doc.title = swap(doc.title);
  const h = stream().querySelector('.beginning h2');
  if (h) h.textContent = swap(h.textContent);
}

function marks() {
  for (const a of doc.querySelectorAll('#side a[href]')) {
    const path = a.getAttribute('href');
    if (path === location.pathname || room() && path === '/rooms/' + room()) a.setAttribute('aria-current', 'page');
    else a.removeAttribute('aria-current');
  }
  for (const li of doc.querySelectorAll('#lists li[id^=r-]')) draftMark(+li.id.slice(2));
}

// A panel that opened or closed beside the room: what a phone shows, and where the focus goes.
function panelView() {
  const view = $('panel')?.dataset.view;
  if (!view || view === hub.dataset.view) return;
  hub.dataset.view = stage().dataset.view = view;
  (view === 'panel' ? $('panel').querySelector('h2') : stage().querySelector('.stack'))?.focus({ preventScroll: true });
}

function enterStage() {
  const first = !shown, same = !first && enterStage.room === room();
  shown = stage()?.firstElementChild;
  enterStage.room = room();
  hub.dataset.view = stage()?.dataset.view ?? '';
  up = far = holding = false;
  anchor = null;
  fresh = 0;
  held.clear();
  marks();
  if (list()) {
    days(list());
    recall();
    enterUnread();
    showOutbox();
    enterComposer();
    tidy();
  }
  badges();
  banner();
  if (!first) {
    view();
    repoll();
  }
  if (!same || doc.activeElement === doc.body || location.pathname === '/search') settleFocus(first);
}

function settleFocus(first) {
  const head = stage()?.querySelector('h1');
  if (first && (location.hash || doc.activeElement !== doc.body)) return;
  if (/^\/(jump|search)$/.test(location.pathname)) return ($('q')?.value && stage().querySelector('.rows a,.hits a') || $('q'))?.focus();
  if (box() && fine() && !(byKey && $('side')?.contains(doc.activeElement))) return box().focus({ preventScroll: true });
  if (first || !head) return;
  head.tabIndex = -1;
  head.focus({ preventScroll: true });
}
