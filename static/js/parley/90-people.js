// Whether somebody sits here.
let away = false, inputAt = Date.now();

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
