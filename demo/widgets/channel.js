// One channel: its map large, the same channel before and after, and the kernels that make it.

const find = (selector) => element.querySelector(selector);
const FIRST_KERNELS = 8; // shown before "show all"; a deep layer has hundreds
let view = null;
let main = null;

function figure(link, current) {
  const maps = unpackMaps(link.map);
  const canvas = make('canvas', { role: 'img', 'aria-label': `${link.step}, channel ${view.channel}` });
  drawMap(canvas, maps, 0, view.limit);
  const size = maps.size === 1 ? readable(maps.integers[0] * maps.factor) : `${maps.height} × ${maps.width}`;
  const box = make('figure', {}, canvas, make('figcaption', {}, make('b', {}, link.step), ` ${link.operation}, `, make('span', { class: 'number' }, size)));
  if (current) box.setAttribute('aria-current', 'true');
  return box;
}

function kernelTable(values, label, limit) {
  const rows = values.map((row) =>
    make('tr', {}, ...row.map((value) => {
      const dark = Math.abs(value) > 0.45 * limit;
      return make('td', { style: `background:${cssColour(value, limit)};color:${dark ? '#fff' : '#111'}` }, readable(value));
    })),
  );
  return make('table', { class: 'kernel number' }, make('caption', {}, label), make('tbody', {}, ...rows));
}

function drawKernels(all) {
  const kernels = view.kernels;
  const box = find('.kernels');
  box.hidden = !kernels;
  if (!kernels) return;
  const count = kernels.values.length;
  find('summary').textContent = `Kernels of ${kernels.step} for channel ${view.channel}: ${count}, one for each channel it reads`;
  const shown = all ? count : Math.min(count, FIRST_KERNELS);
  find('.list').replaceChildren(...kernels.values.slice(0, shown).map((values, index) => kernelTable(values, kernels.reads[index], kernels.limit)));
  const more = find('.more');
  more.hidden = shown === count;
  more.textContent = `show all ${count}`;
}

function draw() {
  const value = props.value || {};
  find('.content').hidden = !value.map;
  if (!value.map) return;
  view = JSON.parse(JSON.stringify(value));
  main = unpackMaps(view.map);
  const large = find('.map');
  find('.large').hidden = main.size === 1;
  drawMap(large, main, 0, view.limit);
  large.setAttribute('role', 'img');
  large.setAttribute('aria-label', view.words[0]);
  find('.words').replaceChildren(...view.words.map((text) => make('p', {}, text)));
  find('.chain').replaceChildren();
  view.chain.forEach((link, index) => {
    if (index) find('.chain').append(make('span', { class: 'arrow', 'aria-hidden': 'true' }, '→'));
    find('.chain').append(figure(link, link.step === view.step));
  });
  // A single value on its own says nothing as a picture.
  find('.chain').hidden = find('.scale').hidden = main.size === 1 && view.chain.length === 1;
  const signed = view.chain.some((link) => unpackMaps(link.map).integers.some((integer) => integer < 0));
  drawLegend(find('.legend'), view.limit, signed);
  find('.low').textContent = readable(signed ? -view.limit : 0);
  find('.high').textContent = readable(view.limit);
  find('.pointed').textContent = '';
  drawKernels(false);
}

find('.more').addEventListener('click', () => drawKernels(true));
find('.map').addEventListener('mousemove', (event) => {
  const box = event.target.getBoundingClientRect();
  const column = Math.min(main.width - 1, Math.floor(((event.clientX - box.left) / box.width) * main.width));
  const row = Math.min(main.height - 1, Math.floor(((event.clientY - box.top) / box.height) * main.height));
  find('.pointed').textContent = `row ${row}, column ${column}: ${readable(main.integers[row * main.width + column] * main.factor)}`;
});
find('.map').addEventListener('mouseleave', () => {
  find('.pointed').textContent = '';
});
watch('value', draw);
draw();
