/** Fields for numbers, which may hold none. */

import { make } from '../../../static/lib/dom.js';

export class NumberFields {
  missing = make('span', { class: 'missing', role: 'alert' }, 'Type a number first.');

  /**
   * @param {HTMLElement} element that they are in
   * @param {ReturnType<typeof import('../../../static/lib/dom.js').finder>} find
   */
  constructor(element, find) {
    this.find = find;
    element.addEventListener('input', () => this.missing.remove());
  }

  /** @param {string} name its class */
  field(name) {
    return this.find(`input.${name}`, HTMLInputElement);
  }

  /**
   * The numbers in these fields; null, and words beside them, where one holds none. (To a browser 1e400 is none.)
   * @param {...string} names
   */
  numbers(...names) {
    this.missing.remove();
    const fields = names.map((name) => this.field(name));
    const empty = fields.find((field) => Number.isNaN(field.valueAsNumber));
    if (!empty) return fields.map((field) => field.valueAsNumber);
    empty.closest('.channel-tools, .moves, .fields')?.append(this.missing);
    empty.focus();
    return null;
  }
}

/**
 * A number as the server reads it.
 * @param {number} value
 */
export function numberText(value) {
  return String(Number(value.toPrecision(10))).replace('e+', 'e');
}
