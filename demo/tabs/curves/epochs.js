// Learning over time: everything for all epochs came in one answer, so that the slider needs no request. The slider
// also moves a cursor on the charts above, and a click on a chart moves the slider.

const find = (selector) => element.querySelector(selector);
const slider = find('.slider');
const own = find('.own');
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
const PACE = 1200; // milliseconds for each epoch
const SLOW = 2500; // for who asked for less motion
let view = null;
let maps = null; // one for each epoch
let kernels = null;
let at = 0; // index of the epoch that is shown
let playing = null;

const isVector = () => maps.size === 1;
const whatItIs = () => (isVector() ? 'value' : 'channel');

function ofEpoch(index) {
  return extent(maps.integers.subarray(index * maps.size, (index + 1) * maps.size), maps.factor);
}

function limitAt(index) {
  const { low, high } = own.checked ? ofEpoch(index) : extent(maps.integers, maps.factor);
  return Math.max(Math.abs(low), Math.abs(high));
}

// ------------------------------------------------------------------------------------------ what stays for all epochs

function drawChoice() {
  const select = find('.step');
  const names = view.steps.map((step) => step.name).join();
  if (select.dataset.names !== names) {
    select.dataset.names = names;
    select.replaceChildren(...view.steps.map((step) => make('option', { value: step.name }, step.name === step.operation ? step.name : `${step.name}: ${step.operation}`)));
  }
  select.value = view.step;
  const count = view.steps.find((step) => step.name === view.step).channels;
  find('.kind').textContent = isVector() ? 'Value' : 'Channel';
  find('.channel').max = count - 1;
  find('.channel').value = view.channel;
  find('.of').textContent = `of 0 to ${count - 1}${view.label ? `: the logit of ${view.label}` : ''}`;
  find('.lead').textContent = `${view.title} while it was trained: its weights were kept after epochs ${view.epochs.join(', ')}. `
    + 'Move the slider: the same picture, seen by the network as it was then.';
}

function drawFilm() {
  find('.film').replaceChildren(
    ...view.epochs.map((epoch, index) => {
      const canvas = make('canvas');
      drawMap(canvas, maps, index, limitAt(index));
      return make('div', { class: 'frame', 'data-index': index, title: `Epoch ${epoch}` }, canvas, make('span', { class: 'number' }, `epoch ${epoch}`));
    }),
  );
  slider.max = view.epochs.length - 1;
  // The slider's ends lie under the middle of the first and the last picture.
  slider.style.margin = `0 calc(50% / ${view.epochs.length} - 8px)`;
  slider.style.width = `calc(100% - 100% / ${view.epochs.length} + 16px)`;
}

function drawTable() {
  const head = ['epoch', 'validation loss', 'validation accuracy', 'answer', 'probability', 'lowest value', 'highest value', 'mean'];
  find('.all thead').replaceChildren(make('tr', {}, ...head.map((text) => make('th', { scope: 'col' }, text))));
  find('.all tbody').replaceChildren(
    ...view.epochs.map((epoch, index) => {
      const { low, high, mean } = ofEpoch(index);
      const { val_loss: loss, val_accuracy: accuracy } = view.history[index];
      const first = leader(index);
      const cells = [loss === null ? '' : readable(loss), accuracy === null ? '' : percent(accuracy), view.classes[first], percent(view.probabilities[index][first]), readable(low), readable(high), readable(mean)];
      return make('tr', {}, make('th', { scope: 'row' }, String(epoch)), ...cells.map((text) => make('td', {}, text)));
    }),
  );
}

function leader(index) {
  const shares = view.probabilities[index];
  return shares.indexOf(Math.max(...shares));
}

// ------------------------------------------------------------------------------------------------- what the slider moves

