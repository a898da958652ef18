/** Elements: made, found, brought into sight. */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * A word that the page explains; its meaning is in demo/glossary.
 * @param {string} name of the term: "receptive-field"
 * @param {string} [words] as they stand in the sentence
 */
export function term(name, words = name.replaceAll('-', ' ')) {
  return make('dfn', { 'data-term': name }, words);
}

/** @type {WeakMap<Element, { words: string, text: ChildNode | null }>} what `tell` wrote, and the node that holds it */
const told = new WeakMap();

/**
 * Writes words into a place that may be read aloud when it changes, unless they stand there already. What stands there
 * may be in another language by now, so that it is no use to compare with that.
 * @param {Element} place
 * @param {string} words
 */
export function tell(place, words) {
  const before = told.get(place);
  if (before?.words === words && before.text === place.firstChild && place.childNodes.length < 2) return;
  place.textContent = words;
  told.set(place, { words, text: place.firstChild });
}

/**
 * A function that finds the first match inside an element, which must be there: widgets find parts of their own HTML.
 * Its type is that of the selector's tag ("canvas.map"), else HTMLElement; say `find('.x', HTMLInputElement)` for another.
 * @param {ParentNode} element
 */
export function finder(element) {
  /**
   * @template {abstract new (...args: any) => Element} [Kind=typeof HTMLElement]
   * @param {string} selector
   * @param {Kind} [kind]
   * @returns {InstanceType<Kind>}
   */
  return function find(selector, kind) {
    const found = element.querySelector(selector);
    if (!found || (kind && !(found instanceof kind))) throw new Error(`There is no such element as ${selector}.`);
    return /** @type {InstanceType<Kind>} */ (found);
  };
}

/**
 * What of an event's target, or around it, matches.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function around(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}

/**
 * Scrolls a strip, never the page, until one of its tiles is in sight.
 * @param {HTMLElement} strip
 * @param {HTMLElement} tile
 * @param {number} [margin] pixels at either end of the strip that something lies over
 */
export function reveal(strip, tile, margin = 0) {
  const left = tile.getBoundingClientRect().left - strip.getBoundingClientRect().left + strip.scrollLeft;
  if (left < strip.scrollLeft + margin || left + tile.offsetWidth > strip.scrollLeft + strip.clientWidth - margin)
    strip.scrollLeft = left - strip.clientWidth / 2 + tile.offsetWidth / 2;
}

/** @type {Record<string, number>} */
const MOVES = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1, Home: -1e6, End: 1e6 };

/**
 * The name of the step that a key leads to in a strip of steps; null for another key.
 * @param {KeyboardEvent} event
 * @param {{ name: string }[]} steps
 * @param {string} name of the step that is chosen
 */
export function stepAfter(event, steps, name) {
  if (!(event.key in MOVES)) return null;
  event.preventDefault();
  const now = steps.findIndex((step) => step.name === name);
  return steps[Math.max(0, Math.min(steps.length - 1, now + MOVES[event.key]))].name;
}

/**
 * Scrolls a pane, never the page, until a mark in it is in sight.
 * @param {HTMLElement} pane
 * @param {HTMLElement} mark
 */
export function bringIntoSight(pane, mark) {
  const [port, box] = [pane.getBoundingClientRect(), mark.getBoundingClientRect()];
  const covered = Number.parseFloat(getComputedStyle(pane).scrollPaddingTop) || 0; // by a header
  if (pane.scrollHeight > pane.clientHeight && (box.top < port.top + covered || box.bottom > port.bottom))
    pane.scrollTop += box.top - port.top - pane.clientHeight / 2;
  if (pane.scrollWidth > pane.clientWidth && (box.left < port.left || box.right > port.right))
    pane.scrollLeft += box.left - port.left - pane.clientWidth / 2;
}
