// @ts-check
// What the server allows and how it keeps time: the page says it, see limits in views.
import { hub } from './dom.js';

const page = hub?.dataset ?? {};
const seconds = n => n * 1000;

export const maxBody = +page.maxBody; // of a message, in characters
export const nearMaxBody = maxBody * 0.9; // from here on they are counted
export const maxQuote = +page.maxQuote; // of the line above a reply
export const continuedWithin = seconds(page.continued); // a message goes on from the one before
export const pingEvery = seconds(page.ping);
export const pollWait = seconds(page.poll);
export const maxPollRooms = +page.pollRooms;
