/** What the tab says of what was done or refused: sentences, and how to take it back. */

const MOST_REFUSALS = 5; // that are named

export class Telling {
  /** @type {string[]} */
  refusals = [];
  /** @type {(() => Promise<void>) | null} */
  undo = null;

  /** @param {ReturnType<typeof import('../../../static/lib/dom.js').finder>} find */
  constructor(find) {
    this.find = find;
    find('.refused button').addEventListener('click', () => this.forgetRefusals());
    find('.undo button').addEventListener('click', () => void this.takeBack());
  }

  /**
   * @param {string} words
   * @param {() => Promise<void>} undo
   */
  offerUndo(words, undo) {
    this.undo = undo;
    this.find('.undo span').textContent = words;
    this.find('.undo').hidden = false;
  }

  async takeBack() {
    const { undo } = this;
    this.undo = null;
    this.find('.undo').hidden = true;
    await undo?.();
  }

  /** @param {import('./adding.js').Adding} adding */
  progress({ done, total, working }) {
    const ended = total > 1 ? `${done} pictures are sent.` : '';
    this.find('.progress').textContent = working ? `Adding pictures: ${done} of ${total}` : ended;
  }

  /**
   * @param {string} name of a file; "" for none
   * @param {string} why
   */
  refuse(name, why) {
    const words = name ? `${name}: ${why}` : why;
    if (!this.refusals.includes(words)) this.refusals.push(words);
    const more = this.refusals.length - MOST_REFUSALS;
    this.find('.refused p').textContent = this.refusals.slice(0, MOST_REFUSALS).join('\n') + (more > 0 ? `\nand ${more} more.` : '');
    this.find('.refused').hidden = false;
    this.find('.refused').setAttribute('role', 'alert');
  }

  forgetRefusals() {
    this.refusals = [];
    this.find('.refused').hidden = true;
  }
}
