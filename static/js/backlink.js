// @ts-check
// ‹ leads to where one came from.
import { doc, on, opensElsewhere, swallow } from './dom.js';

// How many entries of the history lead to the page one came from; 0: that was none of ours. The same page once more,
// as for another search, is not another place.
let stepsBack = 0;
let lastPath = '';
let leftHistory = false;
export function countSteps() {
  const s = history.state,
    here = location.pathname;
  if (s?.steps == null) {
    stepsBack = leftHistory || !lastPath ? 0 : lastPath === here ? stepsBack && stepsBack + 1 : 1;
    leftHistory = false;
    history.replaceState({ ...s, htmx: true, steps: stepsBack }, '');
  } else stepsBack = s.steps;
  lastPath = here;
}

// ‹ goes the way back; where there is none, it is the link to what the page belongs to. So does the cross of a panel
// that has a phone to itself.
on(
  doc,
  'click',
  e => {
    const a = e.target.closest?.('.back,#panel>header [hx-push-url]');
    if (!a || opensElsewhere(e) || (innerWidth > 719 && !a.matches('.back'))) return;
    if (!stepsBack) return void (leftHistory = true); // nor does one come back from there
    swallow(e);
    history.go(-stepsBack);
  },
  true,
);
