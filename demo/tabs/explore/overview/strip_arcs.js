/** The arcs above the strip: every way past the next step, as that of a skip connection. */

/** @typedef {import('../../../static/lib/store.js').Network} Network */

/**
 * @param {ReturnType<typeof import('../../../static/lib/dom.js').finder>} find in the strip's element
 * @param {Network} network
 * @param {string} current the chosen step
 */
export function drawArcs(find, network, current) {
  const svg = find('.arcs');
  const run = find('.ends');
  const left = run.getBoundingClientRect().left;
  /** @type {Map<string, { element: Element, index: number }>} */
  const places = new Map();
  [find('.picture'), ...find('.strip').children].forEach((element, index) => {
    const { step, block } = /** @type {HTMLElement} */ (element).dataset;
    if (!index) places.set('input', { element, index });
    else if (step) places.set(step, { element, index });
    else for (const one of network.steps) if (one.block === Number(block)) places.set(one.name, { element, index });
  });
  const middle = (/** @type {Element} */ element) => {
    const box = element.getBoundingClientRect();
    return box.left + box.width / 2 - left;
  };
  const before = pathTo(network, current);
  const arcs = new Map();
  for (const one of network.steps)
    for (const name of one.inputs) {
      const [from, to] = [places.get(name), places.get(one.name)];
      if (!from || !to || to.index - from.index < 2) continue;
      const isOnPath = before.has(one.name);
      arcs.set(`${from.index} ${to.index}`, arc(middle(from.element) + 5, middle(to.element) - 5, to.index - from.index, isOnPath));
    }
  svg.setAttribute('width', String(run.offsetWidth));
  svg.replaceChildren(...arcs.values());
}

/**
 * Whether any step reads another than the one before it.
 * @param {Network} network
 */
export function hasArcs({ steps }) {
  return steps.some(({ inputs }, index) => inputs.some((name) => name !== (steps[index - 1]?.name ?? 'input')));
}

/**
 * The steps that one depends on, itself included.
 * @param {Network} network
 * @param {string} from
 */
export function pathTo(network, from) {
  const found = new Set();
  const waiting = [from];
  while (waiting.length) {
    const name = waiting.pop();
    const step = network.steps.find((one) => one.name === name);
    if (!step || found.has(name)) continue; // the picture is no step
    found.add(name);
    waiting.push(...step.inputs);
  }
  return found;
}

/**
 * @param {number} from the middle of a tile
 * @param {number} to the middle of another
 * @param {number} length in tiles
 * @param {boolean} isOnPath
 */
function arc(from, to, length, isOnPath) {
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  const [foot, top] = [20, Math.max(3, 16 - 3 * length)];
  const bend = Math.min(14, (to - from) / 3);
  shape.setAttribute('d', `M ${from} ${foot} C ${from} ${top} ${from} ${top} ${from + bend} ${top} L ${to - bend} ${top} C ${to} ${top} ${to} ${top} ${to} ${foot}`);
  if (isOnPath) shape.setAttribute('class', 'on-path');
  return shape;
}
