// @ts-check
// Pictures that move stand still: the first frame is shown, and what plays is asked for in the lightbox.
import { doc } from '../dom.js';
import looks from './still.css';

const sheet = new CSSStyleSheet();
sheet.replaceSync(looks);
doc.adoptedStyleSheets.push(sheet);

const hold = () => {
  for (const s of /** @type {NodeListOf<HTMLSourceElement>} */ (doc.querySelectorAll('.pic source:not([media=all])')))
    s.media = 'all';
};
hold();
new MutationObserver(hold).observe(doc.body, { childList: true, subtree: true });
