// @ts-check
// Title, icon and badge of the app, summed up from the badges of the sidebar.
import { $, doc, hub, openRoom, root } from './dom.js';
import { lazy } from './lazy.js';

let shownCount;

export function updateBadges() {
  let n = 0,
    other = false;
  const badges = [...doc.querySelectorAll('#lists .badge')],
    open = root.hasAttribute('data-reading') && $('b-' + openRoom());
  for (const b of badges) {
    if (b === open) continue;
    n += +b.dataset.at || 0;
    other ||= !!b.dataset.n;
  }
  const back = doc.querySelector('.back .n');
  if (back) back.textContent = n > 99 ? '99+' : `${n || ''}`;
  const bare = doc.title.replace(/^(\(\d+\) |• )/, ''),
    title = (n ? `(${n}) ` : other ? '• ' : '') + bare;
  if (doc.title !== title) doc.title = title;
  const icon = /** @type {HTMLLinkElement} */ ($('favicon'));
  const href = icon.href.replace(/(-unread)?\.svg/, n || other ? '-unread.svg' : '.svg');
  if (icon.href !== href) icon.href = href;
  if (hub.dataset.view === 'home') lazy('home', m => m.badgesChanged(badges.map(b => b.id + b.textContent).join()));
  if (n !== shownCount) navigator.setAppBadge?.((shownCount = n))?.catch(() => {});
}
