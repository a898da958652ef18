/**
 * The numbers of a survey, and how it is told in words.
 *
 * @typedef {object} Survey what `demo.tabs.aerial.survey_map.running` yields, unpacked
 * @property {string} run tells one survey from the next
 * @property {string} name of the photo
 * @property {string} photo its address
 * @property {number} width of the photo in pixels
 * @property {number} height
 * @property {number} window side of a window in pixels of the photo
 * @property {number[]} lefts of the windows
 * @property {number[]} tops
 * @property {number[]} xs edges of the cells that the windows' edges make
 * @property {number[]} ys
 * @property {string[]} classes
 * @property {string | null} label the class that the network is about; null where it is about none
 * @property {number} threshold
 * @property {boolean} own whether that is the network's own
 * @property {number} [fitted] marks that the last layer was fitted to, where it was
 * @property {string} network its title
 * @property {number} done windows that are answered
 * @property {string} [doubt] why the size of the windows is in doubt; "" where it is not
 * @property {{label: string, words: string, meaning: string} | null} [area] what the class covers, in words; null: not known
 * @property {number[]} [unfamiliar] windows that do not look like the training pictures, and do not count
 * @property {string} [left_out] how many these are, in words
 * @property {Float32Array} windows probability of every window, class by class; NaN: no answer yet
 * @property {Float32Array} cells the same of every cell
 */

import { percent, unbroken } from '../../static/lib/format.js';

/** @param {Survey} survey */
export function windowCount({ lefts, tops }) {
  return lefts.length * tops.length;
}

/** @param {Survey} survey */
export function cellCount({ xs, ys }) {
  return (xs.length - 1) * (ys.length - 1);
}

/**
 * Probabilities of one class in every window.
 * @param {Survey} survey
 * @param {string} label
 */
export function windowValues(survey, label) {
  const count = windowCount(survey);
  const index = survey.classes.indexOf(label);
  return survey.windows.subarray(index * count, (index + 1) * count);
}

/**
 * Probabilities of one class in every cell, row by row.
 * @param {Survey} survey
 * @param {string} label
 */
export function cellValues(survey, label) {
  const count = cellCount(survey);
  const index = survey.classes.indexOf(label);
  return survey.cells.subarray(index * count, (index + 1) * count);
}

/**
 * The class that is most probable on the average: something to begin with where a network looks for none.
 * @param {Survey} survey
 */
export function likeliest(survey) {
  const means = survey.classes.map((label) => {
    const known = windowValues(survey, label).filter((value) => !Number.isNaN(value));
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  });
  return survey.classes[means.indexOf(Math.max(...means))];
}

/**
 * Numbers of the windows that are most probable, the first of them first.
 * @param {Float32Array} values
 * @param {number} most
 * @param {number[]} [strange] windows that are left out
 */
export function bestWindows(values, most, strange = []) {
  const answered = [...values.keys()].filter((index) => !Number.isNaN(values[index]) && !strange.includes(index));
  return answered.sort((a, b) => values[b] - values[a]).slice(0, most);
}

/**
 * Left and top of a window in pixels of the photo.
 * @param {Survey} survey
 * @param {number} index
 */
export function cornerOf({ lefts, tops }, index) {
  return [lefts[index % lefts.length], tops[Math.floor(index / lefts.length)]];
}

/**
 * Which cell a place lies in, along one side; the first or last one where it lies beyond.
 * @param {number[]} edges
 * @param {number} place
 */
export function cellAt(edges, place) {
  let index = 0;
  while (index < edges.length - 2 && edges[index + 1] <= place) index++;
  return index;
}

/**
 * @param {number} share
 * @param {number} [decimals]
 */
export function share(share, decimals = 0) {
  return unbroken(percent(share, decimals));
}

/**
 * How much of the ground a class covers, as far as the network is calibrated for it.
 * @param {Survey} survey
 * @param {string} label
 * @returns {{words: string, meaning: string, isKnown: boolean}}
 */
export function areaInWords(survey, label) {
  const { area, doubt, unfamiliar = [] } = survey;
  if (area?.label === label) return { words: area.words, meaning: area.meaning, isKnown: true };
  let why = 'the network is not calibrated for that, or not for such windows.';
  if (doubt) why = 'the answers are in doubt.';
  else if (unfamiliar.length && unfamiliar.length === windowCount(survey)) {
    why = 'no window looks like what the network learned from.';
  }
  return { words: `How much ground “${label}” covers is not told: ${why}`, meaning: '', isKnown: false };
}

/**
 * In how many windows the network sees the class.
 * @param {Survey} survey
 * @param {string} label
 * @param {number} threshold
 */
export function windowsInWords(survey, label, threshold) {
  const total = windowCount(survey);
  const strange = new Set(survey.unfamiliar);
  const values = windowValues(survey, label).filter((value, index) => !Number.isNaN(value) && !strange.has(index));
  const reach = values.filter((value) => value >= threshold).length;
  const isGrowing = survey.done < total;
  return [
    `${reach.toLocaleString('en')} of ${values.length.toLocaleString('en')} windows reach a probability of ${share(threshold)}:`,
    `${share(values.length ? reach / values.length : 0, 1)} of the windows, each as a whole, and not of the ground.`,
    ...(isGrowing ? [`${survey.done.toLocaleString('en')} of ${total.toLocaleString('en')} windows are answered so far.`] : []),
  ].join(' ');
}

/**
 * What is drawn, and from where on.
 * @param {Survey} survey
 * @param {string} label
 */
export function drawnInWords(survey, label) {
  const overlap = survey.xs.length > survey.lefts.length + 1 || survey.ys.length > survey.tops.length + 1;
  const mean = overlap ? ' Where windows overlap, their mean is drawn.' : '';
  return `probability of ${label}, drawn from the threshold (the mark) on.${mean} ${ownThreshold(survey, label)}`;
}

/**
 * @param {Survey} survey
 * @param {string} label
 */
function ownThreshold(survey, label) {
  if (survey.fitted && label === survey.label) return `The last layer is fitted to ${survey.fitted} marks; it parts yes from no at 50\u00a0%.`;
  if (!survey.own) return 'This network has no threshold of its own; 50\u00a0% is where to begin.';
  return label === survey.label ? `The network’s own threshold is ${share(survey.threshold)}.` : '';
}

/**
 * A cell and what stands in it.
 * @param {Survey} survey
 * @param {[number, number]} cell row and column
 * @param {number} value
 */
export function cellInWords({ xs, ys }, [row, column], value) {
  const words = Number.isNaN(value) ? 'no answer yet' : share(value, 1);
  return `x ${xs[column]} to ${xs[column + 1]}, y ${ys[row]} to ${ys[row + 1]} pixels: ${words}`;
}
