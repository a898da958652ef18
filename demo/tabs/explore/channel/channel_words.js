/** A channel's values: one by one, and all of them in a sentence. */

import { hasValues, valueOf, valuesOf } from '../../../static/lib/codec.js';
import { readable } from '../../../static/lib/format.js';

/** @typedef {import('../../../static/lib/store.js').Channel} Channel */

/**
 * One value; null while only means of squares of them are there.
 * @param {Channel} channel
 * @param {{ row: number, column: number }} place
 */
export function valueAt(channel, place) {
  if (!hasValues(channel)) return null;
  return valueOf(...valuesOf(channel), place);
}

/**
 * @param {Channel} main
 * @param {string} [edits] the changes of "What if?", as the address has them
 */
export function channelWords(main, edits = '') {
  return rangeInWords(main) + changeInWords(main, edits);
}

/**
 * That the channel is switched off, inverted or scaled; "" where it is not.
 * @param {Pick<Channel, 'step' | 'channel'>} main
 * @param {string} edits
 */
function changeInWords({ step, channel }, edits) {
  const start = `${step}.${channel}:`;
  const change = edits.split('~').findLast((one) => one.startsWith(start))?.slice(start.length) ?? '';
  if (change === 'off') return ' You have switched it off under What if?';
  if (change === 'inv') return ' You have inverted it under What if?';
  const factor = /^x(-?[\d.e-]+)$/.exec(change)?.[1];
  return factor ? ` You have multiplied it by ${factor.replace('-', '−')} under What if?` : '';
}

/** @param {Channel} main */
function rangeInWords(main) {
  const { channel, low, high, mean, zeros, step, label } = main;
  if (main.maps.size === 1) return `Value ${channel} of ${step}${label ? `, the logit (score before softmax) of ${label}` : ''}: ${readable(high)}.`;
  if (low === high) return `Channel ${channel} of ${step} is ${readable(low)} everywhere for this picture.`;
  const range = `Channel ${channel} of ${step}: from ${readable(low)} to ${readable(high)}, mean ${readable(mean)}, ${Math.round(100 * zeros)} % zeros`;
  const [maps, index] = valuesOf(main);
  const all = `${maps.height} × ${maps.width}`;
  if (maps.bits !== 16) return `${range}, ${all} values.`; // too rough to tell which one is the largest
  const { row, column } = largestPlace(maps, index);
  return `${range}. Largest at row ${row}, column ${column} of ${all}, counted from 0.`;
}

/**
 * Where the first of the largest values is.
 * @param {import('../../../static/lib/codec.js').Maps} maps
 * @param {number} index of the map
 */
export function largestPlace({ integers, size, width }, index) {
  let best = index * size;
  for (let at = best; at < (index + 1) * size; at++) if (integers[at] > integers[best]) best = at;
  const place = best - index * size;
  return { row: Math.floor(place / width), column: place % width };
}

/**
 * What is wrong with the row and the column that were typed: words about each, and what is used instead. null: nothing.
 * @param {Record<'row' | 'column', string>} typed
 * @param {{ row: number, column: number } | null} chosen what is used
 * @param {{ height: number, width: number }} maps
 * @returns {{ words: string | null, instead: Partial<Record<'row' | 'column', number>> }}
 */
export function corrections(typed, chosen, { height, width }) {
  /** @type {string[]} */
  const said = [];
  /** @type {Partial<Record<'row' | 'column', number>>} */
  const instead = {};
  for (const [word, count] of /** @type {['row' | 'column', number][]} */ ([['row', height], ['column', width]])) {
    if (typed[word] === '') {
      if (!chosen) said.push(`Now a ${word}.`);
    } else if (chosen && typed[word] !== String(chosen[word])) {
      said.push(`${word === 'row' ? 'Rows' : 'Columns'} go from 0 to ${count - 1}, in whole numbers.`);
      instead[word] = chosen[word];
    }
  }
  if (!said.length) return { words: null, instead };
  return { words: said.length === 2 && !chosen ? '' : said.join(' '), instead };
}
