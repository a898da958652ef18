// Why this answer: a map over the picture. Class, method and step are chosen here; everything but the map itself is
// worked out here: colours, opacity, the value under the pointer.

const find = (selector) => element.querySelector(selector);
const canvas = find('.view canvas');
const METHODS = [['grad-cam', 'Grad-CAM'], ['occlusion', 'Cover a part'], ['gradients', 'Integrated gradients']];
const ABOUT = 384; // pixels of the canvas's side
const START = 'Point at a place, or move with the arrow keys, to read its value.';
const state = (window.convscopeWhy ??= { token: 0 }); // the last question's number; the checks' widget reads it
let view = null;
let maps = null;
let greys = null;
let asked = false;
let seen = false;
let at = null;
let choice = fromAddress();

function fromAddress() {
  const query = new URLSearchParams(location.search);
  const method = query.get('method');
  return { method: METHODS.some(([name]) => name === method) ? method : METHODS[0][0], label: query.get('class') ?? '', step: '' };
}

function ask() {
  asked = true;
  state.token += 1;
  find('.again').hidden = true;
  find('.status').textContent = choice.method === 'grad-cam' ? 'Working it out …' : 'Working it out, which takes some seconds …';
  find('.content').classList.add('old');
  const question = { ...choice, token: state.token };
  if (choice.method === 'grad-cam') trigger('quick', question);
  else trigger('slow', question);
}

function choose(changes) {
  choice = { ...choice, ...changes };
  const keys = { method: choice.method === METHODS[0][0] ? null : choice.method, class: choice.label || null };
  window.dispatchEvent(new CustomEvent('convscope-address', { detail: keys }));
  ask();
}

function drawChoices() {
  find('.methods').replaceChildren(...METHODS.map(([name, title]) => {
    const input = make('input', { type: 'radio', name: 'why-method', value: name });
    input.checked = name === choice.method;
    return make('label', {}, input, title);
  }));
  const label = find('.label');
  label.replaceChildren(...(view ? view.classes : []).map(([name, probability]) => {
    const option = make('option', { value: name }, `${name}, ${(100 * probability).toFixed(1)} %${view.answer === name ? ' (the answer)' : ''}`);
    option.selected = name === view.label;
    return option;
  }));
  const step = find('.step');
  step.replaceChildren(...(view ? view.steps : []).map((name) => {
    const option = make('option', { value: name }, name === view.usual ? `${name} (usual)` : name);
    option.selected = name === view.step;
    return option;
  }));
  find('.chosen-class').hidden = !view;
  find('.chosen-step').hidden = !view || choice.method !== 'grad-cam';
}

// The map's value at a place given as shares of the picture, from 0 to 1.
function valueAt(x, y, smooth) {
  const raw = (row, column) => maps.integers[row * maps.width + column] * maps.factor;
  if (!smooth) return raw(Math.min(maps.height - 1, Math.floor(y * maps.height)), Math.min(maps.width - 1, Math.floor(x * maps.width)));
  const column = Math.max(0, Math.min(maps.width - 1, x * maps.width - 0.5));
  const row = Math.max(0, Math.min(maps.height - 1, y * maps.height - 0.5));
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, below] = [Math.min(maps.width - 1, left + 1), Math.min(maps.height - 1, top + 1)];
  const [across, down] = [column - left, row - top];
  return (1 - down) * ((1 - across) * raw(top, left) + across * raw(top, right)) + down * ((1 - across) * raw(below, left) + across * raw(below, right));
}

// The picture's greys, lightened so that the colours of the map stand out; one a pixel of the canvas.
function readGreys(image) {
  const side = view.size * Math.max(1, Math.round(ABOUT / view.size));
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  greys = { side, colours: data, values: Float32Array.from({ length: side * side }, (_, i) => 255 - 0.75 * (255 - (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]))) };
}

