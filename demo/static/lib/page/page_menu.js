/** The menu of the page: how it looks; and, where the bar has no room for it, how to share it. */

import { finder } from '../dom.js';
import { keptContrast, keepContrast } from './contrast.js';

/** @type {import('../mount.js').Widget['mount']} */
export function mount({ element, signal }) {
  const find = finder(element);
  keepContrast(keptContrast(), signal);
  find(`input[value=${keptContrast()}]`, HTMLInputElement).checked = true;
  find('.contrast').addEventListener('change', (event) => {
    if (event.target instanceof HTMLInputElement) keepContrast(event.target.value, signal);
  });
  find('.share').addEventListener('click', () => {
    find('.menu').click();
    /** @type {HTMLElement | null} */ (document.querySelector('#share .open'))?.click();
  });
}
