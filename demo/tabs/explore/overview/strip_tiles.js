/** The tiles of the strip: a step, a folded block, and the buttons that fold and unfold. */

import { drawMap } from '../../../static/lib/canvas.js';
import { unpackMaps } from '../../../static/lib/codec.js';
import { make } from '../../../static/lib/dom.js';

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
      title: `${one.name}: ${factsInWords(one)}. ${thumbnailWords(network, one, index)}`,
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
  const title = `Unfold ${name}: ${steps.length} steps, ${weightsInWords(parameters)}, ${shapeText(last.shape)} at its end`;
  return make(
    'div',
    { class: 'tile folded first', role: 'option', id: `block-${number}`, 'data-block': number, 'aria-selected': false, title, 'aria-label': `${name}, folded` },
    small(network, network.steps.indexOf(last)),
    nameOf(name),
  );
}

/** @param {string} name */
function nameOf(name) {
  return make('b', name.length > 8 ? { class: 'long' } : {}, name);
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
  const maps = unpackMaps(network.thumbnails[index]);
  drawMap(canvas, maps, 0, 127 * maps.factor);
  return canvas;
}

/**
 * Without the name of its block, where all names of the block begin with it.
 * @param {Network} network
 * @param {StepFacts} one
 */
function shortName(network, one) {
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
