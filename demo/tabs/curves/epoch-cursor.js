// The cursor on the learning curves; `view`, `at`, `find`, `show` and `stop` are those of epochs.js.

const SVG = 'http://www.w3.org/2000/svg';
const charts = () => [...document.querySelectorAll('#charts svg[data-last]'), ...element.querySelectorAll('svg[data-last]')];

function drawCursor() {
  for (const chart of charts()) {
    let cursor = chart.querySelector('.cursor');
    if (!view) {
      cursor?.remove();
      continue;
    }
    if (!cursor) {
      cursor = document.createElementNS(SVG, 'line');
      cursor.setAttribute('class', 'cursor');
      cursor.setAttribute('y1', chart.dataset.top);
      cursor.setAttribute('y2', chart.dataset.bottom);
      chart.append(cursor);
    }
    const [left, right, last] = [chart.dataset.left, chart.dataset.right, chart.dataset.last].map(Number);
    const x = left + ((right - left) * view.epochs[at]) / last;
    cursor.setAttribute('x1', x);
    cursor.setAttribute('x2', x);
  }
}

// The charts are drawn anew when other networks are chosen or one of them is being trained.
function followCharts() {
  find('.curve').addEventListener('click', goTo);
  const charted = document.querySelector('#charts');
  if (!charted) return;
  new MutationObserver((changes) => {
    const drawnAnew = changes.some((change) => [...change.addedNodes].some((node) => !node.classList?.contains('cursor')));
    if (drawnAnew) drawCursor();
  }).observe(charted, { childList: true, subtree: true });
  charted.addEventListener('click', goTo);
}

// A click on a chart: the kept epoch that is nearest.
function goTo(event) {
  const chart = event.target.closest('svg[data-last]');
  if (!view || !chart) return;
  const box = chart.getBoundingClientRect();
  const [left, right, last] = [chart.dataset.left, chart.dataset.right, chart.dataset.last].map(Number);
  const x = ((event.clientX - box.left) / box.width) * chart.viewBox.baseVal.width;
  const epoch = ((x - left) / (right - left)) * last;
  const distances = view.epochs.map((one) => Math.abs(one - epoch));
  stop();
  show(distances.indexOf(Math.min(...distances)));
}
