// @ts-check
import { toast } from '../toast.js';

/** @type {(text: string, done: string) => Promise<void>} */
export async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast('That could not be copied.');
  }
}
