// The two answers above the lanes; `view` and `find` are those of lanes.js.

function points(before, now) {
  const value = pointsBetween(before, now);
  return value === 0 ? '0.0' : `${value > 0 ? '+' : '−'}${Math.abs(value).toFixed(1)}`;
}

function leader(shares) {
  return shares.indexOf(Math.max(...shares.map((share) => share ?? -1)));
}

// The two lanes, their probabilities side by side as bars on one axis, and the difference.
function drawAnswers() {
  const [left, right] = view.shares;
  const titles = view.lanes.map((lane) => lane.title);
  const heads = ['', '', 'left', 'right', 'difference'];
  find('.both caption').textContent = 'Probability of each class, bars from 0 to 100 %; the difference is right minus left, in percentage points';
  find('.both thead').replaceChildren(make('tr', {}, ...heads.map((text) => (text ? make('th', { scope: 'col' }, text) : make('td')))));
  const [first, second] = [leader(left), leader(right)];
  find('.both tbody').replaceChildren(
    ...view.classes.map((name, index) => {
      const bars = [left, right].map((shares) => make('span', { style: `width:${100 * (shares[index] ?? 0)}%` }));
      const cells = [left, right].map((shares) => make('td', {}, shares[index] === null ? 'unknown' : percent(shares[index])));
      const both = left[index] !== null && right[index] !== null;
      return make('tr', index === first || index === second ? { class: 'first' } : {}, make('th', { scope: 'row' }, name), make('td', { class: 'bars-of-two' }, ...bars), ...cells, make('td', {}, both ? points(left[index], right[index]) : ''));
    }),
  );
  view.lanes.forEach((lane, index) => {
    const figure = find('.pictures').children[index];
    const side = index ? 'Right' : 'Left';
    figure.querySelector('figcaption').replaceChildren(make('b', {}, make('span', { class: index ? 'swatch second' : 'swatch' }), side), lane.title);
    const image = figure.querySelector('img');
    image.src = lane.picture;
    image.alt = `${titles[index]}: what the network gets, ${lane.size} by ${lane.size} pixels`;
  });
  find('.verdict-words').textContent = answersInWords(first, second);
}

function answersInWords(first, second) {
  const [left, right] = view.shares;
  const [a, b] = [view.classes[first], view.classes[second]];
  const same = view.lanes[0].title === view.lanes[1].title ? ' Both lanes hold the same network: choose another above.' : '';
  const start = `Left: ${a}, ${percent(left[first])}. Right: ${b}, ${percent(right[second])}.`;
  if (left[second] === null || right[first] === null) return `${start} The two networks know different classes.`;
  if (first !== second) return `${start} The answer changes: ${a} ${points(left[first], right[first])} percentage points, ${b} ${points(left[second], right[second])}.`;
  const change = pointsBetween(left[first], right[first]);
  return `${start} The answer stays ${a}; its probability ${change === 0 ? 'hardly changes' : `${change < 0 ? 'falls' : 'rises'} by ${Math.abs(change).toFixed(1)} percentage points`}.${same}`;
}
