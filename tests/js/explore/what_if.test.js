import assert from 'node:assert/strict';
import { test } from 'node:test';

import { labelsOf, likeliest, verdict } from '../../../demo/tabs/explore/what_if/answers_table.js';
import { boxAfter, boxBetween, squareAround } from '../../../demo/tabs/explore/what_if/brush_box.js';
import { ChangeHistory } from '../../../demo/tabs/explore/what_if/change_history.js';
import { changeInWords } from '../../../demo/tabs/explore/kernel/kernel_words.js';
import { isMultiplied } from '../../../demo/tabs/explore/inspector/cards.js';
import { oddsInWords } from '../../../demo/tabs/explore/what_if/matter.js';
import { numberText } from '../../../demo/tabs/explore/what_if/number_fields.js';
import { blockOf } from '../../../demo/tabs/explore/what_if/residual_block.js';

test('changes are undone and redone in order; a new one takes the place of what was undone', () => {
  const history = new ChangeHistory();
  for (const text of ['', 'a', 'a~b']) history.take(text, 'net');
  assert.deepEqual([history.before(), history.after()], ['a', undefined]);
  history.take('a', 'net');
  history.take('', 'net');
  assert.deepEqual([history.before(), history.after()], [undefined, 'a']);
  history.take('a', 'net');
  history.take('a', 'net'); // an answer about another picture
  assert.deepEqual([history.before(), history.after()], ['', 'a~b']);
  history.take('a~c', 'net');
  assert.deepEqual([history.before(), history.after()], ['a', undefined]);
});

test('another network has another history', () => {
  const history = new ChangeHistory();
  for (const [text, model] of [['', 'one'], ['a', 'one'], ['a', 'two']]) history.take(text, model);
  assert.deepEqual([history.before(), history.after()], [undefined, undefined]);
});

test('a rectangle is drawn in any direction, with both its corners', () => {
  const [a, b] = [{ row: 5, column: 2 }, { row: 3, column: 9 }];
  const box = { row: 3, column: 2, height: 3, width: 8 };
  assert.deepEqual(boxBetween(a, b), box);
  assert.deepEqual(boxBetween(b, a), box);
  assert.deepEqual(boxBetween(a, a), { ...a, height: 1, width: 1 });
});

test('a click blanks a square that lies within the picture', () => {
  assert.deepEqual(squareAround({ row: 16, column: 10 }, 32), { row: 14, column: 8, height: 4, width: 4 });
  assert.deepEqual(squareAround({ row: 0, column: 31 }, 32), { row: 0, column: 28, height: 4, width: 4 });
  assert.deepEqual(squareAround({ row: 2, column: 1 }, 4), { row: 2, column: 1, height: 1, width: 1 });
});

test('arrow keys make a rectangle, move it and change its size, within the picture', () => {
  const key = (/** @type {string} */ name, shiftKey = false) => ({ key: name, shiftKey });
  const first = boxAfter(null, key('ArrowDown'), 64);
  assert.deepEqual(first, { row: 26, column: 24, height: 16, width: 16 });
  const corner = { row: 48, column: 0, height: 16, width: 16 };
  assert.deepEqual(boxAfter(corner, key('ArrowDown'), 64), corner);
  assert.deepEqual(boxAfter(corner, key('ArrowLeft'), 64), corner);
  assert.deepEqual(boxAfter(corner, key('ArrowRight', true), 64), { ...corner, width: 18 });
  assert.deepEqual(boxAfter(corner, key('ArrowDown', true), 64), corner);
  assert.deepEqual(boxAfter({ ...corner, height: 1 }, key('ArrowUp', true), 64), { ...corner, height: 1 });
  assert.equal(boxAfter(corner, key('Home'), 64), null);
});

test('of nested residual blocks the smallest is meant', () => {
  const inner = { add: 'add1', fork: 'relu0', branch: ['conv1', 'conv2'], skip: [] };
  const outer = { add: 'add2', fork: 'input', branch: ['relu0', 'conv1', 'conv2', 'add1'], skip: ['conv3'] };
  assert.equal(blockOf([outer, inner], 'conv2'), inner);
  assert.equal(blockOf([outer, inner], 'conv3'), outer);
  assert.equal(blockOf([outer, inner], 'add2'), outer);
  assert.equal(blockOf([outer, inner], 'fc'), undefined);
});

test('the verdict says whether the answer stays', () => {
  const cat = { label: 'cat', before: 0.8, now: 0.2, logit_before: 2, logit_now: 0 };
  const dog = { label: 'dog', before: 0.15, now: 0.7, logit_before: 0, logit_now: 1 };
  assert.equal(verdict([cat, dog]), 'The answer was cat, 80.0 %; now it is dog, 70.0 %.');
  assert.equal(verdict([cat, { ...dog, now: 0.1 }]), 'The answer stays cat: 80.0 % before, 20.0 % now.');
  assert.equal(likeliest([cat, dog], 'now'), dog);
  assert.deepEqual(labelsOf([cat, dog]), ['dog', 'cat']);
});

test('of an answer that is sure the lead in logits is said as well', () => {
  const ship = { label: 'ship', before: 0.9998, now: 0.9995, logit_before: 12, logit_now: 10.5 };
  const bird = { label: 'bird', before: 0.0001, now: 0.0003, logit_before: 2.1, logit_now: 1.9 };
  const lead = { before: 9.904, now: 8.6 };
  assert.equal(
    verdict([ship, bird], lead),
    'The answer stays ship: 100.0 % before, 100.0 % now. So sure an answer hardly moves (0.0 points), its logit does: '
      + 'ship leads the next class by 8.60, was 9.90 (−1.30).',
  );
  assert.equal(verdict([ship, bird], null), 'The answer stays ship: 100.0 % before, 100.0 % now.');
  const unsure = [{ ...ship, before: 0.99, now: 0.98 }, bird];
  assert.equal(verdict(unsure, lead), 'The answer stays ship: 99.0 % before, 98.0 % now.');
});

test('a factor of the odds in words', () => {
  assert.equal(oddsInWords(Math.log(2)), '2.00 × higher');
  assert.equal(oddsInWords(-Math.log(12.34)), '12.3 × lower');
  assert.equal(oddsInWords(Math.log(999.7)), '1000 × higher');
  assert.equal(oddsInWords(-20), 'over 1,000 × lower');
});

test('numbers go to the server without a plus sign, which an address would read as a space', () => {
  assert.equal(numberText(1e21), '1e21');
  assert.equal(numberText(-0.1 - 0.2), '-0.3');
  assert.equal(numberText(1e-7), '1e-7');
});

test('a calculation that a change multiplies is known by its factor', () => {
  const term = (/** @type {string} */ name, value = 1) => ({ name, value, place: null, factor: null });
  assert.ok(isMultiplied({ kind: 'product', others: [term('without the change'), term('factor', 0)] }));
  assert.ok(!isMultiplied({ kind: 'product', others: [term('value'), term('gate')] }));
  assert.ok(!isMultiplied({ kind: 'sum', others: [term('bias')] }));
  assert.match(changeInWords({ factor: 0, step: 'conv1', channel: 3 }), /switched off/);
});
