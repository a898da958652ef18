// The channels whose removal moves the answer most. `find` starts the search on the server, whose value grows while it
// goes on; `stop` ends it. The grid shows a channel, and switching one off goes through the What-if bar.

const find = (selector) => element.querySelector(selector);
let view = null;
let asked = ''; // the key for which a search was started here and has not ended

function drawAsk() {
  const channel = window.convscopeChannel;
  find('.here').textContent = channel ? `try all channels of ${channel.step}` : 'try this step';
  find('.here').disabled = !channel;
  find('.stop').hidden = !asked;
  find('.waiting').hidden = !asked || (props.value || {}).key === asked;
}

function drawLabels() {
  const rows = window.convscopeLabels || [];
  const select = find('.label');
  const kept = select.value;
  select.replaceChildren(make('option', { value: '' }, `the answer${rows.length ? ` (${rows[0]})` : ''}`), ...rows.map((label) => make('option', { value: label }, label)));
  if (rows.includes(kept)) select.value = kept;
}

// exp of a change of ln(p / (1 - p)), in words
function times(odds) {
  const factor = Math.exp(Math.abs(odds));
  return `${factor >= 1000 ? 'over 1,000' : factor.toPrecision(3)} × ${odds < 0 ? 'lower' : 'higher'}`;
}

function draw() {
  const value = props.value || {};
  const fits = value.key && value.key === window.convscopeKey;
  if (!fits || value.done === value.total) asked = '';
  find('.found').hidden = !fits;
  drawAsk();
  drawLabels();
  if (!fits) return;
  view = JSON.parse(JSON.stringify(value));
  find('progress').value = view.done / view.total;
  const share = (p) => `${(100 * p).toFixed(p > 0.9995 || p < 0.0005 ? 3 : 1)} %`;
  find('.state').textContent = `${view.done.toLocaleString('en')} of ${view.total.toLocaleString('en')} channels of ${view.where} tried, for ${view.label}: ${share(view.before)} with all of them.`;
  find('.p').textContent = `${view.label} without it`;
  find('tbody').replaceChildren(
    ...view.rows.map((row) =>
      make('tr', { 'data-step': row.step, 'data-channel': row.channel },
        make('th', { scope: 'row' }, make('button', { type: 'button', class: 'go', title: 'Show this channel' }, `${row.step}, channel ${row.channel}`)),
        make('td', {}, share(row.now)),
        make('td', {}, times(row.odds)),
        make('td', {}, row.odds < 0 ? 'for it' : 'against it'),
        make('td', {}, make('button', { type: 'button', class: 'off', 'aria-label': `switch off ${row.step}, channel ${row.channel}` }, 'off')),
      )),
  );
}

function start(step) {
  asked = window.convscopeKey;
  trigger('find', { step, label: find('.label').value });
  drawAsk();
}

find('.here').addEventListener('click', () => start(window.convscopeChannel.step));
find('.everywhere').addEventListener('click', () => start(''));
find('.stop').addEventListener('click', () => {
  asked = '';
  trigger('stop');
  drawAsk();
});
find('tbody').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const { step, channel } = button.closest('tr').dataset;
  if (button.classList.contains('off')) window.dispatchEvent(new CustomEvent('convscope-add', { detail: `${step}.${channel}:off` }));
  else window.dispatchEvent(new CustomEvent('convscope-go', { detail: { step, channel: Number(channel) } }));
});
window.addEventListener('convscope-search-over', () => {
  asked = '';
  drawAsk();
});
window.addEventListener('convscope-key', draw);
window.addEventListener('convscope-channel', drawAsk);
watch('value', draw);
draw();
