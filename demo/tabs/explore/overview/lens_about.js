/** What the readings under the strip are, with how often they are right and what they say of this picture, step by step. */

import { make, term } from '../../../static/lib/dom.js';
import { percent } from '../../../static/lib/format.js';

/** @typedef {import('../../../static/lib/store.js').Lens} Lens */

const STYLE = `
#lens-about h3 { margin: 0; font-size: 18px; font-weight: 600; color: var(--body-text-color); }
#lens-about p { margin: 8px 0 0; font-size: 14px; line-height: 1.45; color: var(--body-text-color); }
#lens-about .quiet { color: var(--body-text-color-subdued); font-size: 13px; }
#lens-about svg { display: block; width: 100%; margin-top: 10px; overflow: visible; }
#lens-about svg text { font-size: 12px; fill: var(--body-text-color-subdued); font-variant-numeric: tabular-nums; }
#lens-about .rule { stroke: var(--border-color-primary); stroke-width: 1; }
#lens-about .chance { stroke: var(--body-text-color-subdued); stroke-width: 1; stroke-dasharray: 4 4; }
#lens-about .line { fill: none; stroke-width: 2; }
#lens-about .right { stroke: var(--body-text-color-subdued); }
#lens-about .this { stroke: var(--color-accent); }
#lens-about .key { margin-top: 6px; display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 13px; color: var(--body-text-color); }
#lens-about .key span::before { content: ''; display: inline-block; width: 18px; margin-right: 6px; vertical-align: middle; border-top: 3px solid var(--color-accent); }
#lens-about .key .of-right::before { border-top-color: var(--body-text-color-subdued); }
#lens-about .all { max-height: 180px; overflow: auto; margin-top: 8px; border: 1px solid var(--border-color-primary); border-radius: 8px; }
#lens-about table { width: 100%; border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
#lens-about :is(th, td) { padding: 2px 8px; text-align: right; font-weight: 400; color: var(--body-text-color); border: 0; }
#lens-about :is(th, td):is(:first-child, :nth-child(2)) { text-align: left; }
#lens-about thead th { position: sticky; top: 0; background: var(--background-fill-primary); color: var(--body-text-color-subdued); }
#lens-about .is-answer td:nth-child(2) { font-weight: 700; }`;

/** @type {WeakMap<HTMLElement, [Lens, string[]]>} */
const known = new WeakMap();

/**
 * Takes what there is to explain; drawn anew where it is open.
 * @param {HTMLElement} about
 * @param {Lens} lens
 * @param {string[]} steps
 */
export function draw(about, lens, steps) {
  known.set(about, [lens, steps]);
  if (about.classList.contains('open')) explain(about);
}

/** @param {HTMLElement} about */
export function explain(about) {
  const found = known.get(about);
  if (!found) return;
  const [lens, steps] = found;
  const { training, test, network } = lens.about;
  const answer = lens.labels[lens.answer];
  const on = training ? ` on ${training.toLocaleString('en')} training pictures` : '';
  const of = test ? ` (of ${test.toLocaleString('en')} test pictures)` : '';
  const itself = network === undefined ? '' : ` The network itself is right on ${percent(network)} of them.`;
  about.replaceChildren(
    make('style', {}, STYLE),
    make('h3', {}, 'What each step alone would answer'),
    make('p', {}, 'The word under each step is what a ', term('linear-probe'), " says of it: for each class a weighted sum of the means of the step's channels, made into probabilities by ", term('softmax'), `. The probes were fitted${on} after the network's own training. The network is left as it is, and does not use them.`),
    ...(lens.is_edited ? [make('p', {}, 'The readings are of the network with your changes; the probes are those of the network without them.')] : []),
    chart(lens, answer),
    make('div', { class: 'key' }, make('span', { class: 'of-this' }, `this picture: probability of ${answer}, the answer`), make('span', { class: 'of-right' }, `how often the reading is right${of}`)),
    make('div', { class: 'all', tabindex: 0, role: 'region', 'aria-label': 'The readings of all steps' }, table(lens, steps)),
    make('p', { class: 'quiet' }, `A reading shows what can be told from a step by weighted sums, not what the network makes of it. A mean over all places forgets where things are, which layers after a flatten can use.${itself}`),
    make('p', { class: 'quiet' }, 'Source: G. Alain, Y. Bengio: Understanding intermediate layers using linear classifier probes, arXiv 1610.01644, 2016.'),
  );
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [480, 150, 44, 8, 8, 18];

/**
 * @param {Lens} lens
 * @param {string} answer
 */
function chart({ rows, about }, answer) {
  const x = (/** @type {number} */ at) => LEFT + ((WIDTH - LEFT - RIGHT) * at) / Math.max(1, rows.length - 1);
  const y = (/** @type {number} */ share) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share;
  const svg = part('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `From the first step to the last: the probability of ${answer} for this picture, and how often the reading is right. The numbers stand in the table below.` });
  for (const share of [0, 0.5, 1]) {
    svg.append(part('line', { class: 'rule', x1: LEFT, x2: WIDTH - RIGHT, y1: y(share), y2: y(share) }));
    svg.append(part('text', { x: LEFT - 6, y: y(share) + 4, 'text-anchor': 'end' }, percent(share, 0)));
  }
  const chance = about.most_frequent_class;
  if (chance !== undefined) {
    const line = part('line', { class: 'chance', x1: LEFT, x2: WIDTH - RIGHT, y1: y(chance), y2: y(chance) });
    line.append(part('title', {}, `Whoever always names the most frequent class is right on ${percent(chance)}.`));
    svg.append(line, part('text', { x: WIDTH - RIGHT, y: y(chance) - 4, 'text-anchor': 'end' }, 'always the most frequent class'));
  }
  svg.append(part('text', { x: LEFT, y: HEIGHT - 2 }, 'first step'), part('text', { x: WIDTH - RIGHT, y: HEIGHT - 2, 'text-anchor': 'end' }, 'last step'));
  for (const [name, column] of /** @type {[string, 2 | 3][]} */ ([['right', 3], ['this', 2]])) {
    const points = rows.flatMap((row, at) => (row ? [`${x(at).toFixed(1)},${y(row[column]).toFixed(1)}`] : []));
    svg.append(part('polyline', { class: `line ${name}`, points: points.join(' ') }));
  }
  return svg;
}

/**
 * @param {string} tag
 * @param {Record<string, unknown>} attributes
 * @param {string} [text]
 */
function part(tag, attributes, text = '') {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.textContent = text;
  return node;
}

/**
 * @param {Lens} lens
 * @param {string[]} steps
 */
function table({ rows, labels, answer }, steps) {
  const head = ['step', 'reads as', 'probability', `of ${labels[answer]}`, 'right on'].map((text) => make('th', { scope: 'col' }, text));
  const lines = rows.flatMap((row, at) => {
    if (!row) return [];
    const cells = [labels[row[0]], ...row.slice(1).map((share) => percent(share))].map((text) => make('td', {}, text));
    return [make('tr', { class: row[0] === answer ? 'is-answer' : '' }, make('th', { scope: 'row' }, steps[at]), ...cells)];
  });
  return make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...lines));
}
