/** One step in the work space, or the whole network: the switch at the strip's end, and what the address says of it. */

import { setAddress } from '../../../static/lib/address.js';
import { store } from '../../../static/lib/store.js';

/**
 * @param {HTMLElement} switcher the fieldset with one radio button for each view
 * @param {AbortSignal} signal
 */
export function wireSwitch(switcher, signal) {
  const draw = () => {
    const { view } = store.get('view');
    for (const input of switcher.querySelectorAll('input')) input.checked = input.value === view;
    const space = /** @type {HTMLElement | null} */ (switcher.closest('#workspace'));
    if (space) space.dataset.view = view;
  };
  switcher.addEventListener('change', (event) => {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    setAddress({ view: value === 'step' ? null : value });
    draw(); // the address may wait until the page is ready
  });
  store.watch('view', draw, signal);
  draw();
}