function standing(index) {
  const { train_loss: train, val_loss: loss, val_accuracy: accuracy } = view.history[index];
  const measured = [];
  if (accuracy !== null) measured.push(`${percent(accuracy)} of the validation pictures right`);
  if (loss !== null) measured.push(`validation loss ${readable(loss)}`);
  if (train !== null) measured.push(`training loss ${readable(train)}`);
  const epoch = view.epochs[index];
  return `${epoch === 0 ? 'Epoch 0, before training' : `Epoch ${epoch} of ${view.last}`}${measured.length ? `: ${measured.join(', ')}.` : '.'}`;
}

function drawNow() {
  const epoch = view.epochs[at];
  slider.value = at;
  slider.setAttribute('aria-valuetext', standing(at));
  for (const frame of find('.film').children) frame.classList.toggle('current', Number(frame.dataset.index) === at);
  find('.standing').textContent = standing(at);
  drawLarge(epoch);
  drawKernels(epoch);
  drawAnswer(epoch);
  drawCursor();
  if (playing === null) find('.spoken').textContent = inWords(epoch);
}

function drawLarge(epoch) {
  const limit = limitAt(at);
  const { low, high } = ofEpoch(at);
  const signed = own.checked ? low < 0 : extent(maps.integers, 1).low < 0;
  find('.map h4').textContent = `${view.step}, ${whatItIs()} ${view.channel}, at epoch ${epoch}`;
  find('.large').hidden = isVector();
  find('.single').hidden = !isVector();
  find('.single').textContent = readable(high);
  const canvas = find('.large canvas');
  drawMap(canvas, maps, at, limit);
  canvas.setAttribute('aria-label', `${view.step}, channel ${view.channel} at epoch ${epoch}: from ${readable(low)} to ${readable(high)}`);
  drawLegend(find('.legend'), limit, signed);
  find('.low').textContent = readable(signed ? -limit : 0);
  find('.high').textContent = readable(limit);
  find('.scaling').textContent = own.checked
    ? 'Each epoch has its own scale: compare shapes, not strengths.'
    : 'One scale for all epochs, so that strengths compare: a pale map has small values.';
}

function drawKernels(epoch) {
  const box = view.kernels;
  find('.kernels').hidden = !box;
  if (!box) return;
  find('.kernels h4').textContent = `Its kernels in ${box.step}, at epoch ${epoch}`;
  const { high, low } = extent(kernels.integers, kernels.factor);
  const limit = Math.max(Math.abs(high), Math.abs(low));
  const shown = box.reads.length;
  find('.kernels .list').replaceChildren(
    ...box.reads.map((reads, index) => {
      const canvas = make('canvas', { role: 'img' });
      const place = at * shown + index;
      drawMap(canvas, kernels, place, limit);
      const weights = extent(kernels.integers.subarray(place * kernels.size, (place + 1) * kernels.size), kernels.factor);
      const words = `${readable(weights.low)} to ${readable(weights.high)}`;
      canvas.setAttribute('aria-label', `Kernel for ${reads}: weights from ${words}`);
      return make('div', { class: 'kernel number' }, canvas, make('span', {}, reads), make('br'), make('span', {}, words));
    }),
  );
  const which = shown < box.count ? `The ${shown} of ${box.count} kernels that changed most between epoch ${view.epochs[0]} and ${view.epochs[view.epochs.length - 1]}.` : `All ${box.count}, one for each channel that it reads.`;
  find('.said').textContent = `${which} Red: positive weights, blue: negative; white: 0; one scale for all epochs, up to ${readable(limit)}.`;
}

function drawAnswer(epoch) {
  const body = find('.answer tbody');
  if (body.children.length !== view.classes.length || body.dataset.classes !== view.classes.join()) {
    body.dataset.classes = view.classes.join();
    body.replaceChildren(...view.classes.map((name) => make('tr', {}, make('th', { scope: 'row' }, name), make('td', { class: 'bar' }, make('span')), make('td', { class: 'number' }))));
  }
  find('.answer caption').textContent = `Probability at epoch ${epoch}, bars from 0 to 100 %`;
  const first = leader(at);
  view.probabilities[at].forEach((share, index) => {
    const row = body.children[index];
    row.classList.toggle('first', index === first);
    row.querySelector('.bar span').style.width = `${100 * share}%`;
    row.lastChild.textContent = percent(share);
  });
}

