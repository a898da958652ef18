/** A picture made as small as the server keeps it before it is sent: a square of it, at most so many pixels wide. */

import { make } from '../../../static/lib/dom.js';
import { decoded, isTiff } from './tiff.js';

const QUALITY = 0.92; // of a JPEG
const TINY = 96; // pixels of a side up to which JPEG would blur what there is
const RAW = 400_000; // bytes of a file that this browser cannot open, up to which the server may try

/**
 * The pixels of a file, upright; of a TIFF as well, which few browsers open and no server of this page does.
 * @param {Blob} file
 * @returns {Promise<ImageBitmap>} rejected with a `TiffError`, or with whatever the browser says, where it is no picture
 */
export async function bitmapOf(file) {
  try {
    return await createImageBitmap(file);
  } catch (error) {
    if (!isTiff(await file.slice(0, 8).arrayBuffer())) throw error;
    const { pixels, width, height } = await decoded(await file.arrayBuffer());
    return createImageBitmap(new ImageData(pixels, width, height));
  }
}

/**
 * The middle square.
 * @param {File} file
 * @param {number} side
 * @returns {Promise<Blob | null>} null for a file that this browser cannot open and that is too large to be sent as it is
 */
export async function reduced(file, side) {
  const bitmap = await bitmapOf(file).catch(() => null);
  if (!bitmap) return file.size <= RAW ? file : null;
  const { width, height } = bitmap;
  const square = Math.min(width, height);
  const small = squareOf(bitmap, { left: (width - square) / 2, top: (height - square) / 2, side: square }, side);
  bitmap.close();
  return small;
}

/**
 * A square of a picture as a file of its own.
 * @param {ImageBitmap} bitmap
 * @param {{ left: number, top: number, side: number }} square in pixels of the picture
 * @param {number} most pixels of the file's side
 * @returns {Promise<Blob | null>}
 */
export function squareOf(bitmap, square, most) {
  const canvas = make('canvas');
  canvas.width = canvas.height = Math.min(most, Math.round(square.side));
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.fillStyle = '#fff'; // as the server lays pictures on white
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(bitmap, square.left, square.top, square.side, square.side, 0, 0, canvas.width, canvas.height);
  const type = canvas.width <= TINY ? 'image/png' : 'image/jpeg';
  return new Promise((done) => canvas.toBlob(done, type, QUALITY));
}

/**
 * The last folder on a file's path; "" for none.
 * @param {string} path
 */
export function folderOf(path) {
  return path.split('/').at(-2) ?? '';
}

/**
 * Whether a file is one that nobody who gives a folder means.
 * @param {string} path
 */
export function isHidden(path) {
  return path.split('/').some((part) => part.startsWith('.') || /^(thumbs\.db|desktop\.ini|__macosx)$/i.test(part));
}
