/**
 * Puts the words of another language in place of what the page shows, before the browser draws it: a `MutationObserver` is
 * told of changes ahead of the next frame. What the page has written itself is kept beside, so that another language, or
 * English again, starts from it.
 */

import { LANGUAGES } from '../../generated.js';
import { Catalogue } from './catalogue.js';
import { on } from '../../events.js';
import { names } from '../../languages/given_names.js';
import { SOURCE } from '../../languages/language.js';
import { isPhrase, marked, read, written } from './phrase.js';

const ATTRIBUTES = ['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'title', 'placeholder', 'alt', 'data-title'];
const NO_WORDS = 'script, style, code, pre, kbd, textarea, [contenteditable="true"], [translate="no"]';
const WATCHED = { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES };

/** @typedef {{ source: string, told: string, by?: Catalogue }} Shown what the page wrote, what stands in its place, and by which catalogue */

export class Translator {
  /** @type {Catalogue | null} null for English */
  catalogue = null;
  /** @type {WeakMap<Text, Shown>} */
  texts = new WeakMap();
  /** @type {WeakMap<Element, ChildNode[]>} what a sentence with marked words is made of, in the order of the page */
  phrases = new WeakMap();
  /** @type {WeakMap<Element, Map<string, Shown>>} */
  attributes = new WeakMap();
  /** @type {Set<Node>} the document, and the shadow roots in it */
  roots = new Set();

  constructor() {
    this.observer = new MutationObserver((records) => records.forEach((record) => this.changed(record)));
    const { attachShadow } = Element.prototype;
    const translator = this;
    Element.prototype.attachShadow = function attach(options) {
      const root = attachShadow.call(this, options);
      translator.watch(root);
      return root;
    };
    this.watch(document.documentElement);
    on('names', () => this.catalogue && this.use(new Catalogue(this.catalogue.messages, this.catalogue.locale, names)));
  }

  /** @param {string} code one of `LANGUAGES` */
  async show(code) {
    this.wanted = code;
    const messages = code === SOURCE ? null : await fetched(code);
    if (this.wanted !== code) return; // another one was chosen meanwhile
    document.documentElement.lang = code;
    this.use(messages && new Catalogue(messages, code, names));
  }

  /** @param {Catalogue | null} catalogue */
  use(catalogue) {
    this.catalogue = catalogue;
    for (const root of this.roots) this.walk(root);
  }

  /** @param {Node} root */
  watch(root) {
    this.roots.add(root);
    this.observer.observe(root, WATCHED);
    this.walk(root);
  }

  /** @param {MutationRecord} record */
  changed({ type, target, addedNodes, attributeName }) {
    if (type === 'characterData' && target instanceof Text) this.text(target);
    else if (type === 'attributes' && target instanceof Element && attributeName) this.attribute(target, attributeName);
    else for (const node of addedNodes) this.walk(node);
  }

  /** @param {Node} root */
  walk(root) {
    if (root instanceof Text) return this.text(root);
    if (root instanceof Element) this.element(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node instanceof Text) this.text(node);
      else if (node instanceof Element) this.element(node);
    }
  }

  /** @param {Element} element */
  element(element) {
    if (element.shadowRoot && !this.roots.has(element.shadowRoot)) this.watch(element.shadowRoot);
    for (const name of ATTRIBUTES) if (element.hasAttribute(name)) this.attribute(element, name);
  }

  /** @param {Text} node */
  text(node) {
    const place = node.parentElement;
    const around = place?.parentElement;
    if (place && this.isPhrase(place)) this.phrase(place);
    else if (around && marked(place) && this.isPhrase(around)) this.phrase(around);
    else this.put(node, this.translated(node));
  }

  /** @param {Text} node */
  translated(node) {
    const source = this.source(node);
    if (!this.catalogue || node.parentElement?.closest(NO_WORDS)) return source;
    return this.catalogue.translate(source) ?? source;
  }

  /**
   * What the page itself wrote into a node.
   * @param {Text} node
   */
  source(node) {
    const shown = this.texts.get(node);
    return shown && shown.told === node.data ? shown.source : node.data;
  }

  /**
   * @param {Text} node
   * @param {string} told
   */
  put(node, told) {
    const source = this.source(node);
    this.texts.set(node, { source, told });
    if (node.data !== told) node.data = told;
  }

  /** @param {Element} element */
  isPhrase(element) {
    return isPhrase(element, (node) => this.source(node)) && !element.closest(NO_WORDS);
  }

  /**
   * A sentence with marked words, as a whole where the catalogue knows it, else each of its parts.
   * @param {Element} element
   */
  phrase(element) {
    const now = [...element.childNodes];
    const kept = this.phrases.get(element);
    // In the order in which the page wrote them; what was added here has no source.
    const order = kept && kept.length === now.length && kept.every((node) => node.parentNode === element) ? kept : now;
    const told = this.catalogue?.translate(written(order, (node) => this.source(node))) ?? null;
    if (told === null) {
      for (const node of order) {
        const text = node instanceof Text ? node : marked(node);
        if (text) this.put(text, this.translated(text));
      }
      if (order !== now && order.some((node, index) => node !== now[index])) element.replaceChildren(...order);
      return;
    }
    const elements = order.filter((node) => node instanceof Element);
    const texts = order.filter((node) => node instanceof Text);
    /** @type {ChildNode[]} */
    const wanted = [];
    const rest = order.filter((node) => !(node instanceof Text) && !(node instanceof Element));
    for (const part of read(told)) {
      if (typeof part === 'string') {
        const text = texts.shift() ?? document.createTextNode('');
        this.put(text, part);
        wanted.push(text);
      } else if (elements[part.element]) {
        const element = elements[part.element];
        const words = marked(element);
        if (words && part.words !== null) this.put(words, element.closest(NO_WORDS) ? this.source(words) : part.words);
        wanted.push(element);
      }
    }
    for (const text of texts) this.put(text, '');
    wanted.push(...texts, ...rest, ...elements.filter((element) => !wanted.includes(element)));
    this.phrases.set(element, [...order, ...wanted.filter((node) => !order.includes(node))]);
    if (wanted.length !== now.length || wanted.some((node, index) => node !== now[index])) element.replaceChildren(...wanted);
  }

  /**
   * @param {Element} element
   * @param {string} name
   */
  attribute(element, name) {
    const given = element.getAttribute(name);
    const known = this.attributes.get(element) ?? new Map();
    const told = given === null ? null : this.told(given, known.get(name), element);
    if (!told) return known.delete(name);
    this.attributes.set(element, known.set(name, told));
    if (name === 'aria-label' && element instanceof HTMLElement) element.dataset.label = told.source;
    if (given !== told.told) element.setAttribute(name, told.told);
  }

  /**
   * @param {string} now what stands there
   * @param {Shown | undefined} before
   * @param {Element | null} place
   * @returns {Shown | null} null where the page's own words stay
   */
  told(now, before, place) {
    const source = before && before.told === now ? before.source : now;
    if (!this.catalogue) return before && source !== now ? { source, told: source } : null;
    if (before && before.source === source && before.told === now && before.by === this.catalogue) return before;
    if (!place || place.closest(NO_WORDS)) return null;
    const told = this.catalogue.translate(source) ?? source;
    return { source, told, by: this.catalogue };
  }
}

/**
 * @param {string} code
 * @returns {Promise<Record<string, string>>}
 */
async function fetched(code) {
  const answer = await fetch(new URL(`languages/${code}.json`, document.baseURI));
  if (!answer.ok) throw new Error(`${LANGUAGES[code]} did not come: ${answer.status}`);
  return answer.json();
}
