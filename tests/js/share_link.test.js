import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AREAS } from '../../demo/static/lib/generated.js';
import { hiddenNames, updatesOf } from '../../demo/share/hidden_parts.js';
import { linkOf, notesOn } from '../../demo/share/share_link.js';

const HERE = { origin: 'http://lab', pathname: '/', search: '?model=a&edits=conv2.5:inv~x&hide=why&__sign=secret' };
const PARTS = [
  { name: 'why', words: 'Why', selectors: '' },
  { name: 'data', words: 'Data', selectors: '' },
  { name: 'strip', words: 'Strip', selectors: '#strip' },
];

test('a link takes along what it may, and nothing that may be secret', () => {
  assert.equal(linkOf(HERE, ['model', 'edits', 'hide'], []), 'http://lab/?model=a&edits=conv2.5:inv~x');
  assert.equal(linkOf(HERE, ['model', 'hide'], ['data', 'strip']), 'http://lab/?model=a&hide=data,strip');
  assert.equal(linkOf({ ...HERE, search: '?model=a%26b+c' }, ['model'], []), 'http://lab/?model=a%26b+c');
});

test('a crop goes with its picture, and not with one of one’s own', () => {
  const linked = (search) => linkOf({ ...HERE, search }, ['picture', 'crop'], []);
  assert.equal(linked('?picture=example:lion&crop=250,0,500'), 'http://lab/?picture=example:lion&crop=250,0,500');
  assert.equal(linked('?crop=250,0,500'), 'http://lab/?crop=250,0,500');
  assert.equal(linked('?picture=own&crop=250,0,500'), 'http://lab/?picture=own');
});

test('what a link cannot do is said', () => {
  assert.deepEqual(notesOn('', 'networks', 'lab.example'), []);
  assert.match(notesOn('own', 'networks', 'lab.example').join(), /^Your own picture is never in a link/);
  assert.match(notesOn('cifar10', 'pictures', '127.0.0.1').join(), /second picture.*works on this computer only/s);
});

test('only parts that there are can be hidden', () => {
  assert.deepEqual(hiddenNames(PARTS, 'strip,body,why'), ['why', 'strip']);
  assert.deepEqual(hiddenNames(PARTS, ''), []);
});

test('tabs go but for the one that is open, and areas with all of their tabs', () => {
  const visible = (hidden, open, before = []) =>
    updatesOf(PARTS, hidden, open, before).map((update) => update.visible);
  const areas = Object.keys(AREAS).map(() => undefined); // no word of those that stay as they are
  assert.deepEqual(visible(['why', 'data', 'strip'], 'data'), [...areas, 'hidden', true]);
  assert.deepEqual(visible([], 'data'), [...areas, true, true]);
  const names = Object.keys(AREAS);
  const hidden = names.map((name) => (name === 'training' ? 'hidden' : undefined));
  assert.deepEqual(visible(AREAS.training, 'why').slice(0, names.length), hidden);
  const back = names.map((name) => (name === 'training' ? true : undefined));
  assert.deepEqual(visible(['curves', 'train'], 'why', ['training']).slice(0, names.length), back);
});
