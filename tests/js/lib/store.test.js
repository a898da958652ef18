import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

globalThis.window = /** @type {any} */ (new EventTarget());
globalThis.location = /** @type {any} */ ({ search: '?model=cifar10-cnn&step=conv2&channel=7' });
const { store, scaleLevel } = await import('../../../demo/static/lib/store.js');
const { emit, on } = await import('../../../demo/static/lib/events.js');

let controller = new AbortController();
beforeEach(() => {
  controller.abort();
  controller = new AbortController();
});

test('the view is the address’s from the beginning', () => {
  assert.equal(store.get('view').step, 'conv2');
  assert.equal(store.get('view').channel, 7);
  assert.equal(store.get('view').tab, 'predict');
  assert.equal(scaleLevel(), 'step');
});

test('watchers are told of every set, of the same value too, until their signal is aborted', () => {
  const seen = [];
  store.watch('picture', (picture) => seen.push(picture), controller.signal);
  store.set('picture', 'own');
  store.set('picture', 'own');
  store.set('network', null);
  controller.abort();
  store.set('picture', '');
  assert.deepEqual(seen, ['own', 'own']);
  assert.equal(store.get('picture'), '');
});

test('events reach those who listen, with their detail', () => {
  const seen = [];
  on('go', (detail) => seen.push(detail), controller.signal);
  emit('go', { step: 'conv1' });
  emit('look', null);
  assert.deepEqual(seen, [{ step: 'conv1' }]);
});
