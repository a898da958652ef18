/** The strip of the left network's steps, with how much the lanes differ at each. */

import { make, reveal } from '../../static/lib/dom.js';

/** @typedef {import('./compare_values.js').Compared['steps']} Steps */

/** @param {Steps} steps */
export function isMeasured(steps) {
  return steps.some(({ change }) => change !== null);
}

/** @param {Steps} steps */
export function tiles(steps) {
  const most = isMeasured(steps) ? Math.max(...steps.map(({ change }) => change ?? 0), 1e-9) : null;
  return steps.map((step, index) => tile(step, index, most));
}

/**
 * @param {Steps[number]} step
 * @param {number} index
 * @param {number | null} most the change of the highest bar; null where none is known
 */
function tile({ name, operation, change }, index, most) {
  const parts = [make('b', {}, name), make('span', {}, operation)];
  if (most !== null) {
    const bar = make('span', { style: `height:${(100 * Number(change)) / most}%` });
    parts.unshift(make('div', { class: 'change', 'aria-hidden': 'true' }, bar));
    parts.push(make('span', { class: 'number' }, `differs\u00a0${Math.round(100 * Number(change))}\u00a0%`));
  }
  return make('div', { class: 'tile', role: 'option', id: `lane-step-${index}`, 'data-step': name }, ...parts);
}

/**
 * Shows which step is chosen.
 * @param {HTMLElement} strip
 * @param {string} name
 */
export function markTile(strip, name) {
  for (const one of /** @type {Iterable<HTMLElement>} */ (strip.children)) {
    const isChosen = one.dataset.step === name;
    one.setAttribute('aria-selected', String(isChosen));
    if (!isChosen) continue;
    strip.setAttribute('aria-activedescendant', one.id);
    reveal(strip, one);
  }
}
