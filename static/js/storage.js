// @ts-check
// What is kept in this browser, for one account and one session.
import { hub, me, root } from './dom.js';

// What is stored is one account's, which its keys begin with, and ends with its session: another page may have begun
// the next one or ended this one, so that is asked each time. What cannot be stored lives as long as the page.
export let sessionMark = root.dataset.session;
let storageFull = false;
const keyPrefix = me + ':';
export const memory = {};
export const store = {
  at() {
    try {
      if (!storageFull && localStorage.session === sessionMark) return localStorage;
    } catch {
      /* forbidden */
    }
    return memory;
  },
  get(key) {
    try {
      return JSON.parse(this.at()[keyPrefix + key] ?? null);
    } catch {
      return null;
    }
  },
  set(key, value) {
    const put = to => (value == null ? delete to[keyPrefix + key] : (to[keyPrefix + key] = JSON.stringify(value)));
    try {
      put(this.at());
    } catch {
      storageFull = true;
      put(Object.assign(memory, localStorage));
    }
  },
  keys(prefix) {
    return Object.keys(this.at())
      .filter(k => k.startsWith(keyPrefix + prefix))
      .map(k => k.slice(keyPrefix.length));
  },
  // The session ended: its page alone remembers.
  leave() {
    if (this.at() === memory) return;
    Object.assign(memory, localStorage);
    localStorage.clear();
  },
  // A session began: what others stored goes, what this page remembers comes back.
  claim(session) {
    sessionMark = session;
    try {
      Object.assign(localStorage, { account: me, session }); // first of all: so other tabs know why the rest goes
      for (const k of Object.keys(localStorage))
        if (!/^(account|session)$/.test(k) && !k.startsWith(keyPrefix)) delete localStorage[k];
      for (const k of Object.keys(memory)) {
        if (k.startsWith(keyPrefix)) localStorage[k] = memory[k];
        delete memory[k]; // else it came back, done with or not, at the next end of a session
      }
    } catch {
      /* forbidden or full: it is remembered */
    }
  },
};
if (hub && store.at() === memory) store.claim(sessionMark);
export const changedKey = e => (e.key?.startsWith(keyPrefix) ? e.key.slice(keyPrefix.length) : '');
