// @ts-check
import { lazy } from '../lazy.js';
import { toast } from '../toast.js';

/** @type {(text: string, done: string) => Promise<void>} */
export async function copy(text, done) {
  try {
    await (await lazy('clipboard')).copyText(text);
    toast(done);
  } catch {
    toast('That could not be copied.');
  }
}
