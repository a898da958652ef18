/** To take home: the answer with the changes beside the one without them. */

import { percent, signed } from '../../../static/lib/format.js';
import { networkLine } from '../../../static/lib/take_home.js';

/** @typedef {import('./whatif.js').Changed} Changed */

/**
 * @param {import('./whatif.js').WhatIf} whatif
 * @returns {import('../../../static/lib/take_home.js').Offer[]}
 */
export function whatIfOffers({ view, find }) {
  if (!view?.edits.length) return [];
  const file = `${view.model}-what-if`;
  const lines = () => [networkLine(), find('.verdict-now').textContent];
  return [
    { label: 'The answers, before and now (PNG)', file, plate: () => plate(view, lines()) },
    { label: 'The answers, before and now (CSV)', file, rows: () => answerRows(view) },
    { label: 'The changes (CSV)', file: `${view.model}-changes`, rows: () => changeRows(view) },
  ];
}

/**
 * @param {Changed} view
 * @param {(string | null)[]} lines
 */
function plate({ answers, edits, others }, lines) {
  const rows = answers.map(({ label, before, now, logit_before, logit_now }) => [
    ...[label, percent(before), percent(now)],
    ...[signed(100 * (now - before), 1), signed(logit_now - logit_before, 2), { share: now }],
  ]);
  return {
    title: 'What if? The answer with changes to the network or its picture',
    lines,
    blocks: [
      { heading: 'Changes made' },
      ...edits.map(({ words }) => ({ text: words })),
      { heading: 'The answers' },
      { table: { head: ['class', 'original', 'now', 'change, % points', 'logit change', 'now, 0 to 100 %'], rows } },
      ...(others ? [{ text: `${others} more classes are not shown.` }] : []),
    ],
  };
}

/** @param {Changed} view */
function answerRows({ answers }) {
  const head = ['class', 'probability, original (0 to 1)', 'probability, now (0 to 1)', 'logit, original (no unit)', 'logit, now (no unit)'];
  return [head, ...answers.map((row) => [row.label, row.before, row.now, row.logit_before, row.logit_now])];
}

/** @param {Changed} view */
function changeRows({ edits }) {
  return [['number', 'change', 'as in a link'], ...edits.map(({ words, piece }, index) => [index + 1, words, piece])];
}
