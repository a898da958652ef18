/** The share of false alarms, set in what the server writes of a judgement; its event `alarms` tells it the server. */

import { around } from '../../static/lib/dom.js';

const FIELD = '[data-false-alarms]';

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount({ element, trigger, watch, signal }) {
  let isAsked = false;
  element.addEventListener('change', (event) => {
    const field = around(event, FIELD);
    if (!(field instanceof HTMLInputElement)) return;
    isAsked = true;
    trigger('alarms', { false_alarms: field.value === '' ? null : field.valueAsNumber });
  }, { signal });
  // The answer replaces the field, and would take the focus from whoever goes on with its arrow keys.
  watch('value', () => requestAnimationFrame(() => {
    const field = /** @type {HTMLElement | null} */ (element.querySelector(FIELD));
    if (isAsked && document.activeElement === document.body) field?.focus({ preventScroll: true });
    isAsked = false;
  }));
}
