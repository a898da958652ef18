/** The order in which the grid shows its channels: the strongest first, by number, or by what matters for the answer. */

import { emit } from '../../../static/lib/events.js';
import { store } from '../../../static/lib/store.js';

export class GridSorting {
  wanted = ''; // the step whose channels somebody asked to see in the order of what matters

  /**
   * @param {import('./grid.js').Grid} grid
   * @param {AbortSignal} signal
   */
  constructor(grid, signal) {
    this.grid = grid;
    this.select = grid.find('.sort', HTMLSelectElement);
    this.select.addEventListener('change', () => {
      this.wanted = this.by() === 'matters' && grid.view ? grid.view.step : '';
      if (this.wanted && !this.mattering().length) emit('matter', this.wanted);
      grid.held = null;
      grid.arrange();
    });
    store.watch('mattering', () => this.wanted && grid.arrange(), signal);
  }

  by() {
    return /** @type {'strongest' | 'number' | 'matters'} */ (this.select.value);
  }

  /** Another step or answer is shown: which of its channels matter nobody has asked yet. */
  follow() {
    if (this.by() === 'matters' && !this.mattering().length) this.select.value = 'strongest';
  }

  /** Channels of this step, the one that matters most first, as far as they were tried for the answer on show. */
  mattering() {
    const found = store.get('mattering');
    return found?.key === store.get('answer').key && found.step === this.grid.view?.step ? found.order : [];
  }

  /** How far the search is. */
  draw() {
    const { find, view } = this.grid;
    const found = store.get('mattering');
    const tried = this.mattering().length;
    const isHere = this.by() === 'matters' && this.wanted === view?.step;
    const isGoing = isHere && (!tried || (found !== null && found.done < found.total));
    find('.searching').hidden = !isGoing;
    find('.searching').textContent = isGoing && tried && found ? `${found.done} of ${found.total} tried` : 'trying each …';
  }
}
