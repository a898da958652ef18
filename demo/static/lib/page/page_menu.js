/** The menu of the page: how it looks, on a projector, too; in which language; and, where the bar has no room for it, how to share it. */

import { finder, make } from '../dom.js';
import { on } from '../events.js';
import { LANGUAGES } from '../generated.js';
import { choose, language, speak } from '../languages/language.js';
import { keptContrast, keepContrast } from './contrast.js';
import { hasKey, isProjected, keepKey, project } from './projector.js';

/** @type {import('../mount.js').Widget['mount']} */
export function mount({ element, signal }) {
  const find = finder(element);
  keepContrast(keptContrast(), signal);
  find(`input[value=${keptContrast()}]`, HTMLInputElement).checked = true;
  find('.contrast').addEventListener('change', (event) => {
    if (event.target instanceof HTMLInputElement) keepContrast(event.target.value, signal);
  });
  const projector = find('[name=projector]', HTMLInputElement);
  projector.checked = isProjected();
  projector.addEventListener('change', () => project(projector.checked));
  on('projected', (isOn) => (projector.checked = isOn), signal);
  const key = find('[name=projector-key]', HTMLInputElement);
  key.checked = hasKey();
  key.addEventListener('change', () => keepKey(key.checked));
  const languages = find('select', HTMLSelectElement);
  languages.append(...Object.entries(LANGUAGES).map(([code, name]) => make('option', { value: code, lang: code }, name)));
  languages.value = language();
  languages.addEventListener('change', () => choose(languages.value));
  speak(language());
  find('.share').addEventListener('click', () => {
    find('.menu').click();
    /** @type {HTMLElement | null} */ (document.querySelector('#share .open'))?.click();
  });
}
