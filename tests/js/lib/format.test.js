import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as format from '../../../demo/static/lib/format.js';

test('numbers for reading have three digits and a true minus sign', () => {
  const cases = [[0, '0'], [0.12345, '0.123'], [-12.345, '−12.3'], [999.4, '999'], [-1234567, '−1,234,567'], [0.00001234, '1.2e−5']];
  for (const [value, text] of cases) assert.equal(format.readable(value), text);
});

test('numbers with fixed decimals: no negative zero, and words for what is none', () => {
  assert.equal(format.fixed(-0.0004, 3), '0.000');
  assert.equal(format.fixed(-0.0006, 3), '−0.001');
  assert.equal(format.fixed(-Infinity, 2), '−∞');
  assert.equal(format.fixed(Infinity, 2), '∞');
  assert.equal(format.fixed(NaN, 2), 'no number');
  assert.equal(format.fixed(null, 2), 'no number');
});

test('the products shown make the sum shown, with as few decimals as that takes', () => {
  const products = [0.0149, 0.0149, 0.0149];
  const sum = 0.0447;
  const decimals = format.decimalsFor(products, sum, 2);
  assert.equal(decimals, 4); // three times 0.015 would be 0.05, which the sum is not
  assert.equal(format.fixedSum(format.shownSum(products, decimals), 2), format.fixed(sum, 2));
  assert.equal(format.decimalsFor([0.25, 0.5], 0.75, 2), 2);
});

test('each value shown times its weight shown makes the product shown', () => {
  const [values, weights] = [[1.2345, -0.5], [0.7654, 3.25]];
  const decimals = format.factorDecimals(values, weights, 3);
  values.forEach((value, i) => {
    const product = format.rounded(value, decimals) * format.rounded(weights[i], decimals);
    assert.equal(format.fixedSum(product, 3), format.fixed(value * weights[i], 3));
  });
});

test('percentages and the points between them agree as shown', () => {
  assert.equal(format.percent(0.12345), '12.3 %');
  assert.equal(format.pointsBetween(0.12345, 0.5), 37.7); // 50.0 less 12.3
  assert.equal(format.signed(37.7, 1), '+37.7');
  assert.equal(format.signed(-0.04, 1), '0.0');
  assert.equal(format.signed(0.04, 1), '0.0');
});

test('extents of packed integers are in values', () => {
  assert.deepEqual(format.extent(Int8Array.from([-4, 0, 10]), 0.5), { low: -2, high: 5, mean: 1 });
  assert.equal(format.largest([NaN, -3, Infinity, 2]), 3);
});

test('significant digits are all shown, and tiny numbers have a power of ten', () => {
  assert.equal(format.significant(1234.5, 4), '1235');
  assert.equal(format.significant(0.5, 4), '0.5000');
  assert.equal(format.significant(123456, 4), '123456');
  assert.equal(format.significant(0.00001234, 3), '1.23e−5');
  assert.equal(format.significant(0, 4), '0.000');
});

test('a share is not said to be nothing while it is something', () => {
  assert.equal(format.finePercent(0.12345), '12.35 %');
  assert.equal(format.finePercent(0.000012), '0.0012 %');
  assert.equal(format.finePercent(0.0000000012), '1.2e−7 %');
  assert.equal(format.finePercent(0), '0.00 %');
});

test('exact numbers keep their digits, and have true minus signs', () => {
  assert.equal(format.precise(-1.234567891234, 9), '−1.23456789');
  assert.equal(format.precise(2, 9), '2');
  assert.equal(format.exponential(0.0000123, 1), '1.2e−5');
});
