// The numbers of two lanes and their difference; `view`, `lanes` and `partners` are those of lanes.js.

function numbers(packed) {
  if (!packed) return null;
  const { integers, factor, channels, height, width, size } = unpackMaps(packed);
  const values = new Float32Array(integers.length);
  for (let index = 0; index < values.length; index++) values[index] = integers[index] * factor;
  return { values, channels, height, width, size };
}

const channelOf = (lane, channel) => lane.values.subarray(channel * lane.size, (channel + 1) * lane.size);

function unpackLanes() {
  const left = numbers(view.left);
  let right = numbers(view.right);
  let difference = numbers(view.difference);
  if (difference) {
    right = { ...difference, values: difference.values.map((value, index) => left.values[index] + value) };
    partners = null;
  } else if (right && left.height === right.height && left.width === right.width && (left.size > 1 || left.channels === right.channels)) {
    partners = partnersOf(left, right);
    difference = { ...left, values: new Float32Array(left.values.length) };
    for (let channel = 0; channel < left.channels; channel++) {
      const [a, b, to] = [channelOf(left, channel), channelOf(right, partners[channel]), channelOf(difference, channel)];
      for (let index = 0; index < a.length; index++) to[index] = b[index] - a[index];
    }
  } else if (right) partners = numbered(left, right);
  lanes = { left, right, difference };
}

const numbered = (left, right) => Array.from({ length: left.channels }, (_, channel) => Math.min(channel, right.channels - 1));
const canPair = () => Boolean(view.right) && lanes.left.size > 1 && lanes.left.height === lanes.right.height && lanes.left.width === lanes.right.width;

// Of each left channel the right one with the highest correlation over the positions of the map.
function partnersOf(left, right) {
  if (element.querySelector('[name=pairing]:checked')?.value === 'number' || left.size === 1) return numbered(left, right);
  const unit = (lane) => Array.from({ length: lane.channels }, (_, channel) => {
    const own = channelOf(lane, channel);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const centred = own.map((value) => value - mean);
    const norm = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0)) || 1;
    return centred.map((value) => value / norm);
  });
  const candidates = unit(right);
  return unit(left).map((own) => {
    let best = 0;
    let highest = -Infinity;
    candidates.forEach((other, channel) => {
      let product = 0;
      for (let index = 0; index < own.length; index++) product += own[index] * other[index];
      if (product > highest) [best, highest] = [channel, product];
    });
    return best;
  });
}

// As the server says, of the values themselves; the difference of two networks is worked out here.
function extentOf(side, channel) {
  const told = view.extents?.[side];
  if (!told) return extent(channelOf(lanes[side], channel));
  const [low, high, mean] = told.map((values) => values[channel]);
  return { low, high, mean };
}

function correlation(a, b) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [product, squareA, squareB] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    product += (a[index] - meanA) * (b[index] - meanB);
    squareA += (a[index] - meanA) ** 2;
    squareB += (b[index] - meanB) ** 2;
  }
  return squareA && squareB ? product / Math.sqrt(squareA * squareB) : null;
}

const limitOf = (...some) => Math.max(...some.filter(Boolean).map((lane) => { const { low, high } = extent(lane.values); return Math.max(Math.abs(low), Math.abs(high)); }));
const sharedLimit = () => limitOf(lanes.left, lanes.right);
const limitFor = (side) => (side === 'difference' && stretch.checked ? limitOf(lanes.difference) : sharedLimit());
const channelAt = (side) => (side === 'right' && partners ? partners[view.channel] : view.channel);
