/**
 * A network that was made, trained further: what it would take, how far it is, and what came of it.
 *
 * @typedef {object} Offer what `tuning.offer` returns
 * @property {string} why it cannot be done; "" if it can
 * @property {number} [seconds] about
 * @property {number} [limit] seconds that it may take
 * @property {number} [held] pictures that are held out
 * @property {number} [epochs]
 * @property {boolean} [is_judged] what tells whether it knows a picture's like would be lost
 *
 * @typedef {{ right: number, loss: number }} Side of the pictures held out
 *
 * @typedef {object} Tuned the result of `tuning.order`
 * @property {string} was the name of the network that was made
 * @property {string} name of the one that there is now
 * @property {string} title
 * @property {boolean} is_replaced
 * @property {number} held
 * @property {Side} before
 * @property {Side} after
 * @property {number} epoch the best pass
 * @property {number} epochs
 * @property {number} seconds
 * @property {boolean} in_time
 * @property {boolean} unjudged
 */

import { make, tell } from '../../../static/lib/dom.js';
import { percent } from '../../../static/lib/format.js';
import { inWords, rest, underWay } from '../../../static/lib/on_demand/visitor.js';

const EVERY = 700; // milliseconds between two questions about it
const STOPPED = 'Stopped. The network stays as it was, with the frozen body.';

export class Tuning {
  isUnderWay = false;

  /**
   * @param {import('./outcome.js').Outcome} outcome
   * @param {HTMLElement} place where the outcome stands
   * @param {import('./making.js').Making} making
   */
  constructor(outcome, place, making) {
    this.outcome = outcome;
    this.making = making;
    const section = /** @type {HTMLElement} */ (place.querySelector('.tuning'));
    this.about = make('p', { class: 'quiet' }, offered(outcome.tuning));
    this.button = make('button', { type: 'button', class: 'tune' }, 'Fine-tune');
    this.stop = make('button', { type: 'button', class: 'stop-tuning', hidden: '' }, 'Stop');
    this.bar = make('progress', { max: 1, value: 0, hidden: '', 'aria-label': 'Fine-tuning' });
    this.said = make('p', { class: 'said' });
    section.append(this.about, make('div', { class: 'row' }, this.button, this.stop), this.bar, this.said);
    section.hidden = false;
    this.button.hidden = Boolean(outcome.tuning.why);
    this.button.addEventListener('click', () => void this.order());
    const { server } = making.board;
    this.stop.addEventListener('click', () => void server.ask('stop-tuning').catch((error) => this.say(inWords(error))));
  }

  /** @param {string} words */
  say(words) {
    tell(this.said, words);
  }

  /** @param {boolean} isUnderWay */
  turn(isUnderWay) {
    this.isUnderWay = isUnderWay;
    this.button.disabled = isUnderWay;
    this.stop.hidden = this.bar.hidden = !isUnderWay;
    this.bar.value = 0;
    this.making.count(this.making.pictures);
  }

  async order() {
    const { server } = this.making.board;
    this.turn(true);
    try {
      /** @type {import('../../../static/lib/on_demand/visitor.js').Job & { share?: number, result?: Tuned }} */
      let job = await server.ask('tune', { name: this.outcome.name });
      while (job.state === 'waiting' || job.state === 'running') {
        this.say(underWay(job, 'it is done'));
        this.bar.value = job.share ?? 0;
        await rest(EVERY);
        job = await server.ask('tuning');
      }
      if (job.state === 'done' && job.result) this.ended(job.result);
      else this.say(job.state === 'stopped' ? STOPPED : (job.said ?? ''));
    } catch (error) {
      this.say(inWords(error));
    }
    this.turn(false);
  }

  /** @param {Tuned} tuned */
  ended(tuned) {
    this.button.hidden = true;
    this.said.replaceChildren(...result(tuned));
    if (tuned.is_replaced) this.making.replaced(tuned);
  }
}

/** @param {Offer} offer */
export function offered({ why, seconds = 0, limit = 0, held = 0, epochs = 1, is_judged = false }) {
  if (why) return `It cannot be fine-tuned: ${why}`;
  return (
    `Fine-tuning trains the body as well, in small steps, up to ${passes(epochs)} over your pictures: about ${seconds} s once it is its turn, ${limit} s at most. ` +
    `${held} pictures, whole scenes of each class, are held out to see whether it helps; the network is replaced only if more of them are right then, at no higher loss.${is_judged ? ' The new one would not tell any more whether it knows pictures like a given one.' : ''}`
  );
}

/**
 * What came of it, in words.
 * @param {Tuned} tuned
 * @returns {(HTMLElement | string)[]}
 */
export function result({ is_replaced, held, before, after, epoch, epochs, seconds, in_time, unjudged }) {
  const sides =
    `Of the ${held} pictures held out, ${share(before, held)} were right with the frozen body, its head learned from the same other pictures, ` +
    `and ${share(after, held)} ${is_replaced ? 'are now' : 'at best after fine-tuning'} (loss ${before.loss} and ${after.loss}). `;
  const over = in_time ? '' : `The time was over after ${passes(epochs)}. `;
  if (!is_replaced) return [make('strong', {}, 'It got no better, so your network stays as it was. '), sides, over];
  const judged = unjudged ? ' What told whether it knows pictures like a given one was fitted to the network before, and is gone.' : '';
  return [
    make('strong', {}, 'It has got better, and has taken the place of your network. '),
    sides,
    `These pictures chose pass ${epoch} of ${epochs}, so that the true gain is likely smaller, and with few pictures may be chance. ${over}It took ${seconds} s; what stands below is of the network before.${judged}`,
  ];
}

/**
 * @param {Side} side
 * @param {number} held
 */
function share({ right }, held) {
  return `${right} (${percent(right / held)})`;
}

/** @param {number} epochs */
function passes(epochs) {
  return epochs === 1 ? 'one pass' : `${epochs} passes`;
}
