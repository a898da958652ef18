/** What the page as a whole does beside its widgets, and the sentence that it says then, which stays until it is closed. */

import { finder } from '../dom.js';
import { markTab } from './areas.js';
import { keepOwnPicture } from './own_picture.js';
import { takePictures } from './picture_sources.js';
import { usePopovers } from './popovers.js';
import { joinRadioGroups } from './radio_groups.js';

/** @type {import('../mount.js').Widget['mount']} */
export function mount({ element, signal }) {
  const find = finder(element);
  /** @param {string} text */
  const say = (text) => {
    find('.text').textContent = text;
    find('.note').classList.toggle('empty', !text);
  };
  find('button').addEventListener('click', () => say(''));
  takePictures(say, signal);
  joinRadioGroups(signal);
  keepOwnPicture(signal);
  usePopovers(signal);
  markTab(signal);
}
