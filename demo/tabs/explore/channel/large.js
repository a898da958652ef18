// One channel large, and the picture beside it. A value is chosen on the map by pointer, finger, arrow keys or by its row
// and column; what it sees of the picture follows the pointer. All from numbers that the browser has already.

const find = (selector) => element.querySelector(selector);
const LEAST = 24; // CSS pixels that a value takes when zoomed in, so that a finger meets it
const REST = 400; // milliseconds without another key after which a value counts as chosen
let main = null; // the channel, as the grid hands it over
let chosen = null; // { row, column } or null
let elsewhere = null; // a place of any step that another widget points at: { step, channel, row, column }
let resting = null;

// The channel's values, and which of the maps it is; with 16 bits for each value once the server has sent them.
function values() {
  return main.exact ? [main.exact, 0] : [main.maps, main.channel];
}

function drawLarge() {
  const now = window.convscopeChannel;
  find('.content').hidden = !now;
  const anew = now && now.serial !== main?.serial;
  main = now;
  if (!now) chosen = null;
  else if (anew) chosen = Number.isInteger(now.row) && Number.isInteger(now.column) ? { row: now.row, column: now.column } : null;
  elsewhere = null;
  if (now) {
    if (now.maps.size === 1) chosen = { row: 0, column: 0 };
    drawValues();
    drawMore();
  }
  tell();
}

function drawValues() {
  const { maps, channel, low, step } = main;
  const single = maps.size === 1;
  for (const part of ['.window', '.own', '.place', '.of-map']) find(part).hidden = single;
  const level = scaleLevel();
  drawMap(find('.map'), ...values(), main.limits[level]);
  drawScaleOf('.own', main.limits[level], level === 'channel' ? low < 0 : main.signed);
  drawWords();
  const large = find('.large');
  large.setAttribute('tabindex', '0');
  large.setAttribute('role', 'application');
  large.setAttribute('aria-label', `Values of channel ${channel} of ${step}. Arrow keys choose a value, Enter shows its calculation.`);
  find('input.row').max = maps.height - 1;
  find('input.column').max = maps.width - 1;
  size();
  show(chosen);
}

function drawWords() {
  const { maps, channel, high, step, label } = main;
  const words = maps.size === 1 ? `Value ${channel} of ${step}${label ? `, the logit of ${label}` : ''}: ${readable(high)}.` : sentence();
  if (find('.words').textContent === words) return; // or it would be spoken again
  find('.words').textContent = words;
  find('.map').setAttribute('aria-label', words);
}

function sentence() {
  const { channel, low, high, mean, zeros, step } = main;
  if (low === high) return `Channel ${channel} of ${step} is ${readable(low)} everywhere for this picture.`;
  const range = `Channel ${channel} of ${step}: from ${readable(low)} to ${readable(high)}, mean ${readable(mean)}, ${Math.round(100 * zeros)} % zeros`;
  const [maps, index] = values();
  const all = `${maps.height} × ${maps.width}`;
  if (maps.bits < 16) return `${range}, ${all} values.`; // too rough to tell which one is the largest
  const own = maps.integers.subarray(index * maps.size, (index + 1) * maps.size);
  const at = own.reduce((best, value, place) => (value > own[best] ? place : best), 0);
  return `${range}. Largest at row ${Math.floor(at / maps.width)}, column ${at % maps.width} of ${all}, counted from 0.`;
}

function drawScaleOf(place, limit, signed) {
  drawLegend(find(`${place} .legend`), limit, signed);
  find(`${place} .low`).textContent = readable(signed ? -limit : 0);
  find(`${place} .high`).textContent = readable(limit);
}

// Zoomed in, every value is at least LEAST pixels wide, and the map scrolls in its window.
function size() {
  const zoom = find('.zoom');
  const room = find('.window').clientWidth;
  const fits = room / main.maps.width >= LEAST;
  zoom.hidden = fits;
  const zoomed = !fits && zoom.getAttribute('aria-pressed') === 'true';
  find('.large').style.width = zoomed ? `${LEAST * main.maps.width}px` : '100%';
  find('.window').style.maxHeight = zoomed ? `${room}px` : '';
  zoom.textContent = zoomed ? 'Whole map' : 'Zoom in';
  if (zoomed && chosen) scrollTo(chosen);
}

