import assert from 'node:assert/strict';
import { test } from 'node:test';

import { lacking } from '../../demo/tabs/aerial/site_check.js';
import * as survey from '../../demo/tabs/aerial/survey_values.js';

/** Two windows side by side that overlap, so three cells; the first one is answered. */
const HALF = {
  ...{ run: 'a', name: 'field.jpg', photo: '', width: 30, height: 20, window: 20, classes: ['no', 'reed'], label: 'reed' },
  ...{ threshold: 0.37, own: true, done: 1, lefts: [0, 10], tops: [0], xs: [0, 10, 20, 30], ys: [0, 20] },
  windows: new Float32Array([0.25, NaN, 0.75, NaN]),
  cells: new Float32Array([0.25, 0.25, NaN, 0.75, 0.75, NaN]),
};

test('the values are those of the class', () => {
  assert.deepEqual([...survey.windowValues(HALF, 'reed')], [0.75, NaN]);
  assert.deepEqual([...survey.cellValues(HALF, 'no')], [0.25, 0.25, NaN]);
  assert.equal(survey.likeliest(HALF), 'reed');
});

test('the best windows are answered ones, the most probable first', () => {
  assert.deepEqual(survey.bestWindows(new Float32Array([0.1, NaN, 0.9, 0.5]), 2), [2, 3]);
  assert.deepEqual(survey.bestWindows(new Float32Array([0.1, NaN, 0.9, 0.5]), 2, [2]), [3, 0]);
  assert.deepEqual(survey.cornerOf(HALF, 1), [10, 0]);
});

test('a place lies in a cell, also beyond the edge', () => {
  assert.deepEqual([-5, 0, 9.9, 10, 29, 40].map((x) => survey.cellAt(HALF.xs, x)), [0, 0, 0, 1, 2, 2]);
});

test('a survey that grows is told of the windows that are answered', () => {
  const words = survey.windowsInWords(HALF, 'reed', 0.37);
  assert.match(words, /^1 of 1 windows reach a probability of 37\u00a0%: 100\.0\u00a0% of the windows, .* not of the ground\./);
  assert.match(words, / 1 of 2 windows are answered so far\.$/);
  assert.match(survey.windowsInWords({ ...HALF, done: 2 }, 'no', 0.37), /^0 of 1 windows .* 0\.0\u00a0% .* not of the ground\.$/);
  assert.match(survey.windowsInWords({ ...HALF, unfamiliar: [0] }, 'reed', 0.37), /^0 of 0 windows/);
});

test('an area is told for the class that it was worked out for', () => {
  const told = { ...HALF, area: { label: 'reed', words: 'About 6 %', meaning: 'by 21 photos' } };
  assert.deepEqual(survey.areaInWords(told, 'reed'), { words: 'About 6 %', meaning: 'by 21 photos', isKnown: true });
  for (const [value, label] of [[told, 'no'], [HALF, 'reed'], [{ ...HALF, area: null }, 'reed']]) {
    const { words, isKnown } = survey.areaInWords(value, label);
    assert.match(words, new RegExp(`^How much ground “${label}” covers is not told: the network`));
    assert.equal(isKnown, false);
  }
  assert.match(survey.areaInWords({ ...HALF, doubt: 'Windows of 10 pixels ...' }, 'reed').words, /are in doubt\.$/);
  const strange = { ...HALF, unfamiliar: [...Array(survey.windowCount(HALF)).keys()] };
  assert.match(survey.areaInWords(strange, 'reed').words, /no window looks like what the network learned from\.$/);
});

test('marks are enough when every band has two, or all that it has', () => {
  assert.equal(lacking([[1, 2, 3], [4]], {}), 3);
  assert.equal(lacking([[1, 2, 3], [4]], { 1: 'none', 4: 'none' }), 1);
  assert.equal(lacking([[1, 2, 3], [4]], { 1: 'none', 3: 'none', 4: 'none' }), 0);
});

test('the threshold is told as the network’s own only where it is', () => {
  assert.match(survey.drawnInWords(HALF, 'reed'), /mean is drawn\. The network’s own threshold is 37\u00a0%\.$/);
  assert.doesNotMatch(survey.drawnInWords(HALF, 'no'), /threshold is/);
  assert.match(survey.drawnInWords({ ...HALF, own: false }, 'no'), /no threshold of its own/);
  const fitted = { ...HALF, own: false, fitted: 40 };
  assert.match(survey.drawnInWords(fitted, 'reed'), /fitted to 40 marks; it parts yes from no at 50\u00a0%\.$/);
  assert.doesNotMatch(survey.drawnInWords(fitted, 'no'), /fitted/);
});

test('a cell without an answer says so', () => {
  assert.equal(survey.cellInWords(HALF, [0, 2], NaN), 'x 20 to 30, y 0 to 20 pixels: no answer yet');
  assert.equal(survey.cellInWords(HALF, [0, 0], 0.75), 'x 0 to 10, y 0 to 20 pixels: 75.0\u00a0%');
});
