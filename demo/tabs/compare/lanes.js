// Two lanes and their difference. The maps of all channels of the chosen step came in one answer: moving to another
// channel, pointing and the choice of scale need no request. Where the server sent the difference, it is exact and the
// right lane is worked out from it; between two networks it is the other way round.

const find = (selector) => element.querySelector(selector);
const three = find('.three');
const strip = find('.steps');
const stretch = find('.stretch');
const SIDES = ['left', 'right', 'difference'];
const REST = 400; // milliseconds without another key
let view = null;
let lanes = {}; // left, right, difference: {values, channels, height, width, size}; null where there is none
let partners = null; // of each left channel, the right one that stands beside it
let layouts = {};
let current = '';
let resting = null;

// ----------------------------------------------------------------------------------------------------------- the steps

function drawSteps() {
  const measured = view.steps.some((step) => step.change !== null);
  const most = Math.max(...view.steps.map((step) => step.change ?? 0), 1e-9);
  find('.about-steps').textContent = measured
    ? 'Bars: how large the difference is at each step, as a share of the size of the left values (Euclidean). Where they fall, the network takes the difference away; where they rise, it makes more of it.'
    : 'The two networks learned separately, so channels of the same number have nothing to do with each other: compare what kinds of channels there are.';
  strip.replaceChildren(
    ...view.steps.map((step, index) => {
      const parts = [make('b', {}, step.name), make('span', {}, step.operation)];
      if (measured) parts.unshift(make('div', { class: 'change', 'aria-hidden': 'true' }, make('span', { style: `height:${(100 * step.change) / most}%` })));
      if (measured) parts.push(make('span', { class: 'number' }, `differs\u00a0${Math.round(100 * step.change)}\u00a0%`));
      return make('div', { class: 'tile', role: 'option', id: `lane-step-${index}`, 'data-step': step.name }, ...parts);
    }),
  );
  current = view.step;
  markStep();
}

function markStep() {
  for (const tile of strip.children) {
    const chosen = tile.dataset.step === current;
    tile.setAttribute('aria-selected', chosen);
    if (!chosen) continue;
    strip.setAttribute('aria-activedescendant', tile.id);
    reveal(strip, tile);
  }
}

function pickStep(name) {
  if (!view || (name === current && (line.busy || name === view.step))) return; // an answer that was lost is asked for again
  current = name;
  markStep();
  clearTimeout(resting);
  const count = view.steps.find((step) => step.name === name).channels;
  pickHere({ step: name, channel: Math.min(view.channel, count - 1), ticket: nextTicket() });
}

// ------------------------------------------------------------------------------------------------------------ the maps

const asMaps = (lane) => ({ integers: lane.values, factor: 1, height: lane.height, width: lane.width, size: lane.size });

function drawGrid(side) {
  const lane = lanes[side];
  const gap = lane.size === 1 ? 0 : 1;
  const columns = Math.ceil(Math.sqrt((lane.channels * (lane.height + gap)) / (lane.width + gap)));
  const rows = Math.ceil(lane.channels / columns);
  const canvas = find(`.${side} .all canvas`);
  const [cellWidth, cellHeight] = [lane.width + gap, lane.height + gap];
  canvas.width = columns * cellWidth - gap;
  canvas.height = rows * cellHeight - gap;
  layouts[side] = { columns, cellWidth, cellHeight, canvas };
  const context = canvas.getContext('2d');
  const image = context.createImageData(canvas.width, canvas.height);
  const limit = limitFor(side);
  for (let channel = 0; channel < lane.channels; channel++) paintMap(image, asMaps(lane), channel, limit, (channel % columns) * cellWidth, Math.floor(channel / columns) * cellHeight);
  context.putImageData(image, 0, 0);
}

function drawGrids() {
  for (const side of SIDES) {
    const lane = lanes[side];
    find(`.${side} .large`).hidden = !lane || lane.size === 1;
    find(`.${side} .single`).hidden = !lane || lane.size > 1;
    find(`.${side} .all`).hidden = find(`.${side} .own`).hidden = !lane;
    if (lane) drawGrid(side);
  }
  find('.why').hidden = Boolean(lanes.difference);
  find('.why').textContent = whyNot();
}

function whyNot() {
  const { left, right } = lanes;
  if (!right) return 'No difference here: the right lane has no such step.';
  if (left.size === 1 && right.size === 1) return `No difference here: there are ${left.channels} values on the left and ${right.channels} on the right.`;
  return `No difference here: the maps are of different sizes, ${left.height} × ${left.width} on the left and ${right.height} × ${right.width} on the right.`;
}

