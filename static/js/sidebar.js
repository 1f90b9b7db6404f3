// @ts-check
// The link of the page one is on, or is on the way to.
import { doc, openRoom } from './dom.js';
import { markDraft } from './drafts.js';

let destination = '';
export const setDestination = path => (destination = path);
export function markCurrent() {
  const here = destination || location.pathname,
    of = destination ? /^\/rooms\/(\d+)(?:\/@\d+)?$/.exec(destination)?.[1] : openRoom();
  for (const a of doc.querySelectorAll('#side a[href]')) {
    const path = a.getAttribute('href');
    if (path === here || path === '/rooms/' + of || (path !== '/rooms' && here.startsWith(path + '/')))
      a.setAttribute('aria-current', 'page');
    else a.removeAttribute('aria-current');
  }
  for (const li of doc.querySelectorAll('#lists li[id^=r-]')) markDraft(+li.id.slice(2));
}
