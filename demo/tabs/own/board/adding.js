/** Pictures on their way to the server: a few at a time, in order; what cannot be added is said. */

import { reduced } from './reduce.js';
import { Told, inWords } from '../../../static/lib/on_demand/visitor.js';

const TOGETHER = 3;

/**
 * @typedef {{ photo: string, left: number, top: number, side: number }} Tile a square of a photo, in its pixels; `photo`: its key
 *
 * @typedef {object} Coming a picture to be added
 * @property {number} label of the class
 * @property {File | Blob} file
 * @property {string} name
 * @property {number} [taken] in seconds, of one from the camera; NaN of another that is reduced already
 * @property {Tile} [tile] of one that was marked on a photo: the tiles of a photo are held out together
 */

export class Adding {
  /** @type {Coming[]} */
  queue = [];
  /** @type {Set<Coming>} */
  sending = new Set();
  working = 0;
  done = 0;
  total = 0;

  /**
   * @param {import('../../../static/lib/on_demand/visitor.js').Server} server
   * @param {() => number} side of a picture, in pixels
   * @param {(coming: Coming, blob: Blob, number: number) => void} added
   * @param {(name: string, why: string, isLast: boolean) => void} refused `isLast`: nothing further is added
   * @param {() => void} progressed
   */
  constructor(server, side, added, refused, progressed) {
    this.server = server;
    this.side = side;
    this.added = added;
    this.refused = refused;
    this.progressed = progressed;
  }

  /** @param {Coming[]} coming */
  add(coming) {
    if (!this.working) this.done = this.total = 0;
    this.queue.push(...coming);
    this.total += coming.length;
    while (this.working < TOGETHER && this.queue.length) void this.work();
    this.progressed();
  }

  /** @param {number} label of a class that is gone */
  drop(label) {
    const left = this.queue.filter((coming) => coming.label !== label);
    this.total -= this.queue.length - left.length;
    this.queue = left;
  }

  async work() {
    this.working += 1;
    for (let coming = this.queue.shift(); coming; coming = this.queue.shift()) {
      await this.one(coming);
      this.done += 1;
      this.progressed();
    }
    this.working -= 1;
    this.progressed();
  }

  /** @param {Coming} coming */
  async one(coming) {
    const { label, file, name, taken, tile } = coming;
    this.sending.add(coming);
    try {
      const blob = taken === undefined ? await reduced(/** @type {File} */ (file), this.side()) : file;
      if (!blob) throw new Told('is no picture that this browser can open; please save it as JPEG or PNG first.');
      const query = { class: label, name, ...(taken === undefined ? {} : { taken }), ...(tile ? { photo: tile.photo } : {}) };
      const { picture } = await (await this.server.send('add', blob, query)).json();
      this.sending.delete(coming);
      this.added(coming, blob, picture);
    } catch (error) {
      this.sending.delete(coming);
      const why = inWords(error);
      const isLast = /no room|There is room|no longer on the server|cannot be reached/.test(why);
      if (isLast) {
        this.total -= this.queue.length;
        this.queue = [];
      }
      this.refused(name, why, isLast);
    }
  }
}
