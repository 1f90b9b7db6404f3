// @ts-check
// A picture of oneself: chosen or dropped, cut square by dragging and a slider, and only then sent.
import { doc, make, on } from '../dom.js';
import { loadFailed, toast } from '../toast.js';
import looks from './crop.css';

const sheet = new CSSStyleSheet();
sheet.replaceSync(looks);
doc.adoptedStyleSheets.push(sheet);

const side = 512; // pixels of what is sent
const view = 256; // of what is shown
let dialog, picture, range, input;
let width = 0; // of the picture, at a zoom of 1
let height = 0;
let x = 0; // how far it is moved from the middle
let y = 0;

function build() {
  dialog = make('dialog');
  dialog.className = 'dlg crop';
  dialog.setAttribute('aria-labelledby', 'crop-title');
  const h = make('h2', 'Cut it square'),
    frame = make('div'),
    label = make('label', 'Closer'),
    row = make('p'),
    use = make('button', 'Use it'),
    no = make('button', 'Cancel');
  h.id = 'crop-title';
  frame.className = 'frame';
  frame.tabIndex = 0;
  frame.role = 'img';
  frame.ariaLabel = 'The part that is shown; arrows move it, plus and minus bring it closer';
  picture = make('img');
  picture.alt = '';
  picture.draggable = false;
  frame.append(picture);
  range = make('input');
  Object.assign(range, { type: 'range', min: '1', max: '4', step: '0.05', value: '1' });
  label.append(range);
  row.className = 'actions';
  use.className = 'btn primary';
  no.className = 'btn quiet';
  use.type = no.type = 'button';
  row.append(use, no);
  dialog.append(h, frame, label, row);
  doc.body.append(dialog);
  on(range, 'input', draw);
  on(no, 'click', () => dialog.close());
  on(use, 'click', send);
  on(dialog, 'close', () => {
    URL.revokeObjectURL(picture.src);
    input.value = '';
    input.focus();
  });
  let from = null;
  on(frame, 'pointerdown', e => {
    from = { x: e.clientX - x, y: e.clientY - y };
    frame.setPointerCapture(e.pointerId);
  });
  on(frame, 'pointermove', e => {
    if (!from) return;
    x = e.clientX - from.x;
    y = e.clientY - from.y;
    draw();
  });
  on(frame, 'pointerup pointercancel', () => (from = null));
  on(frame, 'wheel', e => {
    e.preventDefault();
    range.value = +range.value * (e.deltaY < 0 ? 1.1 : 1 / 1.1);
    draw();
  });
  on(frame, 'keydown', e => {
    const by = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] }[e.key];
    if (by) [x, y] = [x - by[0], y - by[1]];
    else if (e.key === '+' || e.key === '=') range.value = +range.value + 0.1;
    else if (e.key === '-') range.value = +range.value - 0.1;
    else return;
    e.preventDefault();
    draw();
  });
}

// The picture covers the frame, wherever it is moved.
function draw() {
  const zoom = +range.value,
    most = n => Math.max(0, (n * zoom - view) / 2);
  x = Math.max(-most(width), Math.min(most(width), x));
  y = Math.max(-most(height), Math.min(most(height), y));
  picture.style.width = width * zoom + 'px';
  picture.style.height = height * zoom + 'px';
  picture.style.translate = `calc(-50% + ${x}px) calc(-50% + ${y}px)`;
}

async function open(file) {
  if (!dialog) build();
  picture.src = URL.createObjectURL(file);
  try {
    await picture.decode();
  } catch {
    return input.form.requestSubmit(input.form.querySelector('.btn')); // the server says what is wrong with it
  }
  const { naturalWidth: w, naturalHeight: h } = picture,
    scale = view / Math.min(w, h);
  [width, height, x, y] = [w * scale, h * scale, 0, 0];
  range.value = '1';
  draw();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('.frame').focus();
}

async function send() {
  const canvas = make('canvas'),
    zoom = +range.value,
    scale = picture.naturalWidth / (width * zoom), // pixels of the picture in one that is shown
    from = n => (n * zoom - view) / 2;
  canvas.width = canvas.height = side;
  const c = canvas.getContext('2d');
  c.imageSmoothingQuality = 'high';
  c.drawImage(
    picture,
    (from(width) - x) * scale,
    (from(height) - y) * scale,
    view * scale,
    view * scale,
    0,
    0,
    side,
    side,
  );
  const png = /png|gif|webp/.test(input.files[0].type),
    blob = await new Promise(ok => canvas.toBlob(ok, png ? 'image/png' : 'image/jpeg', 0.92)),
    form = input.form,
    body = new FormData();
  for (const hidden of form.querySelectorAll('input[type=hidden]')) body.set(hidden.name, hidden.value);
  body.set('picture', blob, png ? 'picture.png' : 'picture.jpg');
  dialog.ariaBusy = 'true';
  const r = await fetch(form.action, { method: 'POST', body }).catch(() => null);
  dialog.ariaBusy = null;
  if (!r) return toast(loadFailed);
  dialog.close();
  if (!r.ok) return toast('That picture was not taken. Choose another one.');
  location.assign(r.url);
}

on(doc, 'change', e => {
  if (!e.target.matches('.facepick [type=file]') || !e.target.files[0]) return;
  input = e.target;
  open(e.target.files[0]);
});
on(doc, 'dragover', e => e.target.closest?.('.facepick') && e.preventDefault());
on(doc, 'drop', e => {
  const form = e.target.closest?.('.facepick'),
    file = e.dataTransfer?.files[0];
  if (!form || !file) return;
  e.preventDefault();
  input = form.querySelector('[type=file]');
  input.files = e.dataTransfer.files;
  open(file);
});
