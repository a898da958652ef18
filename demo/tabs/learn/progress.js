/**
 * What somebody has done in lessons: kept by the browser, and as a short code to take along.
 *
 * @typedef {{ card: number, done: number[] }} Progress of one lesson: the card that is open, from 0, and those that are done
 * @typedef {Record<string, Progress>} All by the lesson's name
 * @typedef {{ name: string, cards: number }} Known a lesson, as the list has it
 */

import { emit } from '../../static/lib/events.js';

const KEY = 'convscope-lessons';
export const MOST_CARDS = 10; // whose marks fit in the two characters of a lesson
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'; // without letters that look like others

/** @returns {All} */
export function all() {
  try {
    return usable(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return {}; // a browser may keep nothing for anybody
  }
}

/**
 * @param {unknown} kept
 * @returns {All}
 */
export function usable(kept) {
  if (typeof kept !== 'object' || kept === null) return {};
  /** @param {any} one */
  const isFine = (one) => Number.isInteger(one?.card) && Array.isArray(one.done) && one.done.every(Number.isInteger);
  return Object.fromEntries(Object.entries(kept).filter(([, one]) => isFine(one)));
}

/** @param {All} progress */
export function keep(progress) {
  try {
    localStorage.setItem(KEY, JSON.stringify(progress));
  } catch {
    // then it lasts as long as the page does
  }
  emit('lesson-progress');
}

/**
 * @param {string} lesson
 * @param {(before: Progress) => Progress} change
 */
export function update(lesson, change) {
  const progress = all();
  keep({ ...progress, [lesson]: change(progress[lesson] ?? { card: 0, done: [] }) });
}

/**
 * Two characters for each lesson in the order of the list, one to tell a mistake by: "AB00-0000-0000-0000-7".
 * @param {All} progress
 * @param {Known[]} lessons
 */
export function encode(progress, lessons) {
  const body = lessons.map(({ name, cards }) => {
    const marks = (progress[name]?.done ?? []).filter((card) => card >= 0 && card < Math.min(cards, MOST_CARDS));
    const bits = [...new Set(marks)].reduce((sum, card) => sum + 2 ** card, 0);
    return DIGITS[bits >> 5] + DIGITS[bits & 31];
  }).join('');
  return `${body}${check(body)}`.match(/.{1,4}/g)?.join('-') ?? '';
}

/**
 * What a code says; null for none that could be meant.
 * @param {string} code
 * @param {Known[]} lessons
 * @returns {All | null}
 */
export function decode(code, lessons) {
  const text = code.toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1').replace(/[^0-9A-Z]/g, '');
  const body = text.slice(0, -1);
  // One of before a lesson was added says nothing of the last ones.
  const told = body.length / 2;
  if (!Number.isInteger(told) || told > lessons.length || told <= lessons.length / 2 || check(body) !== text.slice(-1)) return null;
  return Object.fromEntries(lessons.slice(0, told).map(({ name, cards }, i) => {
    const bits = 32 * DIGITS.indexOf(body[2 * i]) + DIGITS.indexOf(body[2 * i + 1]);
    const done = Array.from({ length: Math.min(cards, MOST_CARDS) }, (_, card) => card).filter((card) => bits & (2 ** card));
    const next = Array.from({ length: cards }, (_, card) => card).find((card) => !done.includes(card)) ?? 0;
    return [name, { card: next, done }];
  }));
}

/** @param {string} body */
function check(body) {
  return DIGITS[[...body].reduce((sum, digit, i) => (sum + (2 * i + 3) * DIGITS.indexOf(digit)) % 31, 7)];
}
