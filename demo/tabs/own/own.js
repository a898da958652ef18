/** The place of own classes; all that belongs to them is loaded when their tab comes in sight for the first time. */

import { finder } from '../../static/lib/dom.js';
import { watchVisibility } from '../../static/lib/visibility.js';

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  const place = finder(context.element)('.own');
  /** @type {Promise<import('./board/board.js').Board> | null} */
  let board = null;
  watchVisibility(() => place, (isShown) => void shown(isShown), context.signal);

  /** @param {boolean} isShown */
  async function shown(isShown) {
    try {
      if (isShown) board ??= import('./board/board.js').then(({ Board }) => new Board(place, context));
      (await board)?.shown(isShown);
    } catch (error) {
      console.error(error);
      place.textContent = 'This part of the page could not be loaded. Please reload the page.';
    }
  }
}
