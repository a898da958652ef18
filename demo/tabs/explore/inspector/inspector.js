// How the chosen value came about, and from there back to any value it was made of. The server is asked once for each
// value, when it is chosen; going back up needs no request.

const section = find('.inspector');
const LATER = 150; // milliseconds after which a choice that nobody follows up is asked about
let trail = []; // places [step, channel, row, column] from the chosen value back
let serial = null; // of the grid's values that the answers belong to
let answers = new Map();
let asking = null;
let onItsWay = {}; // what was asked last, and when, until there is an answer
let told = false; // whether the address holds a value
const state = { temperature: 1 };

const key = (place) => JSON.stringify(place);
const top = () => trail[trail.length - 1];
const isVisible = () => Boolean(section.parentElement?.offsetParent);

function choose() {
  if (!isVisible()) return; // asked when the tab is opened
  const value = window.convscopeValue;
  section.hidden = !window.convscopeChannel;
  if (value?.serial !== serial) answers = new Map();
  if (value && trail.length && value.serial === serial && key(placeOf(value)) === key(trail[0])) {
    if (!answers.has(key(top()))) show(); // the answer was lost, perhaps
    return;
  }
  serial = value?.serial;
  trail = value ? [placeOf(value)] : [];
  if (value) told = true;
  else if (told && window.convscopeChannel) forget();
  show();

  function placeOf({ step, channel, row, column }) {
    return [step, channel, row, column];
  }
}

function forget() {
  told = false;
  const { step, channel } = window.convscopeChannel;
  ask({ step, channel, row: null, column: null }, () => !window.convscopeValue);
}

function show() {
  drawTrail();
  const place = top();
  const known = place && answers.get(key(place));
  section.classList.toggle('waiting', Boolean(place && !known));
  find('.cards').hidden = find('.trail').hidden = !place;
  find('.up').hidden = trail.length < 2 && (!place || window.convscopeChannel?.maps.size === 1);
  find('.hint').hidden = Boolean(place && known);
  find('.hint').textContent = place ? 'The calculation is being worked out …' : 'Choose a value on the large map, by a click, a touch or the arrow keys: its whole calculation appears here, to be followed back to the picture.';
  if (!place) return find('.cards').replaceChildren();
  look(trail.length > 1 ? place : undefined);
  clearTimeout(asking);
  if (known) return drawCards(known);
  asking = setTimeout(() => {
    const [step, channel, row, column] = place;
    const now = serial;
    const question = `${now} ${key(place)}`;
    if (onItsWay.question === question && performance.now() - onItsWay.since < LOST) return;
    onItsWay = { question, since: performance.now() };
    ask({ step, channel, row, column, chosen: trail.length === 1, ticket: now }, () => now === window.convscopeValue?.serial && key(place) === key(top() ?? null));
  }, LATER);
}

function ask(choice, wanted) {
  send(choice, 'explain', wanted);
}

function look([step, channel, row, column] = []) {
  window.dispatchEvent(new CustomEvent('convscope-look', { detail: step === undefined ? null : { step, channel, row, column } }));
}

function name([step, channel, row, column]) {
  if (step === 'input') return `picture, ${['red', 'green', 'blue'][channel] ?? channel} (${row}, ${column})`;
  const shape = window.convscopeNetwork?.steps.find((one) => one.name === step)?.shape;
  const labels = window.convscopeChannel?.step === step ? window.convscopeChannel.labels : [];
  return shape?.length === 1 ? `${step}, ${labels[channel] ?? `entry ${channel}`}` : `${step}, channel ${channel} (${row}, ${column})`;
}

function drawTrail() {
  find('.trail ol').replaceChildren(...trail.map((place, level) => {
    const button = make('button', { type: 'button', class: 'plain', 'data-level': level }, name(place));
    if (level === trail.length - 1) button.setAttribute('aria-current', 'step');
    return make('li', {}, button);
  }));
}

function drawCards(answer) {
  const cards = answer.message ? [make('p', { class: 'hint' }, answer.message)] : answer.chain.map(card);
  if (answer.softmax) cards.push(softmaxPanel(answer.softmax, state));
  find('.cards').replaceChildren(...cards);
  const first = answer.chain?.[0];
  find('.spoken').textContent = first ? `${first.words} ${first.adds ? 'It adds up.' : 'It does not add up.'}` : answer.message;
}

