// @ts-check
// What somebody was writing in a room that he is no longer in is told with the news.
import { $, doc, make, on } from '../dom.js';
import { reloadPage } from '../frames.js';
import { store } from '../storage.js';

export function showLostDrafts() {
  const query = new URLSearchParams(location.search),
    room = query.get('room'),
    notice = doc.querySelector('.notice');
  if (query.get('done') !== 'gone' || !notice || notice.querySelector('blockquote')) return;
  for (const key of [...store.keys('d:'), ...store.keys('a:')]) {
    const d = store.get(key),
      text = d?.text ?? d,
      of = String(d?.room ?? key.slice(2));
    if (!text || (of !== room && $('r-' + of))) continue;
    const q = make('blockquote', text);
    q.style.whiteSpace = 'pre-wrap';
    notice.append(make('p', 'You were writing:'), q);
  }
}

// The page of news is drawn anew now and then, and once by us when its room is in the list again.
let wasBack = false;
on(doc, 'htmx:after:swap', () => {
  showLostDrafts();
  const query = new URLSearchParams(location.search),
    isBack = query.get('done') === 'gone' && !!$('r-' + query.get('room'));
  if (isBack && !wasBack && !doc.querySelector('.notice a')) reloadPage();
  wasBack = isBack;
});
