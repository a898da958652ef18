// The chosen step's channels as a grid. Colours, scales, the values under the pointer and everything that moving to
// another channel shows are worked out here, from the numbers that came with the step. Only when the choice rests is
// the server asked (`detail`) for what it alone knows of the channel: its kernels and its way through the next steps.

const find = (selector) => element.querySelector(selector);
const grid = find('.grid');
const canvas = find('.grid canvas');
const scales = find('.scales');
const ABOUT = 640; // the grid's aim in CSS pixels
let view = null;
let maps = null;
let layout = null;

function range(channel) {
  return { low: view.low[channel], high: view.high[channel] };
}

function limitOf(channel) {
  const { low, high } = channel === null ? { low: Math.min(...view.low), high: Math.max(...view.high) } : range(channel);
  return Math.max(Math.abs(low), Math.abs(high));
}

function drawHeading() {
  const step = view.facts;
  find('h3').textContent = step.name === step.operation ? step.name : `${step.name}: ${step.operation}`;
  const parts = [];
  if (step.shape.length === 3) parts.push(`${step.shape[0]} channels of ${step.shape[1]} × ${step.shape[2]} values`);
  else parts.push(`${step.shape[0].toLocaleString('en')} values`);
  parts.push(step.parameters ? `${step.parameters.toLocaleString('en')} weights` : 'nothing learned here');
  if (step.sees) parts.push(step.sees.includes('px') ? `each value depends on ${step.sees} of the picture` : 'each value depends on the whole picture');
  find('.facts').textContent = parts.join(' · ');
  find('.explained').textContent = step.explained;
  const what = maps.size === 1 ? 'value' : 'channel';
  find('.how').textContent = `Click a ${what}, or move with the arrow keys.`;
  find('.strongest').textContent = `Go to the strongest ${what}`;
}

// A list of single values has no scale for each: that would be all or nothing.
function level() {
  const asked = scaleLevel();
  return asked === 'channel' && maps.size === 1 ? 'step' : asked;
}

const MEANINGS = {
  channel: 'Each channel has its own scale: compare shapes, not strengths.',
  step: 'One scale for the whole step.',
  network: 'One scale for all steps of the network, up to the largest value anywhere.',
};

function drawScale() {
  const now = level();
  const signed = now === 'network' || Math.min(...view.low) < 0;
  const limit = now === 'network' ? view.largest : limitOf(null);
  drawLegend(find('.legend'), limit, signed);
  find('.low').textContent = now === 'channel' ? (signed ? 'lowest' : '0') : readable(signed ? -limit : 0);
  find('.high').textContent = now === 'channel' ? 'highest' : readable(limit);
  for (const input of scales.querySelectorAll('input')) {
    input.checked = input.value === now;
    input.parentElement.hidden = input.value === 'channel' && maps.size === 1;
  }
  const meaning = signed ? 'Red: above zero, white: zero, blue: below zero.' : 'White: zero, the darker the larger.';
  find('.colours').textContent = `${meaning} ${MEANINGS[now]}`;
}

// The number of columns nearest to `ideal` that leaves no row unfinished, if there is one near.
function evenColumns(count, ideal) {
  const distance = (columns) => Math.abs(Math.log(columns / ideal));
  let best = 1;
  for (let columns = 1; columns <= count; columns++) if (count % columns === 0 && distance(columns) < distance(best)) best = columns;
  return distance(best) < Math.log(1.7) ? best : Math.min(count, Math.ceil(ideal));
}