function scrollTo({ row, column }) {
  const [view, large] = [find('.window'), find('.large')];
  const [x, y] = [((column + 0.5) / main.maps.width) * large.clientWidth, ((row + 0.5) / main.maps.height) * large.clientHeight];
  if (x < view.scrollLeft + LEAST || x > view.scrollLeft + view.clientWidth - LEAST) view.scrollLeft = x - view.clientWidth / 2;
  if (y < view.scrollTop + LEAST || y > view.scrollTop + view.clientHeight - LEAST) view.scrollTop = y - view.clientHeight / 2;
}

function valueAt(place) {
  return valueOf(...values(), place);
}

function mark(span, place) {
  span.hidden = !place;
  if (!place) return;
  const { width, height } = main.maps;
  Object.assign(span.style, {
    left: `${(100 * place.column) / width}%`,
    top: `${(100 * place.row) / height}%`,
    width: `${100 / width}%`,
    height: `${100 / height}%`,
  });
}

// Show a place of the map: its value, and what it sees. Chosen is what was clicked; this also follows the pointer.
function show(place) {
  mark(find('.cell.chosen'), chosen);
  mark(find('.cell:not(.chosen)'), place === chosen ? null : place);
  find('.how').hidden = !chosen;
  find('.pointed').textContent = place
    ? `row ${place.row}, column ${place.column}: ${readable(valueAt(place))}`
    : 'Point at a value to see it; click it to see how it came about.';
  if (document.activeElement !== find('input.row')) find('input.row').value = chosen ? chosen.row : '';
  if (document.activeElement !== find('input.column')) find('input.column').value = chosen ? chosen.column : '';
  drawSeen(elsewhere ?? (place && { step: main.step, channel: main.channel, ...place }));
}

// The picture as the network gets it, with the box that a value of any step sees.
function drawSeen(place) {
  const network = window.convscopeNetwork;
  find('.of-picture').hidden = !network;
  if (!network) return;
  const { size: side } = network;
  const image = find('.seen');
  if (image.getAttribute('src') !== network.picture) image.src = network.picture;
  image.alt = `The picture as the network gets it, ${side} × ${side} pixels`;
  const facts = place && network.steps.find((one) => one.name === place.step);
  const box = !place ? null
    : place.step === 'input' ? { top: place.row, left: place.column, bottom: place.row + 1, right: place.column + 1 }
    : fieldBox(facts?.geometry, place.channel, place.row, place.column);
  drawBox(find('.field'), box, side);
  drawInfluence(place);
  const what = `The picture as the network gets it, ${side} × ${side} pixels.`;
  if (!place) find('.sees').textContent = `${what} Choose a value, and a box shows what it depends on.`;
  else if (!box) find('.sees').textContent = `${what} What this value sees of it is not known.`;
  else if (place.step === 'input') find('.sees').textContent = `The pixel at row ${place.row}, column ${place.column}.`;
  else find('.sees').textContent = `${placeWords(place, facts)} sees ${fieldWords(box, side)}.`;
}

function placeWords(place, facts) {
  const where = facts.shape.length === 3 ? `row ${place.row}, column ${place.column}` : `entry ${place.channel}`;
  return `The value at ${where} of ${place.step}`;
}

function drawBox(span, box, side) {
  const cut = box && { top: Math.max(box.top, 0), left: Math.max(box.left, 0), bottom: Math.min(box.bottom, side), right: Math.min(box.right, side) };
  span.hidden = !cut || cut.bottom <= cut.top || cut.right <= cut.left;
  if (span.hidden) return;
  Object.assign(span.style, {
    top: `${(100 * cut.top) / side}%`,
    left: `${(100 * cut.left) / side}%`,
    height: `${(100 * (cut.bottom - cut.top)) / side}%`,
    width: `${(100 * (cut.right - cut.left)) / side}%`,
  });
  // Dashed where it goes on beyond the picture's edge.
  for (const edge of ['top', 'left', 'bottom', 'right']) span.classList.toggle(edge, cut[edge] !== box[edge]);
}

