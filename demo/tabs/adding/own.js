/**
 * Below the list of networks: a way to delete each of one's own, and the button that opens the form for another. Which
 * ones are one's own stands in the list itself, whoever put them there.
 *
 * @typedef {{ adding: boolean, why: string, said?: string, gone?: string }} Value
 */

import { finder, make } from '../../static/lib/dom.js';
import { emit, on } from '../../static/lib/events.js';
import { sent } from '../../static/lib/mount.js';
import { forgetNetwork } from '../../static/lib/page/own_networks.js';

const OWN = '#model input[value^="private:"]';
const FAILED = 'It could not be deleted: it has gone already, or the server did not answer.';

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount({ element, props, trigger, watch, signal }) {
  const find = finder(element);
  let shown = '';

  function take() {
    /** @type {Value} */
    const value = sent(props);
    find('.add').hidden = !value.adding;
    find('.why').hidden = !value.why;
    find('.why').textContent = value.why;
    find('.said').textContent = value.said ?? '';
    if (value.gone) forgetNetwork(value.gone);
  }

  function list() {
    const inputs = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(OWN)]);
    const found = inputs.map((input) => ({ name: input.value, title: input.closest('label')?.textContent?.trim() ?? '' }));
    const key = JSON.stringify(found);
    if (key === shown) return;
    shown = key;
    find('ul').replaceChildren(...found.map(row));
    find('ul').hidden = !found.length;
  }

  /** @param {{ name: string, title: string }} network */
  function row({ name, title }) {
    const remove = make('button', { type: 'button', 'aria-label': `Delete ${title}` }, 'Delete');
    const yes = make('button', { type: 'button', 'aria-label': `Delete ${title} for good` }, 'Delete for good');
    const no = make('button', { type: 'button', 'aria-label': `Keep ${title}` }, 'Keep it');
    const sure = make('div', { class: 'sure', hidden: '' }, 'Delete this network? Nobody can bring it back.', yes, no);
    /** @param {boolean} isAsked */
    const ask = (isAsked) => {
      remove.hidden = isAsked;
      sure.hidden = !isAsked;
      (isAsked ? no : remove).focus();
    };
    remove.addEventListener('click', () => ask(true));
    no.addEventListener('click', () => ask(false));
    yes.addEventListener('click', () => {
      find('.add').focus();
      trigger('remove', { name });
    });
    return make('li', {}, make('span', {}, title), remove, sure);
  }

  find('.add').addEventListener('click', () => emit('add-network'));
  on('unanswered', (name) => {
    if (name === 'own-networks') find('.said').textContent = FAILED;
  }, signal);
  watch('value', take);
  take();
  list();
  const networks = document.getElementById('model');
  const observer = new MutationObserver(list);
  if (networks) observer.observe(networks, { childList: true, subtree: true, characterData: true, attributeFilter: ['value'] });
  signal.addEventListener('abort', () => observer.disconnect());
}
