/**
 * What a marked word means, in a note beside it: shown on hover, on focus by keyboard and on a tap; it stays while the
 * pointer is on it, and goes with Escape, a tap elsewhere or the focus.
 */

import { make } from '../../dom.js';
import { known } from './known.js';
import { pictureOf } from './pictures.js';

const ID = 'term-note';
const GRACE = 250; // milliseconds that the pointer may take from the word to its note
const GAP = 6;
const FAILED = 'The explanation did not come. Please try again.';
const STYLE = `
#term-note { position: fixed; inset: auto; z-index: 90; margin: 0; width: max-content; max-width: min(320px, calc(100vw - 16px)); padding: 10px 14px; font: 400 14px/1.45 var(--font); color: var(--body-text-color); background: var(--background-fill-primary); border: 1px solid var(--border-color-primary); border-radius: 8px; box-shadow: 0 6px 24px rgb(0 0 0 / 22%); overflow-wrap: anywhere; }
#term-note:not(.shown) { display: none; }
#term-note p { margin: 0; color: inherit; font: inherit; }
#term-note b { font-weight: 600; }
#term-note figure { display: flex; gap: 10px; align-items: center; margin: 8px 0 0; }
#term-note figcaption { font-size: 13px; line-height: 1.35; color: var(--body-text-color-subdued); }
#term-note :is(canvas, .field-of) { flex: none; width: 72px; height: 72px; object-fit: contain; image-rendering: pixelated; border: 1px solid var(--border-color-primary); }
#term-note .field-of { position: relative; overflow: hidden; }
#term-note img { display: block; width: 100%; height: 100%; image-rendering: pixelated; }
#term-note .field-of span { position: absolute; border: 2px solid #fff; outline: 1px solid #0f766e; box-shadow: 0 0 0 99px rgb(0 0 0 / 35%); box-sizing: border-box; }`;

const note = make('div', { id: ID, role: 'tooltip', popover: 'manual' });
/** @type {HTMLElement | null} */
let term = null; // the one that is explained
let isKept = false; // by focus or tap: it does not go with the pointer
/** @type {ReturnType<typeof setTimeout> | undefined} */
let going;

document.body.append(make('style', {}, STYLE), note);
note.addEventListener('pointerenter', () => clearTimeout(going));
note.addEventListener('pointerleave', () => leave());
window.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !term) return;
  event.stopPropagation(); // one thing at a time
  hide();
}, { capture: true });
for (const kind of ['scroll', 'resize']) window.addEventListener(kind, () => place(), { capture: true, passive: true });

/**
 * What happens on the page.
 * @param {Event} event
 * @param {HTMLElement | null} asked the marked word, or the button for all of them, that it happens on
 */
export async function hear(event, asked) {
  const isWord = Boolean(asked?.dataset.term);
  if (event.type === 'pointerover') {
    if (/** @type {PointerEvent} */ (event).pointerType !== 'mouse' || isKept) return;
    if (isWord && asked) await show(asked);
    else if (term && !note.contains(/** @type {Node} */ (event.target))) leave();
  } else if (event.type === 'focusin') {
    if (isWord && asked?.matches(':focus-visible')) await show(asked, true);
    else if (term && asked !== term && !note.contains(/** @type {Node} */ (event.target))) hide();
  } else if (asked && 'glossary' in asked.dataset) {
    hide();
    (await import('./list.js')).open();
  } else if (asked?.localName === 'dfn') {
    if (term === asked && isKept && event.type === 'keydown') hide();
    else await show(asked, true);
  } else if (!note.contains(/** @type {Node} */ (event.target))) hide();
}

/**
 * @param {HTMLElement} word
 * @param {boolean} [stays]
 */
async function show(word, stays = false) {
  clearTimeout(going);
  isKept ||= stays;
  if (term === word) return;
  hide();
  isKept = stays;
  term = word;
  /** @type {import('./known.js').Term | undefined} */
  let found;
  try {
    found = (await known()).find(({ name }) => name === word.dataset.term);
  } catch {
    // said in the note
  }
  if (term !== word || !word.isConnected) return;
  const picture = found?.picture ? pictureOf(found.picture) : null;
  note.replaceChildren(make('p', {}, ...(found ? [make('b', {}, capital(found.title)), ': ', found.says] : [FAILED])), ...(picture ? [picture] : []));
  note.classList.add('shown');
  note.showPopover?.(); // above a dialog, too
  word.setAttribute('aria-describedby', ID);
  place();
}

/** @param {string} text */
export function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function leave() {
  clearTimeout(going);
  going = setTimeout(() => isKept || hide(), GRACE);
}

function hide() {
  clearTimeout(going);
  term?.removeAttribute('aria-describedby');
  [term, isKept] = [null, false];
  if (note.classList.contains('shown')) note.hidePopover?.();
  note.classList.remove('shown');
}

/** Below the word or, where there is no room, above it; gone with the word. */
function place() {
  if (!term || !note.classList.contains('shown')) return;
  if (!term.isConnected || !term.checkVisibility()) return hide();
  const lines = term.getClientRects();
  const { left, top, bottom } = lines[0] ?? term.getBoundingClientRect();
  const { width, height } = note.getBoundingClientRect();
  const below = bottom + GAP + height <= innerHeight;
  note.style.left = `${Math.max(8, Math.min(left, document.documentElement.clientWidth - width - 8))}px`;
  note.style.top = `${below ? bottom + GAP : Math.max(8, top - GAP - height)}px`;
}
