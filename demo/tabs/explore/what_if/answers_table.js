/** The answers of the network without and with the changes. */

import { make } from '../../../static/lib/dom.js';
import { fixed, percent, pointsBetween, signed } from '../../../static/lib/format.js';

/** @typedef {{ label: string, before: number, now: number, logit_before: number, logit_now: number }} Answer of a class */
/** @typedef {{ before: number, now: number }} Lead of the first answer over the next class, in logits */

const LIKELY = 0.01; // a class below it, before and now, is shown on demand

const SURE = 0.995; // a probability beyond it hardly moves, whatever becomes of the logits

const isUnlikely = (/** @type {Answer} */ { before, now }) => Math.max(before, now) < LIKELY;

/**
 * The likeliest class.
 * @param {Answer[]} answers
 * @param {'before' | 'now'} when
 */
export function likeliest(answers, when) {
  return answers.reduce((best, one) => (one[when] > best[when] ? one : best));
}

/**
 * Labels of the classes, likeliest first.
 * @param {Answer[]} answers
 */
export function labelsOf(answers) {
  return [...answers].sort((a, b) => b.now - a.now).map(({ label }) => label);
}

/**
 * What became of the answer; where it is too sure for its probability to show that, by its lead in logits as well.
 * @param {Answer[]} answers
 * @param {Lead | null} [lead]
 */
export function verdict(answers, lead = null) {
  const [first, best] = [likeliest(answers, 'before'), likeliest(answers, 'now')];
  const said = first === best
    ? `The answer stays ${best.label}: ${percent(best.before)} before, ${percent(best.now)} now.`
    : `The answer was ${first.label}, ${percent(first.before)}; now it is ${best.label}, ${percent(best.now)}.`;
  const isSure = Math.max(first.before, best.now) > SURE;
  return lead && isSure ? `${said} ${leadInWords(first, lead)}` : said;
}

/**
 * @param {Answer} answer
 * @param {Lead} lead
 */
function leadInWords({ label, before, now }, lead) {
  const points = signed(pointsBetween(before, now), 1);
  const [was, is] = [lead.before, lead.now].map((logits) => Number(logits.toFixed(2))); // so that the three agree
  return `So sure an answer hardly moves (${points} points), its logit does: ${label} leads the next class by ${fixed(is, 2)}, was ${fixed(was, 2)} (${signed(is - was, 2)}).`;
}

/**
 * @param {import('./whatif.js').WhatIf['find']} find
 * @param {import('./whatif.js').Changed} view
 * @param {boolean} isWhole whether unlikely classes are shown, too
 */
export function drawAnswers(find, { answers, lead, others }, isWhole) {
  const best = likeliest(answers, 'now');
  const few = answers.filter(isUnlikely).length;
  const all = find('button.all');
  all.hidden = !few;
  all.textContent = isWhole ? 'hide the classes under 1 %' : `show ${few} more class${few > 1 ? 'es' : ''} under 1 %`;
  all.setAttribute('aria-pressed', String(isWhole));
  find('.answers tbody').replaceChildren(...answers.map((one) => answerRow(one, one === best, !isWhole && isUnlikely(one))));
  const more = others ? ` ${others} more classes are not shown.` : '';
  find('caption').textContent = `Probability: thin grey bar original, thick bar now; change in percentage points. Logit: the number before softmax.${more}`;
  find('.verdict-now').textContent = verdict(answers, lead);
}

/**
 * @param {Answer} one
 * @param {boolean} isBest
 * @param {boolean} isHidden
 */
function answerRow({ label, before, now, logit_before, logit_now }, isBest, isHidden) {
  const bar = (/** @type {string} */ name, /** @type {number} */ share) =>
    make('span', { class: name, style: `width:${100 * share}%` });
  const row = make(
    'tr',
    {},
    make('th', { scope: 'row' }, label),
    make('td', { class: 'bar' }, bar('before', before), bar('now', now)),
    make('td', {}, percent(before)),
    make('td', {}, percent(now)),
    make('td', {}, signed(pointsBetween(before, now), 1)),
    make('td', { class: 'wide' }, signed(logit_now - logit_before, 2)),
  );
  row.classList.toggle('top', isBest);
  row.hidden = isHidden;
  return row;
}
