// The keyboard map. Single letters act only while a message row has the focus.
const regions = ['#side', '#main header', '#stream', '#composer', '#panel', '#toasts'];
const focusable = 'a[href],button:not([disabled]),input:not([type=hidden]),textarea,[tabindex]';

function focusRow(row) {
  if (!row) return;
  if (row.tabIndex < 0) row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}

function walk(e, row) {
  const every = [...doc.querySelectorAll('#stream [data-seq],#stream .pend')], at = every.indexOf(row);
  const to = { ArrowUp: row ? at - 1 : every.length - 1, ArrowDown: at + 1, Home: 0, End: every.length - 1 }[e.key];
  if (to === undefined || !row && e.key !== 'ArrowUp' && e.key !== 'End') return false;
  if (e.key === 'End') toLatest();
  focusRow(every[Math.max(0, Math.min(every.length - 1, to))]);
  return true;
}

function hopRegion(back) {
  const found = regions.map(s => doc.querySelector(s)).filter(el => el?.checkVisibility() && (el.id === 'stream' || el.querySelector(focusable)));
  const at = found.findIndex(el => el.contains(doc.activeElement)), n = found.length;
  const el = found[at < 0 ? back ? n - 1 : 0 : (at + (back ? n - 1 : 1)) % n];
  if (el?.id === 'stream') focusRow(list() && lastRow(list()) || el);
  else if (el?.id === 'composer') box().focus();
  else (el?.querySelector('[aria-current=page]') ?? el?.querySelector(focusable))?.focus();
}

function hopRoom(step, unread) {
  const links = [...doc.querySelectorAll('#lists a.room')], n = links.length;
  let at = links.findIndex(a => a.hasAttribute('aria-current'));
  if (at < 0 && step < 0) at = 0;
  for (let i = 1; i <= n; i++) {
    const a = links[(at + i * step + n * i) % n], b = a.querySelector('.badge')?.dataset;
    if (!unread || +b?.n || +b?.at) return a.click();
  }
}

function escape(e) {
  if (e.target.closest('#stream [data-seq]') && box()) box().focus();
  else if (list() && !box()?.value) markRead();
}

async function copyLink(row) {
  try {
    await navigator.clipboard.writeText(row.querySelector('a.ts').href);
    toast('Link copied');
  } catch { toast('The link could not be copied'); }
}

// With Ctrl or ⌘, with Alt. True: it was ours.
function chord(e, inBox) {
  const key = e.key.toLowerCase();
  if (e.altKey && !e.ctrlKey && !e.metaKey && (key === 'arrowup' || key === 'arrowdown')) {
    hopRoom(key === 'arrowup' ? -1 : 1, e.shiftKey);
    return true;
  }
  if (!e.ctrlKey && !e.metaKey || e.altKey) return false;
  if (e.ctrlKey && key === 'f6') { hopRegion(e.shiftKey); return true; }
  const page = (e.shiftKey ? { f: '/search' } : { k: '/jump', '/': '/shortcuts' })[key];
  if (page) { visit(page); return true; }
  const mark = inBox && (e.shiftKey ? { x: '~~' } : { b: '**', i: '*', e: '`' })[key];
  if (mark) wrap(mark);
  return !!mark;
}

function onKey(e) {
  if (!hub || e.defaultPrevented || doc.querySelector('dialog[open]')) return;
  const at = e.target, inBox = at.id === 'box', field = at.closest('input,textarea,select,[contenteditable]');
  if (chord(e, inBox)) return e.preventDefault();
  if (e.key === 'Escape' && !e.isComposing && (inBox || !field)) return escape(e);
  if (inBox && e.key === 'Enter') return enter(e);
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (inBox && e.key === 'Tab' && e.shiftKey && list() && lastRow(list())) {
    e.preventDefault();
    return focusRow(lastRow(list()));
  }
  if (field) return;
  const row = at.matches('#stream [data-seq],#stream .pend') ? at : null;
  if ((row || at.id === 'stream') && walk(e, row)) return e.preventDefault();
  if (e.key === '?') { e.preventDefault(); return visit('/shortcuts'); }
  if (row && e.key === 'c') return copyLink(row);
  const idle = at === doc.body || !row && at.closest('#stream');
  if (idle && box() && e.key.length === 1 && (e.key !== ' ' || at === doc.body)) box().focus(); // the key goes on into the box
}

on(doc, 'keydown', onKey);
