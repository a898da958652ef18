/**
 * The words that the page marks, `<dfn data-term="stride">Stride</dfn>`: what they mean comes when the first one is pointed
 * at, focused or tapped; so does the list of them all, from a button with `data-glossary`. What is a button of its own
 * can be marked, too, and keeps what it does.
 */

import { around } from '../../dom.js';

const ASKED = '[data-term], [data-glossary]';

/** @param {AbortSignal} signal */
export function useTerms(signal) {
  /** @type {Promise<typeof import('../../on_demand/glossary/note.js')> | undefined} */
  let loading;
  const hear = async (/** @type {Event} */ event) => {
    const asked = around(event, ASKED);
    if (!asked && !loading) return;
    const isKey = event instanceof KeyboardEvent;
    if (isKey && !(asked?.localName === 'dfn' && (event.key === 'Enter' || event.key === ' '))) return;
    if (asked?.localName === 'dfn' && (isKey || event.type === 'click')) event.preventDefault(); // nor what a label is for
    loading ??= import('../../on_demand/glossary/note.js');
    (await loading).hear(event, asked);
  };
  for (const kind of ['pointerover', 'focusin', 'click', 'keydown']) document.addEventListener(kind, hear, { signal });
  // Whoever writes a fragment writes the element and the name of the term alone.
  const marked = document.getElementsByTagName('dfn');
  const observer = new MutationObserver(() => {
    for (const term of marked) if (term.tabIndex < 0) Object.assign(term, { tabIndex: 0, role: 'button' });
  });
  observer.observe(document.body, { childList: true, subtree: true });
  signal.addEventListener('abort', () => observer.disconnect());
}
