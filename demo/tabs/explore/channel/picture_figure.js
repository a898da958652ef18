/** The picture as the network gets it, with the box that a value of any step sees. */

import { fieldBox, fieldWords } from '../../../static/lib/receptive_field.js';
import { store } from '../../../static/lib/store.js';

/** @typedef {import('../../../static/lib/events.js').Place} Place */
/** @typedef {import('../../../static/lib/receptive_field.js').Box} Box */
/** @typedef {import('../../../static/lib/store.js').Network} Network */

/**
 * @param {import('./channel.js').ChannelView} view
 * @param {Place | null} place
 */
export function drawSeen({ find, effective }, place) {
  const network = store.get('network');
  find('.of-picture').hidden = !network;
  if (!network) return;
  const what = `The picture as the network gets it, ${network.size} × ${network.size} pixels`;
  const image = find('.seen', HTMLImageElement);
  if (image.getAttribute('src') !== network.picture) image.src = network.picture;
  image.alt = what;
  const box = place && boxOf(network, place);
  drawBox(find('.field'), box, network.size);
  effective.draw(place);
  find('.sees').textContent = seenInWords(network, place, box, what);
}

/**
 * What a value sees, in pixels.
 * @param {Network} network
 * @param {Place} place
 * @returns {Box | null} null where it is not known
 */
export function boxOf({ steps }, { step, channel, row, column }) {
  if (step === 'input') return { top: row, left: column, bottom: row + 1, right: column + 1 };
  return fieldBox(steps.find((one) => one.name === step)?.geometry, channel, row, column);
}

/**
 * @param {Network} network
 * @param {Place | null} place
 * @param {Box | null} box
 * @param {string} what
 */
function seenInWords({ steps, size }, place, box, what) {
  if (!place) return `${what}. Choose a value, and a box shows what it depends on.`;
  if (!box) return `${what}. What this value sees of it is not known.`;
  const { step, channel, row, column } = place;
  if (step === 'input') return `The pixel at row ${row}, column ${column}.`;
  const isMap = steps.find((one) => one.name === step)?.shape.length === 3;
  const where = isMap ? `row ${row}, column ${column}` : `entry ${channel}`;
  return `The value at ${where} of ${step} sees ${fieldWords(box, size)}.`;
}

/**
 * @param {HTMLElement} span
 * @param {Box | null} box
 * @param {number} side
 */
function drawBox(span, box, side) {
  const cut = box && {
    ...{ top: Math.max(box.top, 0), left: Math.max(box.left, 0) },
    ...{ bottom: Math.min(box.bottom, side), right: Math.min(box.right, side) },
  };
  span.hidden = !cut || cut.bottom <= cut.top || cut.right <= cut.left;
  if (span.hidden || !box || !cut) return;
  Object.assign(span.style, {
    top: `${(100 * cut.top) / side}%`,
    left: `${(100 * cut.left) / side}%`,
    height: `${(100 * (cut.bottom - cut.top)) / side}%`,
    width: `${(100 * (cut.right - cut.left)) / side}%`,
  });
  // Dashed where it goes on beyond the picture's edge.
  for (const edge of /** @type {(keyof Box)[]} */ (['top', 'left', 'bottom', 'right']))
    span.classList.toggle(edge, cut[edge] !== box[edge]);
}

const CORNERS = ['top right', 'top left', 'bottom right', 'bottom left'];
const SIDE = 0.31; // of the map's side that the picture takes, with a margin around what it makes room for
const SIDE_LIT = 0.48; // while a window is shown on it

/**
 * Moves the picture to a corner of the map where it covers neither the chosen value nor the one that is pointed at.
 * @param {import('./channel.js').ChannelView} view
 * @param {{ row: number, column: number } | null} pointed
 */
export function makeRoom({ find, main, chosen }, pointed) {
  if (!main || find('.of-map').classList.contains('beside')) return;
  const { height, width } = main.maps;
  const frame = find('.frame');
  const side = find('.of-map').classList.contains('lit') ? SIDE_LIT : SIDE;
  const places = [pointed, chosen].filter((place) => place !== null);
  const covers = (/** @type {string} */ corner) => places.some(({ row, column }) => {
    const [y, x] = [(row + 0.5) / height, (column + 0.5) / width];
    return (corner.startsWith('top') ? y < side : y > 1 - side) && (corner.endsWith('left') ? x < side : x > 1 - side);
  });
  const now = frame.dataset.corner ?? CORNERS[0];
  if (covers(now)) frame.dataset.corner = CORNERS.find((corner) => !covers(corner)) ?? now;
}