function inWords(epoch) {
  const { low, high, mean } = ofEpoch(at);
  const first = leader(at);
  const values = isVector() ? `value ${view.channel} of ${view.step} is ${readable(high)}` : `channel ${view.channel} of ${view.step} runs from ${readable(low)} to ${readable(high)}, mean ${readable(mean)}`;
  return `At epoch ${epoch} ${values}. The network's answer is ${view.classes[first]}, ${percent(view.probabilities[at][first])}.`;
}

// -------------------------------------------------------------------------------------------------- what a person does

function show(index) {
  at = Math.max(0, Math.min(view.epochs.length - 1, index));
  drawNow();
  note({ epoch: at === view.epochs.length - 1 ? null : String(view.epochs[at]) });
}

function stop() {
  clearTimeout(playing);
  playing = null;
  find('.play').textContent = '▶ Play';
  if (view) find('.spoken').textContent = inWords(view.epochs[at]);
}

function play() {
  find('.play').textContent = '❚❚ Pause';
  if (at === view.epochs.length - 1) show(0);
  const next = () => {
    show(at + 1);
    if (at === view.epochs.length - 1) stop();
    else playing = setTimeout(next, calm.matches ? SLOW : PACE);
  };
  playing = setTimeout(next, calm.matches ? SLOW : PACE);
}

function choose(step, channel) {
  stop();
  pickHere({ step, channel, ticket: nextTicket() });
}

slider.addEventListener('input', () => {
  stop();
  show(Number(slider.value));
});
find('.play').addEventListener('click', () => (playing === null ? play() : stop()));
find('.film').addEventListener('click', (event) => {
  const frame = event.target.closest('.frame');
  if (!frame) return;
  stop();
  show(Number(frame.dataset.index));
});
find('.step').addEventListener('change', (event) => choose(event.target.value, view.channel));
find('.channel').addEventListener('change', (event) => {
  const channel = Math.round(Number(event.target.value));
  const most = Number(event.target.max);
  choose(view.step, Math.max(0, Math.min(most, Number.isFinite(channel) ? channel : 0)));
});
// A refused choice can be made again.
window.addEventListener('convscope-answered', (event) => {
  if (event.detail !== 'failed' || line.busy || !view) return;
  find('.step').value = view.step;
  find('.channel').value = view.channel;
});
own.addEventListener('change', () => {
  drawFilm();
  drawNow();
});

// ------------------------------------------------------------------------------------------------------ what comes in

function addressed() {
  const values = new URLSearchParams(location.search);
  return { step: values.get('step') ?? '', channel: Number(values.get('channel') ?? 0), epoch: values.get('epoch') };
}

function isOutdated() {
  const { step, channel } = addressed();
  return view !== null && step !== '' && (step !== view.step || channel !== view.channel);
}

function draw() {
  const value = lastAnswer();
  if (!value) return;
  find('.message').hidden = !value.message;
  find('.message').textContent = value.message ?? '';
  find('.content').hidden = !value.maps;
  if (!value.maps) {
    stopAtNothing();
    return;
  }
  view = value;
  maps = unpackMaps(view.maps);
  kernels = view.kernels && unpackMaps(view.kernels.values);
  // The browser alone knows where its slider is.
  const wanted = addressed().epoch;
  const epoch = wanted === null ? view.epochs[view.epochs.length - 1] : view.epoch;
  at = Math.max(0, view.epochs.indexOf(view.epochs.includes(Number(wanted)) && wanted ? Number(wanted) : epoch));
  find('.tick').hidden = isVector();
  if (isVector()) own.checked = false;
  find('.curve .charts').innerHTML = view.chart;
  drawChoice();
  drawFilm();
  drawTable();
  drawNow();
}

function stopAtNothing() {
  view = null;
  stop();
  drawCursor();
}

followCharts();
stop();
watch('value', draw);
draw();
askWhenInSight(isOutdated);
