/** A link at the beginning of the page, for those who go by the Tab key: past the bar and the tabs. */

import { make } from '../dom.js';

/** @param {AbortSignal} signal */
export function offerSkip(signal) {
  const link = make('a', { href: '#areas', class: 'skip-link' }, 'Skip to the work space');
  link.addEventListener('click', (event) => {
    event.preventDefault(); // the address is of the view
    const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.tabs-of-area > .tabitem')]);
    const open = tabs.find((tab) => tab.checkVisibility());
    const target = /** @type {HTMLElement | null | undefined} */ (open?.querySelector('#workspace') ?? open);
    if (!target) return;
    target.tabIndex = -1;
    target.focus();
  });
  document.body.prepend(link);
  signal.addEventListener('abort', () => link.remove());
}
