// The "msg" swap style: every row once, in its order, never staler than what is there.
const held = new Map(); // newest rows that came while the list ends before them

htmx.registerExtension('parley', { handle_swap(style, ol, fragment) {
  const all = [...fragment.children], added = [];
  if (style === 'toast') { toast(fragment); return all; }
  if (style === 're') { lazy('rare').then(m => m?.requote(all)); return added; }
  if (style !== 'msg') return false;
  for (const el of all) {
    if (place(ol, el)) added.push(el);
    if (el.dataset.cid && el.dataset.u === me) sent(el.dataset.cid);
  }
  return added;
} });

function lastRow(ol) {
  let at = ol.lastElementChild;
  while (at && !at.dataset.seq) at = at.previousElementSibling;
  return at;
}

function place(ol, el) {
  const old = $(el.id), last = lastRow(ol), newest = !last || seq(last) < seq(el);
  if (old) {
    if (+old.dataset.v >= +el.dataset.v) return false;
    renew(old, el);
    if (el.hidden && replying?.id === seq(el)) {
      reply(null);
      toast('The message you were answering was deleted.');
    }
    loaded.talk?.moved(el);
    return true;
  }
  if (newest && ol.dataset.live === 'no') {
    if (!held.has(el.id)) arrived(el);
    held.set(el.id, el);
    if (held.size > 50) held.delete(held.keys().next().value);
    return false;
  }
  const first = ol.querySelector('[data-seq]');
  if (first && seq(el) < seq(first) && $('older')) return false; // belongs to history that is not loaded
  let at = last;
  while (at && !(seq(at) < seq(el))) at = at.previousElementSibling; // a row without data-seq compares false
  at ? at.after(el) : first ? first.before(el) : ol.append(el);
  if (newest) arrived(el);
  loaded.talk?.moved(el);
  return true;
}

// A row as it now is takes the place of the row as it was, with the focus. What somebody works with in it goes over.
function renew(old, el) {
  const at = doc.activeElement, inside = old.contains(at);
  old.after(el);
  loaded.tools?.keep(old, el);
  old.remove();
  if (!inside || doc.activeElement !== doc.body) return;
  if (el.contains(at)) return at.focus({ preventScroll: true });
  const chip = at.matches('.rc') && [...el.querySelectorAll('.rc')].find(c => c.value === at.value);
  chip ? chip.focus({ preventScroll: true }) : focusRow(near(el));
}

// The row itself, else the next one that is shown, else the one before.
function near(el) {
  for (const way of ['nextElementSibling', 'previousElementSibling']) {
    for (let at = el; at; at = at[way]) if (shown(at)) return at;
  }
}

// A new message at the end, live or caught up.
function arrived(el) {
  if (!el.classList.contains('msg') || el.dataset.u === me) return;
  if (up || list().dataset.live === 'no') { fresh++; lineSeen = false; }
  if (el.isConnected) newLine(el);
  lazy('say').then(m => m?.announce(el));
}

// After each swap in the timeline: the ends of the list, days, times, length.
function tidy() {
  const ol = list();
  if (!ol) return;
  if (ol.dataset.live === 'no' && !$('newer')) {
    ol.dataset.live = 'yes';
    const late = [...held.values()];
    held.clear();
    late.forEach(el => place(ol, el));
  }
  if (rows(ol).length > 300) lazy('trim').then(m => m?.trim(ol));
  [...ol.querySelectorAll('.unread')].slice(1).forEach(el => el.remove()); // each page of history has its own
  days(ol);
  const start = ol.parentElement.querySelector('.beginning');
  if (start) start.hidden = !!$('older');
  pill();
  look();
}
