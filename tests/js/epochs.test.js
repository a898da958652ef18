import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as epochs from '../../demo/tabs/curves/epochs_values.js';

const MAPS = { integers: Int8Array.from([0, 2, -4, 6]), factor: 0.5, height: 1, width: 2, size: 2 };
const VIEW = {
  epochs: [0, 5],
  epoch: 5,
  last: 10,
  step: 'conv1',
  channel: 3,
  history: [
    { train_loss: null, val_loss: null, val_accuracy: null },
    { train_loss: 1.25, val_loss: 1.5, val_accuracy: 0.625 },
  ],
  classes: ['cat', 'dog'],
  probabilities: [[0.4, 0.6], [0.75, 0.25]],
};

test('each epoch has its range, its answer and its place in the training', () => {
  assert.deepEqual(epochs.rangeAt(MAPS, 1), { low: -2, high: 3, mean: 0.5 });
  assert.equal(epochs.limitOf({ low: -2, high: 1 }), 2);
  assert.deepEqual(epochs.answerAt(VIEW, 0), { leader: 1, label: 'dog', share: 0.6 });
  assert.equal(epochs.standing(VIEW, 0), 'Epoch 0, before training.');
  const measured = '62.5 % of the validation pictures right, validation loss 1.5, training loss 1.25';
  assert.equal(epochs.standing(VIEW, 1), `Epoch 5 of 10: ${measured}.`);
  const values = 'channel 3 of conv1 runs from −2 to 3, mean 0.5';
  assert.equal(epochs.spoken(VIEW, MAPS, 1), `At epoch 5 ${values}. The network's answer is cat, 75.0 %.`);
});

test('the address’s epoch is shown first if it was kept, else what the server says, else the last', () => {
  const view = { epochs: [0, 2, 4, 8], epoch: 2 };
  assert.equal(epochs.firstShown(view, '4'), 2);
  assert.equal(epochs.firstShown(view, '0'), 0);
  assert.equal(epochs.firstShown(view, '3'), 1);
  assert.equal(epochs.firstShown(view, ''), 1);
  assert.equal(epochs.firstShown(view, null), 3);
});

test('a click between two epochs goes to the nearest', () => {
  assert.equal(epochs.nearest([0, 2, 4, 8], 5.9), 2);
  assert.equal(epochs.nearest([0, 2, 4, 8], 6.1), 3);
  assert.equal(epochs.nearest([0, 2, 4, 8], -3), 0);
});

test('of many kernels some are shown, and the page says which', () => {
  assert.match(epochs.kernelsInWords({ reads: ['a', 'b'], count: 9 }, [0, 5], 2), /^The 2 of 9 .* epoch 0 and 5\./);
  assert.match(epochs.kernelsInWords({ reads: ['a', 'b'], count: 2 }, [0, 5], 2), /^All 2, .* up to 2\.$/);
});
