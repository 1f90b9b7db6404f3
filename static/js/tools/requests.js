// @ts-check
// Posts one after the other, so that the last wish is the last to arrive.
import { apply, post } from '../request.js';
import { signIn } from '../session.js';
import { toast } from '../toast.js';

export const notArrived = 'That did not arrive. Check the connection and try again.';

// Answers with false when the post was refused.
/** @type {Promise<boolean | void>} */
let lastSent = Promise.resolve();
export function sendInOrder(path, values) {
  return (lastSent = lastSent.then(async () => {
    try {
      const r = await post(path, values),
        text = await r.text();
      if (r.ok && !r.redirected) {
        await apply(text);
        return true;
      }
      if (r.status === 401 || r.redirected) signIn();
      else toast(text.slice(0, 200));
    } catch {
      toast(notArrived);
    }
    return false;
  }));
}
