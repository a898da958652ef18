/** The buttons that open the live picture; what it needs is loaded when one is pressed for the first time. */

import { around, finder } from '../static/lib/dom.js';

/** @type {import('../static/lib/mount.js').Widget['mount']} */
export function mount({ element, signal }) {
  const find = finder(element);
  find('.all').addEventListener('click', (event) => {
    const kind = around(event, 'button')?.dataset.kind;
    if (kind) void open(kind === 'camera' ? 'camera' : 'draw');
  });

  /** @param {'draw' | 'camera'} kind */
  async function open(kind) {
    const { LivePane } = await import('./pane.js');
    LivePane.of(signal).open(kind);
  }
}
