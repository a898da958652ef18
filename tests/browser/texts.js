/* global window, document, setTimeout, MutationObserver, NodeFilter, Element, isPhrase, marked, written */
// Tells every text that the page ever shows, with the place where it stood, to `tellTexts`; see tests/browser/conftest.py.
// It runs behind demo/static/lib/on_demand/languages/phrase.js.
(() => {
  const ATTRIBUTES = ['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'title', 'placeholder', 'alt', 'data-title'];
  const NO_WORDS = 'script, style, code, pre, textarea, [translate="no"]';
  const seen = new Set();
  let fresh = [];
  const told = (text, element) => {
    const clean = text.replace(/\s+/g, ' ').trim();
    if (!/\p{L}{2}/u.test(clean) || !element || element.closest(NO_WORDS) || seen.has(clean)) return;
    seen.add(clean);
    const near = element.closest('[id]')?.id ?? '';
    const around = (element.closest('p, li, td, th, label, button, h1, h2, h3, h4, div, span') ?? element).textContent.replace(/\s+/g, ' ').trim();
    if (!fresh.length) setTimeout(() => { const all = fresh; fresh = []; window.tellTexts(all); }, 150);
    fresh.push([clean, element.tagName.toLowerCase(), near, around.slice(0, 300)]);
  };
  const attributes = (element) => ATTRIBUTES.forEach((name) => element.hasAttribute(name) && told(element.getAttribute(name), element));
  const textOf = (node) => {
    const place = node.parentElement;
    const around = place?.parentElement;
    const sentence = place && isPhrase(place) ? place : around && marked(place) && isPhrase(around) ? around : null;
    if (sentence) told(written([...sentence.childNodes], (each) => each.data), sentence);
    else told(node.data, place);
  };
  const walk = (root) => {
    if (root.nodeType === 3) return textOf(root);
    if (root.nodeType !== 1 && root.nodeType !== 11 && root.nodeType !== 9) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (node.nodeType === 3) textOf(node);
      else if (node.nodeType === 1) { attributes(node); if (node.shadowRoot) look(node.shadowRoot); }
    }
  };
  const look = (root) => {
    if (root.isLookedAt) return;
    root.isLookedAt = true;
    new MutationObserver((records) => records.forEach((record) => {
      if (record.type === 'characterData') textOf(record.target);
      else if (record.type === 'attributes') attributes(record.target);
      else record.addedNodes.forEach(walk);
    })).observe(root, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
    walk(root);
  };
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (...given) { const root = attach.apply(this, given); look(root); return root; };
  look(document);
})();
