// What can be done to a message: the toolbar in the row that is pointed at, and what its buttons do.
import {
  $, apply, box, composed, dismiss, doc, enter, expect, fine, focusRow, giveBack, ime, jump, make, me, near, on,
  post, replay, reply, rowOf, seq, shown, signIn, stage, store, summon, talk, toast, tooLong, unreadFrom, visit,
} from './parley.js';

// Its looks come with it; .sheet is what it is after a long press.
const looks = new CSSStyleSheet();
looks.replaceSync(`@layer parts{
.tools{position:absolute;inset:-1.55rem var(--s3) auto auto;z-index:3;display:flex;gap:1px;padding:3px;border-radius:var(--r3)}
.tools .ib{width:2rem;height:2rem}
.tools .em{font-size:1.0625rem;line-height:1}
.tools>hr{width:1px;margin:.3rem .15rem;background:var(--line)}
.tools:not([data-can~=post]) .post,.tools:not(.sheet) .touch{display:none}
.tools [role=menu]{display:grid;align-content:start}
.tools .opt .i{width:1.125rem;height:1.125rem;color:var(--text-2)}
.tools .opt.danger .i{color:inherit}
.sheet{
 position:fixed;inset:auto 0 0;z-index:25;flex-wrap:wrap;justify-content:space-around;padding:.5rem .5rem calc(.5rem + env(safe-area-inset-bottom));border-radius:var(--r4) var(--r4) 0 0;box-shadow:var(--shadow-3),0 0 0 100vmax var(--scrim);outline:0;max-height:90dvh;overflow-y:auto;animation:rise var(--calm);
 .ib{width:2.75rem;height:2.75rem}
 .em{font-size:1.375rem}
 &>hr,[data-do=more],.kbd{display:none}
 .pop{position:static;flex:1 0 100%;max-height:none;padding-inline:0;box-shadow:none;animation:none}
 .opt{min-height:2.75rem;font-size:var(--fs-m);white-space:normal}
}
.tools .pop{inset:calc(100% + .3rem) 0 auto auto;min-width:12rem}
.tools .pop.above{inset:auto 0 calc(100% + .3rem) auto}
}`);
doc.adoptedStyleSheets.push(looks);

const tools = doc.importNode($('tt').content.firstElementChild, true);
const menu = tools.querySelector('[role=menu]'), more = tools.querySelector('[data-do=more]'), adds = tools.querySelector('[data-do=pick]');
const lost = 'That did not arrive. Check the connection and try again.';
let watch = null; // of a sheet: what Android's back closes
let at = null; // the row it belongs to, or the one that took its place: see here()

const here = () => at?.isConnected ? at : at && $(at.id);
const buttons = () => [...(menu.hidden ? tools : menu).querySelectorAll(':scope>button')].filter(b => b.checkVisibility());
const isMine = row => row.dataset.u === me;
const moderates = () => stage().dataset.can?.includes('mod');
const chipOf = (row, emoji) => [...row.querySelectorAll('.rc[value]')].find(c => c.value === emoji);
const by = chip => chip?.dataset.by.split(' ').filter(Boolean) ?? [];

// Pinned: somebody is in it, in its menu, or chooses an emoji for it.
const pinned = () => !menu.hidden || adds.ariaExpanded === 'true' || tools.contains(doc.activeElement) && doc.activeElement.matches(':focus-visible');

export function quoted(row) {
  const text = row.querySelector('.body')?.textContent.replace(/\s+/g, ' ').trim() ?? '';
  return { id: seq(row), who: row.querySelector('.who').textContent.trim(), text: text.length > 90 ? text.slice(0, 89) + '…' : text };
}

function replyTo(row) {
  if (!box()) return;
  reply(quoted(row));
  box().focus();
}

// The pointer or the focus is somewhere else.
export function aim(e) {
  if (tools.matches('.sheet') || pinned() && (e.type === 'pointerover' || tools.contains(e.target))) return;
  const row = rowOf(e);
  if (row && !row.querySelector('form.edit')) show(row);
  else if (!tools.contains(e.target)) hide();
}

function show(row) {
  if (tools.parentElement === row) return;
  open(false);
  belong(row);
  row.append(tools);
}

function belong(row) {
  at = row;
  tools.dataset.u = row.dataset.u;
  tools.dataset.can = stage().dataset.can ?? '';
  for (const b of tools.querySelectorAll('[data-do=react]')) b.ariaPressed = by(chipOf(row, b.value)).includes(me);
  buttons().forEach((b, i) => b.tabIndex = i ? -1 : 0);
}

function swallow(e) {
  e.preventDefault();
  e.stopPropagation();
}

