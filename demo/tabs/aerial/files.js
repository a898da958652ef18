/** Answers for many files as a table that is sorted here. What a stranger named a file is only ever written as text. */

import { around, finder, make } from '../../static/lib/dom.js';
import { percent, unbroken } from '../../static/lib/format.js';
import { sent } from '../../static/lib/mount.js';
import { columnsOf, sorted, sortingAfter } from './files_sorting.js';

/** @typedef {import('./files_sorting.js').Answer} Answer */
/** @typedef {import('./files_sorting.js').Answers} Answers */

const LONGEST = 60; // pixels of the bar of a probability of 1

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new FileTable(context);
}

class FileTable {
  run = '';
  /** @type {Answer[]} */
  answers = [];
  /** @type {HTMLElement[]} made once for each answer */
  rows = [];
  /** @type {import('./files_sorting.js').Sorting} */
  sorting = { key: 'order', down: false };

  /** @param {import('../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch }) {
    this.props = props;
    this.find = finder(element);
    this.find('thead').addEventListener('click', (event) => {
      const key = around(event, 'button')?.dataset.key;
      if (key) this.sortBy(/** @type {keyof Answer} */ (key));
    });
    this.find('.save').addEventListener('click', (event) => {
      if (around(event, 'button')) trigger('save', {});
    });
    watch('value', () => this.take());
    this.take();
  }

  take() {
    /** @type {Answers} */
    const value = sent(this.props);
    this.find('.content').hidden = !value.run;
    if (!value.run) return;
    if (value.run !== this.run) this.begin(value);
    this.answers = value.answers.map((answer, order) => ({ ...answer, order }));
    for (const answer of this.answers.slice(this.rows.length)) this.rows.push(rowOf(answer, value));
    this.sort();
    const { troubles } = value;
    this.find('.words').textContent = value.words;
    this.find('.troubles').hidden = !troubles.length;
    this.find('.troubles h3').textContent = `Not answered: ${troubles.length}`;
    const items = troubles.map(({ file, reason }) => make('li', {}, make('b', { translate: 'no' }, file), ` — ${reason}`));
    this.find('.troubles ul').replaceChildren(...items);
    this.find('.scroll').hidden = !this.rows.length;
    this.find('.save').hidden = !this.rows.length && !troubles.length;
  }

  /** @param {Answers} value */
  begin(value) {
    this.run = value.run;
    this.rows = [];
    this.sorting = { key: 'order', down: false };
    this.find('thead tr').replaceChildren(...columnsOf(value).map(headOf));
  }

  sort() {
    this.find('tbody').replaceChildren(...sorted(this.answers, this.sorting).map(({ order }) => this.rows[order]));
  }

  /** @param {keyof Answer} key */
  sortBy(key) {
    this.sorting = sortingAfter(this.sorting, key);
    for (const cell of this.find('thead').querySelectorAll('th[aria-sort]')) {
      const isOwn = cell.querySelector('button')?.dataset.key === key;
      cell.setAttribute('aria-sort', !isOwn ? 'none' : this.sorting.down ? 'descending' : 'ascending');
    }
    this.sort();
  }
}

/** @param {import('./files_sorting.js').Column} column */
function headOf({ key, title, still }) {
  if (still) return make('th', { scope: 'col' }, make('span', {}, title));
  const button = make('button', { type: 'button', 'data-key': key }, title);
  return make('th', { scope: 'col', 'aria-sort': key === 'order' ? 'ascending' : 'none' }, button);
}

/**
 * @param {Answer} answer
 * @param {Answers} value
 */
function rowOf(answer, { threshold }) {
  const bar = make('i', { style: `width:${Math.round(LONGEST * answer.probability)}px`, 'aria-hidden': 'true' });
  const cells = [
    make('td', { class: 'number' }, String(answer.order + 1)),
    make('td', {}, make('img', { src: answer.thumbnail, alt: '', loading: 'lazy' })),
    make('td', { class: 'file' }, make('span', { translate: 'no' }, answer.file), ...(answer.whole ? [make('i', { class: 'note' }, ' whole photo')] : [])),
    ...(threshold === null ? [make('td', {}, answer.answer)] : []),
    make('td', { class: 'share' }, unbroken(percent(answer.probability)), bar),
  ];
  const decision = answer.whole ? 'survey it' : answer.decision ? 'yes' : 'no';
  if (threshold !== null) cells.push(make('td', { class: answer.whole ? 'note' : decision }, decision));
  cells.push(make('td', { class: 'number' }, knownInWords(answer)));
  return make('tr', {}, ...cells);
}

/** @param {Answer} answer */
function knownInWords({ typicality, is_unfamiliar: isUnfamiliar }) {
  if (typicality === null) return 'unknown';
  const known = isUnfamiliar === null ? 'unknown' : isUnfamiliar ? 'no' : 'yes';
  return `${known} (${unbroken(percent(typicality))})`;
}
