// @ts-check
// What the server allows and how it keeps time: the page says it, see limits in views.
import { hub } from './dom.js';

const said = hub?.dataset ?? {};
const seconds = n => n * 1000;

export const maxBody = +said.maxBody; // of a message, in characters
export const nearMaxBody = maxBody * 0.9; // from here on they are counted
export const maxQuote = +said.maxQuote; // of the line above a reply
export const continuedWithin = seconds(said.continued); // a message goes on from the one before
export const pingEvery = seconds(said.ping);
export const pollWait = seconds(said.poll);
export const maxPollRooms = +said.pollRooms;
