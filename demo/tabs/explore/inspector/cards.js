/** A value in words, and the card that shows how it came about. */

import { make } from '../../../static/lib/dom.js';
import { fixed } from '../../../static/lib/format.js';
import { store } from '../../../static/lib/store.js';
import { checkLine, checkWords } from './check.js';
import { colourName } from '../../../static/lib/sums/parts.js';
import { termsOf } from './terms.js';

/**
 * @param {import('../../../static/lib/sums/parts.js').Position} position
 */
export function positionName([step, channel, row, column]) {
  if (step === 'input') return `picture, ${colourName(channel)} (${row}, ${column})`;
  const shape = store.get('network')?.steps.find((one) => one.name === step)?.shape;
  if (shape?.length !== 1) return `${step}, channel ${channel} (${row}, ${column})`;
  const shown = store.get('channel');
  const label = shown?.step === step ? shown.labels[channel] : undefined;
  return `${step}, ${label ?? `entry ${channel}`}`;
}

/**
 * @param {import('../../../static/lib/sums/parts.js').Explanation} one
 * @param {number} index in the chain of cards
 */
export function card(one, index) {
  const [step] = one.position;
  const isPicture = step === 'input';
  const heading = make(
    'h4',
    {},
    make('b', {}, isPicture ? 'the picture' : step),
    step === one.operation || isPicture ? '' : ` ${one.operation}`,
    make('span', { class: 'where number' }, ` ${where(one)}${one.is_without ? ', without your change' : ''}`),
    make('span', { class: 'result number' }, ` = ${fixed(one.total, one.decimals[1])}`),
  );
  const changes = one.changed.map((change) => make('p', { class: 'changed' }, `With your change: ${change}.`));
  const words = make('p', { class: isMultiplied(one) ? 'words changed' : 'words' }, one.words);
  const section = make('section', { class: 'card' }, heading, ...changes, words, ...termsOf(one));
  if (index) section.prepend(make('p', { class: 'from', 'aria-hidden': 'true' }, '↑ made of'));
  if (!isPicture && !one.is_without) section.append(checkLine(one.adds, checkWords(one)));
  return section;
}

/**
 * Whether a change under "What if?" multiplies the value: its channel is switched off, inverted or scaled.
 * @param {Pick<import('../../../static/lib/sums/parts.js').Explanation, 'kind' | 'others'>} one
 */
export function isMultiplied({ kind, others }) {
  return kind === 'product' && others.at(-1)?.name === 'factor';
}

/** @param {import('../../../static/lib/sums/parts.js').Explanation} one */
function where({ position: [step, channel, row, column], shape }) {
  if (shape.length !== 3) return `entry ${channel}`;
  return `${step === 'input' ? colourName(channel) : `channel ${channel}`}, row ${row}, column ${column}`;
}