function hide() {
  if (!tools.isConnected) return;
  open(false);
  watch?.destroy();
  watch = null;
  tools.classList.remove('sheet');
  tools.remove();
}

function open(yes) {
  menu.hidden = !yes;
  more.ariaExpanded = yes;
  const pane = tools.closest('.stream,.scroll,.content')?.getBoundingClientRect();
  menu.classList.toggle('above', yes && !!pane && (menu.classList.remove('above'), menu.getBoundingClientRect().bottom > pane.bottom));
}

// On a touch screen, after a long press: the same at the bottom, within reach of a thumb.
// The finger that is still down when it opens presses nothing in it.
export function sheet(row, down) {
  if (down) {
    on(doc, 'click', swallow, true);
    on(doc, 'pointerup pointercancel', () => setTimeout(() => doc.removeEventListener('click', swallow, true), 100), { capture: true, once: true });
  }
  hide();
  belong(row);
  open(true);
  tools.classList.add('sheet');
  if (self.CloseWatcher) (watch = new CloseWatcher()).onclose = hide;
  doc.body.append(tools);
  getSelection().removeAllRanges();
  tools.focus({ preventScroll: true });
}

on(doc, 'pointerdown', e => {
  if (tools.contains(e.target) || e.target.closest?.('#emoji')) return;
  if (tools.matches('.sheet')) {
    hide();
    on(doc, 'click', swallow, true); // it only closed the sheet
    setTimeout(() => doc.removeEventListener('click', swallow, true), 600);
  } else open(false);
}, true);

on(window, 'popstate', hide); // back, on a phone

// A row that is drawn anew between press and release gets no click from the browser: it is given one here.
let pressed = null; // the control that was pressed, and its row's id
on(doc, 'pointerdown', e => {
  const b = rowOf(e) && e.target.closest('a,button');
  pressed = b && { b, row: rowOf(e).id };
}, true);
on(doc, 'pointerup', e => {
  const b = pressed && !pressed.b.isConnected && e.target.closest?.('a,button');
  if (b && rowOf(e)?.id === pressed.row && b.value === pressed.b.value && b.href === pressed.b.href) b.click();
}, true);

const deeds = {
  react: (row, b) => react(row, b.value),
  pick: (row, b) => pick(row, tools.matches('.sheet') ? row : b),
  reply: replyTo,
  edit: row => edit(row),
  open: talk,
  copy: row => copy(row.querySelector('a.ts').href, 'Link copied'),
  words: row => copy(row.querySelector('.body').innerText, 'Text copied'),
  delete: remove,
  unread: markUnread,
  report: row => visit(`/messages/${seq(row)}/report`),
};

on(tools, 'click', e => {
  const b = e.target.closest('[data-do]'), row = here();
  if (!b || !row) return;
  if (b === more) {
    open(menu.hidden);
    if (!menu.hidden && e.detail === 0) buttons()[0].focus(); // by key
    return;
  }
  const keyed = tools.contains(doc.activeElement) && doc.activeElement.matches(':focus-visible');
  if (keyed && b.dataset.do !== 'pick') focusRow(row);
  if (tools.matches('.sheet')) hide();
  else open(false);
  deeds[b.dataset.do](row, b);
});

async function markUnread(row) {
  try {
    const r = await post(`/messages/${seq(row)}/unread`, {});
    if (r.status === 401) return signIn();
    if (!r.ok) return toast((await r.text()).slice(0, 200));
    unreadFrom(row);
    toast('Marked unread from here');
  } catch { toast(lost); }
}

function pick(row, anchor) {
  const use = v => { const now = $(row.id); if (now && shown(now)) react(now, v, true); };
  summon('emoji', m => { adds.ariaExpanded = 'true'; m.pick(anchor, use, () => {
    adds.ariaExpanded = 'false';
    if (doc.activeElement.matches('body,#emoji *') && $(row.id)) focusRow(near($(row.id))); // the row was drawn anew meanwhile
  }); });
}

// Keys in the toolbar, in a form in a row, and on a row.
export function key(e) {
  if (ime(e)) return;
  if (e.ctrlKey || e.metaKey || e.altKey) {
    if (e.target.closest('form.edit') && e.key === 'Enter') enter(e);
    return;
  }
  if (e.target.closest('form.edit')) return formKey(e);
  if (tools.contains(e.target)) return barKey(e);
  const row = e.target, n = ' 123'.indexOf(e.key), quick = tools.querySelectorAll('[data-do=react]');
  const does = {
    Enter: enterBar, ArrowRight: enterBar, r: replyTo, c: deeds.copy, u: markUnread, '+': r => pick(r, r),
    e: isMine(row) && edit, Delete: (isMine(row) || moderates()) && remove,
  }[e.key.length === 1 ? e.key.toLowerCase() : e.key] || n > 0 && (r => react(r, quick[n - 1].value));
  e.preventDefault();
  if (does && (stage().dataset.can || [enterBar, deeds.copy, markUnread].includes(does))) does(row);
}

