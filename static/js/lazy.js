// @ts-check
// Modules that only some people need, or only later: fetched when they are first used, see Load in static.go.
import { hasFinePointer } from './dom.js';
import { pressed, setPressed, untilAnswered, usedKeyboard } from './input.js';
import { loadFailed, toast } from './toast.js';
import { beginAgain, capture, captureTyping, discardTyping, holdTyping, replayWhereFocused } from './typeahead.js';

// A module that did not come gets another address the next time, because some browsers remember the failure.
export const loaded = /** @type {LazyModules} */ ({});
/** @type {{ [name: string]: number }} */
const tries = {};

/** @type {<K extends keyof LazyModules>(name: K, fn?: (m: LazyModules[K]) => unknown) => Promise<LazyModules[K]>} */
export async function lazy(name, fn) {
  try {
    const url = `./${name}.js${tries[name] ? '?' + tries[name] : ''}`;
    loaded[name] ??= await untilAnswered(import(url));
  } catch {
    tries[name] = (tries[name] ?? 0) + 1;
    return;
  }
  fn?.(loaded[name]);
  return loaded[name];
}

// At once when it is there: a key that is to be taken cannot wait.
/** @type {<K extends keyof LazyModules>(name: K, fn: (m: LazyModules[K]) => unknown) => unknown} */
export function withModule(name, fn) {
  if (loaded[name]) return fn(loaded[name]);
  const el = pressed;
  return lazy(name).then(m => {
    setPressed(el);
    if (m) return fn(m);
    holdTyping();
    toast(loadFailed);
  });
}

// The same for what takes the keyboard: what is typed until it is there is for it, and shows, where it has a field. A
// screen for fingers has a keyboard where a key was the last that was used.
/** @type {{ [name: string]: string }} */
const fieldLabels = { jump: 'Jump to or search', emoji: 'Search emoji' };
let waitingFor = 0; // Escape, or another one, takes back what has not come
export const cancelWaiting = () => waitingFor++;
/** @type {<K extends keyof LazyModules>(name: K, fn: (m: LazyModules[K]) => unknown) => void} */
export function withModuleAndKeys(name, fn) {
  const mine = ++waitingFor,
    again = capture?.module === name;
  if (!again) discardTyping();
  if (!loaded[name] && (usedKeyboard || hasFinePointer())) {
    if (again && fieldLabels[name]) beginAgain();
    captureTyping(null, false, fieldLabels[name]);
    capture.module = name;
  }
  withModule(name, m => {
    if (mine !== waitingFor) return;
    fn(m);
    replayWhereFocused();
  });
}
