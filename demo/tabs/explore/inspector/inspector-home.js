/** To take home: the calculation as a picture, as a table of every number, as LaTeX, and as a worksheet. */

import { littleMap } from '../../../static/lib/canvas.js';
import { finePercent, fixed, largest, significant } from '../../../static/lib/format.js';
import { networkLine } from '../../../static/lib/take_home.js';
import { positionName } from './cards.js';
import { checkWords } from './check.js';
import { isPadding, littlePatch, partName, unpackParts } from '../../../static/lib/sums/parts.js';
import { byLogit, figuresFor, softmax } from '../../../static/lib/softmax.js';
import { partOrder, sumLines } from '../../../static/lib/sums/sum_lines.js';

/** @typedef {import('./inspector.js').Answer} Answer */
/** @typedef {import('../../../static/lib/sums/parts.js').Explanation} Explanation */
/** @typedef {import('./softmax_panel.js').Logits} Logits */

const MOST_LINES = 10; // of a sum in the picture

/**
 * @param {import('./inspector.js').Inspector} inspector
 * @returns {import('../../../static/lib/take_home.js').Offer[]}
 */
export function inspectorOffers(inspector) {
  const place = inspector.top();
  const answer = inspector.answers.get(JSON.stringify(place ?? null));
  if (!place || !answer?.chain) return [];
  const { chain, softmax: logits } = answer;
  const { temperature } = inspector.softmax;
  const file = `${answer.model}-${place.join('-')}`;
  return [
    { label: 'This calculation (PNG)', file, plate: () => plate(answer, temperature) },
    { label: 'Every number of it (CSV)', file, rows: () => termRows(chain) },
    ...(logits ? [{ label: 'The probabilities (CSV)', file: `${file}-softmax`, rows: () => softmaxRows(logits, temperature) }] : []),
    { label: 'Copy it as LaTeX', latex: place },
    { label: 'Worksheet with key, 2 pages', sheet: place },
  ];
}

/**
 * @param {Answer} answer
 * @param {number} temperature
 */
function plate({ position, chain = [], softmax: logits }, temperature) {
  /** @type {object[]} */
  const blocks = chain.flatMap((one) => [
    { heading: headingOf(one) },
    ...one.changed.map((change) => ({ text: `With a change: ${change}.` })),
    { text: one.words },
    ...cardBlocks(one),
    ...(one.is_without ? [] : [{ text: `${one.adds ? 'Adds up' : 'Does not add up'}: ${checkWords(one)}` }]),
  ]);
  if (logits) blocks.push({ heading: 'softmax: from all logits to probabilities' }, { table: softmaxTable(logits, temperature) });
  return { title: `How a value came about: ${positionName(position)}`, lines: [networkLine()], blocks };
}

/** @param {Explanation} one */
function headingOf({ position, operation, total, decimals, is_without: isWithout }) {
  const how = operation === position[0] ? '' : `: ${operation}`;
  return `${positionName(position)}${how}${isWithout ? ', without the change' : ''} = ${fixed(total, decimals[1])}`;
}

/** @param {Explanation} one */
function cardBlocks(one) {
  if (!one.parts) return [];
  if (one.parts.weights) return [{ table: sumTable(one, unpackParts(one.parts)) }];
  if (one.kind === 'share') return [];
  const parts = unpackParts(one.parts);
  const cells = Array.from(parts.patch(0), (value) => fixed(value, one.decimals[0]));
  const rows = Array.from({ length: parts.height }, (_, row) => cells.slice(row * parts.width, (row + 1) * parts.width));
  return parts.width <= 16 ? [{ table: { head: rows[0].map(() => ''), rows } }] : [];
}

/**
 * @param {Explanation} one
 * @param {import('../../../static/lib/sums/parts.js').Parts} parts
 */
