// @ts-check
// From region to region, from room to room and by pages by key, and all rooms read.
import { doc, isShown, rows, stream, timeline } from '../dom.js';
import { box } from '../composer.js';
import { focusRow, newestRow } from '../keys.js';
import { post } from '../request.js';
import { firstVisible, goToLatest } from '../scroll.js';
import { signIn } from '../session.js';
import { toast } from '../toast.js';

const regions = ['#side', '#main header', '#stream', '#composer', '#panel', '#toasts'];
const focusable = 'a[href],button:not([disabled]),input:not([type=hidden]),textarea,[tabindex]';

export function focusRegion(back, from) {
  const first = el => [...el.querySelectorAll(focusable)].find(f => f.checkVisibility());
  const found = regions
    .map(s => doc.querySelector(s))
    .filter(el => el?.checkVisibility() && (el.id === 'stream' || first(el)));
  const at = found.findIndex(el => el.contains(from)),
    n = found.length;
  const el = found[at < 0 ? (back ? n - 1 : 0) : (at + (back ? n - 1 : 1)) % n];
  if (el?.id === 'stream') focusRow(newestRow() ?? el);
  else if (el?.id === 'composer') box().focus();
  else if (el) (el.querySelector('[aria-current=page]') ?? first(el))?.focus();
}

// So many rooms on or, below 0, back.
export function openNeighbour(steps, unread) {
  const links = [...doc.querySelectorAll('#lists a.room:not(.quiet)')],
    n = links.length,
    step = Math.sign(steps);
  let at = links.findIndex(a => a.hasAttribute('aria-current')),
    left = Math.abs(steps);
  if (at < 0 && step < 0) at = 0;
  for (let i = 1; i <= n * left; i++) {
    const a = links[(((at + i * step) % n) + n) % n],
      b = a.querySelector('.badge')?.dataset;
    if ((!unread || +b?.n || +b?.at) && !--left) return a.click();
  }
}

// From one message to another, by key.
export function walkRows(key, row) {
  if (key.startsWith('Page')) return movePage(key === 'PageUp' ? -1 : 1);
  const every = [...doc.querySelectorAll('#stream [data-seq]:not(.gone),#stream .pend')],
    at = every.indexOf(row),
    last = every.length - 1,
    to = { ArrowUp: row ? at - 1 : last, ArrowDown: at + 1, Home: 0, End: last }[key];
  if (key === 'End') goToLatest();
  focusRow(every[Math.max(0, Math.min(last, to))]);
}

// The focus goes along: up to the first row in view, down to the last.
function movePage(way) {
  const view = stream();
  view.scrollTop += way * (view.clientHeight - 60);
  const all = rows(timeline()).filter(isShown),
    first = all.indexOf(firstVisible()),
    end = view.getBoundingClientRect().bottom;
  const last = all.findLastIndex(r => r.getBoundingClientRect().top < end - 20);
  focusRow(all[Math.min(all.length - 1, way < 0 ? first + +(first > 0) : last)]);
}

export async function markAllRead() {
  const r = await post('/read-all', {}).catch(() => null);
  if (r?.status === 401) signIn();
  else toast(r?.ok ? 'All rooms are marked read.' : 'That did not arrive. Check the connection and try again.');
}