function drawScale() {
  const limit = sharedLimit();
  const signed = [lanes.left, lanes.right].some((lane) => lane && extent(lane.values).low < 0);
  drawLegend(find('.legend'), limit, true);
  find('.low').textContent = readable(-limit);
  find('.high').textContent = readable(limit);
  find('.stretch').parentElement.hidden = !lanes.difference;
  const large = lanes.difference ? limitOf(lanes.difference) : 0;
  const meaning = `One scale for both lanes: red above zero, white zero, blue below${signed ? '' : ' (only in the difference)'}.`;
  const stretched = stretch.checked && lanes.difference ? ` The difference has its own scale, from ${readable(-large)} to ${readable(large)}.` : ' The difference has the same scale.';
  const blocks = view.block > 1 ? ` To keep the page quick each pixel is the mean of ${view.block} × ${view.block} values.` : '';
  find('.scaling').textContent = meaning + (lanes.difference ? stretched : '') + blocks;
}

function drawChannel() {
  const vector = lanes.left.size === 1;
  for (const side of SIDES) {
    const lane = lanes[side];
    const title = find(`.${side} h4`);
    if (side !== 'difference') {
      const step = side === 'left' ? view.step : view.matched.name;
      const label = view.labels[side === 'left' ? 0 : 1][channelAt(side)];
      title.textContent = lane ? `${side === 'left' ? 'Left' : 'Right'}: ${step}, ${vector ? 'value' : 'channel'} ${channelAt(side)}${label ? ` (${label})` : ''}` : 'Right: no such step';
    }
    if (!lane) continue;
    const channel = channelAt(side);
    const { low, high, mean } = extentOf(side, channel);
    const words = lane.size === 1 ? '' : `${readable(low)} to ${readable(high)}, mean ${readable(mean)}`;
    find(`.${side} .own`).textContent = words;
    find(`.${side} .single`).textContent = readable(high);
    if (lane.size > 1) {
      const canvas = find(`.${side} .large canvas`);
      drawMap(canvas, asMaps(lane), channel, limitFor(side));
      canvas.setAttribute('aria-label', `${side}, channel ${channel}: ${words}`);
    }
    mark(side, channel);
  }
  const spoken = inWords();
  three.setAttribute('aria-valuemin', 0);
  three.setAttribute('aria-valuemax', lanes.left.channels - 1);
  three.setAttribute('aria-valuenow', view.channel);
  three.setAttribute('aria-valuetext', spoken);
  find('.spoken').textContent = spoken;
}

function mark(side, channel) {
  const { columns, cellWidth, cellHeight, canvas } = layouts[side];
  const lane = lanes[side];
  const chosen = find(`.${side} .chosen`);
  chosen.style.left = `${(100 * (channel % columns) * cellWidth) / canvas.width}%`;
  chosen.style.top = `${(100 * Math.floor(channel / columns) * cellHeight) / canvas.height}%`;
  chosen.style.width = `${(100 * lane.width) / canvas.width}%`;
  chosen.style.height = `${(100 * lane.height) / canvas.height}%`;
}

function inWords() {
  const what = lanes.left.size === 1 ? 'Value' : 'Channel';
  const start = `${what} ${view.channel} of ${view.step}`;
  if (!lanes.difference) return `${start}: ${readable(extentOf('left', view.channel).mean)}${lanes.left.size > 1 ? ' on average' : ''} on the left.`;
  const [a, b] = [channelOf(lanes.left, view.channel), channelOf(lanes.right, channelAt('right'))];
  const beside = channelAt('right') === view.channel ? '' : `, beside channel ${channelAt('right')} of the right network`;
  if (lanes.left.size === 1) return `${start}${beside}: ${readable(a[0])} on the left, ${readable(b[0])} on the right, difference ${readable(b[0] - a[0])}.`;
  const { low, high } = extentOf('difference', view.channel);
  const alike = correlation(a, b);
  const likeness = alike === null ? '' : ` The two maps have a correlation of ${readable(Math.round(100 * alike) / 100)} (1: same shape, 0: nothing in common).`;
  return `${start}${beside}: the difference goes from ${readable(low)} to ${readable(high)}.${likeness}`;
}

// -------------------------------------------------------------------------------------------------- what a person does

function pickChannel(channel, atOnce) {
  view.channel = Math.max(0, Math.min(lanes.left.channels - 1, channel));
  drawChannel();
  clearTimeout(resting);
  const { step } = view;
  const ask = () => view?.step === step && current === step && pickHere({ step, channel: view.channel }); // for the address
  if (atOnce) ask();
  else resting = setTimeout(ask, REST);
}

