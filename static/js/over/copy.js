// @ts-check
import { withModule } from '../lazy.js';
import { toast } from '../toast.js';

/** @type {(text: string, done: string) => unknown} */
export const copy = (text, done) => withModule('clipboard', c => c.copy(text, () => toast(done)));
