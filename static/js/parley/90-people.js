// What is said aloud of live messages, and whether somebody sits here.
let news = [], newsTimer = 0, away = false, inputAt = Date.now();

function announce(el) {
  const told = root.dataset.announce;
  if (doc.hidden || told === 'off' || told === 'mentions' && !forMe(el)) return;
  const who = el.querySelector('.who')?.textContent.trim() ?? '';
  const text = el.querySelector('.body')?.textContent.trim().replace(/\s+/g, ' ') || 'a file';
  news.push({ who, text: text.length > 140 ? text.slice(0, 139) + '…' : text });
  newsTimer ||= setTimeout(tellNews, 1500);
}

function tellNews() {
  const people = [...new Set(news.map(n => n.who))], more = people.length > 2 ? `${people.length - 1} others` : people[1];
  speak(news.length < 4 ? news.map(n => `${n.who}: ${n.text}`).join('\n')
    : `${news.length} new messages from ${people[0]}${more ? ' and ' + more : ''}`);
  news = [];
  newsTimer = 0;
}

function presence() {
  const gone = Date.now() - inputAt > 600000;
  if (gone !== away && wire({ t: gone ? 'idle' : 'active' })) away = gone;
}

function present() {
  inputAt = Date.now();
  if (away) presence();
}

on(doc, 'keydown pointerdown pointermove wheel touchstart', present, { capture: true, passive: true });
on(doc, 'visibilitychange', () => { if (!doc.hidden) present(); });
