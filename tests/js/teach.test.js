/** Where a teacher sends a class, and how a pupil is doing, in words. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { stateWords } from '../../demo/tabs/learn/teach/board/board_view.js';
import { queryOf } from '../../demo/tabs/learn/teach/board/sending.js';

const VIEW = { tab: 'explore', step: 'conv1', panel: 'sum' };

/** @param {[string, number, Record<string, string>, { network: string, picture: string | null }]} given */
const asked = (...given) => Object.fromEntries(new URLSearchParams(queryOf(...given)));

test('a card sets what it says, and its number counts from 1', () => {
  assert.deepEqual(asked('numbers', 2, VIEW, { network: '', picture: null }), { ...VIEW, lesson: 'numbers.3' });
});

test('a network that is chosen goes before the one of the card', () => {
  const view = { ...VIEW, model: 'cifar10-cnn' };
  assert.equal(asked('numbers', 0, view, { network: '', picture: '' }).model, 'cifar10-cnn');
  assert.equal(asked('numbers', 0, view, { network: 'cifar10-resnet', picture: '' }).model, 'cifar10-resnet');
});

test('a picture that is chosen goes before the one of the card; the first one needs no name', () => {
  const view = { ...VIEW, picture: 'example:tower-at-dusk' };
  assert.equal(asked('numbers', 0, view, { network: '', picture: null }).picture, 'example:tower-at-dusk');
  assert.equal(asked('numbers', 0, view, { network: '', picture: 'example:a&b=c' }).picture, 'example:a&b=c');
  assert.equal('picture' in asked('numbers', 0, VIEW, { network: '', picture: '' }), false);
});

test('who is stuck is told from who is done and who is away', () => {
  const pupil = { name: 'Otter', at: 'numbers.1', tries: 3, quiet_s: 0, done: false, look: 0 };
  assert.equal(stateWords({ ...pupil, state: 'wrong' }), 'wrong 3 times');
  assert.equal(stateWords({ ...pupil, state: 'quiet', quiet_s: 185 }), 'nothing for 3 min');
  assert.equal(stateWords({ ...pupil, state: 'away' }), 'not connected');
  assert.equal(stateWords({ ...pupil, state: '', done: true }), 'right');
  assert.equal(stateWords({ ...pupil, state: '', tries: 1 }), 'answered');
  assert.equal(stateWords({ ...pupil, state: '', tries: 0 }), '');
});