function sumTable(one, parts) {
  const [terms, total] = one.decimals;
  const { sums, entries, height, width } = parts;
  const most = largest(sums) || 1;
  const order = partOrder(sums, true);
  const lines = sumLines(one, parts, order, order.length > MOST_LINES + 1 ? MOST_LINES : order.length);
  const limits = [largest(parts.values), largest(parts.weights)];
  const how = (/** @type {number} */ i) =>
    entries
      ? [parts.patch(i), parts.kernel(i)].map((values) => fixed(values[0], lines.factors))
      : [littlePatch(parts, i, limits[0]), littleMap(parts.kernel(i), height, width, limits[1])].map((canvas) => ({ canvas }));
  const rows = lines.shown.map(({ part, sum }) => [partName(parts, part), ...how(part), fixed(sum, terms), { bar: sum / most }]);
  const { rest } = lines;
  if (rest) rows.push([`${rest.count.toLocaleString('en')} others`, '', '', fixed(rest.sum, terms), '']);
  for (const other of lines.others) rows.push([other.name, '', '', fixed(other.value, total), '']);
  rows.push(['total', '', '', fixed(one.total, total), '']);
  const head = entries ? ['entry', 'value', 'weight', 'product', ''] : ['channel', 'patch', 'kernel', 'sum of products', ''];
  return { head, rows };
}

/**
 * @param {Logits} value
 * @param {number} temperature
 */
function softmaxTable({ labels, logits }, temperature) {
  const found = softmax(logits, temperature);
  const figures = figuresFor(found);
  const rows = byLogit(logits).map((i) =>
    [labels[i], fixed(logits[i], 4), significant(found.powers[i], figures), finePercent(found.shares[i])]);
  return { head: ['class', 'logit', 'power of e', 'probability'], rows };
}

/**
 * @param {Logits} value
 * @param {number} temperature
 */
function softmaxRows({ labels, logits }, temperature) {
  const { powers, shares } = softmax(logits, temperature);
  const head = ['class', 'logit (no unit)', 'power of e', 'probability (0 to 1)', 'temperature'];
  return [head, ...labels.map((label, i) => [label, logits[i], powers[i], shares[i], temperature])];
}

const HEAD = ['of step', 'operation', 'term', 'reads step', 'channel', 'row', 'column', 'padding', 'value (no unit)', 'weight', 'result'];
const NOWHERE = ['', '', '', ''];

/**
 * Every number of every step: value times weight, or the value alone, is the result; the last two rows of a step are what
 * the calculation gives and what the network's tensor holds, which is nothing without the change of a channel.
 * @param {Explanation[]} chain
 */
function termRows(chain) {
  return [HEAD, ...chain.flatMap((one) => {
    const own = [one.position[0], one.operation];
    const others = one.others.map(({ name, place, value, factor }) =>
      [...own, name, ...(place ?? NOWHERE), '', factor && value !== null ? value / factor : value, factor ?? '', value]);
    const numbers = Object.entries(one.numbers).map(([name, number]) => [...own, name, ...NOWHERE, '', '', '', number]);
    const total = [...own, one.is_without ? 'total without the change' : 'total', ...one.position, '', '', '', one.total];
    const held = one.is_without ? [] : [[...own, 'tensor', ...one.position, '', '', '', one.value]];
    return [...partRows(one, own), ...others, ...numbers, total, ...held];
  })];
}

/**
 * @param {Explanation} one
 * @param {string[]} own
 */
function partRows(one, own) {
  if (!one.parts) return [];
  const parts = unpackParts(one.parts);
  const finite = (/** @type {number} */ number) => (Number.isFinite(number) ? number : '');
  return parts.channels.flatMap((channel, i) => Array.from(parts.patch(i), (value, at) => {
    const [row, column] = [parts.rows[Math.floor(at / parts.width)], parts.columns[at % parts.width]];
    /** @type {number | undefined} */
    const weight = parts.kernel(i)[at];
    const result = weight === undefined ? value : value * weight;
    const place = [parts.source, channel, row, column, isPadding(parts, at) ? 'yes' : ''];
    return [...own, partName(parts, i), ...place, finite(value), weight ?? '', finite(result)];
  }));
}
