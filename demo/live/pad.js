/** A pad to draw on, with mouse, finger, pen or keys; its picture is what the canvas holds, pixel for pixel. */

import { around, finder, make } from '../static/lib/dom.js';
import { COLOURS, Strokes } from './strokes.js';

/** @typedef {import('./strokes.js').Point} Point */

export const SIDE = 256; // pixels of the drawing
/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const [NEAR, FAR] = [4, 24]; // pixels that an arrow key moves the brush by, and with Shift
const NO_PICTURE = 'There is no picture to begin with.';

export class DrawingPad {
  strokes = new Strokes();
  colour = COLOURS.black;
  isErasing = false;
  /** @type {Point} */
  cursor = [SIDE / 2, SIDE / 2];
  isDown = false; // the brush, by keys
  /** @type {number | null} */
  pointer = null; // that draws now

  /**
   * @param {HTMLElement} element holds the pad's HTML
   * @param {() => void} changed another picture is on the pad
   * @param {AbortSignal} signal
   */
  constructor(element, changed, signal) {
    this.find = finder(element);
    this.changed = changed;
    this.canvas = this.find('.drawing', HTMLCanvasElement);
    this.canvas.width = this.canvas.height = SIDE;
    this.pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    const ink = make('canvas', { width: SIDE, height: SIDE }); // what is drawn, without what lies under it
    this.ink = /** @type {CanvasRenderingContext2D} */ (ink.getContext('2d'));
    this.offerColours();
    this.listenToPointer();
    this.listenToTools(signal);
    this.draw();
  }

  /**
   * The drawing as a file, without loss.
   * @returns {Promise<Blob | null>}
   */
  frame() {
    return new Promise((done) => this.canvas.toBlob(done, 'image/png'));
  }

  width() {
    return Number(this.find('.thickness input', HTMLInputElement).value);
  }

  // ------------------------------------------------------------------------------------------------------- drawing

  draw() {
    const { pen, ink, strokes } = this;
    const { paper, image, strokes: drawn } = strokes.layers();
    ink.clearRect(0, 0, SIDE, SIDE);
    for (const stroke of drawn) drawStroke(ink, stroke);
    pen.fillStyle = paper;
    pen.fillRect(0, 0, SIDE, SIDE);
    if (image) pen.drawImage(image, 0, 0);
    pen.drawImage(ink.canvas, 0, 0);
    this.find('.undo', HTMLButtonElement).disabled = !strokes.canUndo();
    this.find('.redo', HTMLButtonElement).disabled = !strokes.canRedo();
  }

  redraw() {
    this.draw();
    this.changed();
  }

  /** @param {Point} point where the brush is put down */
  begin(point) {
    const colour = this.isErasing ? null : this.colour;
    this.strokes.add({ kind: 'stroke', colour, width: this.width(), points: [point] });
    this.redraw();
  }

  /** @param {Point} point */
  goOn(point) {
    this.strokes.extend(point);
    this.redraw();
  }

  // -------------------------------------------------------------------------------------------------- what is done

  offerColours() {
    const choices = Object.entries(COLOURS).map(([name, colour]) => {
      const input = make('input', { type: 'radio', name: 'live-colour', value: colour, 'aria-label': name });
      input.checked = colour === this.colour;
      return make('label', { title: name, style: `--colour: ${colour}` }, input);
    });
    this.find('.colours .all').append(...choices);
  }

