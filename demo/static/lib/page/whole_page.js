/** What the page as a whole does beside its widgets, and the sentence that it says then, which stays until it is closed. */

import { finder } from '../dom.js';
import { on } from '../events.js';
import { markTab } from './areas.js';
import { reloadWhenLost } from './connection/reconnect.js';
import { useTerms } from './glossary/terms.js';
import { keepOwnPicture } from './own_picture.js';
import { takePictures } from './picture_sources.js';
import { usePopovers } from './popovers.js';
import { hasKey, useProjector } from './projector.js';
import { joinRadioGroups } from './radio_groups.js';
import { offerSkip } from './skip_link.js';

const PROJECTED = 'Projector mode: large digits and a large map.';
const LEAVING = ' Press P again to leave it, or open the menu.';
const LEAVING_BY_MENU = ' The menu leaves it again.';
const NOT_PROJECTED = 'Projector mode is off.';
const SECONDS = 6; // that a sentence stays which asks for nothing

/** @type {import('../mount.js').Widget['mount']} */
export function mount({ element, signal }) {
  const find = finder(element);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let closing;
  /** @param {string} text */
  const say = (text) => {
    clearTimeout(closing);
    find('.text').textContent = text;
    find('.note').classList.toggle('empty', !text);
  };
  find('button').addEventListener('click', () => say(''));
  on('projected', (isOn) => {
    say(isOn ? PROJECTED + (hasKey() ? LEAVING : LEAVING_BY_MENU) : NOT_PROJECTED);
    closing = setTimeout(() => say(''), 1000 * SECONDS);
  }, signal);
  takePictures(say, signal);
  joinRadioGroups(signal);
  keepOwnPicture(signal);
  usePopovers(signal);
  markTab(signal);
  useProjector(signal);
  offerSkip(signal);
  useTerms(signal);
  reloadWhenLost(say, signal);
}
