// @ts-check
// The service worker: the last room and what shows it, for when there is no connection, and what is shared to Parley by
// other apps. With a connection every page comes from the server: nothing old can be stuck here.
//
// The server writes the build in front of it, so that each build is another worker, and the caches of the one before go.

const sw = /** @type {any} */ (self);
const assets = 'assets-' + sw.build;
const pages = 'pages-' + sw.build;
const shared = 'shared'; // files from other apps, until a room is chosen
const home = `/static/${sw.build}/`;
const shell = [
  'app.css',
  'auth.css',
  'icon.svg',
  'icons.svg',
  'more.svg',
  'worker.js',
  'failedmessage.js',
  'countdown.js',
  'poll.js',
  'formlooks.js',
];

sw.addEventListener('install', e => {
  sw.skipWaiting();
  e.waitUntil(caches.open(assets).then(c => c.addAll(shell.map(name => home + name))));
});

sw.addEventListener('activate', e => {
  e.waitUntil(
    (async () => {
      for (const name of await caches.keys())
        if (![assets, pages, shared, 'device'].includes(name)) await caches.delete(name);
      await sw.clients.claim();
    })(),
  );
});

sw.addEventListener('fetch', e => {
  const r = e.request,
    url = new URL(r.url);
  if (url.origin !== location.origin) return;
  if (r.method === 'POST' && url.pathname === '/share') e.respondWith(takeShared(r));
  else if (r.method !== 'GET') {
    // Whoever comes in, goes, or has another session now finds nothing of before.
    if (r.mode === 'navigate' || url.pathname === '/login') e.waitUntil(forget());
    if (url.pathname === '/logout') e.waitUntil(endDevice());
  } else if (r.mode === 'navigate') e.respondWith(open(r, url));
  else if (url.pathname.startsWith('/static/')) e.respondWith(caches.match(r).then(kept => kept ?? fetch(r)));
});

// A page as the server has it; without a connection, the room that was kept.
async function open(r, url) {
  if (url.pathname === '/login') await forget();
  try {
    const answer = await fetch(r);
    if ([401, 403, 404, 410].includes(answer.status) && (await keptRoom())?.path === url.pathname) await forget();
    return answer;
  } catch {
    const kept = await keptRoom();
    if (kept?.path === url.pathname) return kept.page;
    if (kept && url.pathname === '/') return Response.redirect(kept.path);
    return unavailable(kept);
  }
}

const forget = () => caches.delete(pages);

async function keptRoom() {
  const cache = await caches.open(pages),
    [key] = await cache.keys(),
    page = key && (await cache.match(key));
  return (
    page && {
      path: new URL(key.url).pathname,
      page,
      name: decodeURIComponent(page.headers.get('Parley-Name') ?? ''),
      at: page.headers.get('Parley-Kept'),
    }
  );
}

const escaped = text => text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);

// What stands in place of a page that is not on this device.
function unavailable(kept) {
  const way = kept
    ? `<p class="lead">${escaped(kept.name)} is here as it was when you were last online.</p><p class="actions"><a class="btn primary" href="${kept.path}">Open ${escaped(kept.name)}</a></p>`
    : '<p class="lead">Messages that you wrote and that were not sent yet are kept.</p><p class="actions"><a class="btn primary" href="/">Try again</a></p>';
  return new Response(
    `<!DOCTYPE html><html lang="en" data-theme="auto"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><title>Offline · Parley</title>
<link rel="stylesheet" href="${home}app.css"><link rel="stylesheet" href="${home}auth.css"></head><body class="auth-page"><main class="auth" id="main"><div class="authcard"><svg class="logo" aria-hidden="true"><use href="${home}icons.svg#logo"></use></svg>
<h1>You are offline</h1><p class="lead">This page is not on this device.</p>${way}</div></main></body></html>`,
    {
      status: 503,
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Cache-Control': 'no-store',
        'Content-Security-Policy':
          "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'",
      },
    },
  );
}