function enterBar(row) {
  show(row);
  buttons()[0]?.focus();
}

function barKey(e) {
  const all = buttons(), i = all.indexOf(e.target), n = all.length, inMenu = menu.contains(e.target);
  const step = { ArrowRight: !inMenu && 1, ArrowLeft: !inMenu && -1, ArrowDown: inMenu && 1, ArrowUp: inMenu && -1 }[e.key];
  if (step) (all[(i + step + n) % n] ?? all[0]).focus();
  else if (e.key === 'Home') all[0].focus();
  else if (e.key === 'End') all[n - 1].focus();
  else if (e.key === 'ArrowDown' && e.target === more) more.click();
  else if (e.key === 'Escape' && inMenu && !tools.matches('.sheet')) { open(false); more.focus(); }
  else if (e.key === 'Escape') {
    const row = here();
    hide();
    row && focusRow(row);
  } else return;
  e.preventDefault();
}

export async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch { toast('That could not be copied.'); }
}

// Moves a node that lives on, with its focus and caret where the browser can.
const move = (el, to, before) => to.moveBefore ? to.moveBefore(el, before) : to.insertBefore(el, before);

// A row was drawn anew: the toolbar and a form that somebody writes in go over.
export function keep(old, el) {
  const form = old.querySelector('form.edit'), body = el.querySelector('.body');
  if (form && body) {
    move(form, el, body);
    if (form._body.textContent !== body.textContent) say(form, 'You changed this message elsewhere meanwhile. Saving replaces that.');
    form._body = body;
    body.remove();
  } else if (form) rescue(form);
  const shows = tools.matches('.sheet') ? at === old : tools.parentElement === old;
  if (!shows) return;
  if (!body) return hide();
  if (!tools.matches('.sheet')) move(tools, el, null);
  belong(el);
}

// Deleted while somebody wrote in it: the text is not lost.
function rescue(form) {
  const t = form.elements.body;
  store.set('e:' + seq(form.closest('[data-seq]')), null);
  if (form.contains(doc.activeElement) && box()) { // what is typed next is text, too, but sends nothing
    box().focus({ preventScroll: true });
    const hush = e => e.key === 'Enter' && swallow(e);
    on(doc, 'keydown', hush, true);
    setTimeout(() => doc.removeEventListener('keydown', hush, true), 1500);
  }
  if (!box() || t.value === t.defaultValue) return;
  giveBack(t.value);
  toast('The message was deleted. What you wrote is in the message box.');
}

// Posts one after the other, so that the last wish is the last to arrive. False: it was refused.
let line = Promise.resolve();
function ask(path, values) {
  return line = line.then(async () => {
    try {
      const r = await post(path, values), text = await r.text();
      if (r.ok && !r.redirected) { await apply(text); return true; }
      if (r.status === 401 || r.redirected) signIn();
      else toast(text.slice(0, 200));
    } catch { toast(lost); }
    return false;
  });
}

// Shown at once; the frame says how it really is, and a refusal takes it back.
export async function react(row, emoji, want) {
  const id = row.id, mine = by(chipOf(row, emoji)).includes(me), yes = want ?? !mine;
  if (yes === mine) return;
  paint(row, emoji, yes);
  if (!await ask(`/messages/${seq(row)}/reactions`, { e: emoji, on: yes ? 1 : 0 }) && $(id)) paint($(id), emoji, !yes);
}

function paint(row, emoji, yes) {
  let chip = chipOf(row, emoji);
  const people = by(chip);
  if (people.includes(me) === yes) return;
  if (!chip && yes) {
    let form = row.querySelector('.rxs form');
    if (!form) {
      const rxs = make('div');
      rxs.className = 'rxs';
      form = make('form');
      form.method = 'post';
      form.action = `/messages/${seq(row)}/reactions`;
      rxs.append(form);
      row.querySelector('.body,form.edit').after(rxs);
    }
    chip = make('button', emoji + ' ');
    Object.assign(chip, { className: 'rc', name: 'e', value: emoji });
    chip.append(make('b', '0'));
    form.insertBefore(chip, form.querySelector('.add'));
  }
  const b = chip.querySelector('b');
  b.textContent = +b.textContent + (yes ? 1 : -1);
  chip.dataset.by = (yes ? [...people, me] : people.filter(p => p !== me)).join(' ');
  if (+b.textContent <= 0) (chip.form.querySelectorAll('.rc[value]').length > 1 ? chip : chip.closest('.rxs')).remove();
  if (tools.parentElement === row) belong(row);
}

