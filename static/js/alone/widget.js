// @ts-check
// The button on somebody's web site that opens a small chat with a team. Nothing of the page is changed but that it is there.
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
  sheet.replaceSync(
    `button,iframe{position:fixed;inset:auto 1.25rem 1.25rem auto;z-index:2147483000;border:0}button{display:flex;gap:.6rem;align-items:center;min-height:3.25rem;padding:0 1.3rem;border-radius:99px;background:${script.dataset.colour || '#10667e'};color:${script.dataset.ink || '#fff'};font:600 1rem/1 system-ui,sans-serif;box-shadow:0 8px 28px #06182133;cursor:pointer}button:focus-visible{outline:3px solid #0072a8;outline-offset:2px}span{min-width:1.25rem;padding:.2rem .3rem;border-radius:99px;background:#fff;color:#10181c;font-size:.75rem}iframe{width:23.5rem;height:min(36rem,calc(100dvh - 2.5rem));border-radius:1.1rem;box-shadow:0 18px 50px #0618213d}section{position:fixed;inset:auto 1.25rem 1.25rem auto;z-index:2147483000;box-sizing:border-box;width:23.5rem;max-width:calc(100vw - 2.5rem);padding:1.1rem 1.3rem;border-radius:1.1rem;background:#fff;color:#10181c;font:1rem/1.45 system-ui,sans-serif;box-shadow:0 18px 50px #0618213d}section p{margin:0 0 .6rem}section a{color:#0b5a70;font-weight:600}section button{position:static;float:right;min-height:2.75rem;margin-inline-start:.8rem;box-shadow:none}[hidden]{display:none!important}@media (max-width:30rem){iframe{inset:0;width:100%;height:100dvh;border-radius:0}}`,
  );
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
