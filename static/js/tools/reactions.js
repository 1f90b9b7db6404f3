// @ts-check
// Reactions: shown at once, as if the server had answered.
import { $, make, me, seq } from '../dom.js';
import { sendInOrder } from './requests.js';
import { setRow, tools } from './toolbar.js';

export const chipOf = (row, emoji) => [...row.querySelectorAll('.rc[value]')].find(c => c.value === emoji);
export const reactedBy = chip => chip?.dataset.by.split(' ').filter(Boolean) ?? [];

// Shown at once; the frame says how it really is, and a refusal takes it back.
export async function react(row, emoji, want) {
  const id = row.id,
    mine = reactedBy(chipOf(row, emoji)).includes(me),
    yes = want ?? !mine;
  if (yes === mine) return;
  paintReaction(row, emoji, yes);
  if (!(await sendInOrder(`/messages/${seq(row)}/reactions`, { e: emoji, on: yes ? 1 : 0 })) && $(id))
    paintReaction($(id), emoji, !yes);
}

function paintReaction(row, emoji, yes) {
  let chip = chipOf(row, emoji);
  const people = reactedBy(chip);
  if (people.includes(me) === yes) return;
  if (!chip && yes) {
    let form = row.querySelector('.rxs form');
    if (!form) {
      const rxs = make('div');
      rxs.className = 'rxs';
      form = make('form');
      form.method = 'post';
      form.action = `/messages/${seq(row)}/reactions`;
      rxs.append(form);
      row.querySelector('.replies,.more').before(rxs);
    }
    chip = make('button', emoji + ' ');
    Object.assign(chip, { className: 'rc', name: 'e', value: emoji });
    chip.append(make('b', '0'));
    form.insertBefore(chip, form.querySelector('.add'));
  }
  const b = chip.querySelector('b');
  b.textContent = +b.textContent + (yes ? 1 : -1);
  chip.dataset.by = (yes ? [...people, me] : people.filter(p => p !== me)).join(' ');
  if (+b.textContent <= 0) (chip.form.querySelectorAll('.rc[value]').length > 1 ? chip : chip.closest('.rxs')).remove();
  if (tools.parentElement === row) setRow(row);
}
