/** The cursor on the learning curves, those of this part and those above it, and a click on one of them. */

const SVG = 'http://www.w3.org/2000/svg';
const CHART = 'svg[data-last]';

/**
 * Moves the cursor of every chart.
 * @param {HTMLElement} element of the widget
 * @param {number | null} epoch null takes it away
 */
export function drawCursor(element, epoch) {
  for (const chart of [...document.querySelectorAll(`#charts ${CHART}`), ...element.querySelectorAll(CHART)]) {
    const cursor = chart.querySelector('.cursor');
    if (epoch === null) cursor?.remove();
    else place(cursor ?? added(/** @type {SVGSVGElement} */ (chart)), axis(/** @type {SVGSVGElement} */ (chart)), epoch);
  }
}

/** @param {SVGSVGElement} chart */
function added(chart) {
  const cursor = document.createElementNS(SVG, 'line');
  cursor.setAttribute('class', 'cursor');
  cursor.setAttribute('y1', chart.dataset.top ?? '');
  cursor.setAttribute('y2', chart.dataset.bottom ?? '');
  chart.append(cursor);
  return cursor;
}

/**
 * Where epoch 0 and the last epoch of a chart lie.
 * @param {SVGSVGElement} chart
 */
function axis({ dataset: { left, right, last } }) {
  return { left: Number(left), right: Number(right), last: Number(last) };
}

/**
 * @param {Element} cursor
 * @param {ReturnType<typeof axis>} axis
 * @param {number} epoch
 */
function place(cursor, { left, right, last }, epoch) {
  const x = String(left + ((right - left) * epoch) / last);
  cursor.setAttribute('x1', x);
  cursor.setAttribute('x2', x);
}

/**
 * Listens to clicks on the charts above; they are drawn anew when other networks are chosen or one is being trained.
 * @param {{ drawn: () => void, clicked: (event: MouseEvent) => void, signal: AbortSignal }} listeners
 */
export function followCharts({ drawn, clicked, signal }) {
  const charts = document.getElementById('charts');
  if (!charts) return;
  const observer = new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]);
    if (added.some((node) => !(node instanceof Element && node.classList.contains('cursor')))) drawn();
  });
  observer.observe(charts, { childList: true, subtree: true });
  signal.addEventListener('abort', () => observer.disconnect());
  charts.addEventListener('click', clicked, { signal });
}

/**
 * The epoch, perhaps between two whole ones, at which a chart was clicked.
 * @param {MouseEvent} event
 * @returns {number | null} null where that is no chart
 */
export function clickedEpoch(event) {
  const chart = event.target instanceof Element ? event.target.closest(CHART) : null;
  if (!(chart instanceof SVGSVGElement)) return null;
  const box = chart.getBoundingClientRect();
  const { left, right, last } = axis(chart);
  const x = ((event.clientX - box.left) / box.width) * chart.viewBox.baseVal.width;
  return ((x - left) / (right - left)) * last;
}
