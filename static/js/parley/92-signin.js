// The session ended: sign in over the page as it stands, then go on where it stopped.
function signIn() {
  link.shut = true;
  unpoll();
  const d = $('signin');
  if (!d || left) return location.assign('/login');
  if (!d.open) d.showModal();
  lazy('signin');
  banner();
}

on(doc, 'submit', e => {
  if (!e.target.closest('#signin')) return;
  e.preventDefault();
  using('signin', m => m.signedIn(e.target));
});
