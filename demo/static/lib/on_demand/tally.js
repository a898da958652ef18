/** How many of a class gave each answer, as bars. */

import { make } from '../dom.js';

/** @typedef {import('./classroom.js').Bar} Bar */

/**
 * A list of bars, the longest as wide as there is room; each says its number and whether it was right.
 * @param {Bar[]} bars
 * @param {{ options?: string[], mark?: string }} [card] `options`: answers that there were to choose from, those that nobody
 *   gave are drawn as well; `mark`: what the right one is called
 */
export function tallyBars(bars, { options = [], mark = 'right answer' } = {}) {
  const given = new Set(bars.map(({ guess }) => guess));
  const none = options.filter((option) => !given.has(option)).map((guess) => ({ guess, count: 0, right: false }));
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const row = (/** @type {Bar} */ { guess, count, right }) => make('li', { 'data-right': right ? 'yes' : 'no' },
    make('span', { class: 'guess' }, guess),
    make('span', { class: 'room' }, make('span', { class: 'length', style: `width: ${((100 * count) / most).toFixed(1)}%` })),
    make('span', { class: 'count' }, String(count), ...(right ? [make('span', { class: 'is-right' }, ` ${mark}`)] : [])));
  return make('ul', { class: 'tally' }, ...[...bars, ...none].map(row));
}

export const TALLY_STYLE = `
.tally { list-style: none; margin: 8px 0; padding: 0; display: grid; grid-template-columns: minmax(3em, max-content) minmax(60px, 1fr) max-content; gap: 6px 12px; font-variant-numeric: tabular-nums; }
.tally li { display: contents; }
.tally .guess { overflow-wrap: anywhere; max-width: 22em; text-align: right; }
.tally .room { align-self: center; height: 1.2em; background: linear-gradient(var(--border-color-primary), var(--border-color-primary)) left center / 100% 1px no-repeat; }
.tally .length { display: block; height: 100%; min-width: 1px; background: var(--body-text-color-subdued); opacity: 0.75; border-radius: 0 3px 3px 0; }
.tally [data-right=yes] .length { background: var(--color-accent); opacity: 1; }
.tally [data-right=yes] .guess { font-weight: 600; }
.tally .is-right { color: var(--color-accent); font-weight: 600; }
`;
