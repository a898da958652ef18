/**
 * The line in the bar of a page that is in a class. It stands below the answer and never over it.
 *
 * @typedef {import('../../static/lib/on_demand/classroom.js').InClass} InClass
 */

import { setAddress } from '../../static/lib/address.js';
import { finder, make } from '../../static/lib/dom.js';
import { ask, classroom, lookBefore, membership, roleBefore, Told } from '../../static/lib/on_demand/classroom.js';
import { TALLY_STYLE, tallyBars } from '../../static/lib/on_demand/tally.js';
import { store } from '../../static/lib/store.js';
import { followLink } from './follow_link.js';
import { hideAnswer } from './hide_answer.js';

const STYLE = await (await fetch(new URL('band_view.css', import.meta.url))).text();
const HTML = `
<p class="who"></p>
<p class="said" role="status"></p>
<span class="buttons">
  <button type="button" class="join primary" hidden>Join</button>
  <button type="button" class="not-now" hidden>Not now</button>
  <button type="button" class="look primary" hidden>All look here</button>
  <button type="button" class="board" hidden>Board</button>
  <button type="button" class="answers" aria-expanded="false" aria-controls="class-answers" hidden>Class answers</button>
  <button type="button" class="leave" hidden>Leave class</button>
</span>
<section id="class-answers" class="told" aria-label="The class’s answers" hidden><h2></h2><div class="bars"></div><button type="button" class="close">Close</button></section>`;
const JOINING = 'You get an animal’s name, no account. Your teacher sees that name, which card you are at and your answers there; all is deleted when the class ends.';
const MOVED = 'Look here: your teacher has moved this page.';
const LOST = 'No connection. Trying again …';
const LEAVE = 'Leave class';
const LEAVING = 'Leave for good?';
const LOSING = 'Your answers in this class are then deleted.';
const SHOWN = 12_000; // milliseconds that a sentence about something done stays

export class BandView {
  asked = ''; // the code of the class that may be joined
  said = ''; // what it says, in the page's own words
  toldBefore = ''; // the tally that the reader was told of
  timer = 0;

  /**
   * @param {import('../../static/lib/mount.js').Context} context
   * @param {Promise<unknown>} restored resolved when the page shows what its address asked for
   */
  constructor({ element, signal }, restored) {
    this.restored = restored;
    this.band = finder(element)('.band');
    this.band.innerHTML = HTML;
    this.band.before(make('style', {}, STYLE + TALLY_STYLE));
    this.find = finder(this.band);
    const click = (/** @type {string} */ part, /** @type {() => unknown} */ then) =>
      this.find(part).addEventListener('click', () => void this.trying(then));
    click('.join', () => this.joined());
    click('.not-now', () => {
      hideAnswer(false);
      this.offer('');
    });
    click('.look', () => this.lookHere());
    click('.board', () => followLink(`${location.search}&tab=teach`));
    click('.answers', () => this.showAnswers(this.find('.told').hidden));
    click('.close', () => this.showAnswers(false));
    click('.leave', () => this.leave());
    this.band.addEventListener('keydown', (event) => event.key === 'Escape' && this.showAnswers(false));
    classroom.ended = (words) => {
      hideAnswer(false);
      this.say(words, { stays: true });
    };
    store.watch('classroom', () => this.changed(), signal);
    store.watch('view', () => this.draw(), signal);
    document.addEventListener('visibilitychange', () => document.hidden || classroom.poll(), { signal });
    window.addEventListener('online', () => classroom.poll(), { signal });
    signal.addEventListener('abort', () => clearTimeout(this.timer));
  }

  /**
   * What the page was opened with.
   * @param {string | null} join code of a class
   * @param {string | null} teach likewise
   * @param {string} secret of the teacher
   */
  async begin(join, teach, secret) {
    setAddress({ join: null, teach: null });
    const pupil = membership('pupil');
    const teacher = membership('teacher');
    if (!join || teach) hideAnswer(false);
    if (teach) return this.teach(normal(teach), secret || (teacher?.code === normal(teach) ? teacher.token : ''));
    if (join) return pupil?.code === normal(join) ? this.follow(pupil, true) : this.join(join);
    const role = roleBefore() || (teacher ? 'teacher' : 'pupil');
    if (role === 'teacher' && teacher) return classroom.begin('teacher', teacher, false);
    if (pupil) return this.follow(pupil, lookBefore() === null);
  }

  /**
   * @param {import('../../static/lib/on_demand/classroom.js').Membership} mine
   * @param {boolean} isNew whether the page shows nothing of the class yet
   */
  async follow(mine, isNew) {
    classroom.look = isNew ? -1 : (lookBefore() ?? -1);
    await this.restored;
    return classroom.begin('pupil', mine, isNew);
  }

  /**
   * @param {string} code
   * @param {string} secret
   */
  teach(code, secret) {
    this.asked = '';
    return classroom.begin('teacher', { code, token: secret }, false);
  }

  /** @param {string} code of a class that the reader may join */
  join(code) {
    this.offer(normal(code));
  }

  /** @param {string} code */
  offer(code) {
    this.asked = code;
    this.say('');
    this.draw();
    if (code) this.find('.join').focus();
  }

  async joined() {
    const { code, token } = await ask('join', { code: this.asked });
    this.asked = '';
    await this.follow({ code, token }, true);
  }

  // ----------------------------------------------------------------------------------------------- what is new

