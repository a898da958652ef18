/**
 * What an argument of the step's code is about, on the large map and on the picture in its corner: the window of a value
 * with its places, those of the next values, and the values at the edge whose windows reach into the border.
 */

import { store } from '../../../static/lib/store.js';

/** @typedef {import('../../../static/lib/events.js').Lit} Lit */

export class ArgumentOverlay {
  /** @type {Lit | null} */
  lit = null;

  /** @param {import('./channel.js').ChannelView} view */
  constructor(view) {
    this.view = view;
    this.map = overlay(view.find('.large'));
    this.picture = overlay(view.find('.frame'));
  }

  /** @param {Lit | null} lit */
  light(lit) {
    this.lit = lit;
    this.view.showChosen();
  }

  /** @param {{ row: number, column: number } | null} place of the value that is pointed at or chosen; null: the middle one */
  draw(place) {
    const { main } = this.view;
    const lit = main && this.lit?.step === main.step && main.maps.size > 1 ? this.lit : null;
    const { height, width } = main?.maps ?? { height: 1, width: 1 };
    const spot = place ?? { row: Math.floor(height / 2), column: Math.floor(width / 2) };
    fill(this.map, width, height, lit?.onMap(spot) ?? []);
    const size = store.get('network')?.size ?? 1;
    const cells = lit?.onPicture(spot) ?? [];
    fill(this.picture, size, size, cells);
    this.view.find('.of-map').classList.toggle('lit', cells.length > 0);
  }
}

/** @param {HTMLElement} parent */
function overlay(parent) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of Object.entries({ class: 'lit-up', preserveAspectRatio: 'none', 'aria-hidden': 'true' })) svg.setAttribute(name, value);
  parent.append(svg);
  return svg;
}

/**
 * @param {SVGElement} svg
 * @param {number} width of its view, in values or pixels
 * @param {number} height
 * @param {import('../../../static/lib/events.js').LitBox[]} boxes
 */
function fill(svg, width, height, boxes) {
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.replaceChildren(...boxes.map(({ kind, box }) => {
    const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    const { top, left, bottom, right } = box;
    for (const [name, value] of Object.entries({ class: kind, x: left, y: top, width: right - left, height: bottom - top }))
      rect.setAttribute(name, String(value));
    return rect;
  }));
}
