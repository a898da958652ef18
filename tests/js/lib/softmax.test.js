import assert from 'node:assert/strict';
import { test } from 'node:test';

import { finePercent } from '../../../demo/static/lib/format.js';
import { byLogit, figuresFor, softmax, temperatureAt } from '../../../demo/static/lib/softmax.js';

const near = (/** @type {number} */ a, /** @type {number} */ b) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);

test('the probabilities are the powers of e over their sum', () => {
  const { powers, sum, subtracted, shares } = softmax([Math.log(1), Math.log(3), Math.log(4)], 1);
  assert.equal(subtracted, 0);
  [1, 3, 4].forEach((power, i) => near(powers[i], power));
  near(sum, 8);
  [0.125, 0.375, 0.5].forEach((share, i) => near(shares[i], share));
});

test('large logits are made small by subtracting the largest, which changes no probability', () => {
  const large = softmax([1000, 1001, 998], 1);
  assert.equal(large.subtracted, 1001);
  const small = softmax([0, 1, -2], 1);
  assert.equal(small.subtracted, 0);
  large.shares.forEach((share, i) => near(share, small.shares[i]));
});

test('a temperature flattens or sharpens, and keeps the order', () => {
  const logits = [2, -1, 0.5];
  const [cold, one, hot] = [0.1, 1, 10].map((temperature) => softmax(logits, temperature).shares);
  assert.ok(cold[0] > one[0] && one[0] > hot[0]);
  for (const shares of [cold, one, hot]) {
    assert.deepEqual(byLogit(shares), [0, 2, 1]);
    near(shares.reduce((a, b) => a + b), 1);
  }
  near(softmax(logits, 2).shares[1], softmax(logits.map((logit) => logit / 2), 1).shares[1]);
});

test('dividing the powers shown gives the probabilities shown', () => {
  for (const logits of [[1.2345, 0.9876, -3.21], [9.4, 9.3999, 9.3998], [-6, 3.3, 5.1, 5.2]]) {
    const found = softmax(logits, 1);
    const figures = figuresFor(found);
    const [sum] = [Number(found.sum.toPrecision(figures))];
    found.powers.forEach((power, i) => {
      const shown = Number(power.toPrecision(figures)) / sum;
      assert.equal(finePercent(shown), finePercent(found.shares[i]));
    });
  }
});

test('the middle of the slider is a temperature of exactly 1, its ends a tenth and ten', () => {
  assert.equal(temperatureAt(0), 1);
  assert.equal(temperatureAt(0.02), 1);
  near(temperatureAt(1), 10);
  near(temperatureAt(-1), 0.1);
});
