
// ---- to take home: both lanes and their difference as a picture; the answers, the steps and the values as tables

(window.convscopeHome ??= {}).lanes = () => {
  if (!view) return [];
  const file = `compare-${view.step}-${view.channel}`;
  const offers = [
    { label: 'Both lanes (PNG)', file, plate: lanesPlate },
    { label: 'Both answers (CSV)', file: 'compare-answers', rows: answerRows },
    { label: 'This channel’s values (CSV)', file, rows: laneRows },
  ];
  if (view.steps.some((step) => step.change !== null)) offers.push({ label: 'Change at each step (CSV)', file: 'compare-steps', rows: () => [['step', 'operation', 'change (share of the left values’ size)'], ...view.steps.map((step) => [step.name, step.operation, step.change])] });
  return offers;
};

function lanesPlate() {
  const there = SIDES.filter((side) => lanes[side]);
  const captions = (side) => [find(`.${side} h4`).textContent, find(`.${side} .own`).textContent].filter(Boolean).join('\n');
  const single = lanes.left.size === 1;
  const blocks = [{ panels: [...element.querySelectorAll('.pictures figure')].map((one) => ({ source: one.querySelector('img'), caption: [...one.querySelector('figcaption').childNodes].map((part) => part.textContent).join(' ') })).filter((one) => one.source.src), columns: 4 }];
  if (!single) blocks.push({ panels: there.map((side) => ({ source: find(`.${side} .large canvas`), caption: captions(side) })), columns: 3 });
  blocks.push({ legend: { canvas: find('.legend'), low: find('.low').textContent, high: find('.high').textContent } }, { text: find('.scaling').textContent }, { text: find('.spoken').textContent });
  blocks.push({ heading: single ? 'All values' : 'All channels' }, { panels: there.map((side) => ({ source: find(`.${side} .all canvas`), caption: single ? captions(side) : side })), columns: 3 });
  return { title: `Side by side: ${view.step}`, lines: [...view.lanes.map((lane, index) => `${index ? 'Right' : 'Left'}: ${lane.title}`), find('.verdict-words').textContent], blocks };
}

function answerRows() {
  const [left, right] = view.shares;
  return [['class', 'left probability (0 to 1)', 'right probability (0 to 1)', 'right minus left'], ...view.classes.map((label, i) => [label, left[i], right[i], left[i] === null || right[i] === null ? null : right[i] - left[i]])];
}

function laneRows() {
  const { width, size } = lanes.left;
  const [left, right, difference] = SIDES.map((side) => lanes[side] && channelOf(lanes[side], channelAt(side)));
  const head = ['row', 'column', `left: ${view.step}, channel ${view.channel} (no unit)`];
  if (!difference) return [head, ...Array.from({ length: size }, (_, at) => [Math.floor(at / width), at % width, left[at]])];
  return [[...head, `right: channel ${channelAt('right')}`, 'right minus left'], ...Array.from({ length: size }, (_, at) => [Math.floor(at / width), at % width, left[at], right[at], difference[at]])];
}
