// @ts-check
// What somebody does about a message that failed.
import { $ } from '../dom.js';
import { box, returnText, setReply } from '../composer.js';
import { withModule } from '../lazy.js';
import { flushOutbox, queuedMessage, removeQueued, updateQueued } from '../outbox.js';
import { showPending } from '../pending.js';

export function handleFailed(action, row) {
  if (row.dataset.files === '') return withModule('files', m => m.handleFailedUpload(action, row));
  const cid = row.id.slice(2),
    it = queuedMessage(cid);
  if (!it) return;
  if (action === 'retry') {
    const again = { ...it, fail: undefined, n: 0, since: undefined, next: 0 };
    updateQueued(cid, again);
    showPending(again);
    flushOutbox();
  } else {
    removeQueued(cid);
    row.remove();
    if (action === 'edit') {
      if (it.re && !$('m-' + it.re.id)?.hidden) setReply(it.re);
      returnText(it.body);
    }
  }
  box()?.focus();
}
