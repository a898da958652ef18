/** Pictures and charts of the page as something that a canvas can draw. */

/** @typedef {import('./layout.js').Source} Source */

// A chart of the page in the colours of paper, whatever those of the page are.
const PAPER = {
  '--body-text-color': '#111',
  '--body-text-color-subdued': '#444',
  '--border-color-primary': '#bbb',
  '--color-accent': '#0f766e',
  '--background-fill-primary': '#fff',
  '--background-fill-secondary': '#eee',
};
/** @type {WeakSet<Element>} images of charts */
const charts = new WeakSet();
const KEPT = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'opacity'],
  ...['font-size', 'font-weight', 'font-family', 'text-anchor', 'display'],
];

/**
 * @param {Source} source
 * @returns {Promise<Source>}
 */
export async function drawable(source) {
  if (source instanceof SVGElement) return chartImage(/** @type {SVGSVGElement} */ (source));
  if (source instanceof HTMLImageElement && !source.complete) await source.decode().catch(() => {});
  return source;
}

/**
 * Whether it is an image of a chart, which needs no frame.
 * @param {Source} source what `drawable` returned
 */
export function isChart(source) {
  return charts.has(source);
}

/** @param {SVGSVGElement} svg */
async function chartImage(svg) {
  const copy = onPaper(svg);
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute('width', String(3 * width));
  copy.setAttribute('height', String(3 * height));
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.style.maxWidth = 'none';
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  charts.add(image);
  return image;
}

/**
 * A copy that no style sheet is needed for.
 * @param {SVGSVGElement} svg
 */
function onPaper(svg) {
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  for (const [name, value] of Object.entries(PAPER)) copy.style.setProperty(name, value);
  copy.querySelector('.cursor')?.remove();
  svg.after(copy); // beside it, where the same styles hold
  const nodes = /** @type {SVGElement[]} */ ([copy, ...copy.querySelectorAll('*')]);
  for (const node of nodes) {
    const style = getComputedStyle(node);
    for (const name of KEPT) node.style.setProperty(name, style.getPropertyValue(name));
  }
  copy.remove();
  return copy;
}
