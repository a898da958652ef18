/** To take home: all epochs as a picture and as a table. */

import { percent } from '../../static/lib/format.js';
import { answerAt, rangeAt } from './epochs_values.js';

/** @typedef {import('./epochs.js').Epochs} Epochs */

/**
 * @param {Epochs} epochs
 * @returns {import('../../static/lib/take_home.js').Offer[]}
 */
export function epochsOffers(epochs) {
  if (!epochs.view || !epochs.maps) return [];
  const file = `epochs-${epochs.view.step}-${epochs.view.channel}`;
  return [
    { label: 'All epochs (PNG)', file, plate: () => plate(epochs) },
    { label: 'All epochs (CSV)', file, rows: () => rows(epochs) },
  ];
}

/** @param {Epochs} epochs */
function plate(epochs) {
  const { find } = epochs;
  const { view, maps } = epochs.known();
  const panels = view.epochs.map((epoch, index) => {
    const { label, share } = answerAt(view, index);
    return { source: epochs.pictureAt(index), caption: `epoch ${epoch}\n${label} ${percent(share)}` };
  });
  const charts = [...epochs.element.querySelectorAll('.charts svg')].map((source) => ({ source }));
  const [low, high] = ['.low', '.high'].map((part) => find(part).textContent);
  return {
    title: `How ${view.title} learned ${maps.size === 1 ? 'value' : 'channel'} ${view.channel} of ${view.step}`,
    lines: ['The same picture at each epoch whose weights were kept, with the answer of that time.'],
    blocks: [
      { panels, columns: Math.min(6, panels.length) },
      { legend: { canvas: find('.legend'), low, high } },
      { text: find('.scaling').textContent },
      { panels: charts, columns: 2 },
    ],
  };
}

/** @param {Epochs} epochs */
function rows(epochs) {
  const { view, maps } = epochs.known();
  const measured = Object.keys(view.history[0] ?? {}).filter((name) => name !== 'epoch');
  const shares = view.classes.map((label) => `probability of ${label} (0 to 1)`);
  return [
    ['epoch', ...measured, ...shares, 'lowest value', 'highest value', 'mean'],
    ...view.epochs.map((epoch, index) => {
      const { low, high, mean } = rangeAt(maps, index);
      const history = measured.map((name) => view.history[index][name]);
      return [epoch, ...history, ...view.probabilities[index], low, high, mean];
    }),
  ];
}
