// What the scripts meet that no import says: htmx, stylesheets as text, and what is kept at elements.

declare const htmx: {
  ajax(method: string, path: string, context: Record<string, unknown>): Promise<void>;
  process(el: Node): void;
  registerExtension(name: string, extension: Record<string, unknown>): void;
  swap(context: Record<string, unknown>): Promise<void>;
  trigger(el: Element, event: string): void;
};

declare module '*.css' {
  const text: string;
  export default text;
}

// What Android's back closes, where the browser has it.
declare var CloseWatcher: { new (): { onclose: (() => void) | null; destroy(): void } };

// What lazy() loads, by name.
interface LazyModules {
  announcer: typeof import('./lazy/announcer.js');
  clipboard: typeof import('./lazy/clipboard.js');
  code: typeof import('./lazy/code.js');
  countdown: typeof import('./lazy/countdown.js');
  counter: typeof import('./lazy/counter.js');
  emoji: typeof import('./lazy/emoji.js');
  failedmessage: typeof import('./lazy/failedmessage.js');
  files: typeof import('./lazy/files.js');
  formlooks: typeof import('./lazy/formlooks.js');
  formatting: typeof import('./lazy/formatting.js');
  home: typeof import('./lazy/home.js');
  jump: typeof import('./lazy/jump.js');
  lightbox: typeof import('./lazy/lightbox.js');
  lostdrafts: typeof import('./lazy/lostdrafts.js');
  mackeys: typeof import('./lazy/mackeys.js');
  movement: typeof import('./lazy/movement.js');
  notify: typeof import('./lazy/notify.js');
  over: typeof import('./lazy/over.js');
  passkey: typeof import('./lazy/passkey.js');
  poll: typeof import('./lazy/poll.js');
  presencedots: typeof import('./lazy/presencedots.js');
  push: typeof import('./lazy/push.js');
  quotes: typeof import('./lazy/quotes.js');
  roomtitle: typeof import('./lazy/roomtitle.js');
  rowlimit: typeof import('./lazy/rowlimit.js');
  settings: typeof import('./lazy/settings.js');
  signin: typeof import('./lazy/signin.js');
  still: typeof import('./lazy/still.js');
  suggest: typeof import('./lazy/suggest.js');
  talk: typeof import('./lazy/talk.js');
  tools: typeof import('./lazy/tools.js');
  unreadbar: typeof import('./lazy/unreadbar.js');
  worker: typeof import('./lazy/worker.js');
}

// What pages find by a selector or an id are elements of HTML, except icons.
interface ParentNode {
  querySelector<E extends Element = HTMLElement>(selectors: string): E | null;
  querySelectorAll<E extends Element = HTMLElement>(selectors: string): NodeListOf<E>;
}
interface Element {
  closest<E extends Element = HTMLElement>(selectors: string): E | null;
}
interface Window {
  navigation?: { entries?(): { url: string | null }[] };
}

// The fields of our forms.
interface HTMLFormControlsCollection {
  body: HTMLTextAreaElement;
  password: HTMLInputElement;
  reply_to: HTMLInputElement;
  username: HTMLInputElement;
}

// What the script keeps at elements.
interface HTMLElement {
  _day?: string; // of a row
  _named?: string; // the day on which the text of a day line was right
  _body?: HTMLElement; // of a form: the text whose place it took
  _sure?: boolean; // of a form: its text may be thrown away
  _htmx?: any;
}

// What a message answers.
interface Reply {
  id: number;
  who: string;
  text: string;
}

// A message that waits to be sent, as it is stored.
interface QueuedMessage {
  cid: string; // its key: the server takes each but once
  room: number;
  body: string;
  re?: Reply;
  at: number; // when it was written
  n?: number; // attempts
  since?: number; // when attempts began to fail
  next?: number; // when the next attempt may begin
  waitAsked?: boolean; // by the server
  fail?: string; // why it did not go
  files?: string[]; // the names of those that go with it
  all?: number; // how many people it would notify, which is to be confirmed
  bare?: boolean; // what it answers is gone
}

// A file that is to go with a message.
interface TrayFile {
  id: number;
  file: File;
  alt: string; // what the picture shows
  why: string; // it cannot go
  url: string; // of its preview
}

// What is typed while what it is for has not come.
interface Capture {
  field: HTMLTextAreaElement;
  lines: [text: string, key?: string][]; // each with the key that ended it
  before: HTMLElement; // what had the focus
  composing?: boolean; // an IME is at it
  forPage?: boolean; // and not for a dialog or form
  room?: number; // of the page
  module?: keyof LazyModules; // that is waited for
  typedAt?: number; // when a key was pressed in it last
  busy?: boolean; // what is to come takes a while
  held?: boolean; // it did not come
  timer?: number; // until what was typed after that is kept
}
