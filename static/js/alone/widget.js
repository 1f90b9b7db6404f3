// @ts-check
// The button on somebody's web site that opens a small chat with a team. Nothing of the page is changed but that it is there.
import looks from './widget.css';

{
  const script = /** @type {HTMLScriptElement} */ (document.currentScript),
    origin = new URL(script.src).origin,
    room = script.dataset.room,
    host = document.createElement('div'),
    root = host.attachShadow({ mode: 'closed' }),
    sheet = new CSSStyleSheet(),
    button = document.createElement('button'),
    count = document.createElement('span'),
    page = () => location.origin + location.pathname + ('query' in script.dataset ? location.search : '');
  /** @type {HTMLIFrameElement} */
  let frame;
  /** @type {HTMLElement} */
  let refused;
  sheet.replaceSync(looks);
  host.style.setProperty('--colour', script.dataset.colour || '#10667e');
  host.style.setProperty('--ink', script.dataset.ink || '#fff');
  root.adoptedStyleSheets = [sheet];
  count.hidden = true;
  button.type = 'button';
  button.setAttribute('aria-expanded', 'false');
  button.append(script.dataset.label || 'Ask us', count);
  let loaded = false,
    heard = false;
  // A site that may not show the chat gets an empty frame, and nothing is heard from it: then a link leads there. What comes
  // late takes its place.
  const miss = () => {
    if (heard || refused) return;
    const words = document.createElement('p'),
      way = document.createElement('a'),
      close = document.createElement('button');
    refused = document.createElement('section');
    refused.setAttribute('role', 'status');
    words.textContent = 'The chat does not open inside this page.';
    way.textContent = 'Open it in a tab';
    Object.assign(way, {
      href: `${origin}/widget/${room}?page=${encodeURIComponent(page())}`,
      target: '_blank',
      rel: 'noopener',
    });
    Object.assign(close, { type: 'button', textContent: 'Close', onclick: () => show(false) });
    refused.append(words, close, way);
    root.append(refused);
    show(!frame.hidden);
  };
  const tell = parley => loaded && frame.contentWindow.postMessage({ parley, page: page() }, origin);
  const show = opened => {
    if (!frame && !opened) return;
    if (!frame) {
      frame = document.createElement('iframe');
      frame.title = 'Support chat';
      frame.src = `${origin}/widget/${room}?page=${encodeURIComponent(page())}&from=${encodeURIComponent(location.origin)}`;
      frame.onload = () => {
        loaded = true;
        tell(frame.hidden ? 'close' : 'open');
        setTimeout(miss, 4000);
      };
      setTimeout(miss, 12000);
      root.append(frame);
    }
    frame.hidden = !opened;
    if (refused) {
      refused.hidden = heard || !opened;
      frame.hidden ||= !heard;
    }
    button.hidden = opened;
    button.setAttribute('aria-expanded', String(opened));
    tell(opened ? 'open' : 'close');
    if (opened) (frame.hidden ? refused.querySelector('a') : frame).focus();
    else button.focus();
  };
  button.onclick = () => show(true);
  addEventListener('message', e => {
    if (e.origin !== origin || e.source !== frame?.contentWindow) return;
    if (!heard && refused && !refused.hidden) {
      heard = true;
      show(true);
    }
    heard = true;
    if (e.data?.parley === 'close') show(false);
    if (e.data?.parley === 'unread') {
      count.hidden = !e.data.n;
      count.textContent = e.data.n;
      count.ariaLabel = e.data.n + ' new';
    }
  });
  addEventListener('popstate', () => tell('page'));
  root.append(button);
  const begin = () => document.body.append(host);
  document.body ? begin() : addEventListener('DOMContentLoaded', begin);
  /** @type {any} */ (window).parley = { open: () => show(true), close: () => show(false) };
}
