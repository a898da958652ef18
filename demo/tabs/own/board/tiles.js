/**
 * Tiles marked on a photo, each of which becomes a picture of the chosen class. The photo stays in the browser. What is
 * marked is what the board holds: a picture that is deleted, moved or brought back there is so here as well.
 */

import { finder, make } from '../../../static/lib/dom.js';
import { store } from '../../../static/lib/store.js';
import { PhotoView, nameOf, tag } from './photo_view.js';
import { bitmapOf, squareOf } from './reduce.js';
import { TiffError, isTiff } from './tiff.js';
import { SMALLEST, about, keyOf, markOf, sideOf, usualSide } from './tile_places.js';
import { TILES } from './tiles_html.js';

const STYLE = await (await fetch(new URL('tiles.css', import.meta.url))).text();
const UNOPENED = 'This is no picture that this browser can open; please save it as JPEG or PNG first.';
const SHOWN = 4096; // pixels of the longer side of a TIFF as it is shown, which the browser cannot do by itself
const TWICE = 400; // milliseconds within which the second press of a double click comes

/**
 * @typedef {object} Mark a square as it is drawn
 * @property {number} left
 * @property {number} top
 * @property {number} side
 * @property {number} label of its class
 * @property {number} number of the picture; 0 while it is on its way to the server
 */

export class Tiles {
  /** @type {{ bitmap: ImageBitmap, url: string, key: string, name: string, width: number, height: number } | null} */
  photo = null;
  label = 0; // of the class that is chosen
  side = 0;
  opening = 0; // number of the last photo that was asked for
  /** @type {{ when: number, square: import('./tile_places.js').Square } | null} */
  placed = null; // the last one, and when, in milliseconds of the page's clock
  /** @type {PhotoView | null} */
  view = null;

  /**
   * @param {import('./board.js').Board} board
   * @param {ReturnType<typeof finder>} find
   */
  constructor(board, find) {
    this.board = board;
    this.element = find('.tiles');
    this.opener = find('.mark-tiles', HTMLButtonElement);
    this.opener.addEventListener('click', () => this.toggle());
  }

  /** Its parts are made when it is first opened. */
  toggle() {
    const { element, opener } = this;
    if (!element.childElementCount) {
      element.innerHTML = TILES;
      element.prepend(make('style', {}, STYLE));
      this.find = finder(element);
      this.view = new PhotoView(this, this.find);
      this.listen();
    }
    element.hidden = !element.hidden;
    opener.setAttribute('aria-expanded', String(!element.hidden));
    if (element.hidden) return this.close();
    this.drawClasses();
    this.find('.photo-file', HTMLInputElement).focus({ preventScroll: true });
    element.scrollIntoView({ block: 'nearest' });
  }

  /** @type {ReturnType<typeof finder>} */
  find = finder(document);

  listen() {
    const { find } = this;
    const file = find('.photo-file', HTMLInputElement);
    file.addEventListener('change', () => {
      const [chosen] = file.files ?? [];
      file.value = '';
      if (chosen) void this.open(Promise.resolve(chosen), chosen.name);
    });
    find('.photo-page').addEventListener('click', () => this.openPage());
    find('.photo-close').addEventListener('click', () => {
      this.toggle();
      this.opener.focus();
    });
    find('.kinds').addEventListener('change', (event) => (this.label = Number(/** @type {HTMLInputElement} */ (event.target).value)));
    const slider = find('.tile-side input', HTMLInputElement);
    slider.addEventListener('input', () => this.photo && this.sized(sideOf(Number(slider.value), this.photo)));
  }

  // --------------------------------------------------------------------------------------------------------- photo

  openPage() {
    const file = store.get('file');
    if (!file?.url) return this.say('The page has no picture. Please choose a photo.');
    void this.open(fetch(file.url).then((response) => response.blob()), 'the page’s picture');
  }

  /**
   * @param {Promise<Blob>} coming
   * @param {string} name
   */
  async open(coming, name) {
    const number = (this.opening += 1);
    this.say('The photo is being opened …');
    try {
      const blob = await coming;
      const [bitmap, bytes] = await Promise.all([bitmapOf(blob), blob.arrayBuffer()]);
      if (number !== this.opening) return bitmap.close();
      this.forget();
      const { width, height } = bitmap;
      if (Math.min(width, height) < 2 * SMALLEST) {
        bitmap.close();
        return this.say(`This photo has ${width} × ${height} pixels, too few to mark squares in it.`);
      }
      const shown = isTiff(bytes) ? await drawn(bitmap) : blob;
      if (number !== this.opening) return bitmap.close();
      this.photo = { bitmap, url: URL.createObjectURL(shown), key: keyOf(new Uint8Array(bytes)), name, width, height };
    } catch (error) {
      if (number === this.opening) this.say(`${name}: ${error instanceof TiffError ? error.message : UNOPENED}`);
      return;
    }
    this.say('');
    this.find('img', HTMLImageElement).src = this.photo.url;
    this.find('.on-photo').hidden = false;
    this.view?.begin();
    this.sized(usualSide(this.photo));
    this.draw();
  }

