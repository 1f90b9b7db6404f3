// Search from a disk: no request is possible there, but scripts can be loaded. The
// words of all messages are in search/w*.js, the messages in search/d*.js.
'use strict';
(() => {
  const P = PARLEY, files = {}, page = 20;
  const box = document.getElementById('q'), room = document.getElementById('in');
  const told = document.getElementById('told'), list = document.getElementById('hits'), more = document.getElementById('more');

  P.got = (name, value) => files[name].done(value);

  // load answers with what a file holds, and loads it once.
  function load(name) {
    if (!files[name]) {
      files[name] = {};
      files[name].value = new Promise((done, failed) => {
        files[name].done = done;
        const s = document.createElement('script');
        s.src = 'search/' + name + '.js';
        s.onerror = () => failed(Error(s.src + ' cannot be read'));
        document.head.append(s);
      });
    }
    return files[name].value;
  }

  // As chat.Words splits: case and accents do not count, and scripts without spaces
  // give every two neighbouring characters.
  const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Bopomofo}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}ー]/u;
  const other = { 'ß': 'ss', 'æ': 'ae', 'œ': 'oe', 'ø': 'o', 'ł': 'l', 'đ': 'd', 'ð': 'd', 'ħ': 'h', 'ı': 'i', 'ς': 'σ' };
  const accents = /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u0640\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe0f\ufe20-\ufe2f]/g;
  const fold = s => s.normalize('NFKD').replace(accents, '').toLowerCase().normalize('NFC').replace(/[ßæœøłđðħıς]/g, c => other[c]);

  function words(s) {
    const found = [];
    let run = [], kind = null;
    const flush = () => {
      if (kind === 'word') found.push({ token: run.join('').slice(0, 64), begins: true });
      if (kind === 'signs' && run.length === 1) found.push({ token: '\ue200' + run[0] });
      if (kind === 'signs') for (let i = 1; i < run.length; i++) found.push({ token: run[i - 1] + run[i] });
      run = []; kind = null;
    };
    for (const c of fold(s)) {
      const now = unspaced.test(c) ? 'signs' : /[\p{L}\p{N}\p{M}]/u.test(c) ? 'word' : null;
      if (now !== kind) flush();
      if (now) { kind = now; run.push(c); }
      else if (/\p{Extended_Pictographic}/u.test(c)) found.push({ token: c });
    }
    flush();
    return found;
  }

  function shard(token) {
    let h = 0;
    for (const c of [...token].slice(0, 2)) h = (Math.imul(h, 31) + c.codePointAt(0)) >>> 0;
    return 'w' + h % P.shards;
  }

  // places answers with the messages that have a word; all says whether that is each.
  async function places(word) {
    const file = await load(shard(word.token)), docs = new Set();
    let all = true;
    const take = entry => {
      let at = 0;
      for (let i = 1; i < entry.length; i++) {
        at = i === 1 ? entry[1] : at - entry[i];
        docs.add(at);
      }
      all = all && entry.length - 1 === entry[0];
    };
    if (word.begins && [...word.token].length > 1) {
      for (const token in file) if (token.startsWith(word.token)) take(file[token]);
    } else if (Object.hasOwn(file, word.token)) take(file[word.token]);
    return { word, docs, all };
  }

  let turn = 0, hits = null;

  async function look() {
    const mine = ++turn, query = words(box.value);
    history.replaceState(null, '', '#' + new URLSearchParams({ q: box.value, in: room.value }));
    list.replaceChildren();
    more.hidden = true;
    told.textContent = '';
    if (!query.length) return;
    const found = await Promise.all(query.map(places));
    if (mine !== turn) return;
    found.sort((a, b) => b.all - a.all || a.docs.size - b.docs.size);
    const sure = found.filter(f => f.all), rest = found.slice(1).filter(f => !f.all);
    const docs = [...found[0].docs].filter(d => sure.every(f => f.docs.has(d))).sort((a, b) => b - a);
    hits = { docs, rest, query, at: 0, shown: 0, mine, some: !found[0].all };
    await show();
  }

  // show adds a page of hits. Where a word is in too many messages to list, the text
  // of the message decides.
  async function show() {
    const h = hits;
    more.hidden = true;
    for (let n = 0; n < page && h.at < h.docs.length; h.at++) {
      const d = h.docs[h.at], some = await load('d' + Math.floor(d / P.per));
      if (h.mine !== turn) return;
      const doc = some[d % P.per];
      if (room.value && String(P.rooms[doc[0]][0]) !== room.value) continue;
      if (h.rest.some(f => !f.docs.has(d) && !has(doc[5], f.word))) continue;
      list.append(row(doc, h.query));
      n++; h.shown++;
    }
    more.hidden = h.at >= h.docs.length;
    told.textContent = (h.shown === 0 ? 'Nothing was found.' : more.hidden ? (h.shown === 1 ? '1 message.' : h.shown + ' messages.') : 'The newest ' + h.shown + '.') +
      (h.some && more.hidden ? ' Of a word that very many messages have, only the newest ' + P.most + ' were looked through.' : '');
  }

  const has = (text, word) => words(text).some(w => word.begins ? w.token.startsWith(word.token) : w.token === word.token);

  // row is a hit; nothing of it is ever read as markup.
  function row([place, file, id, author, at, text], query) {
    const li = document.createElement('li'), head = document.createElement('p'), link = document.createElement('a'), body = document.createElement('p');
    const [roomID, label] = P.rooms[place];
    li.className = 'msg';
    head.className = 'hd';
    link.href = 'rooms/' + roomID + '/' + file + '#m-' + id;
    link.textContent = author + ' in ' + label + ', ' + at;
    head.append(link);
    body.className = 'body';
    body.dir = 'auto';
    for (const piece of text.split(/([\p{L}\p{N}\p{M}]+)/u)) {
      const marked = piece && words(piece).some(w => query.some(q => q.begins ? w.token.startsWith(q.token) : w.token === q.token));
      if (!marked) { body.append(piece); continue; }
      const m = document.createElement('mark');
      m.textContent = piece;
      body.append(m);
    }
    li.append(head, body);
    return li;
  }

  const failed = e => { told.textContent = e.message; };
  let wait;
  box.addEventListener('input', () => { clearTimeout(wait); wait = setTimeout(() => look().catch(failed), 150); });
  room.addEventListener('change', () => look().catch(failed));
  more.addEventListener('click', () => show().catch(failed));
  const asked = new URLSearchParams(location.hash.slice(1));
  if (!box.value) { // else somebody was faster than this script
    box.value = asked.get('q') || '';
    room.value = asked.get('in') || '';
  }
  if (box.value) look().catch(failed);
})();
