// @ts-check
// The menu of a room: from its header, and where the pointer is in the list of rooms.
import { $, doc, make, on, openRoom, opensElsewhere } from '../dom.js';
import { load, post, visit } from '../request.js';
import { signIn } from '../session.js';
import { loadFailed, toast } from '../toast.js';
import { markRoomRead } from '../unread.js';
import { copy } from './copy.js';
import { fragment, isPhone, place, popover, timeLeft } from './place.js';

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Box */

/** @type {(url: string, name: string, at: Box, opener: HTMLElement) => Promise<void>} */
export async function openMenu(url, name, at, opener) {
  const menu = popover('menu', 'pop menu sheetlike', 'menu', opener.closest('nav,main')),
    head = make('p', name);
  head.className = 'head';
  menu.ariaLabel = 'Menu of ' + name;
  menu.ariaBusy = 'true';
  menu.tabIndex = -1;
  menu.append(head);
  opener.dataset.menu = '';
  if (opener.ariaHasPopup) opener.ariaExpanded = 'true';
  on(menu, 'toggle', e => {
    if (e.newState !== 'closed') return;
    delete opener.dataset.menu;
    if (opener.ariaHasPopup) opener.ariaExpanded = 'false';
    if ((doc.activeElement === doc.body || menu.contains(doc.activeElement)) && opener.isConnected)
      opener.focus({ preventScroll: true });
  });
  menu.showPopover();
  place(menu, at, 4);
  menu.focus({ preventScroll: true });
  const content = await fragment(url, 'div#menu');
  if (!menu.isConnected) return;
  if (!content) {
    menu.hidePopover();
    return toast(loadFailed);
  }
  menu.ariaBusy = null;
  menu.replaceChildren(content);
  place(menu, at, 4);
  if (doc.activeElement === menu) items(menu)[0]?.focus({ preventScroll: true });
}

/** @type {(around: Element) => HTMLElement[]} */
const items = around =>
  [...around.querySelectorAll('.opt')].filter(b => b.checkVisibility() && b.closest('[role=menu]') === around);

function openSub(button, focus) {
  const sub = button.nextElementSibling,
    yes = sub.hidden;
  for (const other of $('menu').querySelectorAll('.sub')) {
    /** @type {HTMLElement} */ (other.lastElementChild).hidden = true;
    other.firstElementChild.ariaExpanded = 'false';
  }
  sub.hidden = !yes;
  button.ariaExpanded = String(yes);
  if (!yes) return;
  sub.classList.remove('flip', 'up');
  if (!isPhone()) {
    const r = sub.getBoundingClientRect();
    sub.classList.toggle('flip', r.right > innerWidth - 8);
    sub.classList.toggle('up', r.bottom > innerHeight - 8);
  }
  if (focus) items(sub)[0]?.focus();
}

let typed = '';
let typedAt = 0;

function keyPressed(e) {
  const el = e.target,
    menu = el.closest('[role=menu]'),
    all = items(menu),
    i = all.indexOf(el),
    n = all.length,
    inner = menu.matches('.inner'),
    rtl = getComputedStyle(menu).direction === 'rtl',
    open = rtl ? 'ArrowLeft' : 'ArrowRight',
    shut = rtl ? 'ArrowRight' : 'ArrowLeft';
  const to = { ArrowDown: (i + 1) % n, ArrowUp: (i + n - 1 + +(i < 0)) % n, Home: 0, End: n - 1 }[e.key];
  if (e.key === 'Tab') return $('menu').hidePopover();
  if (to !== undefined) all[to]?.focus();
  else if (el.ariaHasPopup && (e.key === open || e.key === 'Enter' || e.key === ' ')) openSub(el, true);
  else if (inner && (e.key === shut || e.key === 'Escape')) {
    const button = /** @type {HTMLElement} */ (menu.previousElementSibling);
    openSub(button);
    button.focus();
  } else if (e.key === 'Escape') $('menu').hidePopover();
  else if (e.key.length === 1 && e.key !== ' ' && !e.ctrlKey && !e.metaKey && !e.altKey) {
    typed = Date.now() - typedAt > 700 ? e.key : typed + e.key;
    typedAt = Date.now();
    const next = [...all.slice(i + +(typed.length < 2)), ...all];
    next.find(b => b.textContent.trim().toLowerCase().startsWith(typed.toLowerCase()))?.focus();
  } else return;
  e.preventDefault();
  e.stopPropagation();
}
on(doc, 'keydown', e => e.target.closest?.('#menu') && keyPressed(e), true);

on(doc, 'click', e => {
  const el = e.target.closest?.('#menu .opt');
  if (!el || opensElsewhere(e)) return;
  if (el.ariaHasPopup) openSub(el, e.detail === 0);
  else if (el.dataset.copylink) {
    $('menu').hidePopover();
    copy(new URL(el.dataset.copylink, location.href).href, 'Link copied');
  } else if (el.dataset.print) {
    $('menu').hidePopover();
    if (+el.dataset.print === openRoom()) return print();
    visit('/rooms/' + el.dataset.print).then(() => setTimeout(print));
  } else if (el.matches('a')) {
    e.preventDefault();
    $('menu').hidePopover();
    visit(el.getAttribute('href'));
  }
});
on(doc, 'pointerover', e => {
  const el = e.pointerType === 'mouse' && e.target.closest?.('#menu .opt');
  if (el && !isPhone()) el.focus({ preventScroll: true });
});

