// @ts-check
// The time zone as a list that is searched by city, offset or abbreviation.
import { doc, make, on, root } from '../dom.js';
import { combobox } from './combobox.js';
import { fold } from './filter.js';

let all;
function zones() {
  const now = new Date();
  return (all ??= ['UTC', ...Intl.supportedValuesOf('timeZone')].map(zone => {
    const part = style =>
      new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: style })
        .formatToParts(now)
        .find(p => p.type === 'timeZoneName').value;
    const city = zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' '),
      offset = part('shortOffset');
    return {
      zone,
      city,
      offset,
      find: fold(`${city} ${zone.replaceAll('_', ' ')} ${offset} ${part('short')} ${part('long')}`),
    };
  }));
}

const clock = zone =>
  new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hour12: (root.dataset.clock || root.dataset.h) === '12',
  }).format();

export function enterZones() {
  const input = doc.querySelector('input[data-zones]:not([role])');
  if (!input) return;
  input.removeAttribute('list');
  combobox(/** @type {HTMLInputElement} */ (input), {
    options(text) {
      const q = fold(text.trim());
      const found = zones().filter(z => !q || z.find.includes(q));
      found.sort((a, b) => +!fold(a.city).startsWith(q) - +!fold(b.city).startsWith(q));
      return found.slice(0, 30).map(z => {
        const li = make('li');
        li.dataset.value = z.zone;
        const words = make('span'),
          time = make('span', clock(z.zone));
        words.className = 't';
        time.className = 'now';
        words.append(make('b', z.city), ' ', make('small', `${z.zone} · ${z.offset}`));
        li.append(words, time);
        return li;
      });
    },
    pick(li) {
      /** @type {HTMLInputElement} */ (input).value = li.dataset.value;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    },
  });
  on(input, 'focus', () => /** @type {HTMLInputElement} */ (input).select());
}
