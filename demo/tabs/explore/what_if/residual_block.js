/** The residual block that the chosen step is in, with buttons to take its skip connection or its branch away. */

import { around, term } from '../../../static/lib/dom.js';
import { emit } from '../../../static/lib/events.js';

/** @typedef {import('./whatif.js').WhatIf} WhatIf */
/** @typedef {{ add: string, fork: string, branch: string[], skip: string[] }} Block names of steps */

const START = 'Change something, and see what becomes of the answer and of every map after it. The network itself stays as it is.';

/** @param {WhatIf} whatif */
export function listenToBlock(whatif) {
  whatif.find('.paths').addEventListener('click', (event) => {
    const button = around(event, 'button');
    const { view, chosen } = whatif;
    if (!button || !view) return;
    const { piece, step } = button.dataset;
    const index = piece ? view.edits.findIndex((edit) => edit.piece === piece) : -1;
    if (index >= 0) whatif.takeBack(index);
    else if (piece) whatif.ask({ add: piece });
    else if (step && step !== chosen?.step) emit('go', { step });
  });
}

/**
 * The smallest block that a step is in.
 * @param {Block[]} blocks
 * @param {string} step
 * @returns {Block | undefined}
 */
export function blockOf(blocks, step) {
  const size = (/** @type {Block} */ { branch, skip }) => branch.length + skip.length;
  return blocks
    .filter(({ add, branch, skip }) => [add, ...branch, ...skip].includes(step))
    .sort((a, b) => size(a) - size(b))[0];
}

/**
 * @param {WhatIf} whatif
 */
export function drawBlock({ find, view, chosen }) {
  if (!view || !chosen) return;
  const block = blockOf(view.blocks, chosen.step);
  find('.block').hidden = !block;
  find('.hint').textContent = hint(view, block);
  if (!block) return;
  const role = block.skip.length ? 'only brings the values into the same shape' : 'hands the values on as they are';
  find('.told').replaceChildren('A ', term('residual-block'), `: from ${block.fork} two paths lead to ${block.add}, which adds them value by value. The branch learns only what is to be changed; the `, term('skip-connection'), ` ${role}.`);
  find('.fork').textContent = block.fork;
  find('.join').textContent = `+ ${block.add}`;
  find('.fork').dataset.step = block.fork === 'input' ? '' : block.fork;
  find('.join').dataset.step = block.add;
  const cut = view.edits.find(({ piece }) => piece.startsWith(`${block.add}:no`))?.piece;
  drawPath(find, block, 'skip', cut);
  drawPath(find, block, 'branch', cut);
}

/**
 * @param {NonNullable<WhatIf['view']>} view
 * @param {Block | undefined} block
 */
function hint({ blocks, edits }, block) {
  const { length } = blocks;
  if (!block && length)
    return `This network has ${length} residual block${length > 1 ? 's' : ''}. Choose a step in one, such as ${blocks[0].add}, to take a path away.`;
  return block || edits.length ? '' : START;
}

/**
 * @param {WhatIf['find']} find
 * @param {Block} block
 * @param {'skip' | 'branch'} path
 * @param {string | undefined} cut the path that is taken away
 */
function drawPath(find, block, path, cut) {
  const piece = `${block.add}:no${path}`;
  const short = (/** @type {string} */ name) => name.split('.').slice(-2).join('.');
  const isGone = cut === piece;
  const row = `.path.${path}`;
  find(row).classList.toggle('gone', isGone);
  find(`${row} .what`).textContent = path === 'skip' ? 'skip connection' : 'branch';
  find(`${row} .names`).textContent = block[path].length ? block[path].map(short).join(' → ') : 'nothing on it';
  find(`${row} .cut`).textContent = isGone ? 'put back' : `remove ${path}`;
  find(`${row} .cut`).dataset.piece = piece;
}