function drawGrid() {
  const isVector = maps.size === 1;
  const gap = isVector ? 0 : 1;
  // Columns so that the grid is about square; a cell is one map and, but for vectors, a gap of one map pixel.
  const aspect = (maps.height + gap) / (maps.width + gap);
  const columns = evenColumns(maps.channels, Math.sqrt(maps.channels * aspect * 1.6));
  const rows = Math.ceil(maps.channels / columns);
  layout = { columns, rows, cellWidth: maps.width + gap, cellHeight: maps.height + gap, gap };
  canvas.width = columns * layout.cellWidth - gap;
  canvas.height = rows * layout.cellHeight - gap;
  const context = canvas.getContext('2d');
  const image = context.createImageData(canvas.width, canvas.height);
  const shared = level() === 'network' ? view.largest : limitOf(null);
  for (let channel = 0; channel < maps.channels; channel++) {
    const left = (channel % columns) * layout.cellWidth;
    const top = Math.floor(channel / columns) * layout.cellHeight;
    paintMap(image, maps, channel, level() === 'channel' ? limitOf(channel) : shared, left, top);
  }
  context.putImageData(image, 0, 0);
  grid.style.maxWidth = `${Math.min(1100, Math.max(220, canvas.width * Math.max(1, Math.round(ABOUT / canvas.height))))}px`;
  grid.style.aspectRatio = `${canvas.width} / ${canvas.height}`;
}

function drawChosen() {
  const { columns, cellWidth, cellHeight } = layout;
  const chosen = find('.chosen');
  chosen.style.left = `${(100 * ((view.channel % columns) * cellWidth)) / canvas.width}%`;
  chosen.style.top = `${(100 * (Math.floor(view.channel / columns) * cellHeight)) / canvas.height}%`;
  chosen.style.width = `${(100 * maps.width) / canvas.width}%`;
  chosen.style.height = `${(100 * maps.height) / canvas.height}%`;
  const { low, high } = range(view.channel);
  const label = view.labels.length ? `, ${view.labels[view.channel]}` : '';
  const spoken = maps.size === 1
    ? `value ${view.channel}${label}: ${readable(high)}`
    : `channel ${view.channel}: from ${readable(low)} to ${readable(high)}, ${Math.round(100 * view.zeros[view.channel])} % zeros`;
  grid.setAttribute('aria-valuemin', 0);
  grid.setAttribute('aria-valuemax', maps.channels - 1);
  grid.setAttribute('aria-valuenow', view.channel);
  grid.setAttribute('aria-valuetext', spoken);
  drawLogits();
  (window.convscopeChannels ??= {})[view.step] = view.channel; // for coming back to this step
  // The widget beside this one shows the channel large.
  const channel = { ...view, maps, low, high, mean: view.mean[view.channel], zeros: view.zeros[view.channel], label: view.labels[view.channel] };
  channel.limits = { channel: limitOf(view.channel), step: limitOf(null), network: view.largest };
  channel.signed = level() === 'network' || Math.min(...view.low) < 0;
  window.convscopeChannel = channel;
  window.dispatchEvent(new Event('convscope-channel'));
}

// The last step's values have names: show them as a table as well.
function drawLogits() {
  const table = find('.logits');
  table.hidden = !view.labels.length;
  if (table.hidden) return;
  const limit = limitOf(null);
  table.tBodies[0].replaceChildren(
    ...view.labels.map((label, index) => {
      const bar = make('span', { style: `width:${(50 * Math.abs(view.high[index])) / limit}%;background:${cssColour(Math.sign(view.high[index]) * limit * 0.55, limit)};${view.high[index] < 0 ? 'right' : 'left'}:50%` });
      const row = make('tr', { 'data-channel': index, 'aria-current': index === view.channel }, make('th', { scope: 'row' }, label), make('td', { class: 'signed' }, bar), make('td', { class: 'number' }, readable(view.high[index])));
      return row;
    }),
  );
}

// What was chosen while this answer was on its way is newer than it (that of a new picture takes longest): it holds,
// and the server is told again, whose answer about it may have come before this one.
function keepChoice(before) {
  const { choice } = line;
  if (!choice) return;
  if (choice.step !== view.step) return askAgain(choice);
  const value = window.convscopeValue;
  const isOnMap = value?.step === before?.step && value?.row < maps.height && value?.column < maps.width;
  if (before?.step === view.step && isOnMap) [view.row, view.column] = [value.row, value.column];
  const isNewer = choice.channel < maps.channels && choice.channel !== view.channel;
  if (isNewer) view.channel = choice.channel;
  line.choice = { step: view.step, channel: view.channel };
  if (isNewer) askAgain(line.choice);
}

