/** To take home: the window where it stands, over the map as far as it is filled, and what it reads and makes there. */

import { hasValues, valuesOf } from '../../../static/lib/codec.js';
import { pen } from '../../../static/lib/canvas.js';
import { make } from '../../../static/lib/dom.js';
import { networkLine } from '../../../static/lib/take_home.js';
import { frameAt, placesUnder, spotAt, valuesUnder } from './sliding_window.js';

/** @typedef {import('./player.js').Player} Player */
/** @typedef {import('./sliding_window.js').Frame} Frame */

/**
 * @param {Player} player
 * @returns {import('../../../static/lib/take_home.js').Offer[]}
 */
export function playerOffers(player) {
  const { scene } = player;
  if (!scene || !player.isOnStage()) return [];
  const file = `${scene.model}-${scene.step}-channel-${scene.channel}-window`;
  return [
    { label: 'Window and map (PNG)', file, plate: () => plate(player) },
    ...(scene.all ? [{ label: 'What the window reads (CSV)', file, rows: () => windowRows(player) }] : []),
    { label: 'The values made so far (CSV)', file: `${file}-made`, rows: () => madeRows(player) },
  ];
}

/** @param {Player} player */
function plate(player) {
  const { find } = player;
  const { scene, maps } = player.stage();
  const spot = player.spot();
  const made = { top: spot.row, left: spot.column, tall: 1, wide: 1 };
  const reads = { source: find('.in'), mark: shares(frameAt(scene, spot), maps), caption: find('.reads').textContent };
  const makes = {
    source: madeMap(find('.out', HTMLCanvasElement)),
    mark: shares(made, player.result().maps),
    caption: `${find('.makes').textContent}; grey: not made yet`,
  };
  return {
    title: `${scene.step}, channel ${scene.channel}: the window on its way over the map`,
    lines: [networkLine()],
    blocks: [
      { panels: [reads, makes], columns: 2 },
      { text: (find('.now').textContent ?? '').replace(/; for the exact (?:sum|ones) choose “[^”]*”/, '') },
      { text: meaning(scene.source) },
    ],
  };
}

/** @param {string} source of the map that is read */
function meaning(source) {
  if (source === 'input') return 'The picture is grey, from black 0 to white 255. What is made: red above zero, white zero, blue below zero.';
  return 'Red: above zero, white: zero, blue: below zero; each map on its own scale.';
}

/**
 * @param {Frame} frame
 * @param {{ height: number, width: number }} map
 */
function shares({ top, left, tall, wide }, { height, width }) {
  return { top: top / height, left: left / width, bottom: (top + tall) / height, right: (left + wide) / width };
}

/**
 * On paper, what is not made yet must not look like zero, which is white.
 * @param {HTMLCanvasElement} shown
 */
function madeMap(shown) {
  const { width, height } = shown;
  const canvas = make('canvas', { width, height });
  const context = pen(canvas);
  context.fillStyle = '#d4d4d4';
  context.fillRect(0, 0, width, height);
  context.drawImage(shown, 0, 0);
  return canvas;
}

/**
 * One row for each value under the window, of all maps that it reads.
 * @param {Player} player
 */
function windowRows(player) {
  const { scene, maps } = player.stage();
  const spot = player.spot();
  const places = placesUnder(scene, spot);
  const isWeighted = scene.kind === 'weighted';
  const rowsOf = (/** @type {number} */ map) =>
    valuesUnder(scene, maps, map, spot).map((value, i) => {
      const { row, column } = places[i];
      const place = [player.select.options[map].textContent, row, column, value === null ? 'yes' : ''];
      if (!isWeighted) return [...place, value, '', ''];
      const weight = player.weights[map * places.length + i];
      return [...place, value ?? 0, weight, (value ?? 0) * weight];
    });
  return [
    ['reads', 'row', 'column', 'padding', `value (no unit, sent in ${maps.bits} bits)`, 'weight', 'product'],
    ...Array.from({ length: isWeighted ? maps.channels : 1 }, (_, map) => rowsOf(map)).flat(),
    ...(isWeighted ? [['bias', '', '', '', '', '', scene.bias]] : []),
  ];
}

/** @param {Player} player */
function madeRows(player) {
  const { scene } = player.stage();
  const main = player.result();
  const [{ integers, factor, size, width }, channel] = valuesOf(main);
  const rows = Array.from({ length: player.at + 1 }, (_, i) => {
    const { row, column } = spotAt(i, width);
    return [row, column, hasValues(main) ? integers[channel * size + i] * factor : ''];
  });
  return [['row', 'column', `value of ${scene.step}, channel ${scene.channel} (no unit)`], ...rows];
}
