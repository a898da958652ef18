/** The choice of method, class and step. */

import { make } from '../../static/lib/dom.js';
import { percent } from '../../static/lib/format.js';

/**
 * What the server sends; see `explanation` in attribution_map.py.
 * @typedef {object} Explanation
 * @property {number} token of the question
 * @property {string} label
 * @property {string} answer
 * @property {[string, number][]} classes with their probabilities
 * @property {string[]} names of all classes, where those are more
 * @property {string[]} steps that Grad-CAM can be made from
 * @property {string} usual
 * @property {string} step
 * @property {number} size of the network's picture, in pixels
 * @property {string} picture data: URL
 * @property {import('../../static/lib/codec.js').Packed} map
 * @property {boolean} signed
 * @property {number} limit
 * @property {string} unit
 * @property {string} words
 * @property {string} means
 * @property {string} limits
 *
 * @typedef {{ method: string, label: string, step: string }} Choice `label` and `step`: "" for the usual one
 */

/** Their names in the address and in words. */
/** @type {Record<string, string>} */
const TERMS = { 'grad-cam': 'grad-cam', occlusion: 'occlusion', gradients: 'integrated-gradients' };
export const METHODS = [['grad-cam', 'Grad-CAM'], ['occlusion', 'Cover a part'], ['gradients', 'Integrated gradients']];
/** The one that is worked out at once. */
export const QUICK = METHODS[0][0];

/** What the address says of the method and the class. */
export function addressed() {
  const query = new URLSearchParams(location.search);
  const method = query.get('method');
  return { method: METHODS.find(([name]) => name === method)?.[0] ?? QUICK, label: query.get('class') ?? '' };
}

/**
 * @param {ReturnType<typeof import('../../static/lib/dom.js').finder>} find
 * @param {Explanation | null} view
 * @param {Choice} choice
 */
export function drawChoices(find, view, choice) {
  find('.methods').replaceChildren(...METHODS.map(([name, title]) => {
    const input = make('input', { type: 'radio', name: 'why-method', value: name });
    input.checked = name === choice.method;
    return make('label', { 'data-term': TERMS[name] }, input, title);
  }));
  find('.chosen-class').hidden = !view;
  find('.chosen-step').hidden = !view || choice.method !== QUICK;
  find('.label').replaceChildren(...(view ? classOptions(view) : []));
  find('.other-class').hidden = !view?.names.length;
  const list = find('.other-class datalist');
  // A list of very many is put in once for a network.
  const [first, count] = [view?.names[0] ?? '', String(view?.names.length ?? 0)];
  if (list.dataset.first !== first || list.dataset.count !== count) {
    Object.assign(list.dataset, { first, count });
    list.replaceChildren(...(view?.names ?? []).map((name) => make('option', { value: name })));
  }
  find('.step').replaceChildren(...(view ? stepOptions(view) : []));
}

/** @param {Explanation} view */
function classOptions({ classes, answer, label }) {
  return classes.map(([name, probability]) => {
    const words = `${name}, ${percent(probability)}${name === answer ? ' (the answer)' : ''}`;
    return option(name, words, name === label);
  });
}

/** @param {Explanation} view */
function stepOptions({ steps, usual, step }) {
  return steps.map((name) => option(name, name === usual ? `${name} (usual)` : name, name === step));
}

/**
 * @param {string} value
 * @param {string} words
 * @param {boolean} isSelected
 */
function option(value, words, isSelected) {
  const node = make('option', { value }, words);
  node.selected = isSelected;
  return node;
}
