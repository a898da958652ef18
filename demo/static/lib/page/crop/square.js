/**
 * The square of a picture, in the units of `Crop` in demo/core/crop.py: its left edge in thousandths of the picture's
 * width, its top edge in those of the height, its side in those of the shorter side. Sizes of pictures are in any unit.
 *
 * @typedef {{ left: number, top: number, size: number }} Square
 * @typedef {{ width: number, height: number }} Size
 * @typedef {'nw' | 'ne' | 'sw' | 'se'} Corner
 */

export const SMALLEST = 100;

/**
 * @param {string} text such as "250,0,500"; anything else is no square
 * @returns {Square | null}
 */
export function parseSquare(text) {
  const found = /^(\d{1,4}),(\d{1,4}),(\d{1,4})$/.exec(text);
  return found ? { left: Number(found[1]), top: Number(found[2]), size: Number(found[3]) } : null;
}

/** @param {Square} square */
export function written({ left, top, size }) {
  return [left, top, size].map(Math.round).join();
}

/** @param {Size} picture */
function shorter({ width, height }) {
  return Math.min(width, height);
}

/**
 * What a network takes of the whole picture.
 * @param {Size} picture
 * @returns {Square}
 */
export function centred(picture) {
  return inside({ left: (1 - share(1000, picture).x) * 500, top: (1 - share(1000, picture).y) * 500, size: 1000 }, picture);
}

/**
 * How much of the width and of the height a side is, from 0 to 1.
 * @param {number} size
 * @param {Size} picture
 */
export function share(size, picture) {
  const side = (size / 1000) * shorter(picture);
  return { x: side / picture.width, y: side / picture.height };
}

/**
 * The nearest square of whole numbers that lies within the picture.
 * @param {Square} square
 * @param {Size} picture
 * @returns {Square}
 */
export function inside({ left, top, size }, picture) {
  const side = Math.round(between(size, SMALLEST, 1000));
  const { x, y } = share(side, picture);
  return {
    left: Math.round(between(left, 0, (1 - x) * 1000)),
    top: Math.round(between(top, 0, (1 - y) * 1000)),
    size: side,
  };
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function between(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/**
 * The square moved by shares of the width and of the height.
 * @param {Square} square
 * @param {number} x
 * @param {number} y
 * @param {Size} picture
 */
export function moved(square, x, y, picture) {
  return inside({ ...square, left: square.left + 1000 * x, top: square.top + 1000 * y }, picture);
}

/**
 * The square with one corner pulled by shares of the width and of the height; the corner across from it stays.
 * @param {Square} square
 * @param {Corner} corner
 * @param {number} x
 * @param {number} y
 * @param {Size} picture
 */
export function pulled(square, corner, x, y, picture) {
  const [isTop, isLeft] = [corner[0] === 'n', corner[1] === 'w'];
  const before = share(square.size, picture);
  const fixed = { x: square.left / 1000 + (isLeft ? before.x : 0), y: square.top / 1000 + (isTop ? before.y : 0) };
  // The pointer's way along the diagonal counts: the mean of how far both sides would go.
  const [wide, high] = [picture.width * (isLeft ? -x : x), picture.height * (isTop ? -y : y)];
  const wanted = square.size + (500 * (wide + high)) / shorter(picture);
  const [roomX, roomY] = [isLeft ? fixed.x : 1 - fixed.x, isTop ? fixed.y : 1 - fixed.y];
  const most = Math.floor((1000 * Math.min(roomX * picture.width, roomY * picture.height)) / shorter(picture) + 1e-6);
  const size = between(wanted, SMALLEST, Math.max(SMALLEST, Math.min(1000, most)));
  const after = share(Math.round(size), picture);
  return inside({
    left: 1000 * (isLeft ? fixed.x - after.x : fixed.x),
    top: 1000 * (isTop ? fixed.y - after.y : fixed.y),
    size,
  }, picture);
}

/**
 * The square made larger or smaller about its centre.
 * @param {Square} square
 * @param {number} by thousandths
 * @param {Size} picture
 */
export function grown(square, by, picture) {
  const size = between(square.size + by, SMALLEST, 1000);
  const [before, after] = [share(square.size, picture), share(size, picture)];
  const left = square.left + 500 * (before.x - after.x);
  return inside({ left, top: square.top + 500 * (before.y - after.y), size }, picture);
}

/**
 * Where it is, in words.
 * @param {Square} square
 */
export function words({ left, top, size }) {
  const [x, y, side] = [left, top, size].map((number) => `${Number((number / 10).toFixed(1))} %`);
  return `${x} from the left, ${y} from the top, side ${side} of the shorter side`;
}
