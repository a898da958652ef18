/** Examples as buttons with thumbnails. */

import { around } from '../static/lib/dom.js';

/** @type {import('../static/lib/mount.js').Widget['mount']} */
export function mount({ element, trigger }) {
  element.addEventListener('click', (event) => {
    const button = around(event, 'button');
    if (button) trigger('choose', { index: Number(button.dataset.index) });
  });
}
