// @ts-check
// How forms look, for the few that come into a room: of a message that is changed, of an answer, of a new login.
import looks from '../../css/form.css';

const sheet = new CSSStyleSheet();
sheet.replaceSync('@layer parts{' + looks + '}');
document.adoptedStyleSheets.push(sheet);
