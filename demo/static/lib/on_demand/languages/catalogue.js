/**
 * Texts of the page in another language. A message has `{n1}`, `{n2}` ... for numbers, and `{t1}`, `{t2}` ... for texts
 * that are put in, which are translated by themselves; see demo/languages/catalogues.py.
 */

import { relettered } from './phrase.js';

const NUMBER = String.raw`[−+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[−+-]?\d+)?`;
// A number that stands for itself, and is no part of a name ("conv1") or a version ("6.31.0").
const NUMBERS = new RegExp(String.raw`(?<![\p{L}\d_.])${NUMBER}(?![\p{L}\d_]|\.\d)`, 'gu');
const LABELLED = new RegExp(String.raw`^([^\d:]*\p{L})(:? )(${NUMBER}(?: ?%)?)$`, 'u');
const PLACE = /\{([nt]\d+)\}/g;
const SENTENCES = /(?<=[.!?])\s+(?=[\p{Lu}\d“<])|(?<=[.!?]<\/[a-z]>)\s+/u;
// What is put in for a `{t1}`: anything that does not go on into the next sentence, which is looked up by itself.
const GIVEN = String.raw`(?:(?![.!?]\s+[\p{Lu}\d“<]).)+?`;
const LIST = /, (?:and |or )?| and | or /;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' '); // of dates, as the page writes them
const MOST_LETTERS = 2_000; // of a text; what is longer is no text of the page
const MOST_KEPT = 4_000; // texts whose translation is remembered

/** @typedef {{ pattern: RegExp, names: string[], told: string, weight: number }} Template */

export class Catalogue {
  /** @type {Map<string, string | null>} */
  kept = new Map();
  /** @type {Map<string, Template[]>} those with places for texts, by their first word; '' for those that begin with one */
  templates = new Map();

  /**
   * @param {Record<string, string>} messages English -> translation
   * @param {string} locale code of the language
   * @param {import('../../languages/given_names.js').Names} [names] that stay as they are
   */
  constructor(messages, locale, names = { within: new Set(), alone: new Set() }) {
    this.messages = messages;
    this.names = names;
    this.locale = locale;
    this.joined = new Intl.ListFormat(locale, { type: 'conjunction' });
    this.month = new Intl.DateTimeFormat(locale, { month: 'short' });
    this.isSpaced = !/^(zh|ja|th)/.test(locale); // between sentences
    const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(123456.7);
    /** @param {string} type */
    const sign = (type) => parts.find((part) => part.type === type)?.value ?? '';
    this.group = sign('group');
    this.decimal = sign('decimal');
    for (const [source, told] of Object.entries(messages)) if (source.includes('{t')) this.addTemplate(source, told);
    for (const list of this.templates.values()) list.sort((one, other) => other.weight - one.weight);
  }

  /**
   * @param {string} source
   * @param {string} told
   */
  addTemplate(source, told) {
    /** @type {string[]} */
    const names = [];
    let weight = 0; // letters that must be there
    const pattern = source.split(PLACE).map((part, index) => {
      if (index % 2) {
        names.push(part);
        return part.startsWith('n') ? `(${NUMBER})` : `(${GIVEN})`;
      }
      weight += part.length;
      return part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    }).join('');
    if (!/\p{L}/u.test(source.replace(PLACE, ''))) return; // it would fit anything
    const key = firstWord(source);
    const list = this.templates.get(key) ?? [];
    list.push({ pattern: new RegExp(`^${pattern}$`, 'u'), names, told, weight });
    this.templates.set(key, list);
  }

  /**
   * A text in the other language, with the white space around it; null where the catalogue does not know it.
   * @param {string} text
   * @returns {string | null}
   */
  translate(text) {
    const core = text.replace(/\s+/g, ' ').trim();
    if (!core || core.length > MOST_LETTERS || this.names.alone.has(core)) return null;
    let told = this.kept.get(core);
    if (told === undefined) {
      told = this.whole(core) ?? this.sentences(core) ?? this.onlyNumbers(core);
      if (this.kept.size >= MOST_KEPT) this.kept.clear();
      this.kept.set(core, told);
    }
    if (told === null) return null;
    return text.slice(0, text.length - text.trimStart().length) + told + text.slice(text.trimEnd().length);
  }

