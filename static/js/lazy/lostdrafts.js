// @ts-check
// What somebody was writing in a room that he is no longer in is told with the news.
import { $, doc, make } from '../dom.js';
import { store } from '../storage.js';

export function showLostDrafts() {
  for (const key of [...store.keys('d:'), ...store.keys('a:')]) {
    const d = store.get(key),
      text = d?.text ?? d;
    if (!text || $('r-' + (d.room ?? key.slice(2)))) continue;
    const q = make('blockquote', text);
    q.style.whiteSpace = 'pre-wrap';
    doc.querySelector('.notice')?.append(make('p', 'You were writing:'), q);
  }
}
