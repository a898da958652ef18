/** One weight of a kernel, to give it another value. */

import { readable } from '../../../static/lib/format.js';
import { store } from '../../../static/lib/store.js';
import { numberText } from './number_fields.js';

/** @typedef {import('../../../static/lib/events.js').Events['weight']} Weight */

const NONE = 'Choose a channel of a convolution, then click a number in one of its kernels.';
const PLACE = ['source', 'row', 'column'];

export class WeightForm {
  /** @type {Weight | null} */
  clicked = null;
  step = '';
  channel = 0;

  /** @param {import('./whatif.js').WhatIf} whatif */
  constructor(whatif) {
    this.whatif = whatif;
    this.find = whatif.find;
    this.fields = whatif.fields;
    this.value = this.fields.field('value');
    this.find('.fields').addEventListener('input', (event) => {
      if (event.target !== this.value) this.show();
    });
    this.find('.set').addEventListener('click', () => this.set());
    this.value.addEventListener('keydown', (event) => event.key === 'Enter' && this.set());
  }

  /** @param {Weight} weight */
  open(weight) {
    this.clicked = weight;
    this.draw();
    this.find('.weight', HTMLDetailsElement).open = true;
    this.value.focus();
    this.value.select();
  }

  /** What was clicked belongs to the channel that is chosen, or to none any more. */
  draw() {
    const at = this.clicked ?? firstOf(this.whatif.chosen);
    for (const field of this.find('.fields').querySelectorAll('input')) field.disabled = !at;
    this.find('.set', HTMLButtonElement).disabled = !at;
    if (!at) {
      this.find('.place').textContent = NONE;
      return;
    }
    this.step = at.step;
    this.channel = at.channel;
    this.fields.field('source').value = String(at.source);
    this.fields.field('row').value = String(at.row);
    this.fields.field('column').value = String(at.column);
    this.show();
  }

  /** The weight that the fields name. */
  show() {
    const { step, channel } = this;
    const kernels = store.get('kernels');
    const [source, row, column] = PLACE.map((name) => this.fields.field(name).valueAsNumber);
    const value = kernels?.step === step ? kernels.values[source]?.[row]?.[column] : undefined;
    const reads = kernels?.reads[source] ?? `kernel ${source}`;
    const where = `${step}, channel ${channel}, kernel ${source} (reads ${reads}), row ${row}, column ${column}`;
    this.find('.place').textContent = value === undefined
      ? `${step}, channel ${channel} has no such weight.`
      : `${where}: the weight is ${readable(value)}. Or click another number in the kernels below.`;
    if (value !== undefined) this.value.value = String(value);
  }

  set() {
    const numbers = this.fields.numbers(...PLACE, 'value');
    if (!numbers) return;
    const [source, row, column, value] = numbers;
    this.whatif.ask({ add: `${this.step}.${this.channel}.${source}.${row}.${column}:w${numberText(value)}` });
  }
}

/**
 * The first weight of a channel's own kernels.
 * @param {import('../../../static/lib/store.js').Channel | null} chosen
 * @returns {Weight | null}
 */
function firstOf(chosen) {
  const kernels = store.get('kernels');
  if (!chosen || kernels?.step !== chosen.step || kernels.channel !== chosen.channel) return null;
  return { step: kernels.step, channel: kernels.channel, source: 0, row: 0, column: 0 };
}