// A choice counts at once, or when no other follows; then the inspector asks the server for its calculation.
function choose(row, column, atOnce) {
  const { width, height } = main.maps;
  chosen = { row: Math.max(0, Math.min(height - 1, row)), column: Math.max(0, Math.min(width - 1, column)) };
  elsewhere = null;
  line.choice = { step: main.step, channel: main.channel };
  show(chosen);
  scrollTo(chosen);
  clearTimeout(resting);
  if (atOnce) tell();
  else resting = setTimeout(tell, REST);
}

function tell() {
  clearTimeout(resting);
  const { model, step, channel, serial } = main ?? {};
  window.convscopeValue = chosen && { model, step, channel, serial, ...chosen };
  window.dispatchEvent(new Event('convscope-value'));
}

function placeUnder(event) {
  const { width, height } = main.maps;
  const box = find('.map').getBoundingClientRect();
  const at = (position, start, length, count) => Math.max(0, Math.min(count - 1, Math.floor(((position - start) / length) * count)));
  return { row: at(event.clientY, box.top, box.height, height), column: at(event.clientX, box.left, box.width, width) };
}

function hover(event) {
  elsewhere = null;
  show(placeUnder(event));
}
const large = find('.large');
large.addEventListener('pointermove', hover);
large.addEventListener('pointerdown', hover); // a finger does not hover
large.addEventListener('pointerleave', () => main && show(chosen));
large.addEventListener('click', (event) => {
  const { row, column } = placeUnder(event);
  choose(row, column, true);
});
large.addEventListener('keydown', (event) => {
  const at = chosen ?? { row: 0, column: 0 };
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-8, 0], PageDown: [8, 0], Home: [0, -1e6], End: [0, 1e6] };
  const isEnter = event.key === 'Enter' || event.key === ' ';
  if (!isEnter && !(event.key in moves)) return;
  event.preventDefault();
  const [down, right] = isEnter || !chosen ? [0, 0] : moves[event.key];
  choose(at.row + down, at.column + right, isEnter);
  find('.spoken').textContent = find('.pointed').textContent;
});
for (const input of [find('input.row'), find('input.column')]) {
  input.addEventListener('input', () => {
    const [row, column] = [find('input.row').value, find('input.column').value];
    if (row !== '' && column !== '') choose(Math.trunc(Number(row)), Math.trunc(Number(column)), false);
    find('.corrected').textContent = '';
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    correct();
    if (chosen) tell();
  });
  input.addEventListener('change', correct);
}
// What was typed becomes what is used, with a word on why.
function correct() {
  const said = [];
  for (const [word, count] of [['row', main.maps.height], ['column', main.maps.width]]) {
    const input = find(`input.${word}`);
    if (input.value === '') {
      if (!chosen) said.push(`Now a ${word}.`);
    } else if (chosen && input.value !== String(chosen[word])) {
      said.push(`${word === 'row' ? 'Rows' : 'Columns'} go from 0 to ${count - 1}, in whole numbers.`);
      input.value = chosen[word];
    }
  }
  if (said.length) find('.corrected').textContent = said.length === 2 && !chosen ? '' : said.join(' ');
}

find('.zoom').addEventListener('click', (event) => {
  event.currentTarget.setAttribute('aria-pressed', event.currentTarget.getAttribute('aria-pressed') !== 'true');
  size();
});
find('.how').addEventListener('click', () => window.dispatchEvent(new Event('convscope-explained')));
// Another widget points at a place of any step, or no longer does.
window.addEventListener('convscope-look', (event) => {
  elsewhere = event.detail;
  if (main) show(chosen);
});
// Another widget chooses: a value of this map, or none.
window.addEventListener('convscope-choose', (event) => {
  if (!main) return;
  if (event.detail) return choose(event.detail.row, event.detail.column, true);
  chosen = main.maps.size === 1 ? chosen : null;
  show(chosen);
  tell();
});
window.addEventListener('convscope-network', () => main && show(chosen));
window.addEventListener('resize', () => main && size());
window.addEventListener('convscope-channel', drawLarge);
