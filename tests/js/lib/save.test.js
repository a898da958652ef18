import assert from 'node:assert/strict';
import { test } from 'node:test';

import { csv, fileName } from '../../../demo/static/lib/save.js';

test('a table is CSV as RFC 4180 says, with all digits', () => {
  const rows = [['a', 'b'], [0.1 + 0.2, -3], ['x, "y"', 'two\nlines'], [null, undefined], [NaN, 1e-20]];
  assert.equal(csv(rows), 'a,b\r\n0.30000000000000004,-3\r\n"x, ""y""","two\nlines"\r\n,\r\n,1e-20\r\n');
});

test('no cell becomes a formula in a spreadsheet, and numbers stay numbers', () => {
  for (const risky of ['=1+1', '+1', '-a', '@sum', '  =1', '\t=1']) assert.ok(csv([[risky]]).includes(`'${risky}`), risky);
  assert.equal(csv([[-1.5]]), '-1.5\r\n');
});

test('names of files can be written everywhere', () => {
  assert.equal(fileName('My photo: Straße 3/4', 'png'), 'My-photo-Stra-e-3-4.png');
  assert.equal(fileName('../..', 'csv'), 'convscope.csv');
  assert.equal(fileName('resnet_v1.5-steps', 'csv'), 'resnet_v1.5-steps.csv');
});
