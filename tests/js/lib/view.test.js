import assert from 'node:assert/strict';
import { test } from 'node:test';

import { VIEW } from '../../../demo/static/lib/generated.js';
import { parseView } from '../../../demo/static/lib/view.js';

test('an empty address is the default view', () => {
  assert.deepEqual(parseView(''), VIEW);
  assert.deepEqual(parseView('?'), VIEW);
});

const MORE = 'epoch=4&false_alarms=0.01&hide=upload,train,x';

test('fields come out with their types', () => {
  const view = parseView(`?model=a&tab=explore&row=3&column=0&scale=network&strength=-1.5&seed=12&${MORE}`);
  const expected = { model: 'a', tab: 'explore', row: 3, column: 0, scale: 'network', strength: -1.5, seed: 12 };
  assert.deepEqual(view, { ...VIEW, ...expected, epoch: 4, false_alarms: 0.01, hide: 'train,upload' });
});

test('what cannot be a value falls back; the last of several counts', () => {
  const hostile = '?tab=nonsense&channel=-1&seed=1e9&row=4&strength=1e400&false_alarms=0.0&scale=&lane=&__proto__=1&constructor=2&x=y';
  assert.deepEqual(parseView(hostile), VIEW); // a row without a column is no place
  assert.equal(parseView('?step=a&step=b').step, 'b');
  assert.equal(parseView('?channel=99999999999999999999').channel, 0);
});

test('a crop is three numbers, or none', () => {
  assert.equal(parseView('?crop=250,0,500').crop, '250,0,500');
  for (const text of ['', '1,2', 'a,b,c', '1.5,2,3', '1,2,3,4']) assert.equal(parseView(`?crop=${text}`).crop, null);
});
