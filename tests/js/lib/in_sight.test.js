import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

globalThis.window = new EventTarget();
globalThis.location = { search: '?step=conv1' };
let cross = () => {}; // scrolls the element into sight, or out of it
globalThis.IntersectionObserver = class {
  constructor(listener) {
    cross = (isIntersecting) => listener([{ isIntersecting }]);
  }

  observe() {}

  disconnect() {
    cross = () => {};
  }
};
const { emit } = await import('../../../demo/static/lib/events.js');
const { InSight } = await import('../../../demo/static/lib/in_sight.js');
const { store } = await import('../../../demo/static/lib/store.js');

let controller, sent, props, outdated, classes, message, widget;

/** What of an element a widget in sight needs. */
function element() {
  classes = new Set();
  message = { hidden: false, textContent: 'One moment.' };
  const classList = { add: (name) => classes.add(name), remove: (name) => classes.delete(name) };
  return { classList, closest: (selector) => (selector === '#mine' ? {} : null), querySelector: () => message };
}

beforeEach(() => {
  [controller, sent, props, outdated] = [new AbortController(), [], {}, false];
  store.set('fresh', 'for a picture');
  const trigger = (name, detail) => sent.push([name, detail]);
  widget = new InSight({ element: element(), props, trigger, signal: controller.signal }, () => outdated);
});
afterEach(() => {
  emit('answered', 'answered');
  controller.abort();
});

const asked = (ticket) => ['want', { query: '?step=conv1', ticket }];

test('it asks once when it comes into sight, again for another picture, and not out of sight', () => {
  assert.deepEqual(sent, []);
  cross(true);
  cross(true);
  assert.deepEqual(sent, [asked(1)]);
  assert.ok(classes.has('waiting'));
  cross(false);
  store.set('fresh', 'for another');
  assert.deepEqual(sent, [asked(1)]);
  cross(true);
  assert.deepEqual(sent, [asked(1), asked(2)]);
});

test('it asks nothing before the page’s first answer', () => {
  store.set('fresh', '');
  cross(true);
  assert.deepEqual(sent, []);
  store.set('fresh', 'for a picture');
  assert.deepEqual(sent, [asked(1)]);
});

test('only the answer to the last question is taken, or one to a setting beside the widget', () => {
  cross(true);
  store.set('fresh', 'for another');
  props.value = { ticket: 1, maps: 'old' };
  assert.equal(widget.lastAnswer(), null);
  assert.ok(classes.has('waiting'));
  props.value = JSON.stringify({ ticket: 2, maps: 'new' });
  assert.equal(widget.lastAnswer().maps, 'new');
  assert.ok(!classes.has('waiting'));
  props.value = { maps: 'of a setting' };
  assert.equal(widget.lastAnswer().maps, 'of a setting');
  props.value = { ticket: 2, maps: 'too late' };
  assert.equal(widget.lastAnswer(), null);
});

test('it asks again when the address has moved on, but not twice at a time', () => {
  cross(true);
  outdated = true;
  globalThis.window.dispatchEvent(new Event('popstate'));
  assert.equal(sent.length, 1);
  props.value = { ticket: 1 };
  widget.lastAnswer();
  globalThis.window.dispatchEvent(new Event('popstate'));
  assert.deepEqual(sent[1], asked(2));
});

test('a question of this widget that fails is asked again when the reader comes back', () => {
  cross(true);
  emit('unanswered', 'other');
  assert.ok(classes.has('waiting'));
  emit('unanswered', 'mine');
  assert.ok(!classes.has('waiting'));
  assert.match(message.textContent, /could not be worked out/);
  cross(false);
  cross(true);
  assert.deepEqual(sent, [asked(1), asked(2)]);
});

test('what is picked here Explore shows once it is opened, and a refused pick keeps what is shown', () => {
  widget.pickHere({ step: 'conv2', channel: 1, ticket: widget.nextTicket() });
  assert.deepEqual(sent.pop(), ['pick', { step: 'conv2', channel: 1, ticket: 1 }]);
  emit('answered', 'failed');
  assert.ok(!classes.has('waiting'));
  emit('tab', 'curves');
  assert.deepEqual(sent, []);
  emit('tab', 'explore');
  emit('tab', 'explore');
  assert.deepEqual(sent, [['elsewhere', {}]]);
});

test('a widget that has left the page asks nothing any more', () => {
  cross(true);
  controller.abort();
  store.set('fresh', 'for another');
  emit('tab', 'explore');
  assert.deepEqual(sent, [asked(1)]);
});