/** @type {(path: string, values: Record<string, string>) => Promise<boolean>} */
async function tell(path, values) {
  const r = await post(path, values).catch(() => null);
  if (r?.ok && !/\/login/.test(r.url)) return true;
  if (r?.status === 401) signIn();
  else toast((r && (await r.text()).slice(0, 200)) || 'That did not arrive. Check the connection and try again.');
  return false;
}

on(doc, 'submit', async e => {
  const form = e.target.closest('#menu form');
  if (!form) return;
  e.preventDefault();
  const b = e.submitter,
    path = b.getAttribute('formaction');
  if (form.dataset.person && path.endsWith('/remove') && !('sure' in b.dataset)) {
    b.dataset.sure = '';
    b.lastChild.textContent = `Remove ${form.dataset.name.split(' ')[0]}? Press again.`;
    return;
  }
  const { room, name } = form.dataset,
    now = b.querySelector('.now')?.textContent ?? '';
  $('menu').hidePopover();
  if (!(await tell(path, { [b.name]: b.value }))) return;
  if (form.dataset.person) return memberChanged(form.dataset, path, b);
  if (path.endsWith('/mute') && b.value !== 'off')
    toast(
      `${name} is muted ${now.startsWith('until') ? now : now ? 'until ' + now : 'until you turn it back on'}.`,
      'Undo',
      () => tell(path, { for: 'off' }),
    );
  else if (path.endsWith('/mute')) toast(`${name} is no longer muted.`);
  else if (path.endsWith('/notify')) toast(`Saved for ${name}.`);
  else if (path.endsWith('/read')) {
    if (+room === openRoom()) markRoomRead();
    toast('Marked read');
  } else if (path.endsWith('/leave')) {
    if (+room === openRoom()) visit('/');
    toast(`You left ${name}.`, 'Undo', async () => (await tell(`/rooms/${room}/join`, {})) && visit('/rooms/' + room));
  }
});

// Who was removed from a room leaves its list at once, and can be brought back.
function memberChanged({ room, name, person }, path, b) {
  const row = doc.querySelector(`#members [href$="/members/${person}"]`)?.closest('li'),
    again = () => load(location.pathname);
  if (path.endsWith('/rank')) {
    toast(`${name}: ${b.textContent.trim().toLowerCase()}.`);
    return again();
  }
  const next = row?.nextElementSibling ?? row?.previousElementSibling,
    count = doc.querySelector('#people h3 span');
  row?.remove();
  if (count) count.textContent = String(+count.textContent - 1);
  next?.querySelector('a,button')?.focus({ preventScroll: true });
  toast(
    `${name} was removed from the room.`,
    'Undo',
    async () => (await tell(`/rooms/${room}/members`, { people: person })) && again(),
  );
}

// On a row of the list of rooms: the right button, its key, or a finger that stays.
/** @type {(li: Element) => { room: string, name: string, a: HTMLElement } | null} */
function rowAt(el) {
  const li = el.closest?.('#lists li[id^=r-]'),
    a = li?.querySelector('a.room');
  return a && { room: li.id.slice(2), name: a.querySelector('.nm').textContent, a };
}
/** @type {(e: any) => void} */
export function rightPressed(e) {
  const row = !e.shiftKey && rowAt(e.target);
  if (!row) return;
  e.preventDefault();
  if ($('menu')) return; // the finger opened it
  const r = row.a.getBoundingClientRect(),
    key = e.button !== 2 || (!e.clientX && !e.clientY);
  openMenu(
    `/rooms/${row.room}/menu`,
    row.name,
    key ? r : { left: e.clientX, right: e.clientX, top: e.clientY, bottom: e.clientY },
    row.a,
  );
}
on(doc, 'contextmenu', rightPressed);
/** @type {(e: any) => void} */
export function keyDown(e) {
  const row = e.shiftKey && e.key === 'F10' && rowAt(e.target);
  if (!row || $('menu')) return;
  e.preventDefault();
  openMenu(`/rooms/${row.room}/menu`, row.name, row.a.getBoundingClientRect(), row.a);
}
on(doc, 'keydown', keyDown);

let timer = 0;
let finger = { x: 0, y: 0 };
// The finger that is still down presses nothing: what it lets go of is no click, whenever that comes.
const swallow = e => {
  e.preventDefault();
  e.stopImmediatePropagation();
};
const release = () => window.removeEventListener('click', swallow, true);
// The first press may have ended before this module came: then it held nothing.
/** @type {(e: any) => void} */
export function fingerDown(e) {
  clearTimeout(timer);
  const row = e.pointerType === 'touch' && rowAt(e.target),
    left = timeLeft(e);
  if (!row || !left) return;
  finger = { x: e.clientX, y: e.clientY };
  timer = setTimeout(() => {
    on(window, 'click', swallow, true);
    on(window, 'pointerdown keydown', release, { capture: true, once: true });
    openMenu(`/rooms/${row.room}/menu`, row.name, row.a.getBoundingClientRect(), row.a);
  }, left);
}
on(doc, 'pointerdown', fingerDown);
on(doc, 'pointermove', e => Math.hypot(e.clientX - finger.x, e.clientY - finger.y) > 10 && clearTimeout(timer));
on(doc, 'pointerup pointercancel scroll', () => clearTimeout(timer), { capture: true, passive: true });
