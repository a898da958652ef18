/** Two small charts of trainings as they go on: the loss, and how many of the pictures held out are right. */

const SPACE = 'http://www.w3.org/2000/svg';
const HEIGHT = 190;
const EDGE = { left: 40, right: 22, top: 24, bottom: 26 };

/**
 * @typedef {{ train_loss: number, train_accuracy: number, val_loss: number, val_accuracy: number }} Row after a pass
 * @typedef {{ loss: [number, number][], rows: Row[], seconds: number }} Curve passes and loss; a row for each pass, from before the first
 */

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 */
function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * @param {Curve[]} curves of one network or two
 * @param {number} at passes so far, of the last row
 * @param {number} epochs for which there is room
 * @param {number} width pixels
 * @returns {SVGElement[]}
 */
export function charts(curves, at, epochs, width) {
  const most = Math.max(0.1, ...curves.flatMap(({ loss, rows }) => [...loss.map(([, value]) => value), ...rows.map((row) => row.val_loss)]).filter(Number.isFinite).map((value) => Math.min(value, 4)));
  const of = (/** @type {Curve} */ { rows }, /** @type {keyof Row} */ name) => rows.map((row, pass) => /** @type {[number, number]} */ ([pass === rows.length - 1 ? Math.min(pass, at) : pass, row[name]]));
  const losses = curves.map((curve) => ({ thin: curve.loss, thick: of(curve, 'val_loss') }));
  const shares = curves.map((curve) => ({ thin: of(curve, 'train_accuracy'), thick: of(curve, 'val_accuracy') }));
  return [
    chart('Loss', losses, { epochs, width, most, ticks: steps(most), words: (value) => String(value) }),
    chart('Right answers', shares, { epochs, width, most: 1, ticks: [0, 0.25, 0.5, 0.75, 1], words: (value) => `${100 * value} %` }),
  ];
}

/** @param {number} most */
function steps(most) {
  const each = [0.1, 0.2, 0.5, 1].find((step) => most / step <= 5) ?? 1;
  return Array.from({ length: Math.floor(most / each) + 1 }, (_, at) => Number((at * each).toFixed(1)));
}

/**
 * @param {string} title
 * @param {{ thin: [number, number][], thick: [number, number][] }[]} lines of each network: while it learns, and of pictures held out
 * @param {{ epochs: number, width: number, most: number, ticks: number[], words: (value: number) => string }} scale
 */
function chart(title, lines, { epochs, width, most, ticks, words }) {
  const x = (/** @type {number} */ pass) => EDGE.left + (pass / epochs) * (width - EDGE.left - EDGE.right);
  const y = (/** @type {number} */ value) => HEIGHT - EDGE.bottom - (Math.min(value, most) / most) * (HEIGHT - EDGE.top - EDGE.bottom);
  const ends = lines.map(({ thick }, at) => `${'AB'[at]}: ${words(Number((thick.at(-1)?.[1] ?? 0).toFixed(3)))}`).join(', ');
  const made = svg('svg', { viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': `${title}, pictures held out: ${ends}`, class: 'chart' });
  for (const tick of ticks) {
    made.append(svg('line', { x1: EDGE.left, x2: width - EDGE.right, y1: y(tick), y2: y(tick), class: 'rule' }));
    made.append(svg('text', { x: EDGE.left - 6, y: y(tick) + 4, 'text-anchor': 'end' }, words(tick)));
  }
  const every = Math.ceil(epochs / 10);
  for (let pass = 0; pass <= epochs; pass += every) made.append(svg('text', { x: x(pass), y: HEIGHT - 8, 'text-anchor': 'middle' }, String(pass)));
  made.append(svg('text', { x: 0, y: 13, class: 'title' }, title));
  made.append(svg('text', { x: width - EDGE.right, y: 13, 'text-anchor': 'end' }, 'passes →'));
  const heights = lines.map(({ thick }) => y(thick.at(-1)?.[1] ?? 0));
  const close = Math.abs(heights[0] - (heights[1] ?? 1e6)) < 13; // letters that would lie on each other
  const middle = (heights[0] + heights[1]) / 2;
  for (const [at, { thin, thick }] of lines.entries()) {
    const points = (/** @type {[number, number][]} */ line) => line.map(([pass, value]) => `${x(pass).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    made.append(svg('polyline', { points: points(thin), class: `line thin ${'ab'[at]}` }));
    made.append(svg('polyline', { points: points(thick), class: `line ${'ab'[at]}` }));
    const end = thick.at(-1);
    if (end && lines.length > 1) made.append(svg('text', { x: x(end[0]) + 4, y: 4 + (close ? middle + (heights[at] > heights[1 - at] || (at && heights[0] === heights[1]) ? 7 : -7) : heights[at]), class: `letter ${'ab'[at]}` }, 'AB'[at]));
  }
  return made;
}