function card(one, index) {
  const [step, channel, row, column] = one.position;
  const where = one.shape.length === 3 ? `${step === 'input' ? ['red', 'green', 'blue'][channel] : `channel ${channel}`}, row ${row}, column ${column}` : `entry ${channel}`;
  const section = make('section', { class: 'card' },
    make('h4', {}, make('b', {}, step === 'input' ? 'the picture' : step), step === one.operation || step === 'input' ? '' : ` ${one.operation}`, make('span', { class: 'where number' }, ` ${where}`), make('span', { class: 'result number' }, ` = ${fixed(one.total, one.decimals[1])}`)),
    make('p', { class: 'words' }, one.words));
  if (index) section.prepend(make('p', { class: 'from', 'aria-hidden': 'true' }, '↑ made of'));
  section.append(...termsOf(one));
  if (step === 'input') return section;
  section.append(checkLine(one.adds, checkWords(one)));
  return section;
}

function checkWords(one) {
  if (one.value === null || one.total === null) return 'a number here is not finite';
  const held = `the network’s own tensor holds ${String(Number(one.value.toPrecision(9))).replace('-', '−')}`;
  const difference = one.difference === 0 ? '0' : one.difference.toExponential(1).replace('-', '−');
  const bound = one.adds && one.difference >= 1e-4 ? 'within the rounding of single precision for numbers of this size' : `${one.difference < 1e-4 ? '<' : '≥'} 1e−4`;
  return `${held}, |difference| = ${difference} ${bound}`;
}

function dig(place) {
  trail = [...trail, place];
  show();
  head();
}

// To the beginning of what has just appeared, for eyes and for a screen reader.
function head() {
  if (section.getBoundingClientRect().top < 0) section.scrollIntoView({ block: 'start' });
  find('h3').focus({ preventScroll: true });
}

function up() {
  if (trail.length > 1) {
    trail = trail.slice(0, -1);
    show();
    head();
  } else if (trail.length && window.convscopeChannel.maps.size > 1) {
    window.dispatchEvent(new CustomEvent('convscope-choose', { detail: null }));
  }
}

watch('value', () => {
  const answer = sent();
  if (!answer.position || answer.ticket !== serial) return; // of a picture or network that is no longer shown
  answers.set(key(answer.position), answer);
  onItsWay = {};
  if (top() && key(top()) === key(answer.position)) show();
});
section.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.classList.contains('up')) up();
  else if (button.dataset.place) dig(JSON.parse(button.dataset.place));
  else if (button.dataset.level) {
    trail = trail.slice(0, Number(button.dataset.level) + 1);
    show();
  }
});
// What a number saw is shown on the picture while it is pointed at or has the focus.
const pointing = (event) => {
  const button = event.target.closest?.('[data-place]');
  if (button) look(JSON.parse(button.dataset.place));
};
const away = (event) => event.target.closest?.('[data-place]') && look(trail.length > 1 ? top() : undefined);
section.addEventListener('pointerover', pointing);
section.addEventListener('pointerout', away);
section.addEventListener('focusin', pointing);
section.addEventListener('focusout', away);
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.defaultPrevented || !trail.length || !isVisible()) return;
  if (event.target !== document.body && !event.target.closest?.('#channel, #inspector')) return; // of something else
  event.preventDefault();
  up();
});
window.addEventListener('convscope-explained', () => {
  section.scrollIntoView({ block: 'start', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  find('h3').focus({ preventScroll: true });
});
window.addEventListener('convscope-answered', (event) => {
  if (event.detail !== 'failed' || !onItsWay.question) return;
  onItsWay = {};
  if (!top() || answers.has(key(top()))) return;
  section.classList.remove('waiting');
  find('.hint').hidden = true;
  find('.cards').replaceChildren(make('p', { class: 'hint' }, 'This could not be worked out. Choose the value again to try once more.'));
});
window.addEventListener('convscope-value', choose);
window.addEventListener('convscope-tab', () => setTimeout(choose, LATER));
choose();
