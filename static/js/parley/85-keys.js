// The keyboard map. Single letters act only while a message row has the focus.
function focusRow(row) {
  if (!row) return;
  if (row.tabIndex < 0) row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}

function walk({ key }, row) {
  const way = { PageUp: -1, PageDown: 1 }[key];
  if (row && way) { using('hop', h => h.hopPage(way)); return true; }
  const every = [...doc.querySelectorAll('#stream [data-seq]:not(.gone),#stream .pend')], at = every.indexOf(row), last = every.length - 1;
  const to = { ArrowUp: row ? at - 1 : last, ArrowDown: at + 1, Home: 0, End: last }[key];
  if (to === undefined || !row && key !== 'ArrowUp' && key !== 'End') return false;
  if (key === 'End') toLatest();
  focusRow(every[Math.max(0, Math.min(last, to))]);
  return true;
}

const newestRow = () => list() && rows(list()).findLast(shown);

function escape(e) {
  if (e.shiftKey) return using('hop', h => h.readAll());
  if (e.target.closest('#panel')) $('panel').querySelector('header .ib').click();
  else if (e.target.closest('#stream [data-seq]') && box()) box().focus();
  else if (replying) reply(null);
  else if (list() && !box()?.value) markRead();
}

// With Ctrl or ⌘, with Alt. True: it was ours.
function chord(e, inBox) {
  const key = e.key.toLowerCase();
  if (key === (mac ? 'meta' : 'control')) lazy('jump'); // soon
  if (e.altKey && !e.ctrlKey && !e.metaKey && (key === 'arrowup' || key === 'arrowdown')) {
    summon('hop', h => h.hopRoom(key === 'arrowup' ? -1 : 1, e.shiftKey));
    return true;
  }
  if (!mod(e) || e.altKey) return false;
  if (key === 'f6') { summon('hop', h => h.hopRegion(e.shiftKey, e.target)); return true; }
  const page = (e.shiftKey ? { f: '/search' } : { k: '/jump', '/': '/shortcuts' })[key];
  if (page) { if (key === 'k') summon('jump', j => j.open()); else visit(page); return true; }
  const mark = inBox && (e.shiftKey ? { x: '~~' } : { b: '**', i: '*', e: '`' })[key];
  if (mark) using('rare', r => r.wrap(mark));
  return !!mark;
}

function onKey(e) {
  if (!hub || e.defaultPrevented || ime(e) || doc.querySelector('dialog[open]') || e.target.closest('#emoji')) return;
  const at = e.target, inBox = at.id === 'box';
  if (!e.ctrlKey && !e.metaKey && !e.altKey && loaded.suggest?.isOpen(at) && loaded.suggest.key(e)) return e.preventDefault();
  const field = at.closest('input,textarea,select,[contenteditable]');
  if (chord(e, inBox)) return e.preventDefault();
  if (at.closest('#tools,#stream form.edit,#talk form.edit')) return toolKey(e);
  if (e.key === 'Escape' && (inBox || !field || at.closest('#panel'))) return escape(e);
  if ((inBox || at.matches('.edit textarea')) && e.key === 'Enter') return enter(e);
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (inBox && e.key === 'Tab' && e.shiftKey && newestRow()) {
    e.preventDefault();
    const failed = doc.querySelector('.fail:last-child [data-act]'); // asks for something
    return failed ? failed.focus() : focusRow(newestRow());
  }
  if (inBox && e.key === 'ArrowUp' && !at.value && list()) {
    const mine = rows(list()).findLast(r => shown(r) && r.dataset.u === me);
    if (mine) { e.preventDefault(); summon('tools', t => t.edit(mine)); }
    return;
  }
  if (field) return;
  const row = at.matches('#stream [data-seq],#stream .pend') ? at : null;
  if ((row || at.id === 'stream') && walk(e, row)) return e.preventDefault();
  if (e.key === '?') { e.preventDefault(); return visit('/shortcuts'); }
  if (at.matches('.msg[data-seq]') && deeds.test(e.key) && (e.key.length > 1 || root.dataset.keys !== 'off')) return toolKey(e);
  const idle = at === doc.body || !row && at.closest('#stream');
  if (idle && box() && e.key.length === 1 && (e.key !== ' ' || at === doc.body)) box().focus(); // the key goes on into the box
}

// Keys of the toolbar, of a form in a row, and of a row: they come to the module that knows what to do.
const deeds = /^(Enter|ArrowRight|Delete|[recu+123])$/i;
function toolKey(e) {
  if (loaded.tools) return loaded.tools.key(e);
  e.preventDefault(); // it comes too late to say so
  summon('tools', t => t.key(e));
}

on(doc, 'keydown', onKey);