async function remove(row) {
  const id = seq(row);
  if (!await ask(`/messages/${id}/delete`, {})) return;
  hide();
  if (doc.activeElement === doc.body && !box()?.checkVisibility()) focusRow(near(row));
  else if (doc.activeElement === doc.body) fine() ? box().focus({ preventScroll: true }) : focusRow(near(row)); // no keyboard comes up
  toast('Message deleted', 'Undo', async () => {
    if (!await ask(`/messages/${id}/restore`, {})) return;
    const back = $('m-' + id);
    back && shown(back) ? jump(back) : box()?.focus();
  });
}

// The form takes the place of the text; the text is kept for who goes back. text is what was typed before.
export async function edit(row, text) {
  const id = seq(row), panel = row.closest('#panel'), draft = 'e:' + id;
  if (row.querySelector('form.edit')) return row.querySelector('form.edit textarea').focus();
  let html, r;
  if (text == null) expect(null, true); // what is typed from now on is for the form
  const no = () => { if (text == null) dismiss(); };
  try {
    r = await fetch(`/messages/${id}/edit`, { headers: { 'HX-Request': 'true' }, signal: AbortSignal.timeout(20000) });
    html = await r.text();
  } catch { no(); return toast(lost); }
  if (text == null) await new Promise(composed);
  if (!r.ok || r.redirected) no();
  if (r.status === 401 || r.redirected) return signIn();
  if (!r.ok) return text == null ? toast(html.slice(0, 200)) : store.set(draft, null);
  row = $(row.id); // it may have changed meanwhile
  if (!row || !shown(row) || row.querySelector('form.edit')) return no();
  const t = make('template');
  t.innerHTML = html;
  const form = t.content.firstElementChild, area = form.elements.body;
  hide();
  if (panel) form.removeAttribute('id'); // the room has it
  form._body = row.querySelector('.body');
  form._body.replaceWith(form);
  if (text != null) area.value = text;
  fit(area);
  if (text == null) {
    area.focus({ preventScroll: true });
    area.setSelectionRange(area.value.length, area.value.length);
    form.scrollIntoView({ block: 'nearest' });
  }
  on(form, 'input', () => {
    if (!panel) store.set(draft, area.value.trim() && area.value !== area.defaultValue ? area.value : null);
    say(form, '');
    fit(area);
  });
  on(form, 'submit', e => { e.preventDefault(); save(form); });
  on(form, 'click', e => { if (e.target.closest('[data-do=cancel]')) { e.preventDefault(); cancel(form); } });
  if (text == null) replay(area);
}

const grows = CSS.supports('field-sizing', 'content');
function fit(area) {
  if (!grows) for (area.rows = 1; area.rows < 12 && area.scrollHeight > area.clientHeight + 1;) area.rows++;
}

function say(form, words) {
  const why = form.querySelector('.why');
  why.textContent = words;
  why.hidden = !words;
}

function close(form) {
  const row = form.closest('[data-seq]');
  store.set('e:' + seq(row), null);
  form.replaceWith(form._body);
  return row;
}

function cancel(form) {
  const t = form.elements.body;
  if (t.value !== t.defaultValue && !form._sure) {
    form._sure = true;
    return say(form, fine() ? 'You changed the text. Once more, and that is thrown away.' : 'You changed the text. Cancel once more to throw that away.');
  }
  focusRow(close(form));
}

function formKey(e) {
  const form = e.target.closest('form.edit');
  if (e.key === 'Escape') { e.preventDefault(); cancel(form); }
  else {
    form._sure = false;
    if (e.key === 'Enter' && e.target.matches('textarea')) enter(e);
  }
}

async function save(form) {
  const t = form.elements.body, button = form.querySelector('button');
  if (t.value === t.defaultValue) return focusRow(close(form));
  if (button.disabled) return;
  if (tooLong(t.value)) return say(form, tooLong(t.value));
  button.disabled = true;
  const id = seq(form.closest('[data-seq]'));
  let words = lost;
  try {
    const r = await post(form.action, { body: t.value });
    words = (await r.text());
    if (r.ok && !r.redirected) {
      if (!form.isConnected) return;
      const row = close(form);
      await apply(words);
      return focusRow($(row.id) ?? $('m-' + id));
    }
    if (r.status === 401 || r.redirected) { words = 'Log in first.'; signIn(); }
  } catch { /* the sentence says it */ }
  button.disabled = false;
  say(form, words.slice(0, 200));
}
