// Changing rooms: the stage is swapped, everything else stays. Also what every swap must be followed by.
let opener = ''; // the row whose conversation stands in the panel
const setOpener = row => opener = row.id;

let nav = null, hopping = null, byKey = false, entered = null, sideways = false, renamed = false;

on(doc, 'keydown', () => byKey = true, true);
on(doc, 'pointerdown', () => byKey = false, true);

const toStage = ctx => ctx.target && ctx.target === stage();

// htmx swaps error answers too: a plain sentence, or a proxy's page, must not take the place of the stage or of a list edge.
const isPage = ctx => ctx.response.headers.get('Content-Type')?.includes('html');
const fits = ctx => isPage(ctx) && (toStage(ctx) ? /id="?stage\b/.test(ctx.text) : !ctx.target?.matches?.('.older,.newer'));

// The last click wins; a page of an older build is loaded anew, unless something is being written.
on(doc, 'htmx:before:request', e => {
  const { ctx } = e.detail;
  if (ctx.target?.matches('#panel[hidden]')) framePanel(framed = ctx);
  if (!toStage(ctx)) return;
  if (ctx.sourceElement?.matches('.find') && fine()) {
    e.preventDefault();
    return summon('jump', j => j.open());
  }
  hop(ctx);
  if (link.stale && !box()?.value && ctx.push) {
    e.preventDefault();
    hopping &&= { room: ctx.room }; // it is not over when htmx has done with it
    return location.assign(ctx.request.action);
  }
  if (nav !== ctx) nav?.request.abort();
  nav = ctx;
  if (ctx.push) remember();
  hub.dataset.wait = '';
  going = new URL(ctx.request.action, location).pathname;
  marks();
});
on(doc, 'htmx:finally:request', e => {
  const { ctx } = e.detail;
  if (framed === ctx) framePanel(framed = null);
  if (nav === ctx) {
    nav = null;
    going = '';
    delete hub.dataset.wait;
    marks();
  }
  if (hopping !== ctx) return;
  hopping = null;
  if (ahead?.hop) keepAhead();
});

// A panel is there at once, and filled when it has come.
let framed = null;
function framePanel(yes) {
  const p = $('panel');
  if (yes) {
    const head = make('header');
    head.append(make('h2', 'Loading…'));
    steady(() => {
      p.append(head);
      p.hidden = false;
      hub.dataset.wait = 'panel';
    });
  } else if (hub.dataset.wait === 'panel') {
    delete hub.dataset.wait;
    if (p.dataset.view !== 'room') return;
    p.hidden = true;
    p.replaceChildren();
  }
}

// To another page: what is typed from now on is for it, and not for what is still shown.
function hop(ctx) {
  const to = +/^\/rooms\/(\d+)(?:[?#]|\/@|$)/.exec(ctx.request.action)?.[1] || 0, at = doc.activeElement;
  if (!ctx.push && !ctx.request.headers['HX-History-Restore-Request'] || to && to === room() || ctx.sourceElement.matches('form')) return;
  hopping = ctx;
  ctx.room = to;
  if (ahead || at?.matches('#stage :is(input,textarea)') || fine() && !(byKey && $('side')?.contains(at))) expect(ctx);
}
on(doc, 'focusin', e => { if (hopping && e.target === box()) ahead ? ahead.field.focus() : expect(hopping); });
on(window, 'pagehide', () => ahead?.hop && keepAhead());
on(doc, 'htmx:error', e => e.detail.ctx?.request && toast(noLoad));

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
  renamed ||= tasks.some(t => t.target?.id === 'rh-' + room());
  sideways ||= tasks.some(t => t.target?.closest?.('#side'));
});

on(doc, 'htmx:after:swap', () => {
  if (!hub) return;
  trail();
  if (entered !== stage()?.firstElementChild) enterStage();
  else {
    tidy();
    restoreView();
    panelView();
  }
  if (renamed) lazy('rare').then(m => m?.headline());
  if (sideways) marks();
  sideways = renamed = false;
});
on(doc, 'htmx:finally:swap', badges); // by now htmx has set the title

// How many entries of the history lead to the page one came from; 0: that was none of ours. The same page once more,
// as for another search, is not another place.
let steps = 0, stood = '', fell = false;
function trail() {
  const s = history.state, here = location.pathname;
  if (s?.steps == null) {
    steps = fell || !stood ? 0 : stood === here ? steps && steps + 1 : 1;
    fell = false;
    history.replaceState({ ...s, htmx: true, steps }, '');
  } else steps = s.steps;
  stood = here;
}

// ‹ goes the way back; where there is none, it is the link to what the page belongs to. So does the cross of a panel
// that has a phone to itself.
on(doc, 'click', e => {
  const a = e.target.closest?.('.back,#panel>header [hx-push-url]');
  if (!a || e.ctrlKey || e.metaKey || e.shiftKey || innerWidth > 719 && !a.matches('.back')) return;
  if (!steps) return void (fell = true); // nor does one come back from there
  e.preventDefault();
  e.stopPropagation();
  history.go(-steps);
}, true);

// The page one is on, or is on the way to.
let going = '';
function marks() {
  const here = going || location.pathname, of = going ? /^\/rooms\/(\d+)(?:\/@\d+)?$/.exec(going)?.[1] : room();
  for (const a of doc.querySelectorAll('#side a[href]')) {
    const path = a.getAttribute('href');
    if (path === here || path === '/rooms/' + of || path === '/admin' && here.startsWith('/admin/')) a.setAttribute('aria-current', 'page');
    else a.removeAttribute('aria-current');
  }
  for (const li of doc.querySelectorAll('#lists li[id^=r-]')) draftMark(+li.id.slice(2));
}

// A panel that opened or closed beside the room: what a phone shows, and where the focus goes.
function panelView() {
  const view = $('panel')?.dataset.view;
  if (!view || view === hub.dataset.view) return;
  hub.dataset.view = stage().dataset.view = view;
  if (view === 'panel') return $('panel').querySelector('h2').focus({ preventScroll: true });
  const row = opener && $(opener);
  opener = '';
  row && list().contains(row) ? focusRow(row) : stage().querySelector('.stack')?.focus({ preventScroll: true });
}

function enterStage() {
  const first = !entered, same = !first && enterStage.room === room();
  entered = stage()?.firstElementChild;
  hopping = null;
  going = '';
  enterStage.room = room();
  hub.dataset.view = stage()?.dataset.view ?? '';
  up = far = holding = false;
  anchor = null;
  fresh = 0;
  held.clear();
  marks();
  if (list()) {
    days(list());
    showOutbox();
    enterComposer();
    recall();
    enterUnread();
    tidy();
    for (const k of store.keys('e:')) { // a text that was being changed when the page went
      const row = $('m-' + k.slice(2));
      if (row) using('tools', t => t.edit(row, store.get(k)));
    }
  }
  if (mac) lazy('rare').then(m => m?.macKeys());
  const alone = stage()?.querySelector('.alone');
  if (alone) lazy('talk').then(t => t?.alone(alone));
  doc.querySelectorAll('[data-c]').forEach(t => t.textContent = clock.format(new Date(t.dateTime)));
  badges();
  banner();
  if ($('askNotify')) lazy('notify').then(n => n?.offer());
  if (!first) {
    view();
    loaded.poll?.repoll();
  }
  if (arrive() || ahead) return;
  if (!same || doc.activeElement === doc.body || /^\/(jump|search)$/.test(location.pathname)) settleFocus(first);
}

function settleFocus(first) {
  const head = stage()?.querySelector('h1');
  if (first && (location.hash && !list()?.querySelector('[data-target]') || doc.activeElement !== doc.body)) return;
  const target = list()?.querySelector('[data-target]');
  if (target && !recall.found) return focusRow(target);
  if (/^\/(jump|search)$/.test(location.pathname)) return ($('q')?.value && stage().querySelector('.rows a,.hits a') || $('q'))?.focus();
  if (box() && fine() && !(byKey && $('side')?.contains(doc.activeElement))) return box().focus({ preventScroll: true });
  if (first || !head) return;
  head.tabIndex = -1;
  head.focus({ preventScroll: true });
}
