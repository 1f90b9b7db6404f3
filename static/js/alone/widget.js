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
  sheet.replaceSync(
    `button,iframe{position:fixed;inset:auto 1.25rem 1.25rem auto;z-index:2147483000;border:0}button{display:flex;gap:.6rem;align-items:center;min-height:3.25rem;padding:0 1.3rem;border-radius:99px;background:${script.dataset.colour || '#10667e'};color:${script.dataset.ink || '#fff'};font:600 1rem/1 system-ui,sans-serif;box-shadow:0 8px 28px #06182133;cursor:pointer}button:focus-visible{outline:3px solid #0072a8;outline-offset:2px}span{min-width:1.25rem;padding:.2rem .3rem;border-radius:99px;background:#fff;color:#10181c;font-size:.75rem}iframe{width:23.5rem;height:min(36rem,calc(100dvh - 2.5rem));border-radius:1.1rem;box-shadow:0 18px 50px #0618213d}[hidden]{display:none}@media (max-width:30rem){iframe{inset:0;width:100%;height:100dvh;border-radius:0}}`,
  );
  root.adoptedStyleSheets = [sheet];
  count.hidden = true;
  button.type = 'button';
  button.setAttribute('aria-expanded', 'false');
  button.append(script.dataset.label || 'Ask us', count);
  let loaded = false;
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
      };
      root.append(frame);
    }
    frame.hidden = !opened;
    button.hidden = opened;
    button.setAttribute('aria-expanded', String(opened));
    tell(opened ? 'open' : 'close');
    if (opened) frame.focus();
    else button.focus();
  };
  button.onclick = () => show(true);
  addEventListener('message', e => {
    if (e.origin !== origin || e.source !== frame?.contentWindow) return;
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
