/** To take home: the whole network as a picture, and its steps as a table. */

import { networkLine } from '../../../static/lib/take_home.js';
import { shapeText, small } from './strip_tiles.js';

/** @typedef {import('../../../static/lib/store.js').Network} Network */

/**
 * @param {Network | null} network
 * @returns {import('../../../static/lib/take_home.js').Offer[]}
 */
export function stripOffers(network) {
  if (!network) return [];
  return [
    { label: 'The whole network (PNG)', file: `${network.model}-steps`, plate: () => plate(network) },
    { label: 'Its steps (CSV)', file: `${network.model}-steps`, rows: () => rows(network) },
  ];
}

/** @param {Network} network */
function plate(network) {
  const panels = network.steps.map((one, index) => ({
    source: small(network, index),
    caption: `${one.name}\n${one.operation}\n${shapeText(one.shape)}${reducedTo(network, index)}`,
  }));
  const picture = { source: image(network.picture), caption: `the picture\n3 × ${network.size} × ${network.size}` };
  const weights = network.steps.reduce((sum, one) => sum + one.parameters, 0);
  return {
    title: `${network.steps.length} steps from the picture to the answer`,
    lines: [
      networkLine(),
      `${weights.toLocaleString('en')} weights. Of each step the channel with the largest value; each on its own scale: red above zero, white zero, blue below.`,
      'Where “drawn” is said, the step is reduced: each square is the mean of several values.',
    ],
    blocks: [{ panels: [picture, ...panels], columns: 7 }],
  };
}

/**
 * @param {Network} network
 * @param {number} index
 */
function reducedTo({ steps, thumbnails }, index) {
  const { shape } = steps[index];
  const { height, width } = thumbnails[index];
  const values = shape.length === 3 ? shape[1] * shape[2] : shape[0];
  return height * width < values ? `\ndrawn ${height} × ${width}` : '';
}

/** @param {string} url */
function image(url) {
  const picture = new Image();
  picture.src = url;
  return picture;
}

const HEAD = [
  ...['number', 'step', 'operation', 'block', 'reads', 'channels or values', 'rows', 'columns', 'weights'],
  ...['receptive field (pixels high)', 'receptive field (pixels wide)'],
];

/** @param {Network} network */
function rows({ steps, blocks }) {
  return [
    HEAD,
    ...steps.map((one, index) => [
      ...[index + 1, one.name, one.operation, blocks[one.block], one.inputs.join(' ')],
      ...[one.shape[0], one.shape[1] ?? '', one.shape[2] ?? '', one.parameters],
      ...[one.field?.[0] ?? '', one.field?.[1] ?? ''],
    ]),
  ];
}