function drawMapOverPicture() {
  if (!greys) return;
  const { side, values, colours } = greys;
  const context = canvas.getContext('2d');
  const image = context.createImageData(side, side);
  const opacity = Number(find('.opacity').value) / 100;
  const smooth = find('.smooth').checked;
  const pixel = [0, 0, 0, 0];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const i = y * side + x;
      const value = valueAt((x + 0.5) / side, (y + 0.5) / side, smooth);
      colour(pixel, 0, value, view.limit);
      // The larger a value, the less of the picture shows; at the end of the slider the map alone.
      const cover = opacity ** (0.5 + 2.5 * (1 - Math.min(1, view.limit > 0 ? Math.abs(value) / view.limit : 0)));
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = (opacity === 0 ? colours[4 * i + c] : values[i]) * (1 - cover) + pixel[c] * cover;
      image.data[4 * i + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  if (at) {
    const [width, height] = [side / maps.width, side / maps.height];
    context.strokeStyle = '#111';
    context.lineWidth = 2;
    context.strokeRect(at.column * width + 1, at.row * height + 1, Math.max(3, width - 2), Math.max(3, height - 2));
  }
}

function show() {
  maps = unpackMaps(view.map);
  greys = at = null;
  drawLegend(find('.legend'), view.limit, view.signed);
  find('.low').textContent = readable(view.signed ? -view.limit : 0);
  find('.high').textContent = readable(view.limit);
  for (const part of ['words', 'means', 'limits', 'unit']) find(`.${part}`).textContent = view[part];
  find('.pointed').textContent = START;
  canvas.setAttribute('aria-label', `${view.words} Arrow keys read the values.`);
  const image = new Image();
  const of = view;
  image.onload = () => {
    if (view !== of) return;
    readGreys(image);
    drawMapOverPicture();
  };
  image.src = view.picture;
}

function update() {
  const value = JSON.parse(JSON.stringify(props.value || {}));
  if (value.failed) {
    find('.status').textContent = 'The map could not be worked out.';
    find('.again').hidden = false;
    return;
  }
  if (value.map || value.message) {
    if (value.token !== state.token) return; // about another picture, network or choice
    find('.status').textContent = value.message ?? '';
    find('.content').hidden = !value.map;
    find('.content').classList.remove('old');
    view = value.map ? value : null;
    if (view) show();
    drawChoices();
    if (view) trigger('check', { ...choice, step: view.step, label: view.label, token: state.token });
    return;
  }
  // Another picture or network: nothing old is left.
  view = null;
  asked = false;
  state.token += 1;
  choice = { ...choice, step: '' };
  window.dispatchEvent(new Event('convscope-why'));
  find('.content').hidden = true;
  find('.status').textContent = '';
  drawChoices();
  if (seen) ask();
}

function read(place) {
  at = place;
  const value = maps.integers[at.row * maps.width + at.column] * maps.factor;
  find('.pointed').textContent = `Row ${at.row}, column ${at.column} of ${maps.height} × ${maps.width}: ${readable(value)}`;
  drawMapOverPicture();
}

function point(event) {
  if (!view) return;
  const box = canvas.getBoundingClientRect();
  const column = Math.floor(((event.clientX - box.left) / box.width) * maps.width);
  const row = Math.floor(((event.clientY - box.top) / box.height) * maps.height);
  const inside = (number, count) => Math.max(0, Math.min(count - 1, number));
  read({ row: inside(row, maps.height), column: inside(column, maps.width) });
}

canvas.addEventListener('pointermove', point);
canvas.addEventListener('pointerdown', point);
canvas.addEventListener('pointerleave', () => {
  at = null;
  find('.pointed').textContent = START;
  drawMapOverPicture();
});
canvas.addEventListener('keydown', (event) => {
  const moves = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  if (!view || !(event.key in moves)) return;
  event.preventDefault();
  const [down, across] = moves[event.key];
  const from = at ?? { row: Math.floor(maps.height / 2), column: Math.floor(maps.width / 2) };
  const inside = (number, count) => Math.max(0, Math.min(count - 1, number));
  read({ row: inside(from.row + (at ? down : 0), maps.height), column: inside(from.column + (at ? across : 0), maps.width) });
});
find('.opacity').addEventListener('input', drawMapOverPicture);
find('.smooth').addEventListener('change', drawMapOverPicture);
find('.methods').addEventListener('change', (event) => choose({ method: event.target.value }));
find('.label').addEventListener('change', (event) => choose({ label: event.target.value === view.answer ? '' : event.target.value }));
find('.step').addEventListener('change', (event) => choose({ step: event.target.value }));
find('.again').addEventListener('click', ask);
window.addEventListener('popstate', () => {
  const before = JSON.stringify(choice);
  choice = { ...fromAddress(), step: choice.step };
  drawChoices();
  if (JSON.stringify(choice) !== before && seen) ask();
});
// In sight means that the tab is open, wherever the reader has scrolled to.
new IntersectionObserver((entries) => {
  seen = entries.at(-1).isIntersecting;
  if (seen && !asked) ask();
}, { rootMargin: '100000px' }).observe(element);
watch('value', update);
drawChoices();
