/**
 * How a component of the page and its module come together. See README.md beside this file.
 *
 * @typedef {object} Context what a widget's `mount` gets
 * @property {HTMLElement} element the component's own; its HTML stands in it
 * @property {{ value?: any, [name: string]: any }} props `value` is the server's last one
 * @property {(name: string, detail: object) => void} trigger sends an event to the server
 * @property {(name: string, listener: () => void) => void} watch calls back when the server has sent another `value`
 * @property {(file: File) => Promise<{ path: string, url: string }>} upload sends a file to the server, into its folder of uploads
 * @property {AbortSignal} signal aborted when the element has left the page: for all listeners outside of it
 *
 * @typedef {{ mount: (context: Context) => void }} Widget
 */

import { emit } from './events.js';

const FAILED = 'This part of the page could not be loaded. Please reload the page.';
/** @type {WeakSet<HTMLElement>} */
const seen = new WeakSet();
/** @type {Set<Promise<void>>} */
const pending = new Set();
/** @type {{ element: HTMLElement, controller: AbortController }[]} */
let mounted = [];

/**
 * Mounts a module once on an element. Where Gradio has made a component anew, what listens for the old one ends.
 * @param {Promise<Widget>} loading
 * @param {Omit<Context, 'signal'> & { events: string[] }} context `events`: what `trigger` may send; [] for anything
 * @returns {Promise<void>} resolved when it is done or has failed
 */
export function mount(loading, context) {
  if (seen.has(context.element)) return Promise.resolve();
  seen.add(context.element);
  const done = run(loading, context);
  pending.add(done);
  done.finally(() => pending.delete(done));
  return done;
}

/**
 * @param {Promise<Widget>} loading
 * @param {Omit<Context, 'signal'> & { events: string[] }} context
 */
async function run(loading, { events, ...context }) {
  try {
    const widget = await loading;
    for (const { element, controller } of mounted) if (!element.isConnected) controller.abort();
    mounted = mounted.filter(({ controller }) => !controller.signal.aborted);
    const controller = new AbortController();
    mounted.push({ element: context.element, controller });
    widget.mount({ ...context, trigger: checked(context.trigger, events), signal: controller.signal });
  } catch (error) {
    console.error(error);
    context.element.textContent = FAILED;
  }
}

/**
 * @param {Context['trigger']} trigger
 * @param {string[]} events
 * @returns {Context['trigger']}
 */
function checked(trigger, events) {
  if (!events.length) return trigger;
  return (name, detail) => {
    if (!events.includes(name)) throw new Error(`The component's Python class names no event ${name}.`);
    trigger(name, detail);
  };
}

/**
 * The server's last value as an object of one's own, whether it came as JSON text or not; {} for none.
 * @param {Context['props']} props
 * @returns {any}
 */
export function sent({ value }) {
  if (typeof value === 'string') return value ? JSON.parse(value) : {};
  return JSON.parse(JSON.stringify(value ?? {}));
}

/** Resolved when every widget that the page has put in is mounted. */
export async function settled() {
  while (pending.size) await Promise.all(pending);
}

/**
 * For events of the server: none is lost to a module that is still on its way.
 * @param {keyof import('./events.js').Events} name
 * @param {any} detail
 */
export async function emitWhenMounted(name, detail) {
  await settled();
  emit(name, detail ?? undefined);
}
