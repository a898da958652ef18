/** Gradient descent as `torch.optim.SGD` does it, what is set for it, and its code. */

import { lossAt, PROBLEMS } from './problems.js';

/**
 * @typedef {import('./problems.js').Pair} Pair
 * @typedef {{ problem: string, rate: number, momentum: number, from: Pair, steps: number }} Settings `steps` taken so far
 * @typedef {{ weights: Pair, loss: number, gradient: Pair }} Point
 */

export const MOMENTA = [0, 0.5, 0.9, 0.99];
export const MOST_STEPS = 300;
const FIRST = 'line';
const PLACE = /^-?\d{1,2}(\.\d{1,3})?$/;

/**
 * Where the weights go: the start, and the place after each step.
 * @param {Settings} settings
 * @returns {Point[]} it ends with the first whose loss is no number
 */
export function pathOf({ problem, rate, momentum, from, steps }) {
  const found = [];
  /** @type {Pair} */
  let weights = [...from];
  /** @type {Pair | null} */
  let speed = null;
  for (let step = 0; step <= steps; step += 1) {
    const { loss, gradient } = lossAt(PROBLEMS[problem], weights);
    found.push({ weights, loss, gradient });
    if (!Number.isFinite(loss)) break;
    speed = speed ? [momentum * speed[0] + gradient[0], momentum * speed[1] + gradient[1]] : gradient;
    weights = [weights[0] - rate * speed[0], weights[1] - rate * speed[1]];
  }
  return found;
}

/**
 * @param {string} problem
 * @returns {Settings} where one begins
 */
export function begun(problem) {
  const { usual } = PROBLEMS[problem];
  return { problem, rate: usual.rate, momentum: 0, from: [...usual.from], steps: 0 };
}

/**
 * @param {Settings} settings
 * @param {{ withPlace?: boolean }} [options]
 */
export function encode({ problem, rate, momentum, from, steps }, { withPlace = true } = {}) {
  const { usual } = PROBLEMS[problem];
  const parts = [];
  if (problem !== FIRST) parts.push(`problem:${problem}`);
  if (rate !== usual.rate) parts.push(`rate:${rate}`);
  if (momentum) parts.push(`momentum:${momentum}`);
  if (from.join() !== usual.from.join()) parts.push(`from:${from.join(',')}`);
  if (withPlace && steps) parts.push(`steps:${steps}`);
  return parts.join('~');
}

/**
 * @param {string} text of the address; any text makes settings
 * @returns {Settings}
 */
export function parse(text) {
  const given = new Map(text.split('~').map((part) => /** @type {[string, string]} */ ([part.split(':')[0], part.split(':')[1] ?? ''])));
  const asked = given.get('problem') ?? FIRST;
  const found = begun(Object.hasOwn(PROBLEMS, asked) ? asked : FIRST);
  const pick = (/** @type {string} */ name, /** @type {number[]} */ values) => values.find((value) => String(value) === given.get(name));
  const from = (given.get('from') ?? '').split(',');
  if (from.length === 2 && from.every((one) => PLACE.test(one))) found.from = [Number(from[0]), Number(from[1])];
  found.rate = pick('rate', PROBLEMS[found.problem].rates) ?? found.rate;
  found.momentum = pick('momentum', MOMENTA) ?? 0;
  const steps = given.get('steps') ?? '';
  if (/^\d{1,3}$/.test(steps)) found.steps = Math.min(MOST_STEPS, Number(steps));
  return found;
}

/**
 * What has become of the descent so far.
 * @param {Point[]} path
 * @param {number} least the lowest loss that there is
 * @returns {'start' | 'diverges' | 'arrived' | 'swings' | 'falls'}
 */
export function verdict(path, least) {
  const [start, end] = [path[0], path[path.length - 1]];
  if (path.length === 1) return 'start';
  if (!(end.loss <= 2 * start.loss)) return 'diverges';
  if (end.loss - least < 1e-3 * Math.max(1e-9, start.loss - least)) return 'arrived';
  const ups = path.filter((point, i) => i > 0 && point.loss > path[i - 1].loss).length;
  return ups > path.length / 10 ? 'swings' : 'falls';
}

/** @param {Settings} settings */
export function program({ problem, rate, momentum, from, steps }) {
  const { kind, rows } = PROBLEMS[problem];
  const numbers = (/** @type {number[]} */ values) => `[${values.join(', ')}]`;
  const loss = kind === 'line' ? 'nn.functional.mse_loss(x @ weights, t)' : 'nn.functional.binary_cross_entropy_with_logits(x @ weights, t)';
  return `import torch
from torch import nn

x = torch.tensor([${rows.map(({ x }) => numbers(x)).join(', ')}]).float()
t = torch.tensor(${numbers(rows.map(({ t }) => t))}).float()
weights = torch.tensor(${numbers(from)}, dtype=torch.float32, requires_grad=True)
optimizer = torch.optim.SGD([weights], lr=${rate}${momentum ? `, momentum=${momentum}` : ''})

for step in range(${Math.max(1, steps)}):
    loss = ${loss}
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step + 1, weights.tolist())
`;
}