// Where the pointer is on a grid: side, channel, row and column, or null.
function pointed(event) {
  const canvas = event.target.closest('.all')?.querySelector('canvas');
  const side = SIDES.find((name) => lanes[name] && layouts[name]?.canvas === canvas);
  if (!side) return null;
  const lane = lanes[side];
  const { columns, cellWidth, cellHeight } = layouts[side];
  const box = canvas.getBoundingClientRect();
  const x = Math.floor(((event.clientX - box.left) / box.width) * canvas.width);
  const y = Math.floor(((event.clientY - box.top) / box.height) * canvas.height);
  const channel = Math.floor(y / cellHeight) * columns + Math.floor(x / cellWidth);
  const [row, column] = [y % cellHeight, x % cellWidth];
  return x < 0 || y < 0 || channel >= lane.channels || row >= lane.height || column >= lane.width ? null : { side, channel, row, column };
}

// The left channel of what is pointed at; -1 where a right channel stands beside none.
const leftChannel = (at) => (at.side === 'right' && partners ? partners.indexOf(at.channel) : at.channel);

function onLarge(event, canvas) {
  const box = canvas.getBoundingClientRect();
  const { height, width } = lanes[SIDES.find((side) => find(`.${side}`).contains(canvas))];
  const clip = (share, length) => Math.max(0, Math.min(length - 1, Math.floor(share * length)));
  return { channel: view.channel, row: clip((event.clientY - box.top) / box.height, height), column: clip((event.clientX - box.left) / box.width, width) };
}

// The same place in all lanes.
function showValues(event) {
  if (!view) return;
  const large = event.target.closest('.large canvas');
  const at = large ? onLarge(event, large) : pointed(event);
  if (!at) return;
  const where = (channel) => (lanes.left.size === 1 ? `value ${channel}` : `channel ${channel}, row ${at.row}, column ${at.column}`);
  if (!lanes.difference) {
    const side = at.side ?? SIDES.find((name) => find(`.${name}`).contains(large));
    const own = at.side ? at.channel : channelAt(side);
    find('.pointed').textContent = `${side} ${where(own)}: ${readable(channelOf(lanes[side], own)[at.row * lanes[side].width + at.column])}`;
    return;
  }
  const channel = leftChannel(at);
  if (channel < 0) return;
  const value = (side, own) => readable(channelOf(lanes[side], own)[at.row * lanes.left.width + at.column]);
  const right = value('right', partners ? partners[channel] : channel);
  find('.pointed').textContent = `${where(channel)}: left ${value('left', channel)}, right ${right}, difference ${value('difference', channel)}`;
}

three.addEventListener('click', (event) => {
  const at = pointed(event);
  if (!at) return;
  const channel = leftChannel(at);
  if (channel >= 0) pickChannel(channel, true);
});
three.addEventListener('pointermove', showValues);
three.addEventListener('pointerdown', showValues); // a finger does not hover
three.addEventListener('pointerleave', () => {
  find('.pointed').textContent = '';
});
three.addEventListener('keydown', (event) => {
  if (!view) return;
  const { columns } = layouts.left;
  const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -1e6, End: 1e6, PageUp: -10, PageDown: 10 };
  if (!(event.key in moves)) return;
  event.preventDefault();
  pickChannel(view.channel + moves[event.key]);
});
strip.addEventListener('click', (event) => {
  const tile = event.target.closest('.tile');
  if (tile) pickStep(tile.dataset.step);
});
strip.addEventListener('keydown', (event) => {
  const next = view && stepAfter(event, view.steps, current);
  if (next) pickStep(next);
});
stretch.addEventListener('change', () => {
  drawGrids();
  drawScale();
  drawChannel();
});
find('.pairing').addEventListener('change', () => {
  unpackLanes();
  drawGrids();
  drawScale();
  drawChannel();
});
// What the server did not take, because the connection broke or its queue is full, can be picked again.
window.addEventListener('convscope-answered', () => {
  if (line.busy || !view) return;
  current = view.step;
  markStep();
});

// ------------------------------------------------------------------------------------------------------- what comes in

function isOutdated() {
  const asked = new URLSearchParams(location.search);
  const keys = ['lane', 'other', 'disturb', 'strength', 'seed', 'step', 'channel'];
  if (view) view.about.channel = view.channel ? String(view.channel) : undefined; // moved here, perhaps
  return view !== null && keys.some((key) => (asked.get(key) ?? '') !== (view.about[key] ?? ''));
}

function draw() {
  const value = lastAnswer();
  if (!value) return;
  find('.message').hidden = !value.message;
  find('.message').textContent = value.message ?? '';
  find('.content').hidden = !value.left;
  view = value.left ? value : null;
  if (!view) return;
  unpackLanes();
  find('.pairing').hidden = !canPair();
  find('.matched').hidden = !view.matched.note;
  find('.matched').textContent = view.matched.note;
  drawAnswers();
  drawSteps();
  drawGrids();
  drawScale();
  drawChannel();
}

find('[name=pairing][value=similar]').checked = true;
watch('value', draw);
draw();
askWhenInSight(isOutdated);
