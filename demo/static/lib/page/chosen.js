/** What the page is about, in its bar: a small picture and the network's title; and a line about each network in the list. */

import { finder } from '../dom.js';
import { on } from '../events.js';
import { keepNames } from '../languages/given_names.js';
import { sent } from '../mount.js';

/** @type {import('../mount.js').Widget['mount']} */
export function mount({ element, props, watch, signal }) {
  const find = finder(element);
  /** @type {Record<string, string>} */
  let about = {};

  function draw() {
    const { thumbnail, network, about: lines, titles, classes } = sent(props);
    if (network === undefined) return;
    keepNames(titles, classes);
    showPicture(thumbnail);
    find('.picture').setAttribute('aria-label', thumbnail ? 'Choose another picture' : 'Choose a picture');
    find('.network .title').textContent = network;
    find('.network').setAttribute('aria-label', `Network: ${network}`);
    find('.network').title = `Network: ${network}`;
    about = lines;
    label();
  }

  /** @param {string} url "" for none */
  function showPicture(url) {
    const image = find('.picture img', HTMLImageElement);
    image.hidden = !url;
    if (url) image.src = url;
  }

  /** Not into the label itself, whose text is the network's name. */
  function label() {
    for (const input of document.querySelectorAll('#model input')) {
      const node = input.closest('label');
      const line = about[/** @type {HTMLInputElement} */ (input).value] ?? '';
      if (node && node.dataset.about !== line) node.dataset.about = line;
    }
  }

  watch('value', draw);
  on('live', (live) => (live ? showPicture(live.thumbnail) : draw()), signal);
  draw();
  // Gradio makes the list anew when a network comes or goes.
  const list = document.getElementById('model');
  const observer = new MutationObserver(label);
  if (list) observer.observe(list, { childList: true, subtree: true });
  signal.addEventListener('abort', () => observer.disconnect());
}