  changed() {
    const { role, pupil } = store.get('classroom') ?? {};
    this.draw();
    if (role !== 'pupil' || !pupil) return;
    this.drawAnswers(pupil);
    const { look, was } = pupil;
    if (was && classroom.isNew) {
      const isAhead = was.query.length > 1 && was.look >= look.serial;
      classroom.followed(look.serial);
      if (isAhead) followLink(was.query);
      else if (look.serial) followLink(look.query);
      hideAnswer(false); // from here on what the class hides counts
      void classroom.poll();
    } else if (look.serial > Math.max(0, classroom.look)) {
      classroom.followed(look.serial);
      this.showAnswers(false);
      followLink(look.query);
      this.say(MOVED);
    }
  }

  /** @param {import('../../static/lib/on_demand/classroom.js').Followed} pupil */
  drawAnswers({ told }) {
    const { find } = this;
    const text = told ? JSON.stringify(told) : '';
    if (text === this.toldBefore) return;
    const isOther = told?.place !== (this.toldBefore && JSON.parse(this.toldBefore).place);
    this.toldBefore = text;
    if (!told) return this.showAnswers(false);
    find('.told h2').textContent = told.title;
    find('.bars').replaceChildren(tallyBars(told.bars, { mark: told.mark || undefined }));
    if (isOther) this.say('Your teacher shows how the class answered.');
  }

  // ------------------------------------------------------------------------------------------------- the line

  draw() {
    const { find, band, asked } = this;
    const now = store.get('classroom');
    const { said } = this;
    const isShown = Boolean(now || asked || said);
    band.hidden = !isShown;
    document.documentElement.toggleAttribute('data-class', isShown);
    const isTeacher = now?.role === 'teacher';
    const isPupil = now?.role === 'pupil';
    find('.join').hidden = find('.not-now').hidden = !asked;
    find('.look').hidden = find('.board').hidden = !isTeacher || Boolean(asked);
    const { tab, picture } = store.get('view');
    find('.look', HTMLButtonElement).disabled = tab === 'teach';
    find('.look').title = tab === 'teach' ? 'Open what the class is to look at first' : picture === 'own' ? 'Every pupil’s page shows this; your own picture is not sent, theirs stays' : 'Every pupil’s page shows what you see now';
    find('.board').toggleAttribute('hidden', !isTeacher || tab === 'teach' || Boolean(asked));
    find('.leave').hidden = !isPupil || Boolean(asked);
    find('.answers').hidden = !isPupil || !now?.pupil?.told || Boolean(asked);
    find('.who').replaceChildren(...(asked ? this.joining() : now ? whoIs(now) : []));
    if (now?.isLost && said !== LOST) this.put(LOST, true);
    else if (!now?.isLost && said === LOST) this.put('');
  }

  /**
   * @param {string} words
   * @param {boolean} [isBad] whether they say that something was not done
   */
  put(words, isBad = false) {
    this.said = words;
    this.find('.said').textContent = words;
    this.find('.said').toggleAttribute('data-bad', isBad);
  }

  joining() {
    return [make('strong', {}, `Join class ${shown(this.asked)}?`), ' ', make('span', { class: 'quiet' }, JOINING)];
  }

  /**
   * @param {string} words
   * @param {{ stays?: boolean, isBad?: boolean }} [how]
   */
  say(words, { stays = false, isBad = false } = {}) {
    clearTimeout(this.timer);
    this.put(words, isBad);
    this.draw();
    if (words) this.timer = window.setTimeout(() => this.say(''), stays ? 3 * SHOWN : SHOWN);
  }

  /** @param {boolean} isOpen */
  showAnswers(isOpen) {
    this.find('.told').hidden = !isOpen;
    this.find('.answers').setAttribute('aria-expanded', String(isOpen));
  }

  // ----------------------------------------------------------------------------------------------- what is done

  /** @param {() => unknown} then */
  async trying(then) {
    try {
      await then();
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      if (error.isGone) classroom.forget(error.message);
      else this.say(error.message, { isBad: true });
    }
  }

  async lookHere() {
    const { board } = store.get('classroom') ?? {};
    await classroom.act('look', { query: location.search });
    const here = board?.here ?? 0;
    this.say(`Sent to ${here} ${here === 1 ? 'pupil' : 'pupils'}.`);
  }

  /** Asked for once more: what a pupil did is deleted with it. */
  leaveNoMore() {
    const button = this.find('.leave');
    delete button.dataset.asked;
    button.textContent = LEAVE;
  }

  async leave() {
    const button = this.find('.leave');
    if (!('asked' in button.dataset)) { // its words may stand there in another language
      button.dataset.asked = '';
      button.textContent = LEAVING;
      this.say(LOSING);
      setTimeout(() => this.leaveNoMore(), SHOWN);
      return;
    }
    this.leaveNoMore();
    await classroom.leave();
    this.say('You have left the class.');
  }
}

/** @param {InClass} now */
function whoIs({ role, shown: code, pupil, board }) {
  const words = role === 'teacher'
    ? (board ? `${board.here} of ${board.pupils.length} here` : '…')
    : pupil?.name ?? '…';
  return [
    make('span', { class: 'class' }, 'Class '), make('strong', {}, code), ' · ',
    ...(role === 'pupil' ? [make('span', { class: 'you' }, 'you are ')] : []), make('strong', { class: 'name' }, words),
  ];
}

/** @param {string} code as somebody typed it */
function normal(code) {
  return code.toUpperCase().replace(/[^A-Z0-9]/g, '').slice(0, 10);
}

/** @param {string} code */
function shown(code) {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
