/** The channels of the grid that an argument of the step's code is about: framed, on a sheet over the maps. */

import { cornerOf } from './grid_layout.js';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {import('./grid.js').Grid} grid
 * @param {import('../../../static/lib/events.js').Lit | null} lit
 */
export function lightChannels(grid, lit) {
  const { view, maps, layout } = grid;
  const sheet = grid.find('.sheet');
  sheet.querySelector('svg')?.remove();
  if (!view || !maps || lit?.step !== view.step) return;
  const channels = lit.channels(maps.channels, view.channel);
  if (!channels.length) return;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${layout.width} ${layout.height}`);
  svg.setAttribute('aria-hidden', 'true');
  for (const channel of channels) {
    const { left, top } = cornerOf(layout, channel);
    const rect = document.createElementNS(SVG, 'rect');
    const box = { x: left, y: top, width: layout.pixels * maps.width, height: layout.pixels * maps.height };
    for (const [name, value] of Object.entries(box)) rect.setAttribute(name, String(value));
    svg.append(rect);
  }
  sheet.append(svg);
}
