/** Which language the page is read in: what the address says, else what was chosen in this browser, else the browser's. */

import { setAddress } from '../address.js';
import { emit } from '../events.js';
import { LANGUAGES } from '../generated.js';

const KEY = 'convscope-language';
export const SOURCE = 'en';
/** @type {Promise<import('../on_demand/languages/translator.js').Translator> | null} */
let translating = null;
/** @type {Promise<void>} until the page speaks the language that it was last told to */
let speaking = Promise.resolve();

/** @returns {string} one of `LANGUAGES` */
export function language() {
  const asked = new URLSearchParams(location.search).get('lang') ?? kept();
  if (Object.hasOwn(LANGUAGES, asked)) return asked;
  return navigator.languages.map(nearest).find(Boolean) ?? SOURCE;
}

/**
 * The language of the page that a browser's language is nearest to: 'de-AT' is 'de', 'zh-CN' is 'zh-Hans'; '' for none.
 * @param {string} wanted
 */
export function nearest(wanted) {
  const [own] = wanted.toLowerCase().split('-');
  return Object.keys(LANGUAGES).find((code) => code.toLowerCase().split('-')[0] === own) ?? '';
}

/**
 * Has the page speak another language from now on, in this browser, and in the links that are made of it.
 * @param {string} code one of `LANGUAGES`
 */
export async function choose(code) {
  setAddress({ lang: code });
  try {
    localStorage.setItem(KEY, code);
  } catch {
    // It holds until the page is closed.
  }
  await speak(code);
}

/**
 * Nothing is fetched for a page in English.
 * @param {string} code one of `LANGUAGES`
 */
export function speak(code) {
  speaking = begin(code);
  return speaking;
}

/**
 * A text of the page as its language says it, for what is put into a field, whose value is not translated by itself.
 * @param {string} text
 */
export async function inLanguage(text) {
  await speaking;
  return (await translating)?.catalogue?.translate(text) ?? text;
}

/** @param {string} code */
async function begin(code) {
  if (code === SOURCE && !translating) return;
  translating ??= import('../on_demand/languages/translator.js').then(({ Translator }) => new Translator());
  try {
    await (await translating).show(code);
  } catch (error) {
    console.warn('The page stays in English:', error);
    translating = null;
    return;
  }
  if (code === language()) emit('language', code);
}

function kept() {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return ''; // a browser that keeps nothing
  }
}
