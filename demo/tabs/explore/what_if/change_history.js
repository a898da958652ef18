/** The changes that held one after the other, to undo and redo them. A network has its own. */

export class ChangeHistory {
  model = '';
  /** @type {string[]} */
  past = []; // texts of all changes, oldest first
  now = 0; // which of them holds

  /**
   * What holds now.
   * @param {string} text
   * @param {string} model
   */
  take(text, model) {
    if (this.model !== model) {
      this.model = model;
      this.past = [text];
      this.now = 0;
    } else if (text === this.past[this.now - 1]) this.now -= 1; // undone, or the reader went back
    else if (text === this.past[this.now + 1]) this.now += 1;
    else if (text !== this.past[this.now]) {
      this.past.splice(this.now + 1, this.past.length, text);
      this.now += 1;
    }
  }

  /**
   * The text before the one that holds.
   * @returns {string | undefined}
   */
  before() {
    return this.past[this.now - 1];
  }

  /**
   * The text that was undone last.
   * @returns {string | undefined}
   */
  after() {
    return this.past[this.now + 1];
  }
}
