/** To take home: the map over the picture, and its values. */

import { pen } from '../../static/lib/canvas.js';
import { make } from '../../static/lib/dom.js';
import { networkLine } from '../../static/lib/take_home.js';
import { METHODS } from './attribution_choices.js';
import { raw } from './attribution_overlay.js';

/** @typedef {import('./attribution_map.js').AttributionMap} AttributionMap */
/** @typedef {import('./attribution_choices.js').Explanation} Explanation */
/** @typedef {import('../../static/lib/codec.js').Maps} Maps */

/**
 * @param {AttributionMap} map
 * @returns {import('../../static/lib/take_home.js').Offer[]}
 */
export function attributionOffers(map) {
  const { view, maps } = map;
  if (!view || !maps) return [];
  const file = `why-${view.label}-${map.choice.method}`;
  return [
    { label: 'The map (PNG)', file, plate: () => plate(map, view) },
    { label: 'Its values (CSV)', file, rows: () => rows(view, maps) },
  ];
}

/**
 * @param {AttributionMap} map
 * @param {Explanation} view
 */
function plate(map, view) {
  const { canvas, choice, find } = map;
  const image = new Image();
  image.src = view.picture;
  map.at = null;
  map.drawOverlay();
  const copy = make('canvas', { width: canvas.width, height: canvas.height });
  pen(copy).drawImage(canvas, 0, 0);
  const panels = [
    { source: copy, smooth: true, caption: 'The map over the picture' },
    { source: image, caption: 'The picture as the network gets it' },
  ];
  const [low, high] = ['.low', '.high'].map((part) => find(part).textContent);
  return {
    title: `Why ${view.label}? ${METHODS.find(([name]) => name === choice.method)?.[1]}`,
    lines: [networkLine(), view.words],
    blocks: [
      { panels, columns: 2 },
      { legend: { canvas: find('.legend'), low, high } },
      { text: view.unit },
      { text: view.means },
      { text: view.limits },
    ],
  };
}

/**
 * @param {Explanation} view
 * @param {Maps} maps
 */
function rows({ unit }, maps) {
  const places = Array.from({ length: maps.height * maps.width }, (_, at) => [Math.floor(at / maps.width), at % maps.width]);
  return [['row', 'column', `value: ${unit}`], ...places.map(([row, column]) => [row, column, raw(maps, row, column)])];
}
