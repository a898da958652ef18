/** What a card lights up on the page, hides there, and brings into sight. */

const LONGEST = 8000; // milliseconds in which the page may still grow around what is lit
const READER = ['wheel', 'touchmove', 'pointerdown', 'keydown'];
const MARGIN = 12;
const PANE = '#maps .pane';

export class Light {
  selector = '';
  /** @type {AbortController | null} */
  bringing = null;

  /**
   * @param {HTMLElement} panel the strip of cards
   * @param {HTMLElement} style the element that holds the rules
   */
  constructor(panel, style) {
    this.panel = panel;
    this.style = style;
  }

  /**
   * @param {string} light a selector, or ''
   * @param {string} hide likewise
   */
  show(light, hide) {
    this.selector = light;
    const rules = [
      // Around a pane of Explore as a whole: it scrolls, and would cut off what stands around its content.
      light && `:is(${light}):not(${PANE} > *), ${PANE}:has(> :is(${light})) { outline: 3px solid var(--color-accent) !important; outline-offset: 2px; border-radius: 6px; }`,
      hide && `:is(${hide}) { visibility: hidden !important; }`,
      // Where the strip is a sheet, an empty place would push the picture that is to be guessed below it.
      hide && `@media (max-width: 1099px) { :is(${hide}):not(#bar *) { display: none !important; } }`,
    ];
    this.style.textContent = rules.filter(Boolean).join('\n');
    if (!light) this.bringing?.abort();
  }

  /** Scrolls the page until what is lit is in sight, and again while the page grows, until its reader does something there. */
  bring() {
    this.bringing?.abort();
    if (!this.selector) return;
    const { signal } = (this.bringing = new AbortController());
    const stop = (/** @type {Event} */ event) => {
      if (!(event.target instanceof Node && this.panel.contains(event.target))) this.bringing?.abort();
    };
    for (const kind of READER) window.addEventListener(kind, stop, { signal, passive: true });
    const sizes = new ResizeObserver(() => this.scroll());
    for (const part of document.querySelectorAll('.gradio-container, .tabitem > .column')) sizes.observe(part);
    const late = setTimeout(() => this.bringing?.abort(), LONGEST);
    signal.addEventListener('abort', () => {
      sizes.disconnect();
      clearTimeout(late);
    });
  }

  scroll() {
    const lit = [...document.querySelectorAll(this.selector)].find((part) => part.checkVisibility());
    if (!lit || getComputedStyle(lit).position === 'fixed') return;
    const { top, bottom } = lit.getBoundingClientRect();
    const first = document.getElementById('bar')?.getBoundingClientRect().bottom ?? 0;
    const card = this.panel.getBoundingClientRect();
    const last = card.left < MARGIN ? card.top : innerHeight;
    if (top >= first && bottom <= last) return;
    const down = Math.min(top - first - MARGIN, bottom - last + MARGIN);
    window.scrollBy({ top: top < first ? top - first - MARGIN : Math.max(0, down) });
  }
}
