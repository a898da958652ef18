/** All terms in alphabetical order, with a search, over the page. */

import { make } from '../../dom.js';
import { known } from './known.js';
import { capital } from './note.js';

const FAILED = 'The glossary did not come. Please close it and try again.';
const STYLE = `
#glossary { width: min(720px, calc(100vw - 16px)); height: min(86dvh, 900px); max-width: none; margin: auto; padding: 0; border: 1px solid var(--border-color-primary); border-radius: 12px; color: var(--body-text-color); background: var(--background-fill-primary); font: 400 15px/1.45 var(--font); }
#glossary[open] { display: flex; flex-direction: column; }
#glossary::backdrop { background: rgb(0 0 0 / 45%); }
#glossary header { display: grid; grid-template-columns: 1fr auto; gap: 6px 12px; align-items: center; padding: 14px 18px 10px; border-bottom: 1px solid var(--border-color-primary); }
#glossary h2 { margin: 0; font-size: 20px; font-weight: 600; }
#glossary label { display: grid; gap: 2px; font-size: 14px; }
#glossary input { min-height: 40px; padding: 2px 12px; font: inherit; font-size: 16px; color: var(--body-text-color); background: var(--input-background-fill); border: 1px solid var(--border-color-primary); border-radius: 8px; }
#glossary button { min-height: 40px; min-width: 44px; padding: 2px 14px; font: inherit; cursor: pointer; color: var(--body-text-color); background: var(--background-fill-primary); border: 1px solid var(--border-color-primary); border-radius: 8px; }
#glossary :is(input, button, dl):focus-visible { outline: 3px solid var(--color-accent); outline-offset: 1px; }
#glossary .found { align-self: end; margin: 0; padding-bottom: 10px; font-size: 14px; font-variant-numeric: tabular-nums; color: var(--body-text-color-subdued); }
#glossary dl { flex: 1 1 0; margin: 0; padding: 4px 18px 18px; overflow: hidden auto; overscroll-behavior: contain; }
#glossary dt { margin-top: 12px; font-weight: 600; }
#glossary dt span { font-weight: 400; font-size: 14px; color: var(--body-text-color-subdued); }
#glossary dd { margin: 0; max-width: 75ch; }`;

const search = make('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
const found = make('p', { class: 'found', role: 'status' });
const list = make('dl', { tabindex: 0, 'aria-label': 'Terms' });
const close = make('button', { type: 'button' }, 'Close');
const dialog = make('dialog', { id: 'glossary', 'aria-labelledby': 'glossary-title' },
  make('header', {}, make('h2', { id: 'glossary-title' }, 'Glossary'), close, make('label', {}, 'Search', search), found), list);

document.body.append(make('style', {}, STYLE), dialog);
close.addEventListener('click', () => dialog.close());
dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
search.addEventListener('input', () => draw());

/** Opens the list with all terms. */
export function open() {
  search.value = '';
  dialog.showModal();
  search.focus();
  draw();
}

async function draw() {
  try {
    const all = await known();
    const wanted = plain(search.value);
    const shown = all.filter(({ title, also, says }) => [title, ...also, says].some((text) => plain(text).includes(wanted)));
    list.replaceChildren(...shown.flatMap(({ title, also, says }) => [
      make('dt', {}, capital(title), ...(also.length ? [make('span', {}, ` (also: ${also.join(', ')})`)] : [])),
      make('dd', {}, says),
    ]));
    list.scrollTop = 0;
    found.textContent = wanted ? `${shown.length} of ${all.length} terms` : `${all.length} terms`;
  } catch {
    found.textContent = FAILED;
  }
}

/** @param {string} text */
function plain(text) {
  return text.toLowerCase().replace(/[-\s]+/g, ' ').trim();
}
