// The window of the chosen step slides over the map before it and fills the map after it. The maps before it are asked
// for once, when the player is opened; playing needs no request.

const box = find('.player');
const calm = matchMedia('(prefers-reduced-motion: reduce)');
let scene = null;
let maps = null; // what the window reads
let weights = null;
let image = null; // of the map that is being filled
let at = 0; // place, counted row by row
let playing = null; // animation frame
let owed = 0; // steps that time has earned but that were not made yet
let last = 0;
let resting = null;

const result = () => window.convscopeChannel;

// The values that fill the map, and which of the maps they are.
function values() {
  const now = result();
  return now.exact ? [now.exact, 0] : [now.maps, now.channel];
}

// Nothing but the step and channel on show can be played: another choice asks for what that one needs.
function ask() {
  const now = result();
  box.hidden = !now;
  stop();
  if (!now || !box.open || !box.offsetParent) return;
  const { step, channel, serial } = now;
  find('.stage').hidden = true;
  find('.message').textContent = 'The maps are on their way.';
  send({ step, channel, ticket: serial }, 'film', () => result()?.serial === serial && result().channel === channel && box.open);
}

function draw() {
  const value = sent();
  const now = result();
  if (!now || value.step !== now.step || value.channel !== now.channel || value.ticket !== now.serial) return;
  scene = value;
  find('.message').textContent = scene.message ?? '';
  find('.stage').hidden = Boolean(scene.message);
  if (scene.message) return;
  maps = unpackMaps(scene.inputs);
  weights = scene.weights && floats(scene.weights);
  const select = find('select');
  const names = Array.from({ length: maps.channels }, (_, i) => (scene.source === 'input' && maps.channels === 3 ? ['red', 'green', 'blue'][i] : `channel ${scene.first + i}`));
  select.replaceChildren(...names.map((name, i) => make('option', { value: i }, name)));
  find('.which').hidden = maps.channels < 2;
  restart();
}

function restart() {
  stop();
  at = 0;
  const [filled, channel] = values();
  const canvas = find('.out');
  [canvas.width, canvas.height] = [filled.width, filled.height];
  image = canvas.getContext('2d').createImageData(filled.width, filled.height);
  paintMap(image, filled, channel, result().limits[scaleLevel()], 0, 0);
  for (let i = 3; i < image.data.length; i += 4) image.data[i] = 0;
  show();
}

function show() {
  const filled = result().maps;
  const [row, column] = [Math.floor(at / filled.width), at % filled.width];
  for (let i = 0; i < filled.size; i++) image.data[4 * i + 3] = i <= at ? 255 : 0;
  find('.out').getContext('2d').putImageData(image, 0, 0);
  const input = Number(find('select').value);
  const top = row * scene.stride[0] - scene.padding[0];
  const left = column * scene.stride[1] - scene.padding[1];
  const [tall, wide] = [0, 1].map((axis) => (scene.kernel[axis] - 1) * scene.dilation[axis] + 1);
  place(find('.frame'), top, left, tall, wide, maps);
  place(find('.spot'), row, column, 1, 1, filled);
  const of = (size) => `${size.height} × ${size.width}`;
  find('.reads').textContent = `${scene.source === 'input' ? 'The picture' : scene.source}, ${find('select').selectedOptions[0]?.textContent ?? ''} (${of(maps)}): the window of ${scene.kernel.join(' × ')}${beyond(top, left, tall, wide)}`;
  find('.makes').textContent = `${scene.step}, channel ${scene.channel} (${of(filled)}): ${at + 1} of ${filled.size} values`;
  find('.now').textContent = words(row, column, top, left, input);
}

function place(span, top, left, tall, wide, size) {
  Object.assign(span.style, {
    top: `${(100 * top) / size.height}%`,
    left: `${(100 * left) / size.width}%`,
    height: `${(100 * tall) / size.height}%`,
    width: `${(100 * wide) / size.width}%`,
  });
}

function beyond(top, left, tall, wide) {
  const isBeyond = top < 0 || left < 0 || top + tall > maps.height || left + wide > maps.width;
  return isBeyond ? ' reaches beyond the edge, into the padding' : '';
}