  close() {
    this.opening += 1;
    this.forget();
    this.say('');
  }

  forget() {
    this.find('.on-photo').hidden = true;
    this.photo?.bitmap.close();
    if (this.photo) URL.revokeObjectURL(this.photo.url);
    this.photo = null;
  }

  // --------------------------------------------------------------------------------------------------------- marks

  /** @returns {Mark[]} on this photo, those on their way to the server among them */
  marks() {
    const { board, photo } = this;
    const here = (/** @type {{ tile?: import('./adding.js').Tile, label: number, number?: number }} */ { tile, label, number = 0 }) =>
      tile && photo && tile.photo === photo.key ? [{ ...tile, label, number }] : [];
    return [...board.pictures.values(), ...board.adding.sending, ...board.adding.queue].flatMap(here);
  }

  /**
   * A picture of a square.
   * @param {import('./tile_places.js').Square} square
   * @param {number} label
   */
  async mark(square, label) {
    const { board, photo } = this;
    if (!photo) return;
    this.placed = { when: performance.now(), square };
    const file = await squareOf(photo.bitmap, square, board.limits.side);
    if (!file) return;
    const name = `${photo.name}, square at ${square.left}, ${square.top}`;
    board.adding.add([{ label, file, name, taken: Number.NaN, tile: { photo: photo.key, ...square } }]);
    const count = this.marks().length;
    this.say(`${nameOf(board, label)}: a square at ${square.left}, ${square.top}. ${count} on this photo.`);
  }

  /**
   * What a click, a tap or Enter does at a point of the photo.
   * @param {number} x
   * @param {number} y
   * @param {Mark | undefined} mark that lies there
   */
  act(x, y, mark) {
    const { board, photo } = this;
    if (!photo) return;
    if (!mark) return void this.mark(about(x, y, this.side, photo), this.label);
    if (!mark.number || this.hasJustCome(mark)) return;
    if (mark.label !== this.label) return void board.move([mark.number], this.label);
    this.take(mark);
  }

  /**
   * Whether it is what the first press of a double click has placed.
   * @param {Mark} mark
   */
  hasJustCome({ left, top }) {
    const { when, square } = this.placed ?? {};
    return when !== undefined && performance.now() - when < TWICE && square?.left === left && square.top === top;
  }

  /** @param {Mark | undefined} mark */
  take(mark) {
    if (mark?.number) void this.board.remove([mark.number]).then(() => this.say(`A square is taken away. ${this.marks().length} on this photo.`));
  }

  /**
   * @param {Mark} mark
   * @param {import('./tile_places.js').Square} to
   */
  async replace(mark, to) {
    const gone = mark.number ? await this.board.drop([mark.number]) : null;
    if (gone?.length) await this.mark(to, mark.label);
  }

  /** @param {number} side in pixels of the photo */
  sized(side) {
    const { find, photo } = this;
    if (!photo) return;
    this.side = Math.max(SMALLEST, Math.min(side, photo.width, photo.height));
    const slider = find('.tile-side input', HTMLInputElement);
    slider.value = String(markOf(this.side, photo));
    slider.setAttribute('aria-valuetext', `${this.side} pixels`);
    find('.tile-side output').textContent = `${this.side} pixels`;
    this.view?.sized();
    this.draw();
  }

  // ------------------------------------------------------------------------------------------------------- drawing

  drawClasses() {
    const { cards } = this.board;
    if (!cards.some(({ label }) => label === this.label)) this.label = cards[0]?.label ?? 0;
    if (this.element.hidden) return;
    const kinds = cards.map(({ label, name }, at) => {
      const radio = make('input', { type: 'radio', name: 'own-tile-class', value: label });
      radio.checked = label === this.label;
      return make('label', {}, radio, tag(at), make('span', { translate: 'no' }, name));
    });
    this.find('.kinds div').replaceChildren(...kinds);
    this.draw();
  }

  draw() {
    if (this.photo && !this.element.hidden) this.view?.draw(this.photo);
  }

  /** @param {string} words */
  say(words) {
    this.find('.photo-said').textContent = words;
  }

  /** @param {import('./card.js').Card} card */
  choose({ label, name }) {
    this.label = label;
    this.drawClasses();
    this.say(`A square becomes a picture of ${name}.`);
  }
}

/**
 * A picture as a file that every browser shows.
 * @param {ImageBitmap} bitmap
 * @returns {Promise<Blob>}
 */
function drawn(bitmap) {
  const scale = Math.min(1, SHOWN / Math.max(bitmap.width, bitmap.height));
  const canvas = make('canvas');
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(scale * side)));
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no room'))), 'image/jpeg', 0.9));
}
