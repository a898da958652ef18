/** What the server writes of the picture: its button, and which square of the network's picture is pointed at. */

import { pen } from '../../static/lib/canvas.js';
import { around } from '../../static/lib/dom.js';

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount({ element, trigger, signal }) {
  element.addEventListener('click', (event) => around(event, '[data-survey]') && trigger('survey', {}), { signal });
  // A finger that taps points only while it is down.
  for (const kind of /** @type {const} */ (['pointermove', 'pointerdown'])) element.addEventListener(kind, tell, { signal });
}

/** @param {PointerEvent} event */
function tell(event) {
  const { target: image } = event;
  if (!(image instanceof HTMLImageElement && image.matches('.pixels')) || !image.naturalWidth) return;
  const said = image.parentElement?.querySelector('.square');
  const box = image.getBoundingClientRect();
  const index = (/** @type {number} */ share, /** @type {number} */ count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  const row = index((event.clientY - box.top) / box.height, image.naturalHeight);
  const column = index((event.clientX - box.left) / box.width, image.naturalWidth);
  const one = document.createElement('canvas');
  one.width = one.height = 1;
  pen(one).drawImage(image, -column, -row);
  const [red, green, blue] = pen(one).getImageData(0, 0, 1, 1).data;
  if (said) said.textContent = `Row ${row}, column ${column}: red ${red}, green ${green}, blue ${blue}`;
}
