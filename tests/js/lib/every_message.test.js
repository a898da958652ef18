/** Every message of every catalogue, as the page would show it: put into the language, and then asked about once more. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Catalogue } from '../../../demo/static/lib/on_demand/languages/catalogue.js';

const FOLDER = new URL('../../../demo/languages/catalogues/', import.meta.url);
const MESSAGE = /^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)/gm;
const GIVEN = ['conv1', 'Nemo', 'fc2', 'Zorro', 'pool3']; // what no language has a word for

/** @param {string} lines as a .po file has them */
const text = (lines) => lines.trim().split('\n').map((line) => JSON.parse(line)).join('');

/** @param {string} message with its places filled, each with something of its own */
const filled = (message) => message.replace(/\{([nt])(\d+)\}/g, (_, kind, number) => (kind === 'n' ? String(20 + Number(number)) : GIVEN[number % GIVEN.length]));

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.po'))) {
  const pairs = [...readFileSync(new URL(file, FOLDER), 'utf-8').matchAll(MESSAGE)].map(([, source, told]) => [text(source), text(told)]);
  const messages = Object.fromEntries(pairs.filter(([source, told]) => source && told));
  const catalogue = new Catalogue(messages, file.replace('.po', ''));

  test(`${file}: what is put into a message stands where its translation says`, () => {
    assert.ok(Object.keys(messages).length > 1_500);
    for (const [source, told] of Object.entries(messages)) assert.equal(catalogue.translate(filled(source)), filled(told));
  });

  test(`${file}: a translation is none of the English messages, so that it is not translated again`, () => {
    for (const told of Object.values(messages).map(filled)) assert.equal(catalogue.translate(told) ?? told, told);
  });
}
