/** How many of a step's maps stand in a row. */

import { gapOf, inColumns } from '../../../static/lib/map_grid.js';

/**
 * Columns so that the grid is about square.
 * @param {import('../../../static/lib/map_grid.js').Size} maps
 */
export function layOut(maps) {
  const gap = gapOf(maps);
  const aspect = (maps.height + gap) / (maps.width + gap);
  return inColumns(maps, evenColumns(maps.channels, Math.sqrt(maps.channels * aspect * 1.6)));
}

/**
 * The number of columns nearest to `ideal` that leaves no row unfinished, if there is one near.
 * @param {number} count
 * @param {number} ideal
 */
export function evenColumns(count, ideal) {
  /** @param {number} columns */
  const distance = (columns) => Math.abs(Math.log(columns / ideal));
  let best = 1;
  for (let columns = 1; columns <= count; columns++)
    if (count % columns === 0 && distance(columns) < distance(best)) best = columns;
  return distance(best) < Math.log(1.7) ? best : Math.min(count, Math.ceil(ideal));
}
