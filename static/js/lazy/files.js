// @ts-check
// Files with messages: what is chosen, and what is on its way.
export * from '../files/tray.js';
export * from '../files/upload.js';
