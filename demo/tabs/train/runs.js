/**
 * Networks that were trained here, with another name and an end for those that this browser has started. It keeps the
 * tickets of its trainings, which show the server whose they are.
 *
 * @typedef {{ name: string, title: string, begun: string }} Run
 * @typedef {object} Value
 * @property {Run[]} runs
 * @property {string} [ticket] of this browser's training
 * @property {string[]} [editable] names of those that this browser may change; missing: not yet asked
 * @property {string} [said] what was done
 */

import { finder, make } from '../../static/lib/dom.js';
import { sent } from '../../static/lib/mount.js';

const KEPT = 'convscope-training-tickets';
const MOST = 50;

/** @returns {string[]} the latest last */
function tickets() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string').slice(-MOST) : [];
  } catch {
    return []; // a browser that keeps nothing, or something else
  }
}

/** @param {string} ticket */
function keep(ticket) {
  const known = tickets();
  if (!ticket || known.includes(ticket)) return;
  try {
    localStorage.setItem(KEPT, JSON.stringify([...known, ticket].slice(-MOST)));
  } catch {
    // The page works without; the training then has no name of its own.
  }
}

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount({ element, props, trigger, watch }) {
  const find = finder(element);
  /** @type {Map<string, HTMLLIElement>} the rows by what they show: one that stays keeps its question and its text */
  let rows = new Map();
  /** @type {string[]} */
  let editable = [];

  function draw() {
    /** @type {Value} */
    const value = { runs: [], ...sent(props) };
    keep(value.ticket ?? '');
    if (value.runs.length && !value.editable) trigger('own', { tickets: tickets() });
    // Until the server has answered whose a run is, it is whose it was.
    if (!value.editable && value.runs.length) value.editable = editable;
    editable = value.editable ?? [];
    const before = rows;
    rows = new Map();
    for (const run of value.runs) {
      const isEditable = editable.includes(run.name);
      const key = JSON.stringify([run, isEditable]);
      rows.set(key, before.get(key) ?? row(run, isEditable));
    }
    const list = find('ul');
    const isSame = [...before.keys()].join() === [...rows.keys()].join();
    if (!isSame) list.replaceChildren(...rows.values());
    if (!isSame || value.said) find('.said').textContent = value.said ?? '';
    find('.runs').hidden = !value.runs.length && !value.said;
  }

  /**
   * @param {Run} run
   * @param {boolean} isEditable
   */
  function row(run, isEditable) {
    const item = make('li', { 'data-run': run.name }, `${run.title}, trained here ${run.begun}`);
    if (!isEditable) return item;
    const field = make('input', { type: 'text', value: run.title, maxlength: 60, 'aria-label': `New name of ${run.title}` });
    const rename = make('button', { type: 'submit', 'aria-label': `Rename ${run.title}` }, 'Rename');
    const remove = make('button', { type: 'button', 'aria-label': `Delete ${run.title}` }, 'Delete');
    const form = make('form', {}, field, rename, remove);
    const yes = make('button', { type: 'button', 'aria-label': `Delete ${run.title} for good` }, 'Delete for good');
    const no = make('button', { type: 'button', 'aria-label': `Keep ${run.title}` }, 'Keep it');
    const sure = make('div', { class: 'sure', hidden: '' }, 'Delete this network with all its files? Nobody can bring it back.', yes, no);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      trigger('rename', { name: run.name, title: field.value, tickets: tickets() });
    });
    /** @param {boolean} isAsked */
    const ask = (isAsked) => {
      form.hidden = isAsked;
      sure.hidden = !isAsked;
      (isAsked ? no : remove).focus();
    };
    remove.addEventListener('click', () => ask(true));
    no.addEventListener('click', () => ask(false));
    yes.addEventListener('click', () => trigger('remove', { name: run.name, tickets: tickets() }));
    item.append(form, sure);
    return item;
  }

  watch('value', draw);
  if (props.value) draw();
}
