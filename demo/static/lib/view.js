/** A View (see `demo/core/view.py`) out of the query string of an address. Its fields come from Python. */

import { CHOICES, HIDEABLE, LESSON, VIEW, WHOLE } from './generated.js';

/** @typedef {import('./generated.js').View} View */

/** A square of a picture, as `Crop` in demo/core/crop.py writes it: left, top, size. */
export const CROP = /^-?\d{1,6},-?\d{1,6},-?\d{1,6}$/;

/** @type {Record<string, RegExp>} the fields that are texts of one form */
const FORMS = { crop: CROP, lesson: LESSON };

/**
 * As `View.parse` in Python: unknown keys are left out, a value that cannot be one falls back to the default.
 * @param {string} search such as "?model=cifar10-cnn&step=conv1"
 * @returns {View}
 */
export function parseView(search) {
  const given = new URLSearchParams(search);
  const view = /** @type {Record<string, string | number | null>} */ ({ ...VIEW });
  for (const name of Object.keys(VIEW)) {
    const text = given.getAll(name).pop();
    if (text === undefined) continue;
    const choices = CHOICES[/** @type {keyof typeof CHOICES} */ (name)];
    if (choices && !choices.includes(text)) continue;
    if (WHOLE.includes(name)) view[name] = wholeNumber(text) ?? view[name];
    else if (name === 'strength') view[name] = /^-?\d{1,3}(\.\d{1,3})?$/.test(text) ? Number(text) : view[name];
    else if (name === 'false_alarms') view[name] = (/^0?\.\d{1,9}$/.test(text) && Number(text)) || view[name];
    else if (FORMS[name]?.test(text) ?? true) view[name] = text;
  }
  if (view.row === null || view.column === null) view.row = view.column = null;
  const hidden = String(view.hide).split(',');
  view.hide = HIDEABLE.filter((name) => hidden.includes(name)).join();
  return /** @type {View} */ (/** @type {unknown} */ (view));
}

/** @param {string} text */
function wholeNumber(text) {
  return /^\d{1,6}$/.test(text) ? Number(text) : null;
}
