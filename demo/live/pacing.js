/**
 * When the next frame of a live picture leaves: one at a time, the newest, not before the server said so, and an old one
 * never. Times are milliseconds of one clock.
 */

const FIRST_PAUSE = 500; // after a frame that got no answer; doubled with each further one
const LONGEST_PAUSE = 8000;
const REST = 250; // without a newer picture, after which it is taken to rest
const WINDOW = 2000; // over which pictures a second are measured

export class FramePacing {
  isAway = false; // a frame is with the server
  isWanted = false; // there is one that the server has not seen
  notBefore = 0;
  failures = 0;
  /** @type {number[]} */
  answers = []; // when they came, lately

  /**
   * There is a newer picture, or another question about the same one.
   * @param {number} now
   */
  want(now) {
    const hasRested = !this.isAway && !this.isWanted && now - this.notBefore > REST;
    if (hasRested) this.answers = []; // how often pictures come is measured while there are some
    this.isWanted = true;
  }

  /**
   * Milliseconds until a frame is to leave; null for none: there is no newer one, or one is away.
   * @param {number} now
   * @returns {number | null}
   */
  due(now) {
    return this.isWanted && !this.isAway ? Math.max(0, this.notBefore - now) : null;
  }

  sent() {
    this.isAway = true;
    this.isWanted = false;
  }

  /**
   * The server has answered.
   * @param {number} now
   * @param {number} pause that it asks for
   */
  answered(now, pause) {
    this.isAway = false;
    this.failures = 0;
    this.notBefore = now + pause;
    this.answers = [...this.answers.filter((time) => now - time < WINDOW), now];
  }

  /**
   * The frame got no answer: the server had no time for it, or there is no way to it. What is newest then goes later.
   * @param {number} now
   * @param {number} [pause] that the server asks for
   */
  refused(now, pause) {
    this.isAway = false;
    this.failures += 1;
    this.notBefore = now + (pause ?? Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.failures - 1)));
    this.isWanted = true;
  }

  /**
   * Pictures a second, as answered lately, while one followed the other; 0 while it is not known.
   * @param {number} now
   */
  rate(now) {
    const lately = this.answers.filter((time) => now - time < WINDOW);
    if (lately.length < 2) return 0;
    return (1000 * (lately.length - 1)) / (lately[lately.length - 1] - lately[0]);
  }
}

const QUIET = 3000; // milliseconds between two announcements

/** What a screen reader hears of an answer that changes several times a second: another class, not too often. */
export class Announcing {
  label = '';
  since = -Infinity;

  /**
   * @param {string} label of the newest answer
   * @param {number} now
   * @returns {boolean} whether it is to be announced
   */
  isNews(label, now) {
    if (label === this.label || now - this.since < QUIET) return false;
    this.label = label;
    this.since = now;
    return true;
  }
}

const SIDES = [128, 320]; // least and most pixels of a camera's frame, unless the network gets more
const MOST = 640; // what the server takes, see `FRAME` in look.py

/**
 * The side of the square that a camera's frame is shrunk to before it is sent: four times what the network gets, so that
 * it can be kept as a picture; a photo's network gets its own size at least.
 * @param {number} size of the network's picture, in pixels
 */
export function frameSide(size) {
  return Math.min(MOST, Math.max(size, Math.min(SIDES[1], Math.max(SIDES[0], 4 * size))));
}
