// @ts-check
// Ways to the server: every request says of which session it is.
import { doc, hub, on } from './dom.js';
import { untilAnswered } from './input.js';
import { sessionReplaced } from './session.js';
import { sessionMark } from './storage.js';

// The server refuses requests from the page of another session, see session_mark.go.
const plainFetch = self.fetch;
self.fetch = async (path, init) => {
  const r = await untilAnswered(
    plainFetch(path, { ...init, headers: { ...init?.headers, 'Parley-Session': sessionMark } }),
  );
  if (r.status === 409) sessionReplaced();
  return r;
};
on(doc, 'formdata', e => e.target.method === 'post' && e.formData.set('session', sessionMark));

export const post = (path, values) =>
  fetch(path, {
    method: 'POST',
    headers: { 'HX-Request': 'true' },
    body: new URLSearchParams(values),
    signal: AbortSignal.timeout(20000),
  });

// The same bytes come by socket, by poll and as the answer to a post: all go through htmx.
export const apply = text => htmx.swap({ sourceElement: hub, target: hub, swap: 'none', text });

// The body asks, and its hx-sync has the newer request take the place of the older one: htmx else queues them.
export const load = (path, push) =>
  htmx.ajax('GET', path, {
    target: '#stage',
    swap: 'outerHTML',
    push,
    headers: { 'HX-Target': 'div#stage' },
  });
export const visit = path => load(path, 'true');
