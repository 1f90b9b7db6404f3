// @ts-check
// Many came or went at once: their dots change without markup.
import { doc } from '../dom.js';

const words = { on: 'online', away: 'away', dnd: 'do not disturb', '': 'offline' };

export function updateDots(changes) {
  const now = new Map(Object.entries(changes).flatMap(([on, ids]) => ids.map(id => [String(id), on])));
  for (const dot of doc.querySelectorAll('.dot[data-p]')) {
    const on = now.get(dot.dataset.p);
    if (on === undefined) continue;
    if (on) dot.dataset.on = on;
    else delete dot.dataset.on;
    dot.firstElementChild.textContent = words[on];
  }
}