// Once the whole answer is there, and the strip knows the network that the answer is about: another one may have no such step.
function askAgain(choice) {
  const { model } = view;
  setTimeout(() => {
    if (line.choice !== choice) return; // there is a later one
    const network = window.convscopeNetwork;
    if (network?.model === model && network.steps.some((one) => one.name === choice.step)) send(choice);
    else line.choice = null;
  });
}

function draw() {
  const value = sent();
  find('.message').hidden = !value.message;
  find('.message').textContent = value.message || '';
  find('.content').hidden = !value.maps;
  if (!value.maps) {
    window.convscopeChannel = null;
    window.dispatchEvent(new Event('convscope-channel'));
    return;
  }
  const before = view;
  view = value;
  view.serial = window.convscopeSerial = (window.convscopeSerial ?? 0) + 1; // tells one answer of the server from another
  maps = unpackMaps(view.maps);
  keepChoice(before);
  drawHeading();
  drawScale();
  drawGrid();
  drawChosen();
  find('.pointed').textContent = '';
}

const REST = 400; // milliseconds without another key
let resting = null;

function pickChannel(channel, atOnce) {
  view.channel = Math.max(0, Math.min(maps.channels - 1, channel));
  line.choice = { step: view.step, channel: view.channel };
  drawChosen();
  clearTimeout(resting);
  const { step } = view;
  const ask = () => view.step === step && send({ step, channel: view.channel }, 'detail');
  if (atOnce) ask();
  else resting = setTimeout(ask, REST);
}

// Where the pointer is: channel, row and column, or null between the maps.
function pointed(event) {
  const box = canvas.getBoundingClientRect();
  const x = Math.floor(((event.clientX - box.left) / box.width) * canvas.width);
  const y = Math.floor(((event.clientY - box.top) / box.height) * canvas.height);
  const channel = Math.floor(y / layout.cellHeight) * layout.columns + Math.floor(x / layout.cellWidth);
  const column = x % layout.cellWidth;
  const row = y % layout.cellHeight;
  if (x < 0 || y < 0 || channel >= maps.channels || column >= maps.width || row >= maps.height) return null;
  return { channel, row, column };
}

grid.addEventListener('click', (event) => {
  const at = pointed(event);
  if (at) pickChannel(at.channel, true);
});
function showValue(event) {
  const at = pointed(event);
  if (!at) return;
  const place = maps.size === 1 ? '' : `, row ${at.row}, column ${at.column}`;
  const name = view.labels.length ? view.labels[at.channel] : `${maps.size === 1 ? 'value' : 'channel'} ${at.channel}`;
  find('.pointed').textContent = `${name}${place}: ${readable(valueOf(maps, at.channel, at))}`;
  look({ step: view.step, ...at });
}

// What the value sees appears on the picture beside the large channel.
function look(place) {
  window.dispatchEvent(new CustomEvent('convscope-look', { detail: place }));
}
grid.addEventListener('pointermove', showValue);
grid.addEventListener('pointerdown', showValue); // a finger does not hover
grid.addEventListener('pointerleave', () => {
  find('.pointed').textContent = '';
  look(null);
});
grid.addEventListener('keydown', (event) => {
  if (!view) return;
  const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: layout.columns, ArrowUp: -layout.columns, Home: -1e6, End: 1e6, PageUp: -10, PageDown: 10 };
  if (!(event.key in moves)) return;
  event.preventDefault();
  pickChannel(view.channel + moves[event.key]);
});
find('.strongest').addEventListener('click', () => {
  pickChannel(view.high.indexOf(Math.max(...view.high)), true);
});
find('.logits').addEventListener('click', (event) => {
  const row = event.target.closest('tr');
  if (row) pickChannel(Number(row.dataset.channel), true);
});
scales.addEventListener('change', (event) => {
  window.dispatchEvent(new CustomEvent('convscope-scale', { detail: event.target.value === SCALES[0] ? null : event.target.value }));
  redraw();
});
function redraw() {
  if (!view || !maps) return;
  drawScale();
  drawGrid();
  drawChosen();
}
// A step or channel that another part of the page names.
window.addEventListener('convscope-go', (event) => {
  const { step, channel } = event.detail;
  if (view && step === view.step && channel !== undefined) pickChannel(channel, true);
  else send(event.detail);
});
watch('value', draw);
draw();
