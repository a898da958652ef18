/**
 * Sentences with words in them that are marked, linked or explained: `An <a>epoch</a> is one pass`, so that another
 * language can say them as a whole. Each element in it has a letter; `<b/>` is one whose inside is no part of it.
 */

const MARKS = 'A, ABBR, B, DFN, EM, I, SMALL, SPAN, STRONG, SUB, SUP, VAR'.split(', '); // whose text belongs to a sentence
const OTHERS = 'BR, BUTTON, CANVAS, CODE, IMG, INPUT, KBD, SELECT, SVG, TIME, OUTPUT'.split(', ');
const MOST = 80; // children of a sentence
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const PARTS = /<([a-z])>(.*?)<\/\1>|<([a-z])\/>/gs;

/**
 * The words of an element that marks a part of a sentence; null for another element.
 * @param {Node} node
 * @returns {Text | null}
 */
export function marked(node) {
  const isMark = node instanceof Element && MARKS.includes(node.tagName);
  return isMark && node.childNodes.length === 1 && node.firstChild instanceof Text ? node.firstChild : null;
}

/**
 * Whether an element holds one sentence or several, with marked words in them, and nothing else.
 * @param {Element} element
 * @param {(node: Text) => string} [words] of a node, as the page wrote them
 */
export function isPhrase(element, words = (node) => node.data) {
  if (element.childNodes.length > MOST) return false;
  /** @param {Text | null} text */
  const hasWords = (text) => text !== null && /\p{L}/u.test(words(text));
  let texts = 0;
  let marks = 0;
  let others = 0;
  for (const node of element.childNodes) {
    if (node instanceof Text) texts += /\p{L}/u.test(words(node)) ? 1 : 0;
    else if (!(node instanceof Element)) continue;
    else if (hasWords(marked(node))) marks += 1;
    else if (marked(node) || OTHERS.includes(node.tagName.toUpperCase()) || MARKS.includes(node.tagName)) others += 1;
    else return false;
  }
  return texts > 0 && (marks > 0 || texts > 1) && marks + others <= LETTERS.length;
}

/**
 * The sentence as text, with a letter for each element.
 * @param {Node[]} children
 * @param {(node: Text) => string} words of a node
 */
export function written(children, words) {
  let count = 0;
  return children.map((node) => {
    if (node instanceof Text) return words(node).replace(/[<>]/g, ' ');
    if (!(node instanceof Element)) return '';
    const letter = LETTERS[count++];
    const text = marked(node);
    return text ? `<${letter}>${words(text).replace(/[<>]/g, ' ')}</${letter}>` : `<${letter}/>`;
  }).join('');
}

/**
 * What `written` writes, taken apart again: plain texts, and for elements their number and words.
 * @param {string} sentence
 * @returns {(string | { element: number, words: string | null })[]}
 */
export function read(sentence) {
  /** @type {ReturnType<typeof read>} */
  const parts = [];
  let end = 0;
  for (const found of sentence.matchAll(PARTS)) {
    if (found.index > end) parts.push(sentence.slice(end, found.index));
    parts.push({ element: LETTERS.indexOf(found[1] ?? found[3]), words: found[2] ?? null });
    end = found.index + found[0].length;
  }
  if (end < sentence.length) parts.push(sentence.slice(end));
  return parts;
}

/**
 * A sentence with its letters counted from "a", and what puts the old ones back.
 * @param {string} sentence
 * @returns {[string, (told: string) => string]}
 */
export function relettered(sentence) {
  /** @type {string[]} */
  const old = [];
  const fresh = sentence.replace(/<(\/?)([a-z])(\/?)>/g, (_, before, letter, after) => {
    if (!old.includes(letter)) old.push(letter);
    return `<${before}${LETTERS[old.indexOf(letter)]}${after}>`;
  });
  return [fresh, (told) => told.replace(/<(\/?)([a-z])(\/?)>/g, (_, before, letter, after) =>
    `<${before}${old[LETTERS.indexOf(letter)] ?? letter}${after}>`)];
}
