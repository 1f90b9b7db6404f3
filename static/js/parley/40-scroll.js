// The scroll keeper: at the bottom stay there, further up nothing moves. #stream is column-reverse: 0 is the bottom.
let up = false, far = false, fresh = 0, anchor = null, holding = false, frame = 0, saving = 0;

const topOf = el => el.getBoundingClientRect().top, endOf = el => el.getBoundingClientRect().bottom;

function firstVisible() {
  const all = rows(list()).filter(r => !r.hidden), top = topOf(stream());
  let lo = 0, hi = all.length - 1;
  while (lo < hi) {
    const mid = lo + hi >> 1;
    endOf(all[mid]) > top + 1 ? hi = mid : lo = mid + 1;
  }
  return all[lo];
}

// How far the anchor is from its place. An edit puts another element there; what was deleted is nowhere.
const drift = () => (row => row && !row.hidden ? topOf(row) - anchor.top : NaN)(anchor && $(anchor.id));

// The same row stays the anchor until the reader moves it (roundings must not add up) or it shrinks out of view.
function holdView() {
  if (holding || !list() || !up && list().dataset.live !== 'no') return; // at the end of a page of the past one reads on
  holding = true;
  if (Math.abs(drift()) < 1 && endOf($(anchor.id)) > topOf(stream()) + 1) return;
  const row = firstVisible();
  anchor = row && { id: row.id, top: topOf(row) };
}

function restoreView() {
  const held = holding;
  holding = false;
  if (held) {
    const moved = drift();
    if (Math.abs(moved) >= .5) stream().scrollTop += moved; // a rest below 1 px on either side could add up to more
    up = -stream().scrollTop > 80;
  } else frame ||= requestAnimationFrame(() => {
    frame = 0;
    if (!up && stream()?.scrollTop) stream().scrollTop = 0;
  });
}

function steady(change) {
  if (holding) return change();
  holdView();
  change();
  restoreView();
}

function moved() {
  const y = -stream().scrollTop;
  up = y > 80;
  far = y > 400;
  if (!up && list()?.dataset.live !== 'no') fresh = 0;
  pill();
  look();
  clearTimeout(saving);
  saving = setTimeout(remember, 150);
}

function pill() {
  const a = $('latest');
  if (!a) return;
  a.hidden = !(far || up && fresh || list()?.dataset.live === 'no');
  const text = fresh ? `${fresh} new message${fresh > 1 ? 's' : ''}` : 'Latest', span = a.querySelector('span');
  if (span.textContent !== text) span.textContent = text;
}

function toLatest() {
  if (list()?.dataset.live === 'no') visit(`/rooms/${room()}?latest`);
  else if (stream()) stream().scrollTop = 0;
}

// The place is kept with the history entry, so back and reload find it again; in the address, so that the server
// answers with what is around it, however far up that is.
function remember() {
  clearTimeout(saving);
  if (!list() || +location.pathname.split('/')[2] !== room()) return;
  const row = up ? firstVisible() : null;
  history.replaceState({ ...history.state, htmx: true, row: row?.id, off: row && topOf(row) - topOf(stream()) },
    '', location.pathname + (row ? '?around=' + seq(row) : ''));
}

function recall() {
  const state = history.state, target = list().querySelector('[data-target]');
  const row = $(state?.row ?? 'm-' + new URLSearchParams(location.search).get('around'));
  recall.found = !!row && list().contains(row); // where one was, and not what a link leads to
  if (recall.found) {
    stream().scrollTop += topOf(row) - topOf(stream()) - (state?.off ?? 0);
    if (target) target.dataset.target = 'seen';
  } else (target ?? (location.search ? null : newMark()))?.scrollIntoView({ block: 'center' });
  const y = -stream().scrollTop;
  up = y > 80;
  far = y > 400;
}

on(window, 'popstate', () => clearTimeout(saving));
on(doc, 'scroll', e => e.target.id === 'stream' && moved(), { capture: true, passive: true });
on(doc, 'click', e => {
  if (!e.target.closest?.('#latest') || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  e.stopPropagation(); // ours, not htmx's
  toLatest();
}, true);
