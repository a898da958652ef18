/** Parts of the page that are text from the server: what they say of a live picture, and what they said before. */

/** By a field of the server's answer: where it stands. */
const PLACES = {
  answer: '#answer [aria-live]',
  probabilities: '#probabilities .html-container > div',
  judgement: '#judgement .html-container > div',
  seen: '#seen .html-container > div',
};
/** @typedef {{ mine: HTMLElement, before: Node[] }} Kept what a part holds of a live picture, and held before */

export class PageHtml {
  /** @type {Map<Element, Kept>} */
  kept = new Map();

  /** @param {Record<string, any>} answer */
  show(answer) {
    for (const [field, selector] of Object.entries(PLACES)) {
      const part = document.querySelector(selector);
      if (!part || typeof answer[field] !== 'string') continue;
      const kept = this.kept.get(part);
      // What the page itself has put there meanwhile is what is to come back.
      const before = kept && part.firstChild === kept.mine ? kept.before : [...part.childNodes];
      // A screen reader is told by the pane, and not of every picture.
      if (field === 'answer') part.setAttribute('aria-live', 'off');
      const mine = document.createElement('div'); // its words may be put into another language
      mine.innerHTML = answer[field];
      part.replaceChildren(mine);
      this.kept.set(part, { before, mine });
    }
  }

  /** The answer, as it stands in the bar. */
  words() {
    const verdict = /** @type {HTMLElement | null} */ (document.querySelector(`${PLACES.answer} .verdict`));
    return verdict?.innerText.replace(/\s+/g, ' ').trim() ?? ''; // the words for little room are not shown beside the others
  }

  /** @param {boolean} isKept whether the page's own answer will be about the same picture */
  end(isKept) {
    for (const [part, { mine, before }] of this.kept) {
      if (!isKept && part.firstChild === mine) part.replaceChildren(...before);
      if (part.matches(PLACES.answer)) part.setAttribute('aria-live', 'polite');
    }
    this.kept.clear();
  }
}
