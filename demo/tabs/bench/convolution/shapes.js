/** How large each map is, by the formula with its numbers; as items of a list. */

import { make } from '../../../static/lib/dom.js';
import { lengthInNumbers } from './chain.js';

const FORMULA = '⌊(rows + 2·padding − dilation·(size − 1) − 1) / stride⌋ + 1';

/**
 * @param {import('./chain.js').Made[]} chain
 * @param {number} size of the kernel
 */
export function shapesInNumbers(chain, size) {
  const general = make('li', {}, `rows after it = ${FORMULA}; columns alike`);
  const lines = chain.filter(({ stage }) => stage !== 'relu').map(({ title, reads, slide, makes }) => {
    const { formula, made, spare } = lengthInNumbers(reads.height, slide);
    const left = makes && spare ? ` The last ${spare === 1 ? 'row and column are' : `${spare} rows and columns are`} never read.` : '';
    return make('li', {}, make('b', {}, title), ` ${formula}`, makes ? `, so ${made} × ${made}.${left}` : ': not possible.');
  });
  const weights = make('li', {}, make('b', {}, 'Weights'), ` 1 × (${size} × ${size} × 1) + 1 bias = ${size * size + 1}. ReLU and pooling have none.`);
  return [general, ...lines, weights];
}