// What the window does here: the parts from the rounded numbers that were sent, the result as the network has it.
function words(row, column, top, left, input) {
  const [filled, channel] = values();
  const held = filled.integers[channel * filled.size + at] * filled.factor;
  const where = `Row ${row}, column ${column}: `;
  if (!scene.all) return `${where}${readable(held)}. The sum goes over more maps than are sent here; the one with the largest kernel is shown.`;
  const read = (map) => windowValues(map, top, left);
  if (scene.kind === 'point') return `${where}${scene.operation} makes ${readable(read(0)[0])} into ${readable(held)}. Values are rounded here.`;
  if (scene.kind !== 'weighted') {
    const inside = read(0).filter((value) => value !== null);
    const isMean = scene.kind === 'mean';
    return `${where}the ${isMean ? 'mean' : 'largest'} of ${inside.map(readable).join(', ')} is ${readable(held)}. Values are rounded here; for the exact ones choose “Show the calculation of this value”.`;
  }
  const size = scene.kernel[0] * scene.kernel[1];
  const own = read(input).reduce((total, value, i) => total + (value ?? 0) * weights[input * size + i], 0);
  return `${where}this map brings ${readable(own)}; all ${maps.channels} maps and the bias ${readable(scene.bias)} make ${readable(held)}. `
    + 'Values are rounded here; for the exact sum choose “Show the calculation of this value”.';
}

function windowValues(channel, top, left) {
  const found = [];
  for (let i = 0; i < scene.kernel[0]; i++)
    for (let j = 0; j < scene.kernel[1]; j++) {
      const [row, column] = [top + i * scene.dilation[0], left + j * scene.dilation[1]];
      const inside = row >= 0 && column >= 0 && row < maps.height && column < maps.width;
      found.push(inside ? maps.integers[channel * maps.size + row * maps.width + column] * maps.factor : null);
    }
  return found;
}

function drawInput() {
  const limit = largest(Array.from(maps.integers)) * maps.factor;
  drawMap(find('.in'), maps, Number(find('select').value), limit);
  find('.in').setAttribute('aria-label', `What the window reads: ${find('select').selectedOptions[0]?.textContent ?? ''} of ${scene.source}`);
  find('.out').setAttribute('aria-label', `${scene.step}, channel ${scene.channel}, as far as the window has come`);
}

const rate = () => 10 ** Number(find('.speed').value); // values per second

function frame(now) {
  const { maps: filled } = result();
  // Who asked for less motion gets a whole row at a time, once a second.
  owed += calm.matches ? ((now - last) / 1000) * filled.width : ((now - last) / 1000) * rate();
  last = now;
  const steps = calm.matches ? Math.floor(owed / filled.width) * filled.width : Math.floor(owed);
  owed -= steps;
  if (steps) {
    at = Math.min(filled.size - 1, at + steps);
    show();
  }
  if (at === filled.size - 1) return stop();
  playing = requestAnimationFrame(frame);
}

function play() {
  if (at === result().maps.size - 1) restart();
  owed = 0;
  last = performance.now();
  playing = requestAnimationFrame(frame);
  find('.go').textContent = 'Pause';
}

function stop() {
  cancelAnimationFrame(playing);
  playing = null;
  find('.go').textContent = 'Play';
}

function drawRate() {
  const per = rate();
  find('.rate').textContent = `${readable(per)} value${per === 1 ? '' : 's'} a second`;
}

find('.go').addEventListener('click', () => (playing ? stop() : play()));
find('.one').addEventListener('click', () => {
  stop();
  at = (at + 1) % result().maps.size;
  show();
});
find('.again').addEventListener('click', restart);
find('.speed').addEventListener('input', drawRate);
find('select').addEventListener('change', () => {
  drawInput();
  show();
});
find('.take').addEventListener('click', () => {
  stop();
  const { width } = result().maps;
  window.dispatchEvent(new CustomEvent('convscope-choose', { detail: { row: Math.floor(at / width), column: at % width } }));
});
box.addEventListener('toggle', ask);
let known = '';
window.addEventListener('convscope-channel', () => {
  const now = result();
  const key = now ? `${now.serial} ${now.channel}` : '';
  if (key === known) {
    if (now && scene && !find('.stage').hidden) restart(); // on another colour scale, perhaps
    return;
  }
  known = key;
  clearTimeout(resting);
  stop();
  find('.stage').hidden = true;
  resting = setTimeout(ask, 500);
});
watch('value', () => {
  draw();
  if (scene && !scene.message && !find('.stage').hidden) drawInput();
});
drawRate();
box.hidden = !result();
