/** Undo and redo of something whose state is a text. */

export const SOON = 700; // milliseconds

/** The states that a part had, to go back and forth through. */
export class History {
  /** @type {string[]} */
  texts = [];
  at = 0;
  key = '';
  since = 0;

  /** @param {string} first */
  constructor(first) {
    this.texts = [first];
  }

  /**
   * @param {string} text
   * @param {string} key of what was changed; '' for a change that stands alone
   * @param {number} now milliseconds
   */
  note(text, key, now) {
    if (text === this.texts[this.at]) return;
    const isSame = Boolean(key) && key === this.key && now - this.since < SOON && this.at > 0;
    this.texts.length = this.at + (isSame ? 0 : 1);
    this.texts.push(text);
    this.at = this.texts.length - 1;
    [this.key, this.since] = [key, now];
  }

  /**
   * @param {-1 | 1} by
   * @returns {string | null} the state there; null where there is none
   */
  go(by) {
    if (!this.can(by)) return null;
    this.at += by;
    this.key = '';
    return this.texts[this.at];
  }

  /** @param {-1 | 1} by */
  can(by) {
    return this.at + by >= 0 && this.at + by < this.texts.length;
  }
}
