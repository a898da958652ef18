/** What stands above the columns of the whole network, and the classes at its end. */

import { make } from '../../../static/lib/dom.js';
import { percent, shortened } from '../../../static/lib/format.js';
import { boxOf } from './layout.js';

const LETTER = 5.6; // pixels that a letter of a name is wide, about

/**
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('../../../static/lib/store.js').Network} Network
 */

/**
 * @param {Layout} layout
 * @param {Network} network
 * @param {Set<number>} open blocks that are unfolded
 * @returns {HTMLElement[]}
 */
export function headsOf(layout, network, open) {
  const names = layout.columns.map((column) => {
    const [name, shape] = titleOf(column.step, network);
    const title = [column.step, shape].filter(Boolean).join(': ');
    return make('div', { class: 'name', title, style: placed(column.left, column.width + 16) }, make('b', {}, shortened(name, Math.max(6, Math.floor((column.width + 16) / LETTER)))), shape);
  });
  return [...network.blocks.flatMap((name, number) => {
    const own = layout.columns.filter((column) => column.block === number);
    if (!own.length) return [];
    const [first, last] = [own[0], own[own.length - 1]];
    const isOpen = open.has(number);
    const title = isOpen ? `Fold ${name}` : `Unfold ${name}: its steps appear`;
    const style = placed(first.left, Math.max(last.left + last.width - first.left, 60));
    return [make('button', { type: 'button', 'data-block': number, 'aria-expanded': isOpen, 'aria-label': title, title, style }, `${isOpen ? '▾' : '▸'} ${name}`)];
  }), ...names];
}

/**
 * @param {number} left
 * @param {number} width
 */
function placed(left, width) {
  return `left:${left}px;width:${width}px`;
}

/**
 * A step's name, without that of its block where it begins with it, and its shape.
 * @param {string} step
 * @param {Network} network
 */
function titleOf(step, network) {
  if (step === 'input') return ['picture', `3 × ${network.size} × ${network.size}`];
  if (step === 'answer') return ['answer', 'softmax'];
  const facts = network.steps.find((one) => one.name === step);
  const block = `${network.blocks[facts?.block ?? 0]}.`;
  return [step.startsWith(block) ? step.slice(block.length) : step, facts?.shape.join(' × ') ?? ''];
}

/**
 * @param {Layout} layout
 * @param {{ classes: string[], probabilities: number[], likeliest: number[] }} data
 * @returns {HTMLElement[]}
 */
export function classesOf(layout, { classes, probabilities, likeliest }) {
  return likeliest.flatMap((number, channel) => {
    const label = classes[number];
    const box = boxOf(layout, { step: 'answer', channel });
    if (!box) return [];
    const share = percent(probabilities[number]);
    const style = `${placed(box.left, box.width)};top:${box.top}px;--share:${(100 * probabilities[number]).toFixed(1)}%`;
    return [make('div', { class: 'class', style, title: `${label} ${share}` }, make('span', {}, label), make('i'), make('em', {}, share.replace(' ', '')))];
  });
}
