// @ts-check
// Of the page to log in at, when nobody is logged in: what pages stored here is for nobody who comes next.
try {
  localStorage.clear();
  sessionStorage.clear();
} catch {
  /* forbidden: nothing is there */
}
