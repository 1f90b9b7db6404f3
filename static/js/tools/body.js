// @ts-check
// The text of a row; one that has only files gets an empty one when there is to be some.
import { make } from '../dom.js';

export function bodyOf(row) {
  const body = row.querySelector('.body'),
    head = row.querySelector('.hd'); // what was deleted has neither
  if (body || !head) return body;
  const empty = make('div');
  empty.className = 'body';
  empty.dir = 'auto';
  head.after(empty);
  return empty;
}
