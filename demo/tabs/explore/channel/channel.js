// What the server says of the channel: its way through the next steps, and the kernels that make it.

const FIRST_KERNELS = 3; // shown before "show all"; a deep layer has hundreds
let view = null;

function figure(link, current) {
  const maps = unpackMaps(link.map);
  const canvas = make('canvas', { role: 'img', 'aria-label': `${link.step}, channel ${view.channel}` });
  drawMap(canvas, maps, 0, view.limit);
  const size = maps.size === 1 ? readable(maps.integers[0] * maps.factor) : `${maps.height}\u00a0×\u00a0${maps.width}`;
  const box = make('button', { type: 'button', 'data-step': link.step, title: `All channels of ${link.step}` }, canvas, make('span', { class: 'caption' }, make('b', {}, link.step), ` ${link.operation} `, make('span', { class: 'number size' }, size)));
  if (current) box.setAttribute('aria-current', 'true');
  return box;
}

function kernelTable(values, label, limit, source) {
  const rows = values.map((row, r) =>
    make('tr', {}, ...row.map((value, c) =>
      make('td', { 'data-weight': `${source} ${r} ${c}`, title: 'Click to change this weight', style: cellColours(value, limit) }, readable(value)),
    )),
  );
  return make('table', { class: 'kernel number' }, make('caption', {}, label), make('tbody', {}, ...rows));
}

function drawKernels(all) {
  const kernels = view.kernels;
  window.convscopeKernels = kernels && { ...kernels, channel: view.channel }; // where they can be changed
  window.dispatchEvent(new Event('convscope-kernels'));
  const box = find('.kernels');
  box.hidden = !kernels;
  if (!kernels) return;
  const count = kernels.values.length;
  box.open = kernels.step === view.step; // folded away where they are another step's
  find('summary').textContent = `Kernels of ${kernels.step} for channel ${view.channel}: ${count}, one for each channel it reads`;
  const shown = all ? count : Math.min(count, FIRST_KERNELS);
  find('.list').replaceChildren(...kernels.values.slice(0, shown).map((values, index) => kernelTable(values, kernels.reads[index], kernels.limit, index)));
  const more = find('.more');
  more.hidden = shown === count;
  more.textContent = `show all ${count}`;
}

// What the server adds once the choice rests: the way of the channel, its kernels and words about them.
function drawMore() {
  const value = sent();
  const fits = value.chain && main && value.step === main.step && value.channel === main.channel && value.model === main.model;
  find('.more-of-it').hidden = !value.chain;
  // Until the choice rests the old one stays, faint, so that nothing jumps under the reader's eyes.
  find('.more-of-it').classList.toggle('stale', !fits);
  if (!fits) return;
  view = value;
  main.exact = unpackMaps(view.chain.find((link) => link.step === view.step).map);
  drawMap(find('.map'), ...values(), main.limits[scaleLevel()]);
  drawWords();
  find('.making').textContent = view.words;
  find('.chain').replaceChildren();
  view.chain.forEach((link, index) => {
    if (index) find('.chain').append(make('span', { class: 'arrow', 'aria-hidden': 'true' }, '→'));
    find('.chain').append(figure(link, link.step === view.step));
  });
  // A single value on its own says nothing as a picture.
  find('.chain').hidden = find('.shared').hidden = find('.together').hidden = main.maps.size === 1 && view.chain.length === 1;
  const signed = view.chain.some((link) => unpackMaps(link.map).integers.some((integer) => integer < 0));
  drawScaleOf('.shared', view.limit, signed);
  drawKernels(false);
}

find('.chain').addEventListener('click', (event) => {
  const link = event.target.closest('button');
  if (link && link.dataset.step !== view.step) send({ step: link.dataset.step, channel: view.channel });
});
find('.list').addEventListener('click', (event) => {
  const cell = event.target.closest('td');
  if (!cell) return;
  const [source, row, column] = cell.dataset.weight.split(' ').map(Number);
  window.dispatchEvent(new CustomEvent('convscope-weight', { detail: { step: view.kernels.step, channel: view.channel, source, row, column } }));
});
find('.more').addEventListener('click', () => drawKernels(true));
watch('value', drawMore);
drawLarge();
