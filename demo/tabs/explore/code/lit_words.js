/** What lights up on the page with an argument of the code, in words. */

/** @typedef {import('../../../static/lib/events.js').Lit} Lit */
/** @typedef {import('../../../static/lib/events.js').LitBox} LitBox */

/**
 * @param {Lit} lit
 * @param {import('./drawing.js').Figure} figure
 * @param {import('../../../static/lib/store.js').Channel | null} channel
 * @returns {string} a sentence, or "" where nothing lights up
 */
export function litInWords(lit, figure, channel) {
  if (!channel || channel.step !== lit.step) return '';
  const { channels = 1, size } = channel.maps;
  const steps = lit.steps.map((name) => (name === 'input' ? 'the picture' : name));
  const count = lit.channels(channels, channel.channel).length;
  const what = `${size === 1 ? 'value' : 'channel'}s of the grid`;
  const spot = { row: 0, column: 0 }; // every value has as much
  const said = [
    steps.length && `${steps.join(' and ')} on the strip`,
    count && (count === channels ? `all ${channels.toLocaleString('en')} ${what}` : `${count.toLocaleString('en')} ${what}`),
    ...(size > 1 ? [onMap(lit.onMap(spot)), onPicture(lit.onPicture(spot), figure)] : []),
  ].filter(Boolean);
  return said.length ? `Lit up: ${said.join('; ')}.` : '';
}

/** @param {LitBox[]} boxes */
function onMap(boxes) {
  if (!boxes.length) return '';
  const [{ kind }] = boxes;
  if (kind === 'all') return 'every value of the map, which all get the same';
  if (kind === 'at') return 'the next values of the map';
  const count = boxes.reduce((sum, { box }) => sum + (box.bottom - box.top) * (box.right - box.left), 0);
  return `the ${count.toLocaleString('en')} values of the map whose windows reach into the border`;
}

/**
 * @param {LitBox[]} boxes
 * @param {import('./drawing.js').Figure} figure
 */
function onPicture(boxes, { kernel, stride: [down, across] }) {
  if (!boxes.length) return '';
  if (boxes[0].kind === 'place') return `on the small picture, the ${kernel?.join(' × ')} window of the chosen value`;
  const by = down === across ? `${down} place${down === 1 ? '' : 's'}` : `${down} places down and ${across} across`;
  return `on the small picture, the window and the next ones, moved on by ${by}`;
}
