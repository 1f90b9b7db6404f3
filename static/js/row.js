// @ts-check
// Rows are plain, so that they stay small and the same for everybody: their links and chips come alive here, and
// what can be done to a message is fetched when somebody first points at one.
import { $, doc, on, opensElsewhere, seq, swallow } from './dom.js';
import { box, insertText, setReply } from './composer.js';
import { usedKeyboard } from './input.js';
import { focusRow } from './keys.js';
import { lazy, loaded, withModule, withModuleAndKeys } from './lazy.js';
import { visit } from './request.js';
import { toast } from './toast.js';

export const rowOf = e => e.target.closest?.('#stream .msg[data-seq],#panel .msg[data-seq]');

function aimTools(e) {
  if (loaded.tools) loaded.tools.aim(e);
  else if (rowOf(e)) lazy('tools', t => t.aim(e));
}

on(doc, 'pointerover', e => {
  if (e.pointerType === 'mouse') aimTools(e);
});
on(doc, 'focusin', e => {
  if (usedKeyboard) aimTools(e);
});

// To a row that is loaded, and the eye with it.
export function goToRow(row) {
  row.scrollIntoView({ block: 'center' });
  focusRow(row);
  row.dataset.flash = '';
  setTimeout(() => delete row.dataset.flash, 1200);
}

// Where one presses first may be what opens over the page, which is fetched when somebody first does anything here, and
// does that then.
on(
  doc,
  'pointermove keydown pointerdown contextmenu',
  e => {
    if (e.type < 'd' && e.target.closest?.('#lists [id^=r-]')) e.preventDefault();
    lazy('over', m => m.begin(e));
  },
  { once: true },
);
on(
  doc,
  'click',
  e => {
    const el =
      e.target.closest?.('[data-with],a[href^="/people/"]:not([hx-get],.btn)') ??
      e.target.closest?.('.msg>.av')?.parentElement.querySelector('.who a');
    if (!el || opensElsewhere(e) || el.closest('#card')) return;
    swallow(e);
    withModule(el.dataset.with ?? 'over', m => m.open(el, e));
  },
  true,
);
on(doc, 'click', e => {
  const a = e.target.closest?.('#stream a[href^="/"],#panel ol a[href^="/"]');
  if (!a || a.matches('[hx-get],[download]') || e.defaultPrevented || opensElsewhere(e)) return;
  e.preventDefault();
  if (a.matches('.pic')) return withModule('lightbox', m => m.open(a));
  const row = rowOf(e),
    parent = a.dataset.re && $('m-' + a.dataset.re);
  if (a.matches('.rc.add'))
    withModuleAndKeys('emoji', m => m.pick(a, v => withModule('tools', t => t.react(row, v, true))));
  else if (a.matches('.replies')) openConversation(row);
  else if (parent) parent.hidden ? toast('That message was deleted.') : goToRow(parent);
  else visit(a.getAttribute('href'));
});
on(doc, 'click', e => {
  if (e.target.closest?.('#replying .ib')) {
    setReply(null);
    box().focus();
  }
  const smile = e.target.closest?.('#smile');
  if (smile)
    withModuleAndKeys('emoji', m =>
      m.pick(smile, v => {
        box().focus();
        insertText(v);
      }),
    );
});
on(doc, 'submit', e => {
  const row = e.target.closest?.('.rxs') && rowOf(e);
  if (!row) return;
  e.preventDefault();
  withModule('tools', t => t.react(row, e.submitter.value));
});

// The conversation of a message, beside the room where there is space.
export function openConversation(row) {
  if (innerWidth < 720 || !$('panel')) visit('/messages/' + seq(row));
  else withModule('talk', m => m.open(row));
}
