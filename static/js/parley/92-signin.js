// The session ended: sign in over the page as it stands, then go on where it stopped.
function signIn() {
  shut();
  store.leave();
  const d = $('signin');
  if (!d || Date.now() - left < 60000) return location.assign('/login');
  if (!d.open) d.showModal();
  lazy('signin');
}

function shut() {
  link.shut = true;
  unpoll();
  drop();
  banner();
}

// Another session has the cookie now: whatever this page would send were sent as whoever that is.
function replaced() {
  if (link.other) return;
  link.other = true;
  $('signin')?.close();
  shut();
  toast('Nothing was sent: somebody logged in anew in this browser. Copy what you still need, then reload.');
}

// Whether the session of this page is still that of the browser.
const verify = () => hub && !link.shut && lazy('signin').then(m => m?.verify());

on(window, 'storage', e => {
  if (e.key === 'session' && e.newValue && link.shut && !link.other && localStorage.account === me) using('signin', m => m.resume(e.newValue));
  else if (e.key === null || e.key === 'session') verify();
  if (changedKey(e) !== 'out') return;
  left = Date.now();
  if (link.shut) signIn(); // the server was faster
});
on(doc, 'submit', e => {
  if (!e.target.closest('#signin')) return;
  e.preventDefault();
  using('signin', m => m.signedIn(e.target));
});
