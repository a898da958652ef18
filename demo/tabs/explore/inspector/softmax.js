// From logits to probabilities, with a temperature: worked out here, from the logits as the network's tensor holds them.

const LARGEST_POWER = 10; // of e that is shown as it is; else the largest logit is subtracted from all

function softmax(logits, temperature) {
  const top = Math.max(...logits);
  const subtracted = logits.some((logit) => Math.abs(logit / temperature) > LARGEST_POWER) ? top : 0;
  const powers = logits.map((logit) => Math.exp((logit - subtracted) / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  return { powers, sum, subtracted, shares: powers.map((power) => power / sum) };
}

// The fewest significant digits, the same for all powers and their sum, with which dividing gives every share as shown.
function figuresFor(powers, sum, shares) {
  const as = (value, figures) => Number(value.toPrecision(figures));
  const fits = (figures) => powers.every((power, i) => percent(as(power, figures) / as(sum, figures)) === percent(shares[i]));
  for (let figures = 4; figures < 12; figures++) if (fits(figures)) return figures;
  return 12;
}

const MOST_TERMS = 12; // of the sum below the line; of more classes, the smallest powers are drawn together

// The power of one class in the formula; it and the class's row of the table mark each other.
function term(value, i, powers, figures) {
  const label = `e to the power of the logit of ${value.labels[i]}: ${small(powers[i], figures)}`;
  return make('button', { type: 'button', class: 'term', 'data-class': i, tabindex: -1, title: value.labels[i], 'aria-label': label }, small(powers[i], figures));
}

function formulaOf(value, order, { powers, sum, shares, figures }) {
  const shown = order.slice(0, order.length > MOST_TERMS ? MOST_TERMS - 1 : order.length);
  const rest = order.slice(shown.length).reduce((total, i) => total + powers[i], 0);
  const terms = shown.flatMap((i, index) => [index ? ' + ' : '', term(value, i, powers, figures)]);
  if (order.length > shown.length) terms.push(` + ${small(rest, figures)} of ${order.length - shown.length} others`);
  const parts = [`${value.labels[value.entry]}: `, term(value, value.entry, powers, figures), ' ÷ (', ...terms, ') = ', `${small(powers[value.entry], figures)} ÷ ${small(sum, figures)} = ${percent(shares[value.entry])}`];
  return parts.filter((part) => part !== '');
}

// Pointing at a term or a row, or the focus on it, marks both; arrow keys go from one to the next.
function markTogether(section, formula, table) {
  const mark = (event) => {
    const own = event.type === 'pointerout' || event.type === 'focusout' ? null : event.target.closest?.('[data-class]');
    for (const one of section.querySelectorAll('[data-class]')) one.classList.toggle('marked', one.dataset.class === own?.dataset.class);
  };
  for (const kind of ['pointerover', 'pointerout', 'focusin', 'focusout']) section.addEventListener(kind, mark);
  for (const group of [formula, table])
    group.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const all = [...group.querySelectorAll('[data-class]')];
      const next = step && all[all.indexOf(event.target) + step];
      if (!next) return;
      event.preventDefault();
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
}

function softmaxPanel(value, state) {
  const section = make('section', { class: 'card softmax' });
  const slider = make('input', { type: 'range', min: -1, max: 1, step: 0.05, 'aria-label': 'Temperature' });
  const table = make('table', { class: 'sum' });
  const formula = make('p', { class: 'formula number' });
  const said = make('p', { class: 'words', 'aria-live': 'polite' });
  const knob = make('output', { class: 'number' });
  slider.value = Math.log10(state.temperature);
  const reset = make('button', { type: 'button', class: 'plain' }, 'Back to 1');
  const draw = () => {
    const { temperature } = state;
    const { powers, sum, subtracted, shares } = softmax(value.logits, temperature);
    const figures = figuresFor(powers, sum, shares);
    knob.textContent = `T = ${readable(temperature)}`;
    slider.setAttribute('aria-valuetext', `temperature ${readable(temperature)}`);
    const power = `${subtracted ? '(logit − largest)' : 'logit'}${temperature === 1 ? '' : ' ÷ T'}`;
    const head = ['class', 'logit', `e to the power of ${power}`, 'probability', ''];
    const order = value.logits.map((_, i) => i).sort((a, b) => value.logits[b] - value.logits[a]);
    const rows = order.map((i) => make('tr', { 'aria-current': i === value.entry, 'data-class': i, tabindex: i === order[0] ? 0 : -1 },
      make('th', { scope: 'row' }, value.labels[i]),
      make('td', {}, fixed(value.logits[i], 4)),
      make('td', {}, small(powers[i], figures)),
      make('td', {}, percent(shares[i])),
      make('td', { class: 'bar share', 'aria-hidden': 'true' }, make('span', { style: `left:0;width:${100 * shares[i]}%;background:var(--color-accent)` }))));
    const total = make('tr', { class: 'total' }, make('th', { scope: 'row' }, 'sum'), make('td', {}), make('td', {}, small(sum, figures)), make('td', {}, percent(shares.reduce((a, b) => a + b, 0))), make('td', {}));
    table.replaceChildren(make('thead', {}, make('tr', {}, ...head.map((text) => make(text ? 'th' : 'td', text ? { scope: 'col' } : {}, text)))), make('tbody', {}, ...rows, total));
    formula.replaceChildren(...formulaOf(value, order, { powers, sum, shares, figures }));
    formula.querySelector('.term').tabIndex = 0;
    check.hidden = temperature !== 1; // the network itself knows no other
    const best = value.labels[order[0]];
    const effect = temperature > 1 ? 'A temperature above 1 makes the probabilities more alike' : 'A temperature below 1 makes the largest stand out more';
    said.textContent = temperature === 1
      ? `${value.words} ${subtracted ? 'Subtracting the largest logit from all changes no probability; it keeps the powers readable.' : ''}`
      : `${effect}; the order stays, and so does the answer: ${best}, here with ${percent(shares[order[0]])}.`;
  };
  slider.addEventListener('input', () => {
    state.temperature = Math.abs(slider.value) < 0.03 ? 1 : 10 ** Number(slider.value);
    draw();
  });
  reset.addEventListener('click', () => {
    state.temperature = 1;
    slider.value = 0;
    draw();
  });
  const check = checkLine(value.adds, value.adds ? 'equal to the probability that the network’s own softmax gives at temperature 1' : 'not the probability that the network’s own softmax gives');
  section.append(
    make('h4', {}, make('b', {}, 'softmax'), ' from all logits to probabilities'),
    said,
    formula,
    make('p', { class: 'temperature' }, make('label', {}, 'Temperature ', slider), knob, reset),
    make('div', { class: 'scroll' }, table),
    check);
  markTogether(section, formula, table);
  draw();
  return section;
}

function percent(share) {
  return `${share > 0 && share < 1e-4 ? (100 * share).toPrecision(2).replace(/e-(\d+)/, 'e−$1') : (100 * share).toFixed(2)} %`;
}

// With so many significant digits; tiny ones with a power of ten.
function small(value, figures) {
  return (value !== 0 && value < 1e-4 ? value.toExponential(figures - 1) : Number(value.toPrecision(figures)) >= 10 ** figures ? String(Math.round(value)) : value.toPrecision(figures)).replace('e-', 'e−');
}

function checkLine(adds, text) {
  return make('p', { class: `check ${adds ? 'ok' : 'bad'}` }, make('span', { 'aria-hidden': 'true' }, adds ? '✓ ' : '✗ '), `${adds ? 'Adds up' : 'Does not add up'}: ${text}`);
}
