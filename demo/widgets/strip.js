// All steps of the network in order. A step that is picked goes to the server as `pick`.

const find = (selector) => element.querySelector(selector);
const strip = find('.strip');
let view = null;
let current = ''; // chosen here, perhaps before the server has answered

function shapeText(shape) {
  return shape.length === 3 ? `${shape[0]} × ${shape[1]} × ${shape[2]}` : shape.join(' × ');
}

function draw() {
  const value = props.value || {};
  strip.hidden = !value.steps;
  if (!value.steps) return;
  view = value;
  const known = [...strip.children].map((tile) => tile.dataset.step).join();
  if (known !== view.steps.map((step) => step.name).join() || strip.dataset.model !== view.model) {
    strip.dataset.model = view.model;
    strip.replaceChildren(
      ...view.steps.map((step, index) => {
        const tile = make(
          'div',
          { class: 'tile', role: 'option', id: `step-${index}`, 'data-step': step.name, 'data-kind': step.operation },
          make('b', {}, step.name),
          make('span', {}, step.operation),
          make('span', { class: 'number' }, shapeText(step.shape)),
          make('span', { class: 'number' }, step.parameters ? `${step.parameters.toLocaleString('en')} weights` : 'no weights'),
          make('span', { class: 'number' }, step.sees ? `sees ${step.sees}` : ''),
        );
        return tile;
      }),
    );
  }
  if (!line.next) current = view.step; // else a later choice is on its way
  mark();
}

function mark() {
  for (const tile of strip.children) {
    const chosen = tile.dataset.step === current;
    tile.setAttribute('aria-selected', chosen);
    if (chosen) {
      strip.setAttribute('aria-activedescendant', tile.id);
      // Only the strip scrolls, never the page.
      const left = tile.offsetLeft - strip.offsetLeft;
      if (left < strip.scrollLeft || left + tile.offsetWidth > strip.scrollLeft + strip.clientWidth)
        strip.scrollLeft = left - strip.clientWidth / 2 + tile.offsetWidth / 2;
    }
  }
}

function pick(name) {
  if (!view || name === current) return;
  current = name;
  mark();
  // The same channel where it means the same; else the one that was chosen when this step was last open.
  const count = (step) => view.steps.find((one) => one.name === step).shape[0];
  const channel = count(name) === count(view.step) ? undefined : (window.convscopeChannels ?? {})[name];
  send(channel === undefined ? { step: name } : { step: name, channel });
}

strip.addEventListener('click', (event) => {
  const tile = event.target.closest('.tile');
  if (tile) pick(tile.dataset.step);
});
strip.addEventListener('keydown', (event) => {
  const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1, Home: -1e6, End: 1e6 };
  if (!view || !(event.key in moves)) return;
  event.preventDefault();
  const now = view.steps.findIndex((step) => step.name === current);
  const next = Math.max(0, Math.min(view.steps.length - 1, now + moves[event.key]));
  pick(view.steps[next].name);
});
// What the server did not take, because the connection broke or its queue is full, can be picked again.
window.addEventListener('convscope-answered', () => {
  if (line.busy || !view) return; // a later choice is on its way
  current = view.step;
  mark();
});
watch('value', draw);
draw();
