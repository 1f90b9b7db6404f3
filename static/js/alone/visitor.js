// @ts-check
// The chat of a visitor: sends, and shows answers as they come. Without it the page is a form and loads anew by itself.
export {};
const main = /** @type {HTMLElement} */ (document.querySelector('.wg')),
  log = document.getElementById('log'),
  why = document.getElementById('why'),
  status = document.getElementById('status'),
  typing = document.getElementById('typing'),
  close = /** @type {HTMLButtonElement} */ (main.querySelector('.wg-x')),
  form = document.forms[0],
  box = /** @type {HTMLTextAreaElement} */ (document.getElementById('body')),
  { slug, from } = main.dataset,
  team = () => log.querySelectorAll('[data-team]').length;
let again = new AbortController(),
  rev = main.dataset.rev,
  seen = team(),
  hidden = false;

const tell = message => from && parent !== window && parent.postMessage(message, from);
const complain = words => {
  why.textContent = words;
  why.hidden = !words;
};
// Times as this device writes them, with the day where that is not today.
/** @type {Intl.DateTimeFormatOptions} */
const clock = { hour: 'numeric', minute: '2-digit' };
const sayTimes = around => {
  for (const t of around.querySelectorAll('time')) {
    const at = new Date(t.dateTime),
      today = at.toDateString() === new Date().toDateString();
    t.textContent = today
      ? at.toLocaleTimeString([], clock)
      : at.toLocaleString([], { day: 'numeric', month: 'short', ...clock });
  }
};
// The line of the head: who answers, or when somebody is back.
const sayStatus = (words, until) => {
  const at = new Date(until);
  status.textContent = until
    ? `Back on ${at.toLocaleDateString('en', { weekday: 'long' })} at ${at.toLocaleTimeString([], clock)}`
    : words;
};
const atEnd = () => (log.scrollTop = log.scrollHeight);

/** @param {Response} r */
async function show(r) {
  rev = r.headers.get('X-Rev');
  if (r.headers.get('X-State') !== main.dataset.state) return location.reload(); // another form belongs to it
  const said = name => decodeURIComponent(r.headers.get(name) || ''),
    who = said('X-Typing');
  typing.textContent = who && who + ' is typing…';
  sayStatus(said('X-Status'), r.headers.get('X-Back'));
  const next = document.createElement('div');
  next.innerHTML = await r.text();
  sayTimes(next);
  // What is as it was stays, so that nothing is read out twice.
  const same = [...log.children].findIndex((e, i) => !e.isEqualNode(next.children[i])),
    keep = same < 0 ? log.children.length : same;
  if (keep < log.children.length || keep < next.children.length) {
    while (log.children[keep]) log.lastElementChild.remove();
    log.append(...[...next.children].slice(keep));
    atEnd();
  }
  complain('');
  if (hidden) tell({ parley: 'unread', n: team() - seen });
  else seen = team();
}

const send = (path, fields) =>
  fetch(`/widget/${slug}/${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { 'HX-Request': 'true' },
  });

form.addEventListener('submit', async e => {
  e.preventDefault();
  if (!box.value.trim()) return;
  const fields = /** @type {any} */ (new FormData(form)),
    words = box.value;
  box.value = '';
  try {
    const r = await send('say', fields);
    if (r.ok) return show(r);
    complain(r.headers.get('Content-Type')?.includes('html') ? 'That did not arrive. Try again.' : await r.text());
  } catch {
    complain('That did not arrive. Check the connection and try again.');
  }
  box.value ||= words;
});
let told = 0;
box.addEventListener('input', () => {
  if (main.dataset.state !== 'talk' || !box.value || Date.now() - told < 3000) return;
  told = Date.now();
  send('typing', {}).catch(() => {});
});
box.addEventListener('keydown', e => {
  if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return;
  e.preventDefault();
  form.requestSubmit();
});

if (from && parent !== window) {
  close.hidden = false;
  close.onclick = () => tell({ parley: 'close' });
  addEventListener('keydown', e => e.key === 'Escape' && tell({ parley: 'close' }));
  addEventListener('message', e => {
    if (e.origin !== from || e.source !== parent || !e.data?.parley) return;
    if (e.data.page) {
      /** @type {HTMLInputElement} */ (form.elements.namedItem('page')).value = e.data.page;
      if (main.dataset.state === 'talk') send('page', { page: e.data.page });
    }
    hidden = e.data.parley === 'close' || (hidden && e.data.parley !== 'open');
    if (hidden) return;
    seen = team();
    again.abort();
    tell({ parley: 'unread', n: 0 });
    box.focus();
  });
}

// Asks for what is said, again and again.
async function follow() {
  for (;;) {
    try {
      const r = await fetch(`/widget/${slug}/lines?rev=${rev}${hidden || document.hidden ? '' : '&seen=1'}`, {
        signal: again.signal,
      });
      if (r.status === 200) await show(r);
      else if (r.status !== 204) throw r.status;
    } catch {
      if (again.signal.aborted) {
        again = new AbortController();
        continue; // it is seen from now on
      }
      complain('No connection. It goes on by itself.');
      await new Promise(done => setTimeout(done, 3000));
    }
  }
}

document.addEventListener('visibilitychange', () => document.hidden || again.abort());
sayTimes(log);
sayStatus(status.textContent, status.dataset.back);
atEnd();
if (main.dataset.state !== 'none') follow(); // the first message loads the page anew