// Keeps a room as it is now, and all that its page needs.
async function keep({ path, name, mark }) {
  const answer = await fetch(path + '?latest', { headers: { 'Parley-Session': mark } }).catch(() => null);
  if (!answer) return;
  if (!answer.ok || answer.redirected) return forget();
  const at = new Date().toISOString(),
    text = await answer.text(),
    page = text
      .replace('<html ', `<html data-kept="${at}" `)
      .replace('</head>', `<script type="module" src="${home}worker.js"></script></head>`),
    headers = new Headers({
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': answer.headers.get('Content-Security-Policy') ?? '',
      'Parley-Kept': at,
      'Parley-Name': encodeURIComponent(name),
    }),
    needs = new Set([...text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map(m => m[1])),
    had = await caches.open(assets);
  for (const url of needs) {
    if (!url.startsWith(home)) return; // the server has another build: the worker of that comes
    if (!(await had.match(url))) await had.add(url);
  }
  await forget();
  await (await caches.open(pages)).put(path, new Response(page, { headers }));
}

// What another app gave: the words go to the page that asks for a room, the files wait here.
async function takeShared(r) {
  const form = await r.formData(),
    files = form.getAll('files').filter(f => f instanceof File && f.size > 0),
    words = new URLSearchParams();
  for (const name of ['title', 'text', 'url']) if (form.get(name)) words.set(name, form.get(name));
  await caches.delete(shared);
  const cache = await caches.open(shared);
  for (const [i, file] of files.entries())
    await cache.put(
      '/shared/' + i,
      new Response(file, {
        headers: {
          'Content-Type': file.type || 'application/octet-stream',
          'Parley-Name': encodeURIComponent(file.name),
        },
      }),
    );
  return Response.redirect('/share?' + words, 303);
}

// Whoever logs out is not told here any more.
async function endDevice() {
  await caches.delete('device');
  await (await sw.registration.pushManager?.getSubscription())?.unsubscribe();
  await inTurn(() => withdraw());
}

// Told of a message. One notification is there for a room; one that comes twice is shown once, and silently.
sw.addEventListener('push', e => {
  let told;
  try {
    told = e.data.json();
  } catch {
    return;
  }
  e.waitUntil(
    inTurn(() => (told.withdraw ? withdraw(told.withdraw) : show(told))).then(() => arrived(told.notification?.test)),
  );
});

// Of two that are shown at once, the older one could take the place of the newer one, or of none.
let turn = Promise.resolve();
const inTurn = act => (turn = turn.then(act, act));

// Without a tag all are withdrawn.
async function withdraw(tag = '') {
  for (const n of await sw.registration.getNotifications({ tag })) n.close();
}

async function show({ notification: n, app_badge }) {
  const [old] = await sw.registration.getNotifications({ tag: n.tag });
  if (old?.data?.message > n.message) return;
  const news = !(old?.data?.message === n.message);
  await sw.registration.showNotification(n.title, {
    body: n.body ?? '',
    tag: n.tag,
    renotify: news,
    silent: !news,
    icon: home + 'app-192.png',
    badge: home + 'app-badge.png',
    timestamp: Date.now(),
    data: { path: new URL(n.navigate, location.origin).pathname, room: n.room, message: n.message },
    actions: n.room
      ? [
          { action: 'reply', type: 'text', title: 'Reply', placeholder: 'Your answer' },
          { action: 'read', title: 'Mark as read' },
        ]
      : [],
  });
  if (app_badge !== undefined) await /** @type {any} */ (navigator).setAppBadge?.(app_badge).catch(() => {});
}

async function arrived(test) {
  if (!test) return;
  for (const c of await sw.clients.matchAll({ type: 'window' })) c.postMessage({ arrived: test });
  await fetch(`/me/devices/${test}/arrived`, { method: 'POST' }).catch(() => {});
}

sw.addEventListener('notificationclick', e => {
  const { path, room, message } = e.notification.data ?? {};
  e.notification.close();
  if (e.action === 'read') e.waitUntil(say(`/rooms/${room}/read`, { upto: message }).catch(() => {}));
  else if (e.action === 'reply' && e.reply?.trim()) e.waitUntil(reply(room, message, e.reply));
  else e.waitUntil(openAt(path ?? '/'));
});

const say = async (path, values) => {
  const r = await fetch(path, { method: 'POST', headers: { 'HX-Request': 'true' }, body: new URLSearchParams(values) });
  if (!r.ok || r.redirected) throw Error('it was not taken');
};

// What was written is not lost where it does not go.
async function reply(room, message, body) {
  try {
    await say(`/rooms/${room}/messages`, {
      body,
      reply_to: message,
      cid: crypto.randomUUID().replaceAll('-', '').slice(0, 12),
    });
    await say(`/rooms/${room}/read`, { upto: message });
  } catch {
    await sw.registration.showNotification('Your answer was not sent', {
      body,
      tag: 'unsent',
      icon: home + 'app-192.png',
      data: { path: '/share?' + new URLSearchParams({ text: body }) },
    });
  }
}

async function openAt(path) {
  const open = await sw.clients.matchAll({ type: 'window' });
  for (const c of open) {
    try {
      await (await c.navigate(path))?.focus();
      return;
    } catch {
      /* another one, or a new one */
    }
  }
  await sw.clients.openWindow(path);
}

sw.addEventListener('message', e => {
  if (e.data?.keep) e.waitUntil(keep(e.data.keep));
  if (e.data?.forget) e.waitUntil(forget());
});
export {};
