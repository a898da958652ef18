/** The tiles of the strip: a step, a folded block, and the buttons that fold and unfold. */

import { drawMap } from '../../../static/lib/canvas.js';
import { unpackMaps } from '../../../static/lib/codec.js';
import { make } from '../../../static/lib/dom.js';
import { shortened } from '../../../static/lib/format.js';

/** @typedef {import('../../../static/lib/store.js').Network} Network */
/** @typedef {import('../../../static/lib/store.js').StepFacts} StepFacts */

/**
 * @param {string} name
 * @param {number} number
 * @param {boolean} isOpen
 */
export function chip(name, number, isOpen) {
  const title = isOpen ? `Fold ${name}` : `Unfold ${name}`;
  return make('button', { type: 'button', 'data-block': number, 'aria-expanded': isOpen, title }, name);
}

/**
 * @param {Network} network
 * @param {StepFacts} one
 * @param {boolean} isFirst
 */
export function tile(network, one, isFirst) {
  const index = network.steps.indexOf(one);
  return make(
    'div',
    {
      class: `tile${isFirst ? ' first' : ''}${one.parameters ? ' learned' : ''}`,
      role: 'option',
      id: `step-${index}`,
      'data-step': one.name,
      'data-kind': one.operation,
      title: titleOf(network, one, index),
      'aria-label': one.name,
    },
    small(network, index),
    nameOf(shortName(network, one)),
  );
}

/**
 * @param {Network} network
 * @param {number} number
 * @param {StepFacts[]} steps
 */
export function folded(network, number, steps) {
  const last = steps[steps.length - 1];
  const name = network.blocks[number];
  const parameters = steps.reduce((sum, one) => sum + one.parameters, 0);
  const title = `Unfold ${name} and show ${firstLearned(steps).name}: ${steps.length} steps, ${weightsInWords(parameters)}, ${shapeText(last.shape)} at its end`;
  return make(
    'div',
    { class: 'tile folded first', role: 'option', id: `block-${number}`, 'data-block': number, 'aria-selected': false, title, 'aria-label': `${name}, folded` },
    small(network, network.steps.indexOf(last)),
    nameOf(name),
  );
}

/**
 * Another picture on a tile that stays.
 * @param {Network} network
 * @param {HTMLElement} node what `tile` or `folded` made
 */
export function repaint(network, node) {
  const { step, block } = node.dataset;
  const isShown = (/** @type {StepFacts} */ one) => (step ? one.name === step : one.block === Number(block));
  const index = network.steps.findLastIndex(isShown);
  const canvas = node.querySelector('canvas');
  if (canvas && index >= 0) paint(canvas, network, index);
  if (step && index >= 0) node.title = titleOf(network, network.steps[index], index);
}

/**
 * The name of a tile; the whole of it where a style has room for that, as in the projector mode.
 * @param {string} name
 */
function nameOf(name) {
  const brief = shortened(name);
  if (brief === name) return make('b', name.length > 8 ? { class: 'long' } : {}, name);
  return make('b', { class: 'long' }, make('span', { class: 'brief' }, brief), make('span', { class: 'whole' }, name));
}

/**
 * The step of a block that is shown when the block is unfolded by a click: the first that learned anything.
 * @param {StepFacts[]} steps
 */
export function firstLearned(steps) {
  return steps.find((one) => one.parameters) ?? steps[steps.length - 1];
}

/** @param {StepFacts} facts */
function factsInWords({ operation, shape, parameters, sees }) {
  return [operation, shapeText(shape), weightsInWords(parameters), ...(sees ? [`sees ${sees}`] : [])].join(', ');
}

/** @param {number} parameters */
function weightsInWords(parameters) {
  return parameters ? `${parameters.toLocaleString('en')} weights` : 'no weights';
}

/** @param {number[]} shape */
export function shapeText(shape) {
  return shape.join(' × ');
}

/**
 * The small picture of a step.
 * @param {Network} network
 * @param {number} index
 */
export function small(network, index) {
  const canvas = make('canvas', { 'aria-hidden': 'true' });
  paint(canvas, network, index);
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Network} network
 * @param {number} index
 */
function paint(canvas, network, index) {
  const maps = unpackMaps(network.thumbnails[index]);
  drawMap(canvas, maps, 0, 127 * maps.factor);
}

/**
 * @param {Network} network
 * @param {StepFacts} one
 * @param {number} index
 */
function titleOf(network, one, index) {
  return `${one.name}: ${factsInWords(one)}. ${thumbnailWords(network, one, index)}`;
}

/**
 * Without the name of its block, where all names of the block begin with it.
 * @param {Network} network
 * @param {StepFacts} one
 */
export function shortName(network, one) {
  const block = `${network.blocks[one.block]}.`;
  return one.name.startsWith(block) ? one.name.slice(block.length) : one.name;
}

/**
 * @param {Network} network
 * @param {StepFacts} one
 * @param {number} index
 */
function thumbnailWords(network, one, index) {
  if (one.shape.length !== 3) return 'Pictured: all values, row by row';
  return `Pictured: channel ${network.thumbnails[index].channel}, which holds the largest value`;
}
