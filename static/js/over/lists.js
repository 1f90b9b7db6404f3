// @ts-check
// The lists of the sidebar: sections that fold, and rooms with a star in an order of one's own.
import { $, doc, on } from '../dom.js';
import { post } from '../request.js';
import { speak, toast } from '../toast.js';

const folded = () => new Set(($('side')?.dataset.fold ?? '').split(' ').filter(Boolean));

/** @type {(button: HTMLElement) => void} */
export function fold(button) {
  const all = folded(),
    key = button.dataset.fold;
  all.has(key) ? all.delete(key) : all.add(key);
  $('side').dataset.fold = [...all].join(' ');
  doc.cookie = `fold=${[...all].join('.')}; Path=/; Max-Age=31536000; SameSite=Lax`;
  tellFolded();
}

// The lists are drawn anew by frames, which know nothing of this browser.
function tellFolded() {
  const all = folded();
  for (const b of doc.querySelectorAll('#lists [data-fold]')) {
    const open = String(!all.has(b.dataset.fold));
    if (b.ariaExpanded !== open) b.ariaExpanded = open;
  }
}
tellFolded();
if ($('side')) new MutationObserver(tellFolded).observe($('side'), { childList: true, subtree: true });

const rows = () => [...doc.querySelectorAll('#starred>li')];
const idOf = li => li.id.slice(2);

async function save(before) {
  const order = rows().map(idOf);
  if (order.join() === before) return;
  const body = /** @type {any} */ (order.map(id => ['room', id])),
    r = await post('/stars', body).catch(() => null);
  if (!r?.ok) toast('The order was not saved. Check the connection and try again.');
}

on(
  doc,
  'keydown',
  e => {
    const li = e.altKey && e.shiftKey && /^Arrow(Up|Down)$/.test(e.key) && e.target.closest?.('#starred>li');
    if (!li) return;
    e.preventDefault();
    e.stopPropagation();
    const to = e.key === 'ArrowUp' ? li.previousElementSibling : li.nextElementSibling,
      before = rows().map(idOf).join();
    if (!to) return;
    e.key === 'ArrowUp' ? to.before(li) : to.after(li);
    li.querySelector('a').focus();
    speak(`${li.querySelector('.nm').textContent}, ${rows().indexOf(li) + 1} of ${rows().length}`);
    save(before);
  },
  true,
);

let dragged = null;
let before = '';
on(doc, 'dragstart', e => {
  dragged = e.target.closest?.('#starred>li') ?? null;
  if (!dragged) return;
  before = rows().map(idOf).join();
  e.dataTransfer.effectAllowed = 'move';
  dragged.dataset.drag = '';
});
on(doc, 'dragover', e => {
  const over = dragged && e.target.closest?.('#starred>li');
  if (!over) return;
  e.preventDefault();
  if (over === dragged) return;
  const r = over.getBoundingClientRect();
  e.clientY < r.top + r.height / 2 ? over.before(dragged) : over.after(dragged);
});
on(
  doc,
  'drop',
  e => {
    if (!dragged) return;
    e.preventDefault();
    e.stopPropagation();
    save(before);
  },
  true,
);
on(doc, 'dragend', () => {
  if (dragged) delete dragged.dataset.drag;
  dragged = null;
});
