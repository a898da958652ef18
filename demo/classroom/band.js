/** Whether this page is in a class, or is asked to join one: if not, nothing more is fetched. */

import { on } from '../static/lib/events.js';
import { hideAnswer } from './band/hide_answer.js';

const KEPT = ['convscope-class', 'convscope-class-teacher'];

/** @type {import('../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  const { signal } = context;
  const restored = new Promise((resolve) => on('restored', () => setTimeout(resolve, 0), signal));
  const opened = new URL(performance.getEntriesByType('navigation')[0]?.name ?? location.href);
  /** @type {Promise<import('./band/band_view.js').BandView> | null} */
  let making = null;
  const view = () => (making ??= import('./band/band_view.js').then(({ BandView }) => new BandView(context, restored)));
  on('class-join', async (code) => (await view()).join(code), signal);
  on('class-opened', async (made) => (await view()).teach(made.code, made.secret), signal);
  const { searchParams, hash } = opened;
  hideAnswer(searchParams.has('join'));
  if (searchParams.has('join') || searchParams.has('teach') || KEPT.some(isKept)) {
    view().then((band) => band.begin(searchParams.get('join'), searchParams.get('teach'), hash.slice(1))).catch((error) => {
      hideAnswer(false);
      console.error(error);
    });
  }
}

/** @param {string} key */
function isKept(key) {
  try {
    return Boolean(sessionStorage.getItem(key) ?? localStorage.getItem(key));
  } catch {
    return false; // a browser that keeps nothing
  }
}
