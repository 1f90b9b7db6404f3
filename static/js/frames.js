// @ts-check
// What goes up to the server, and what comes that is data and not markup.
import { openRoom, root, timeline, timelineRev } from './dom.js';
import { lazy } from './lazy.js';
import { navigation } from './navigation.js';
import { answerPost } from './outbox.js';
import { load, post } from './request.js';
import { helloReceived, isPolling, socket } from './socket.js';
import { toast } from './toast.js';

export function sendView(fresh) {
  const n = openRoom();
  sendFrame({ t: 'view', room: n, ...(n && timelineRev() && { rev: +timelineRev() }), ...(fresh && { side: 1 }) });
}

// False: nobody was told. All but a post may be lost.
export function sendFrame(msg) {
  if (socket?.readyState === 1) {
    socket.send(JSON.stringify(msg));
    return true;
  }
  if (isPolling && (msg.t === 'read' || msg.t === 'typing')) {
    post(`/rooms/${msg.room}/${msg.t}`, msg.upto ? { upto: msg.upto } : {}).catch(() => {});
    return true;
  }
  return false;
}

export function handleControl(m) {
  if (m.hello) helloReceived(m.hello);
  if (m.reset && m.reset === openRoom()) reloadPage();
  if (m.sent) answerPost({ cid: m.sent, status: 200, id: m.id });
  if (m.refused) answerPost(m.refused);
  if (m.toast) toast(m.toast);
  if (m.notify) lazy('notify', n => n.show(m.notify));
  if (m.dots) lazy('presencedots', n => n.updateDots(m.dots));
  if (m.prefs) Object.assign(root.dataset, m.prefs);
}

export const reloadPage = () => navigation ?? load(location.pathname + (timeline() ? '?latest' : location.search));
