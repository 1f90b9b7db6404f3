// @ts-check
// What is said aloud of live messages: one by one, or a summary of many.
import { doc, me, root } from '../dom.js';
import { speak } from '../toast.js';

let unspoken = [];
let timer = 0;

const mentionsMe = el => el.dataset.m?.split(' ').some(id => id === me || id === 'all') ?? false;

export function announce(el) {
  const level = root.dataset.announce;
  if (doc.hidden || level === 'off' || (level === 'mentions' && !mentionsMe(el))) return;
  const who = el.querySelector('.who')?.textContent.trim() ?? '';
  const text = el.querySelector('.body')?.textContent.trim().replace(/\s+/g, ' ') || 'a file';
  unspoken.push({ who, text: text.length > 140 ? text.slice(0, 139) + '…' : text });
  timer ||= setTimeout(speakAll, 1500);
}

function speakAll() {
  const people = [...new Set(unspoken.map(n => n.who))],
    more = people.length > 2 ? `${people.length - 1} others` : people[1];
  speak(
    unspoken.length < 4
      ? unspoken.map(n => `${n.who}: ${n.text}`).join('\n')
      : `${unspoken.length} new messages from ${people[0]}${more ? ' and ' + more : ''}`,
  );
  unspoken = [];
  timer = 0;
}