  listenToPointer() {
    const { canvas } = this;
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button || this.pointer !== null) return;
      this.pointer = event.pointerId;
      canvas.setPointerCapture(event.pointerId);
      this.cursor = this.pointAt(event);
      this.begin(this.cursor);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (event.pointerId !== this.pointer) return;
      const moves = event.getCoalescedEvents?.() ?? []; // all that the pointer went through since the last frame
      for (const move of moves.length ? moves : [event]) this.strokes.extend((this.cursor = this.pointAt(move)));
      this.redraw();
    });
    for (const kind of ['pointerup', 'pointercancel'])
      canvas.addEventListener(kind, (event) => {
        if (/** @type {PointerEvent} */ (event).pointerId === this.pointer) this.pointer = null;
      });
    canvas.addEventListener('keydown', (event) => this.key(event));
    canvas.addEventListener('keyup', (event) => event.key === ' ' && this.lift());
    canvas.addEventListener('blur', () => this.lift());
    canvas.addEventListener('focus', () => this.showCursor());
  }

  /** @param {AbortSignal} signal */
  listenToTools(signal) {
    const { find, strokes } = this;
    find('.colours').addEventListener('change', (event) => {
      this.colour = /** @type {HTMLInputElement} */ (event.target).value;
      this.erase(false);
    });
    find('.thickness').addEventListener('input', () => this.showCursor());
    find('.eraser').addEventListener('click', () => this.erase(!this.isErasing));
    find('.tools').addEventListener('click', (event) => {
      const button = around(event, 'button');
      if (button?.matches('.undo')) strokes.undo();
      else if (button?.matches('.redo')) strokes.redo();
      else if (button?.matches('.clear')) strokes.add({ kind: 'clear' });
      else if (button?.matches('.paper')) strokes.add({ kind: 'paper', colour: this.colour });
      else if (button?.matches('.present')) this.beginWithPresent();
      else return;
      this.redraw();
    }, { signal });
  }

  /** @param {boolean} isErasing */
  erase(isErasing) {
    this.isErasing = isErasing;
    this.find('.eraser').setAttribute('aria-pressed', String(isErasing));
    this.showCursor();
  }

  /** The page's own picture, its largest centred square, to draw on. */
  beginWithPresent() {
    const found = [...document.querySelectorAll('#picture img, #map .seen')].find(
      (image) => image instanceof HTMLImageElement && image.complete && image.naturalWidth > 0,
    );
    this.say(found ? '' : NO_PICTURE);
    this.find('.where').classList.toggle('trouble', !found);
    if (!(found instanceof HTMLImageElement)) return;
    const { naturalWidth: width, naturalHeight: height } = found;
    const side = Math.min(width, height);
    const image = make('canvas', { width: SIDE, height: SIDE });
    const pen = /** @type {CanvasRenderingContext2D} */ (image.getContext('2d'));
    pen.imageSmoothingEnabled = side >= SIDE; // a few pixels stay squares
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(found, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
    this.strokes.add({ kind: 'picture', image });
  }

  /** @param {MouseEvent} event */
  pointAt({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return /** @type {Point} */ ([((clientX - left) / width) * SIDE, ((clientY - top) / height) * SIDE]);
  }

  // ---------------------------------------------------------------------------------------------------------- keys

  /** @param {KeyboardEvent} event */
  key(event) {
    const { key } = event;
    if ((event.ctrlKey || event.metaKey) && ['z', 'y', 'Z'].includes(key)) {
      if (key === 'z') this.strokes.undo();
      else this.strokes.redo();
      this.redraw();
    } else if (key in MOVES) this.move(MOVES[key], event.shiftKey ? FAR : NEAR);
    else if (key === ' ') {
      if (!this.isDown && !event.repeat) this.lower();
    } else if (key === 'Enter') {
      if (this.isDown) this.lift();
      else this.lower();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {[number, number]} direction
   * @param {number} pixels
   */
  move([right, down], pixels) {
    const inside = (/** @type {number} */ place) => Math.max(0, Math.min(SIDE, place));
    this.cursor = [inside(this.cursor[0] + right * pixels), inside(this.cursor[1] + down * pixels)];
    this.showCursor();
    if (this.isDown) this.goOn(this.cursor);
  }

  lower() {
    this.isDown = true;
    this.begin(this.cursor);
    this.showCursor();
  }

  lift() {
    if (!this.isDown) return;
    this.isDown = false;
    this.showCursor();
  }

  showCursor() {
    const [x, y] = this.cursor;
    const mark = this.find('.brush');
    const width = `${(100 * this.width()) / SIDE}%`;
    Object.assign(mark.style, { left: `${(100 * x) / SIDE}%`, top: `${(100 * y) / SIDE}%`, width, height: width });
    mark.classList.toggle('down', this.isDown);
    this.say(`Brush ${this.isDown ? 'down' : 'up'} at ${Math.round(x)}, ${Math.round(y)} of ${SIDE}.`);
  }

  /** @param {string} words */
  say(words) {
    this.find('.where').textContent = words;
  }
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {{ colour: string | null, width: number, points: Point[] }} stroke
 */
function drawStroke(ink, { colour, width, points }) {
  ink.globalCompositeOperation = colour ? 'source-over' : 'destination-out';
  ink.strokeStyle = ink.fillStyle = colour ?? '#000';
  ink.lineWidth = width;
  ink.lineCap = ink.lineJoin = 'round';
  ink.beginPath();
  if (points.length === 1) {
    ink.arc(...points[0], width / 2, 0, 2 * Math.PI);
    ink.fill();
    return;
  }
  ink.moveTo(...points[0]);
  for (const point of points.slice(1)) ink.lineTo(...point);
  ink.stroke();
}
