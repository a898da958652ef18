import assert from 'node:assert/strict';
import { test } from 'node:test';

import { matching } from '../../demo/tabs/predict/find_class.js';

/** @type {[string, number][]} */
const ALL = [['container ship', 0.3], ['Siamese cat', 0.2], ['airship', 0.1]];

test('a class is found by any part of its name, in any case, and keeps its place in the ranking', () => {
  assert.deepEqual(matching(ALL, ' SHIP '), [{ label: 'container ship', share: 0.3, place: 1 }, { label: 'airship', share: 0.1, place: 3 }]);
  assert.deepEqual(matching(ALL, 'siam').map(({ place }) => place), [2]);
  assert.equal(matching(ALL, '').length, 3);
  assert.deepEqual(matching(ALL, 'zebra'), []);
});
