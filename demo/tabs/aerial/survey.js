// A photo with a heat map over it: class, threshold and opacity change at once, from the numbers that are here.

// ColorBrewer's YlOrRd, for values from 0 to 1: safe for the colour-blind, and no colour of plants.
const HEAT = shades([[255, 255, 204], [254, 217, 118], [253, 141, 60], [227, 26, 28], [128, 0, 38]]);
const BEST = 6; // windows that are shown by themselves
const find = (selector) => element.querySelector(selector);
const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}\u00a0%`;
let run = ''; // of which survey the controls are: a new one sets them anew
let view = null;
let touched = false; // whether the reader has chosen a class
let home = ''; // where the slider of the threshold comes to stand for the network's own
let at = null; // the cell that is pointed at: [row, column]
let best = new Map(); // class and window -> list item, of the windows shown: a button that has the focus stays

function floats(text) {
  return new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}

function heat(value) {
  const level = Math.round(Math.max(0, Math.min(1, value)) * LEVELS) * 3;
  return `rgb(${HEAT[level]} ${HEAT[level + 1]} ${HEAT[level + 2]})`;
}

// The values of the chosen class: of every window, and of every cell that their edges make.
function chosen(name, size) {
  const index = view.classes.indexOf(find('.class').value);
  return view[name].subarray(index * size, (index + 1) * size);
}

function take() {
  const value = JSON.parse(JSON.stringify(props.value || {}));
  find('.content').hidden = !value.windows;
  if (!value.windows) {
    run = '';
    view = null;
    return;
  }
  view = { ...value, windows: floats(value.windows), cells: floats(value.cells) };
  if (value.run !== run) begin();
  if (!view.label && !touched) find('.class').value = likeliest();
  draw();
  drawBest();
  if (view.done === view.lefts.length * view.tops.length) speak(); // not with every step on the way
}

function begin() {
  run = view.run;
  at = null;
  best.clear();
  touched = false;
  find('.pointed').textContent = '';
  const select = find('.class');
  select.replaceChildren(...view.classes.map((label) => make('option', { value: label }, label)));
  if (view.label) select.value = view.label;
  find('.threshold').value = view.threshold;
  home = find('.threshold').value;
  find('.photo').src = view.photo;
  find('.photo').alt = `The photo ${view.name}`;
}

// The class that is most probable on the average: something to begin with where a network looks for none.
function likeliest() {
  const count = view.lefts.length * view.tops.length;
  const means = view.classes.map((_, index) => {
    const known = view.windows.subarray(index * count, (index + 1) * count).filter((value) => value === value);
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  });
  return view.classes[means.indexOf(Math.max(...means))];
}

// The network's own threshold has more digits than the slider has steps.
function chosenThreshold() {
  const slid = find('.threshold').value;
  return slid === home ? view.threshold : Number(slid);
}

function draw() {
  if (!view) return;
  const [rows, columns] = [view.ys.length - 1, view.xs.length - 1];
  const threshold = chosenThreshold();
  const values = chosen('cells', rows * columns);
  const canvas = find('.heat');
  const scale = Math.min(1, 1400 / Math.max(view.width, view.height));
  canvas.width = Math.max(1, Math.round(view.width * scale));
  canvas.height = Math.max(1, Math.round(view.height * scale));
  const context = canvas.getContext('2d');
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column];
      if (!(value >= threshold)) continue; // below it, or without an answer yet
      const [left, right] = [Math.round(view.xs[column] * scale), Math.round(view.xs[column + 1] * scale)];
      const [top, bottom] = [Math.round(view.ys[row] * scale), Math.round(view.ys[row + 1] * scale)];
      context.fillStyle = heat(value);
      context.fillRect(left, top, right - left, bottom - top);
    }
  }
  canvas.style.opacity = find('.opacity').value;
  find('.threshold + output').textContent = percent(threshold);
  find('.opacity + output').textContent = percent(Number(find('.opacity').value));
  find('.mark').style.left = `calc(${100 * threshold}% - 1px)`;
  drawWords(threshold);
  point();
}

function drawWords(threshold) {
  const label = find('.class').value;
  const total = view.lefts.length * view.tops.length;
  const values = [...chosen('windows', total)].filter((value) => value === value);
  const reach = values.filter((value) => value >= threshold).length;
  const growing = view.done < total ? ` ${view.done.toLocaleString('en')} of ${total.toLocaleString('en')} windows are answered so far.` : '';
  const words = `About ${percent(reach / values.length, 1)} of the ground counts as ${label}: ${reach.toLocaleString('en')} of ${values.length.toLocaleString('en')} windows`
    + ` reach a probability of ${percent(threshold)}. A window counts as a whole, so that anything smaller is overestimated.${growing}`;
  find('.words').textContent = words;
  find('.cursor').setAttribute('aria-label', `Heat map over ${view.name}. ${words} Arrow keys go from place to place.`);
  const own = !view.own ? 'This network has no threshold of its own; 50\u00a0% is where to begin.' : label === view.label ? `The network’s own threshold is ${percent(view.threshold)}.` : '';
  const mean = view.xs.length > view.lefts.length + 1 || view.ys.length > view.tops.length + 1 ? ' Where windows overlap, their mean is drawn.' : '';
  find('.what').textContent = `probability of ${label}, drawn from the threshold (the mark) on.${mean} ${own}`;
}

// Into a part that is spoken when it changes: the same words are not spoken again.
function say(part, words) {
  if (find(part).textContent !== words) find(part).textContent = words;
}

function speak() {
  say('.spoken', find('.words').textContent);
}

// The most probable windows, cut out of the photo: what to look at first.
function drawBest() {
  const total = view.lefts.length * view.tops.length;
  const values = chosen('windows', total);
  const order = [...values.keys()].filter((index) => values[index] === values[index]).sort((a, b) => values[b] - values[a]);
  const label = find('.class').value;
  find('.best h3').textContent = `Look here first: the windows that are most probably ${label}`;
  const item = (index) => best.get(`${label} ${index}`) ?? windowItem(index, values[index]);
  best = new Map(order.slice(0, BEST).map((index) => [`${label} ${index}`, item(index)]));
  const [list, items] = [find('.best ol'), [...best.values()]];
  const old = [...list.children];
  if (old.length === items.length && old.every((one, place) => one === items[place])) return;
  const place = old.findIndex((one) => one.contains(document.activeElement));
  list.replaceChildren(...items);
  if (place >= 0) (items.includes(old[place]) ? old[place] : items[place])?.firstChild.focus({ preventScroll: true });
}

function windowItem(index, value) {
  const photo = find('.photo');
  const scale = photo.naturalWidth / view.width;
  const [left, top] = [view.lefts[index % view.lefts.length], view.tops[Math.floor(index / view.lefts.length)]];
  const canvas = make('canvas', { width: 224, height: 224, 'aria-hidden': 'true' });
  const side = view.window * scale;
  if (side) canvas.getContext('2d').drawImage(photo, left * scale, top * scale, side, side, 0, 0, 224, 224);
  const words = make('span', { class: 'number' }, make('b', {}, percent(value, 1)), make('br'), `x ${left}, y ${top}`);
  return make('li', {}, make('button', { type: 'button', 'data-x': left + view.window / 2, 'data-y': top + view.window / 2, title: 'Show it in the photo' }, canvas, words));
}

// ---- pointing at a place

function cellOf(edges, value) {
  let index = 0;
  while (index < edges.length - 2 && edges[index + 1] <= value) index++;
  return index;
}

function pointTo(x, y) {
  at = [cellOf(view.ys, y), cellOf(view.xs, x)];
  point();
}

function point() {
  const canvas = find('.cursor');
  canvas.width = find('.heat').width;
  canvas.height = find('.heat').height;
  if (!at) return;
  const [row, column] = at;
  const [left, right, top, bottom] = [view.xs[column], view.xs[column + 1], view.ys[row], view.ys[row + 1]];
  const value = chosen('cells', (view.ys.length - 1) * (view.xs.length - 1))[row * (view.xs.length - 1) + column];
  const scale = canvas.width / view.width;
  const context = canvas.getContext('2d');
  for (const [colour, width] of [['#000', 5], ['#fff', 2.5]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.strokeRect(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale);
  }
  const words = value === value ? percent(value, 1) : 'no answer yet';
  say('.pointed', `x ${left} to ${right}, y ${top} to ${bottom} pixels: ${words}`);
}

function move(event) {
  if (!view) return;
  const box = find('.cursor').getBoundingClientRect();
  pointTo(((event.clientX - box.left) / box.width) * view.width, ((event.clientY - box.top) / box.height) * view.height);
}

function leave() {
  at = null;
  find('.pointed').textContent = '';
  if (view) point();
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
find('.cursor').addEventListener('keydown', (event) => {
  const step = STEPS[event.key];
  if (!step || !view) return;
  event.preventDefault();
  const last = [view.ys.length - 2, view.xs.length - 2];
  at = at ? at.map((place, axis) => Math.max(0, Math.min(last[axis], place + step[axis]))) : [0, 0];
  point();
});
find('.cursor').addEventListener('pointermove', move);
find('.cursor').addEventListener('pointerdown', move); // a finger does not hover
find('.cursor').addEventListener('pointerleave', leave);
find('.best').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  pointTo(Number(button.dataset.x), Number(button.dataset.y));
  find('.cursor').focus({ preventScroll: true });
  find('.stack').scrollIntoView({ block: 'nearest', behavior: 'smooth' });
});

// ---- saving

function savePicture() {
  const [photo, heatMap] = [find('.photo'), find('.heat')];
  const canvas = make('canvas', { width: heatMap.width, height: heatMap.height });
  const context = canvas.getContext('2d');
  context.drawImage(photo, 0, 0, canvas.width, canvas.height);
  context.globalAlpha = Number(find('.opacity').value);
  context.drawImage(heatMap, 0, 0);
  window.convscopePrint(surveyPlate(canvas), `${view.name.replace(/\.[^.]*$/, '')}-survey`);
}

function surveyPlate(source) {
  const block = { legend: { canvas: find('.legend'), low: '0 %', high: '100 %' } };
  return {
    title: `${find('.class').value} in ${view.name}`,
    lines: [find('.words').textContent],
    blocks: [{ panels: [{ source, smooth: true }] }, block, { text: find('.what').textContent }],
  };
}

find('.save').addEventListener('click', (event) => {
  const kind = event.target.closest('button')?.dataset.kind;
  if (!kind || !view) return;
  if (kind === 'png') savePicture();
  else trigger('save', { kind, label: find('.class').value, threshold: chosenThreshold() });
});
find('.opacity').addEventListener('input', draw);
find('.threshold').addEventListener('input', () => {
  draw();
  speak();
});
find('.class').addEventListener('input', () => {
  touched = true;
  draw();
  drawBest();
  speak();
});
find('.photo').addEventListener('load', () => {
  best.clear(); // there was nothing to cut out
  if (view) drawBest();
});

(function legend() {
  const canvas = find('.legend');
  canvas.width = 180;
  canvas.height = 1;
  const context = canvas.getContext('2d');
  for (let x = 0; x < 180; x++) {
    context.fillStyle = heat(x / 179);
    context.fillRect(x, 0, 1, 1);
  }
})();
watch('value', take);
take();
