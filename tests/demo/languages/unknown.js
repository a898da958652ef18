// Reads {code: messages} and a list of texts as JSON from its input, and writes {code: texts that the catalogue lacks}.
import { Catalogue } from '../../../demo/static/lib/on_demand/languages/catalogue.js';
import process from 'node:process';

let given = '';
for await (const chunk of process.stdin) given += chunk;
const { catalogues, texts } = JSON.parse(given);
const unknown = Object.entries(catalogues).map(([code, messages]) => {
  const catalogue = new Catalogue(messages, code);
  return [code, texts.filter((text) => catalogue.translate(text) === null)];
});
process.stdout.write(JSON.stringify(Object.fromEntries(unknown)));
