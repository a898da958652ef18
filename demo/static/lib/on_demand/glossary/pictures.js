/** Small pictures for terms, of the network and the picture that the page shows; none where Explore has not shown them. */

import { drawMap, littleMap } from '../../canvas.js';
import { make } from '../../dom.js';
import { fieldBox } from '../../receptive_field.js';
import { store } from '../../store.js';

/** @type {Record<string, () => { shown: Element, words: string } | null>} */
const KINDS = { map, kernel, field };

/**
 * @param {string} kind "map", "kernel" or "field"
 * @returns {HTMLElement | null}
 */
export function pictureOf(kind) {
  const found = KINDS[kind]?.();
  return found && make('figure', {}, found.shown, make('figcaption', {}, found.words));
}

function map() {
  const channel = store.get('channel');
  if (!channel || channel.maps.size === 1) return null;
  const shown = make('canvas', { 'aria-hidden': true });
  drawMap(shown, channel.maps, channel.channel, channel.limits.channel || 1);
  return { shown, words: `The one that Explore shows: ${channel.step}, channel ${channel.channel}.` };
}

function kernel() {
  const kernels = store.get('kernels');
  const values = kernels?.values[0];
  if (!kernels || !values?.length) return null;
  const shown = littleMap(values.flat(), values.length, values[0].length, kernels.limit || 1);
  shown.setAttribute('aria-hidden', 'true');
  return { shown, words: `One of ${kernels.of ?? kernels.step}, channel ${kernels.channel}, on ${kernels.reads[0]}: red above zero, blue below.` };
}

function field() {
  const [network, channel, value] = [store.get('network'), store.get('channel'), store.get('value')];
  const step = network?.steps.find(({ name }) => name === channel?.step);
  if (!network?.picture || !channel || !step?.geometry) return null;
  const [row, column] = value?.step === step.name ? [value.row, value.column] : [channel.maps.height >> 1, channel.maps.width >> 1];
  const box = fieldBox(step.geometry, channel.channel, row, column);
  if (!box) return null;
  const { top, left, bottom, right } = box;
  const part = (/** @type {number} */ pixels) => `${(100 * pixels) / network.size}%`;
  const style = `top:${part(top)};left:${part(left)};height:${part(bottom - top)};width:${part(right - left)}`;
  const shown = make('div', { class: 'field-of', 'aria-hidden': true }, make('img', { src: network.picture, alt: '' }), make('span', { style }));
  return { shown, words: `All that ${step.name} can see at row ${row}, column ${column}: ${step.sees}.` };
}
