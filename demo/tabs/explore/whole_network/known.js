/** What is known of every channel of the whole network, out of one answer of the server. */

import { unpackMaps } from '../../../static/lib/codec.js';
import { percent, readable } from '../../../static/lib/format.js';
import { Edges } from './edges.js';
import { nameOf, readersInWords, readsInWords } from './words.js';

/**
 * @typedef {import('./layout.js').At} At
 * @typedef {import('./edges.js').Column} Column
 *
 * @typedef {object} Data what the server sends
 * @property {string} model
 * @property {string} key of network, picture and changes
 * @property {number[]} open
 * @property {import('../../../static/lib/codec.js').Packed} input
 * @property {string} answer the step that holds the logits
 * @property {string[]} classes
 * @property {number[]} probabilities
 * @property {number[]} likeliest numbers of the classes that have a place at the end, in its order
 * @property {Record<string, Column>} columns by step
 */

export class Known {
  /**
   * @param {Data} data
   * @param {(step: string) => import('../../../static/lib/store.js').StepFacts | undefined} facts
   */
  constructor(data, facts) {
    this.data = data;
    this.facts = facts;
    this.edges = new Edges(data.columns);
  }

  /**
   * From a logit to its probability; none for a class that has no place at the end.
   * @param {number} number of the class
   */
  logit(number) {
    const to = this.data.likeliest.indexOf(number);
    return to < 0 ? [] : [{ source: this.data.answer, from: number, step: 'answer', to, weight: 1, share: null }];
  }

  /** @param {At} at */
  name({ step, channel }) {
    const { answer, classes, probabilities, likeliest, columns } = this.data;
    if (step === 'answer') return `${classes[likeliest[channel]]}, ${percent(probabilities[likeliest[channel]])}`;
    return nameOf(step, channel, this.facts(step), columns[step]?.entries) + (step === answer ? `, ${classes[channel]}` : '');
  }

  /**
   * @param {At} at
   * @param {(at: At) => boolean} isShown whether a channel is not folded away
   */
  told({ step, channel }, isShown) {
    const column = this.data.columns[step];
    const readers = readersInWords(this.edges.outOf(step, channel));
    if (step === 'answer') return 'its probability, which the softmax makes of all logits.';
    if (!column) return readers;
    const into = this.edges.into(step, channel);
    const count = column.reads.reduce((sum, read) => sum + (read.top ? read.channels : 0), 0);
    const reads = readsInWords(into, (source, from) => this.name({ step: source, channel: from }), count);
    const isIn = into.every(({ source, from }) => isShown({ step: source, channel: from }));
    const folded = isIn ? '' : 'Unfold its block to see the lines.';
    const unknown = column.reads.length ? '' : 'Which channels it reads is not worked out for this operation.';
    return [`${this.facts(step)?.operation ?? ''}, ${sizeOf(column, channel)}.`, reads, readers, folded, unknown].filter(Boolean).join(' ');
  }

  /**
   * What the work space can show of it: of a list, the largest of its entries.
   * @param {At} at
   * @returns {{ step: string, channel: number } | null}
   */
  placeOf({ step, channel }) {
    if (step === 'input') {
      const [reader] = this.edges.outOf(step, channel);
      return reader ? { step: reader.step, channel: reader.to } : null;
    }
    if (step === 'answer') return { step: this.data.answer, channel: this.data.likeliest[channel] };
    const column = this.data.columns[step];
    if (!column || column.entries === 1) return { step, channel };
    const values = unpackMaps(column.maps).integers.slice(channel * column.entries, (channel + 1) * column.entries);
    let largest = 0;
    values.forEach((value, entry) => { if (Math.abs(value) > Math.abs(values[largest])) largest = entry; });
    return { step, channel: channel * column.entries + largest };
  }
}

/**
 * @param {Column} column
 * @param {number} channel
 */
function sizeOf({ maps, peaks, entries }, channel) {
  const { integers, factor } = unpackMaps(peaks ?? maps);
  if (entries > 1) return `${entries} values of one map`;
  if (!peaks) return `value ${readable(integers[channel] * factor)}`;
  return integers[channel] ? `largest value about ${readable(Math.abs(integers[channel]) * factor)}` : '0 everywhere';
}
