// The whole network, left to right: a small picture of every step, in blocks that fold. A step that is picked goes to
// the server as `pick`. What the other widgets need of the network as a whole stays in window.convscopeNetwork.

const find = (selector) => element.querySelector(selector);
const strip = find('.strip');
const MOST_OPEN = 24; // steps that are all unfolded at first; of a longer network only the chosen step's block is
let network = null;
let current = ''; // chosen here, perhaps before the server has answered
let settled = ''; // the step that the server has answered with
let open = new Set(); // numbers of the blocks that are unfolded
let drawn = '';

function shapeText(shape) {
  return shape.length === 3 ? `${shape[0]} × ${shape[1]} × ${shape[2]}` : shape.join(' × ');
}

function weightsText(count) {
  return count ? `${count.toLocaleString('en')} weights` : 'no weights';
}

function draw() {
  const value = sent();
  if (value.steps) take(value);
  else if (!value.step || value.model !== network?.model) network = value.step ? network : null;
  find('.overview').hidden = !network;
  if (!network) return;
  settled = value.step;
  if (!line.next) current = settled; // else a later choice is on its way
  drawTiles();
}

function take(value) {
  if (network?.model !== value.model) open = new Set(value.steps.length <= MOST_OPEN ? value.blocks.keys() : []);
  network = value;
  drawn = '';
  window.convscopeNetwork = network;
  window.dispatchEvent(new Event('convscope-network'));
}

function step(name) {
  return network.steps.find((one) => one.name === name) ?? network.steps[0];
}

// Fold and unfold as asked; the block of the chosen step is always open.
function drawTiles() {
  open.add(step(current).block);
  const state = [...open].sort((a, b) => a - b).join();
  if (drawn !== state) {
    drawn = state;
    find('.blocks').replaceChildren(...network.blocks.map(chip));
    find('.blocks').hidden = network.blocks.length < 2;
    strip.replaceChildren(...network.blocks.flatMap((name, number) => {
      const steps = network.steps.filter((one) => one.block === number);
      return open.has(number) ? steps.map((one, index) => tile(one, index === 0)) : [folded(name, number, steps)];
    }));
  }
  mark();
}

function chip(name, number) {
  const button = make('button', { type: 'button', 'data-block': number, 'aria-expanded': open.has(number) }, name);
  button.title = open.has(number) ? `Fold ${name}` : `Unfold ${name}`;
  return button;
}

function small(index) {
  const canvas = make('canvas', { 'aria-hidden': 'true' });
  const maps = unpackMaps(network.thumbnails[index]);
  drawMap(canvas, maps, 0, 127 * maps.factor);
  return canvas;
}

function tile(one, isFirst) {
  const index = network.steps.indexOf(one);
  return make(
    'div',
    { class: `tile${isFirst ? ' first' : ''}`, role: 'option', id: `step-${index}`, 'data-step': one.name, 'data-kind': one.operation, title: `${one.name}. ${thumbnailWords(one, index)}` },
    small(index),
    make('b', {}, shortName(one)),
    make('span', {}, one.operation),
    make('span', { class: 'number' }, shapeText(one.shape)),
    make('span', { class: 'number wide' }, weightsText(one.parameters)),
    make('span', { class: 'number wide' }, one.sees ? `sees ${one.sees}` : ''),
  );
}

// Without the name of its block, where all names of the block begin with it.
function shortName(one) {
  const block = `${network.blocks[one.block]}.`;
  return one.name.startsWith(block) ? one.name.slice(block.length) : one.name;
}

function thumbnailWords(one, index) {
  return one.shape.length === 3 ? `Pictured: channel ${network.thumbnails[index].channel}, which holds the largest value` : 'Pictured: all values, row by row';
}

function folded(name, number, steps) {
  const last = steps[steps.length - 1];
  const parameters = steps.reduce((sum, one) => sum + one.parameters, 0);
  return make(
    'div',
    { class: 'tile folded first', role: 'option', id: `block-${number}`, 'data-block': number, 'aria-selected': false, title: `Unfold ${name}` },
    small(network.steps.indexOf(last)),
    make('b', {}, name),
    make('span', {}, `${steps.length} steps, folded`),
    make('span', { class: 'number' }, shapeText(last.shape)),
    make('span', { class: 'number wide' }, weightsText(parameters)),
    make('span', { class: 'number wide' }, last.sees ? `sees ${last.sees}` : ''),
  );
}

// The steps that the chosen one depends on, itself included.
function path() {
  const found = new Set();
  const waiting = [current];
  while (waiting.length) {
    const name = waiting.pop();
    if (found.has(name) || name === 'input') continue;
    found.add(name);
    waiting.push(...step(name).inputs);
  }
  return found;
}

function mark() {
  const before = path();
  for (const one of strip.children) {
    const names = one.dataset.step ? [one.dataset.step] : network.steps.filter((s) => s.block === Number(one.dataset.block)).map((s) => s.name);
    one.classList.toggle('on-path', names.some((name) => before.has(name)));
    const chosen = one.dataset.step === current;
    one.setAttribute('aria-selected', chosen);
    if (chosen) {
      strip.setAttribute('aria-activedescendant', one.id);
      reveal(strip, one);
    }
  }
  const block = step(current).block;
  for (const button of find('.blocks').children) button.classList.toggle('current', Number(button.dataset.block) === block);
}

function pick(name) {
  if (!network || (name === current && (line.busy || name === settled))) return; // an answer that was lost is asked for again
  // The same channel where it means the same; else the one that was chosen when this step was last open.
  const channel = (window.convscopeChannels ?? {})[step(name).shape[0] === step(settled).shape[0] ? settled : name];
  current = name;
  drawTiles();
  send(channel === undefined ? { step: name } : { step: name, channel });
}

function fold(number) {
  if (open.has(number) && number !== step(current).block) open.delete(number);
  else open.add(number);
  drawTiles();
}

strip.addEventListener('click', (event) => {
  const one = event.target.closest('.tile');
  if (one?.dataset.step) pick(one.dataset.step);
  else if (one) fold(Number(one.dataset.block));
});
find('.blocks').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const number = button.dataset.block;
  fold(Number(number));
  find(`.blocks [data-block="${number}"]`).focus({ preventScroll: true });
  const first = [...strip.children].find((one) => one.dataset.block === number || step(one.dataset.step).block === Number(number));
  if (first) strip.scrollLeft = first.offsetLeft - strip.offsetLeft;
});
strip.addEventListener('keydown', (event) => {
  const next = network && stepAfter(event, network.steps, current);
  if (next) pick(next);
});
// What the server did not take, because the connection broke or its queue is full, can be picked again.
window.addEventListener('convscope-answered', () => {
  if (line.busy || !network) return; // a later choice is on its way
  current = settled;
  drawTiles();
});
watch('value', draw);
draw();
