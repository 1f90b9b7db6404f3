// @ts-check
// How many rows stay in a page that is open for long, and the ends of the list where rows went.
import { $, make, openRoom, rows, seq } from '../dom.js';
import { drawDays } from '../days.js';
import { firstVisible, keepingView, scrolledUp, updateLatestButton } from '../scroll.js';

export function limitRows(ol) {
  if (!ol.isConnected || ol.querySelector('form.edit')) return; // nobody's words go
  const all = rows(ol),
    n = all.length;
  if (!scrolledUp && ol.dataset.live !== 'no' && n > 300) cut(ol, all, n - 200, n);
  else if (n > 600) all.indexOf(firstVisible()) > 300 ? cut(ol, all, n - 500, n) : cut(ol, all, 0, 500);
}

function cut(ol, all, from, to) {
  const keep = new Set(all.slice(from, to)),
    first = all[from],
    last = all[to - 1];
  keepingView(() => {
    for (const el of all) if (!keep.has(el)) el.remove();
    if (from) edge(ol, 'older', 'before=' + seq(first), 'Older messages');
    if (to < all.length) {
      while (ol.lastElementChild !== last) ol.lastElementChild.remove();
      edge(ol, 'newer', 'after=' + seq(last), 'Newer messages');
      ol.dataset.live = 'no';
    }
    drawDays(ol);
    const start = from && ol.parentElement.querySelector('.beginning');
    if (start) start.hidden = true;
  });
  updateLatestButton();
}

function edge(ol, id, query, words) {
  $(id)?.remove();
  const li = make('li'),
    a = make('a', words),
    url = `/rooms/${openRoom()}?${query}`;
  li.id = li.className = id;
  a.href = url;
  li.append(a);
  for (const [k, v] of [
    ['hx-get', url],
    ['hx-trigger', 'intersect'],
    ['hx-swap', 'outerHTML'],
  ])
    li.setAttribute(k, v);
  id === 'older' ? ol.prepend(li) : ol.append(li);
  htmx.process(li);
}
