/** To take home: both lanes and their difference as a picture; the answers, the steps and the values as tables. */

import { channelAt, channelOf, SIDES } from './compare_values.js';

/** @typedef {import('./compare.js').Comparison} Comparison */
/** @typedef {import('./compare_values.js').Compared} Compared */
/** @typedef {import('./compare_values.js').Lanes} Lanes */
/** @typedef {import('./compare_values.js').Side} Side */

/**
 * @param {Comparison} comparison
 * @returns {import('../../static/lib/take_home.js').Offer[]}
 */
export function compareOffers(comparison) {
  if (!comparison.view) return [];
  const { view, lanes } = comparison.known();
  const file = `compare-${view.step}-${view.channel}`;
  const offers = [
    { label: 'Both lanes (PNG)', file, plate: () => plate(comparison) },
    { label: 'Both answers (CSV)', file: 'compare-answers', rows: () => answerRows(view) },
    { label: 'This channel’s values (CSV)', file, rows: () => valueRows(view, lanes) },
  ];
  if (view.steps.some((step) => step.change !== null))
    offers.push({ label: 'Change at each step (CSV)', file: 'compare-steps', rows: () => stepRows(view) });
  return offers;
}

/** @param {Comparison} comparison */
function plate(comparison) {
  const { find } = comparison;
  const { view, lanes } = comparison.known();
  const there = SIDES.filter((side) => lanes[side]);
  const isSingle = lanes.left.size === 1;
  /** @param {Side} side */
  const caption = (side) => [find(`.${side} h4`).textContent, find(`.${side} .own`).textContent].filter(Boolean).join('\n');
  const large = there.map((side) => ({ source: find(`.${side} .large canvas`), caption: caption(side) }));
  const all = there.map((side) => ({ source: find(`.${side} .all canvas`), caption: isSingle ? caption(side) : side }));
  const [low, high] = ['.low', '.high'].map((part) => find(part).textContent);
  return {
    title: `Side by side: ${view.step}`,
    lines: [...view.lanes.map(({ title }, index) => `${index ? 'Right' : 'Left'}: ${title}`), find('.verdict-words').textContent],
    blocks: [
      { panels: pictures(comparison), columns: 4 },
      ...(isSingle ? [] : [{ panels: large, columns: 3 }]),
      { legend: { canvas: find('.legend'), low, high } },
      { text: find('.scaling').textContent },
      { text: find('.spoken').textContent },
      { heading: isSingle ? 'All values' : 'All channels' },
      { panels: all, columns: 3 },
    ],
  };
}

/** @param {Comparison} comparison */
function pictures({ find }) {
  return [...find('.pictures').children].flatMap((figure) => {
    const source = figure.querySelector('img');
    const parts = figure.querySelector('figcaption')?.childNodes ?? [];
    const caption = [...parts].map((part) => part.textContent).join(' ');
    return source?.src ? [{ source, caption }] : [];
  });
}

/** @param {Compared} view */
function stepRows({ steps }) {
  const head = ['step', 'operation', 'change (share of the left values’ size)'];
  return [head, ...steps.map(({ name, operation, change }) => [name, operation, change])];
}

/** @param {Compared} view */
function answerRows({ classes, shares: [left, right] }) {
  /** @type {(a: number | null, b: number | null) => number | null} */
  const minus = (a, b) => (a === null || b === null ? null : a - b);
  return [
    ['class', 'left probability (0 to 1)', 'right probability (0 to 1)', 'right minus left'],
    ...classes.map((label, index) => [label, left[index], right[index], minus(right[index], left[index])]),
  ];
}

/**
 * @param {Compared} view
 * @param {Lanes} lanes
 */
function valueRows(view, lanes) {
  const { width, size } = lanes.left;
  const sides = lanes.difference ? SIDES : SIDES.slice(0, 1);
  const columns = sides.flatMap((side) => {
    const lane = lanes[side];
    return lane ? [channelOf(lane, channelAt(lanes, side, view.channel))] : [];
  });
  const head = ['row', 'column', `left: ${view.step}, channel ${view.channel} (no unit)`];
  const others = [`right: channel ${channelAt(lanes, 'right', view.channel)}`, 'right minus left'];
  return [
    [...head, ...(lanes.difference ? others : [])],
    ...Array.from({ length: size }, (_, at) => [Math.floor(at / width), at % width, ...columns.map((values) => values[at])]),
  ];
}
