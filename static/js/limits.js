// @ts-check
// What the server allows and how it keeps time: the page says it, see limits in views. What one lazy module alone
// needs stands there.
import { hub } from './dom.js';

const page = hub?.dataset ?? {};

export const maxBody = +page.maxBody; // of a message, in characters
export const nearMaxBody = maxBody * 0.9; // from here on they are counted
export const continuedWithin = +page.continued * 1000; // a message goes on from the one before
export const pingEvery = +page.ping * 1000;