  /**
   * @param {string} text
   * @returns {string | null}
   */
  whole(text) {
    if (Object.hasOwn(this.messages, text)) return this.messages[text];
    /** @type {string[]} */
    const numbers = [];
    const key = text.replace(NUMBERS, (number) => `{n${numbers.push(number)}}`);
    if (numbers.length && Object.hasOwn(this.messages, key)) {
      const values = Object.fromEntries(numbers.map((number, index) => [`n${index + 1}`, number]));
      return this.filled(this.messages[key], values);
    }
    for (const { pattern, names, told } of [...(this.templates.get(firstWord(text)) ?? []), ...(this.templates.get('') ?? [])]) {
      const found = pattern.exec(text);
      if (found) return this.filled(told, Object.fromEntries(names.map((name, index) => [name, found[index + 1]])));
    }
    return this.labelled(text);
  }

  /**
   * A word that the catalogue knows, with a number behind it: "ship 93.1 %".
   * @param {string} text
   */
  labelled(text) {
    const [, word, between, number] = LABELLED.exec(text) ?? [];
    return word && Object.hasOwn(this.messages, word) ? `${this.part(word)}${between}${this.whole(number) ?? this.onlyNumbers(number) ?? number}` : null;
  }

  /**
   * @param {string} told
   * @param {Record<string, string>} values
   */
  filled(told, values) {
    return told.replace(PLACE, (_, /** @type {string} */ name) => (name.startsWith('n') ? this.number(values[name]) : this.part(values[name])));
  }

  /**
   * What is put into a text: a word that the catalogue knows, or a list of such.
   * @param {string} text
   */
  part(text) {
    if (this.names.within.has(text) || /\.[a-z\d]{2,11}$/i.test(text)) return text; // a reader's own name, or that of a file
    if (MONTHS.includes(text)) return this.month.format(new Date(2000, MONTHS.indexOf(text)));
    const told = this.translate(text);
    if (told !== null) return told;
    const each = text.split(LIST);
    const parts = each.map((one) => (this.names.within.has(one) ? one : this.translate(one)) ?? one);
    return each.length > 1 && parts.some((one, index) => one !== each[index]) ? this.joined.format(parts) : text;
  }

  /**
   * A text of several sentences, each by itself.
   * @param {string} text
   */
  sentences(text) {
    const each = split(text);
    if (each.length < 2) return null;
    const told = each.map((sentence) => {
      const [fresh, back] = relettered(sentence);
      const found = this.whole(fresh);
      return found === null ? null : back(found);
    });
    if (told.every((sentence) => sentence === null)) return null;
    return told.map((sentence, index) => sentence ?? each[index]).join(this.isSpaced ? ' ' : '');
  }

  /**
   * Numbers without any word beside them.
   * @param {string} text
   */
  onlyNumbers(text) {
    if (/\p{L}{2}/u.test(text)) return null;
    const told = text.replace(NUMBERS, (number) => this.number(number));
    return told === text ? null : told;
  }

  /**
   * As the language writes it: 1,234.5 is 1.234,5 in German.
   * @param {string} number
   */
  number(number) {
    return number.replace(/[.,]/g, (sign) => (sign === ',' ? this.group : this.decimal));
  }
}

/**
 * A text into its sentences; what is marked stays in one.
 * @param {string} text
 */
function split(text) {
  /** @type {string[]} */
  const sentences = [];
  let open = '';
  for (const piece of text.split(SENTENCES)) {
    open += open ? ` ${piece}` : piece;
    if ((open.match(/<[a-z]>/g) ?? []).length !== (open.match(/<\/[a-z]>/g) ?? []).length) continue;
    sentences.push(open);
    open = '';
  }
  return open ? [...sentences, open] : sentences;
}

/** @param {string} text */
function firstWord(text) {
  const [word] = text.split(' ', 1);
  return /[{\d]/.test(word) ? '' : word;
}
