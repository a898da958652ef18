/**
 * The segments of the panel beside the map: one is shown at a time, all stay mounted, so that every event reaches every
 * part. On a phone the panel is a sheet at the foot of the window, which is raised and lowered.
 */

import { setAddress } from '../../../static/lib/address.js';
import { around, finder } from '../../../static/lib/dom.js';
import { emit, on } from '../../../static/lib/events.js';
import { store } from '../../../static/lib/store.js';
import { watchVisibility } from '../../../static/lib/visibility.js';

/** @type {Record<string, number>} */
const MOVES = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1, Home: -1e6, End: 1e6 };
const FIRST = 'sum';
const SHEET = matchMedia('(max-width: 700px)');

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new PanelTabs(context);
}

class PanelTabs {
  open = FIRST;
  keepsUncovered = false; // whether the chosen value is brought into sight as the page is drawn

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor({ element, signal }) {
    this.element = element;
    this.find = finder(element);
    /** @type {HTMLButtonElement[]} */
    this.tabs = [...element.querySelectorAll('button[role=tab]')].map((tab) => /** @type {HTMLButtonElement} */ (tab));
    this.listen();
    on('segment', (name) => this.show(name), signal);
    // A value was chosen: its calculation is what the reader wants to see, and the Kernel segment shows it, too.
    on('chosen', (by) => {
      if (by === 'reader' && this.open !== 'kernel') this.show(FIRST);
      this.raise(true);
      if (by === 'reader') emit('raised');
      setTimeout(() => this.uncover());
    }, signal);
    this.followTeacher(signal);
    on('tab', () => setTimeout(() => this.draw()), signal);
    store.watch('view', () => setTimeout(() => this.draw()), signal); // a link may have taken a segment away
    watchVisibility(() => element, () => this.draw(), signal); // Gradio has put the segments in by then
    const asked = new URLSearchParams(location.search).get('panel') ?? FIRST;
    if (this.tabs.some((tab) => tab.dataset.segment === asked)) this.open = asked;
    this.draw();
    const value = store.get('value'); // of a link, chosen before this was here
    if (value && new URLSearchParams(location.search).has('row')) this.raise(true);
  }

  /**
   * A class is moved to a value: it comes into sight as soon as it is drawn, and stays so until the reader does something.
   * @param {AbortSignal} signal
   */
  followTeacher(signal) {
    on('moved', () => (this.keepsUncovered = true), signal);
    for (const kind of ['pointerdown', 'wheel', 'keydown', 'touchmove']) {
      window.addEventListener(kind, () => (this.keepsUncovered = false), { capture: true, passive: true, signal });
    }
    const uncover = () => setTimeout(() => this.keepsUncovered && this.uncover());
    on('restored', uncover, signal);
    store.watch('channel', uncover, signal);
  }

  listen() {
    this.find('.tabs').addEventListener('click', (event) => {
      const name = around(event, '[role=tab]')?.dataset.segment;
      if (!name) return;
      const isLowered = !this.isRaised();
      this.show(name);
      this.raise(isLowered || SHEET.matches);
      emit('raised');
    });
    this.find('.tabs').addEventListener('keydown', (event) => this.moveByKey(event));
    this.find('.raise').addEventListener('click', () => {
      // Beside the cards of a lesson it has room for its tabs alone.
      this.raise(document.documentElement.dataset.lesson === 'open' || !this.isRaised());
      if (this.isRaised()) emit('raised');
    });
  }

  /** The column that holds the tabs and all segments. */
  panel() {
    return /** @type {HTMLElement | null} */ (this.element.closest('#panel'));
  }

  /** Tabs that no link has taken out of sight. */
  inSight() {
    return this.tabs.filter((tab) => getComputedStyle(tab).display !== 'none');
  }

  /** @param {string} name of a segment */
  show(name) {
    const isOther = name !== this.open;
    this.open = name;
    this.draw();
    if (!isOther) return;
    setAddress({ panel: name === FIRST ? null : name });
    emit('shown', name);
  }

  draw() {
    const panel = this.panel();
    if (!panel) return;
    const inSight = this.inSight();
    const isThere = inSight.some((tab) => tab.dataset.segment === this.open);
    const open = (isThere ? this.open : inSight[0]?.dataset.segment) ?? FIRST;
    panel.dataset.open = open;
    for (const tab of this.tabs) {
      const isOpen = tab.dataset.segment === open;
      tab.setAttribute('aria-selected', String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
      const segment = document.getElementById(`segment-${tab.dataset.segment}`);
      segment?.setAttribute('role', 'tabpanel');
      segment?.setAttribute('aria-labelledby', tab.id);
    }
  }

  isRaised() {
    return this.panel()?.dataset.raised === 'yes';
  }

  /** @param {boolean} isRaised */
  raise(isRaised) {
    const panel = this.panel();
    if (!panel) return;
    panel.dataset.raised = isRaised ? 'yes' : 'no';
    this.find('.raise').setAttribute('aria-expanded', String(isRaised));
  }

  /** Moves the page so that a raised sheet does not lie over the chosen value. */
  uncover() {
    const chosen = document.querySelector('#map .cell.chosen');
    const panel = this.panel();
    if (!SHEET.matches || !chosen || !panel) return;
    const { top, bottom } = chosen.getBoundingClientRect();
    if (top === bottom) return; // not in sight yet
    const beyond = bottom + 24 - panel.getBoundingClientRect().top;
    const above = top - 24 - (document.getElementById('bar')?.getBoundingClientRect().bottom ?? 0);
    if (beyond > 0 || above < 0) window.scrollBy({ top: beyond > 0 ? beyond : above });
  }

  /** @param {KeyboardEvent} event */
  moveByKey(event) {
    if (!(event.key in MOVES)) return;
    event.preventDefault();
    const tabs = this.inSight();
    const now = tabs.findIndex((tab) => tab.dataset.segment === this.panel()?.dataset.open);
    const next = tabs[Math.max(0, Math.min(tabs.length - 1, now + MOVES[event.key]))];
    this.show(next.dataset.segment ?? FIRST);
    next.focus();
  }
}
