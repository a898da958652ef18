/** Texts in another language: places for numbers and texts, sentences, numbers as the language writes them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Catalogue } from '../../../demo/static/lib/on_demand/languages/catalogue.js';

const MESSAGES = {
  'Sum': 'Summe',
  'frog': 'Frosch',
  'ship': 'Schiff',
  'The network is sure: {t1} {n1} %': 'Das Netz ist sicher: {t1} {n1} %',
  '{n1} of {n2} pictures': '{n1} von {n2} Bildern',
  '{t1} of the picture': '{t1} des Bildes',
  'Please wait.': 'Bitte warten.',
  'It learns.': 'Es lernt.',
  '{t1}, begun {n1} {t2} {n2}:{n3}': '{t1}, begonnen am {n1}. {t2}, {n2}:{n3}',
  'In {n1} steps from {t1} to {t2}.': 'Von {t1} nach {t2} in {n1} Schritten.',
};
const german = new Catalogue(MESSAGES, 'de');

test('a text that is known, with the white space around it', () => {
  assert.equal(german.translate('Sum'), 'Summe');
  assert.equal(german.translate('\n  Sum '), '\n  Summe ');
  assert.equal(german.translate('Please\n   wait.'), 'Bitte warten.');
  assert.equal(german.translate('Summary'), null);
  assert.equal(german.translate('   '), null);
});

test('numbers are put in as the language writes them', () => {
  assert.equal(german.translate('1,234 of 10,000 pictures'), '1.234 von 10.000 Bildern');
  assert.equal(new Catalogue({ '{n1} of {n2} pictures': '{n2} 张图片中的 {n1} 张' }, 'zh-Hans').translate('3 of 1,000 pictures'), '1,000 张图片中的 3 张');
});

test('what is put in is translated, too; a list of words each by itself', () => {
  assert.equal(german.translate('The network is sure: frog 93.1 %'), 'Das Netz ist sicher: Frosch 93,1 %');
  assert.equal(german.translate('frog, ship and tractor of the picture'), 'Frosch, Schiff und tractor des Bildes');
  assert.equal(german.translate('In 1,200 steps from ship to conv1.'), 'Von Schiff nach conv1 in 1.200 Schritten.');
});

test('a name that a reader gave stays as it is among other words, and alone where the page shows their network', () => {
  const names = { within: new Set(['frog', 'ship']), alone: new Set() };
  const other = new Catalogue(MESSAGES, 'de', names);
  assert.equal(other.translate('The network is sure: frog 93.1 %'), 'Das Netz ist sicher: frog 93,1 %');
  assert.equal(other.translate('frog, Sum and ship of the picture'), 'frog, Summe und ship des Bildes');
  assert.equal(other.translate('ship: 1,200'), 'ship: 1.200');
  assert.equal(other.translate('frog'), 'Frosch'); // the page's own word
  assert.equal(new Catalogue(MESSAGES, 'de', { ...names, alone: new Set(['frog']) }).translate('frog'), null);
});

test('a word with a number behind it', () => {
  assert.equal(german.translate('ship 93.1 %'), 'Schiff 93,1 %');
  assert.equal(german.translate('frog: 1,200'), 'Frosch: 1.200');
  assert.equal(german.translate('conv1 93.1 %'), null);
});

test('a month of a date has its name in the language', () => {
  assert.equal(german.translate('Sum, begun 03 Dec 10:11'), 'Summe, begonnen am 03. Dez, 10:11');
});

test('of several sentences each is looked up', () => {
  assert.equal(german.translate('Please wait. It learns.'), 'Bitte warten. Es lernt.');
  assert.equal(german.translate('Please wait. Nobody knows.'), 'Bitte warten. Nobody knows.');
  assert.equal(german.translate('Nobody knows. Nobody cares.'), null);
});

test('numbers alone are written as the language does, names and places in a row are not', () => {
  assert.equal(german.translate('0.931'), '0,931');
  assert.equal(german.translate('−1,234.5'), '−1.234,5');
  assert.equal(german.translate('6.31.0'), null);
  assert.equal(german.translate('1,2'), null);
  assert.equal(german.translate('conv1'), null);
});

test('signs of regular expressions in a message stand for themselves', () => {
  const catalogue = new Catalogue({ '{t1} (a+b)? $5 [x]': '{t1}: $5 [x]' }, 'de');
  assert.equal(catalogue.translate('Sum (a+b)? $5 [x]'), 'Sum: $5 [x]');
  assert.equal(new Catalogue({ constructor: 'x' }, 'de').translate('toString'), null);
});

test('what is put in ends with its sentence: the next one is looked up by itself', () => {
  const catalogue = new Catalogue({
    'ship': 'Schiff',
    'Probability of {t1}.': 'Wahrscheinlichkeit von {t1}.',
    'The score of {t1} is {n1}, its probability {t2}.': 'Der Score von {t1} ist {n1}, die Wahrscheinlichkeit {t2}.',
    'Arrow keys read the values.': 'Pfeiltasten lesen die Werte vor.',
  }, 'de');
  assert.equal(catalogue.translate('Probability of ship. Arrow keys read the values.'), 'Wahrscheinlichkeit von Schiff. Pfeiltasten lesen die Werte vor.');
  assert.equal(
    catalogue.translate('The score of ship is 16.8, its probability 100.0%. Arrow keys read the values.'),
    'Der Score von Schiff ist 16,8, die Wahrscheinlichkeit 100,0%. Pfeiltasten lesen die Werte vor.',
  );
});

test('a percentage behind a word is written as the language writes one', () => {
  assert.equal(new Catalogue({ 'ship': '船', '{n1} %': '{n1}%' }, 'zh-Hans').translate('ship 100.0 %'), '船 100.0%');
});
