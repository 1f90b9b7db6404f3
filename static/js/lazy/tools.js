// @ts-check
// What can be done to a message: the toolbar in the row that is pointed at, and what its buttons do.
import '../tools/missedclick.js';
import '../tools/previews.js';
import looks from '../tools/toolbar.css';

// Its looks come with it; .sheet is what it is after a long press.
const styles = new CSSStyleSheet();
styles.replaceSync(looks);
document.adoptedStyleSheets.push(styles);

export { aim, keepTools, sheet } from '../tools/toolbar.js';
export { copy, quoted } from '../tools/actions.js';
export { react } from '../tools/reactions.js';
export { edit, editLast } from '../tools/editform.js';
export { key } from '../tools/toolkeys.js';
