/** The two answers above the lanes. */

import { make } from '../../static/lib/dom.js';
import { percent, pointsBetween, signed } from '../../static/lib/format.js';

/** @typedef {import('./compare_values.js').Compared} Compared */
/** @typedef {Pick<Compared, 'lanes' | 'classes' | 'shares'>} Answers */
/** @typedef {(number | null)[]} Shares of each class; null for one that the network does not know */

const CAPTION = 'Probability of each class, bars from 0 to 100 %; the difference is right minus left, in percentage points';
const HEADS = ['', '', 'left', 'right', 'difference'];

/**
 * Index of the likeliest class.
 * @param {Shares} shares
 */
function leader(shares) {
  return shares.indexOf(Math.max(...shares.map((share) => share ?? -1)));
}

/**
 * @param {number} before
 * @param {number} now
 */
function points(before, now) {
  return signed(pointsBetween(before, now), 1);
}

/**
 * The probabilities side by side as bars on one axis, and the difference.
 * @param {ReturnType<typeof import('../../static/lib/dom.js').finder>} find
 * @param {Answers} answers
 */
export function drawAnswers(find, answers) {
  find('.both caption').textContent = CAPTION;
  const heads = HEADS.map((text) => (text ? make('th', { scope: 'col' }, text) : make('td')));
  find('.both thead').replaceChildren(make('tr', {}, ...heads));
  find('.both tbody').replaceChildren(...answers.classes.map((_, index) => answerRow(answers, index)));
  answers.lanes.forEach((lane, index) => drawPicture(find('.pictures').children[index], lane, index > 0));
  find('.verdict-words').textContent = answersInWords(answers);
}

/**
 * @param {Answers} answers
 * @param {number} index of the class
 */
function answerRow({ classes, shares }, index) {
  const [left, right] = shares.map((each) => each[index]);
  const isFirst = shares.some((each) => leader(each) === index);
  const bars = [left, right].map((share) => make('span', { style: `width:${100 * (share ?? 0)}%` }));
  const cells = [left, right].map((share) => make('td', {}, share === null ? 'unknown' : percent(share)));
  return make(
    'tr',
    isFirst ? { class: 'first' } : {},
    make('th', { scope: 'row' }, classes[index]),
    make('td', { class: 'bars-of-two' }, ...bars),
    ...cells,
    make('td', {}, left === null || right === null ? '' : points(left, right)),
  );
}

/**
 * @param {Element} figure
 * @param {Compared['lanes'][number]} lane
 * @param {boolean} isRight
 */
function drawPicture(figure, lane, isRight) {
  const swatch = make('span', { class: isRight ? 'swatch second' : 'swatch' });
  const caption = /** @type {HTMLElement} */ (figure.querySelector('figcaption'));
  caption.replaceChildren(make('b', {}, swatch, isRight ? 'Right' : 'Left'), lane.title);
  const image = /** @type {HTMLImageElement} */ (figure.querySelector('img'));
  image.src = lane.picture;
  image.alt = `${lane.title}: what the network gets, ${lane.size} by ${lane.size} pixels`;
}

/** @param {Answers} answers */
export function answersInWords({ lanes, classes, shares }) {
  const [first, second] = shares.map(leader);
  const [a, b] = [classes[first], classes[second]];
  const [[aLeft, bLeft], [aRight, bRight]] = shares.map((each) => [each[first], each[second]]);
  const start = `Left: ${a}, ${percent(Number(aLeft))}. Right: ${b}, ${percent(Number(bRight))}.`;
  if (aLeft === null || bLeft === null || aRight === null || bRight === null)
    return `${start} The two networks know different classes.`;
  if (first !== second)
    return `${start} The answer changes: ${a} ${points(aLeft, aRight)} percentage points, ${b} ${points(bLeft, bRight)}.`;
  const change = pointsBetween(aLeft, aRight);
  const size = `by ${Math.abs(change).toFixed(1)} percentage points`;
  const how = change === 0 ? 'hardly changes' : `${change < 0 ? 'falls' : 'rises'} ${size}`;
  const same = lanes[0].title === lanes[1].title ? ' Both lanes hold the same network: choose another above.' : '';
  return `${start} The answer stays ${a}; its probability ${how}.${same}`;
}
