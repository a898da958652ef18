/**
 * When the server is lost (it was restarted, the network was away, another one has taken over behind a proxy), the page
 * says so and loads itself again as soon as somebody answers. The address holds the view, and own_picture.js the picture.
 *
 * Gradio does so, too, but only where an answer was on its way to somebody who still waits for it. Where none did, its
 * client takes its stream of answers to be open for ever, and the page answers nothing any more.
 */

const STREAM = '/heartbeat/'; // of Gradio: open for as long as the page is
const EVERY = 2000; // milliseconds between two looks
const SPREAD = 1500; // milliseconds within which a class comes back
const LEAVING = 15_000; // milliseconds that the reader's next page may take: leaving ends the stream as well
const LOST = 'The connection to the server was lost. The page loads itself again as soon as it is there.';

/**
 * @param {(text: string) => void} say
 * @param {AbortSignal} signal
 */
export function reloadWhenLost(say, signal) {
  let left = -LEAVING; // when the reader left for another page; what is only downloaded counts as well
  window.addEventListener('beforeunload', () => (left = performance.now()), { signal });
  // It tells of a request when that has ended, whether well or not.
  const observer = new PerformanceObserver((list) => {
    if (!list.getEntries().some(({ name }) => name.includes(STREAM))) return;
    observer.disconnect();
    setTimeout(look, Math.random() * SPREAD);
  });
  const look = async () => {
    if (signal.aborted) return;
    if (performance.now() - left < LEAVING) return void setTimeout(look, EVERY);
    say(LOST);
    if (await answers()) window.location.reload();
    else setTimeout(look, EVERY);
  };
  observer.observe({ type: 'resource' });
  signal.addEventListener('abort', () => observer.disconnect());
}

/** Whether a server answers. */
async function answers() {
  try {
    return (await fetch(new URL('healthz', document.baseURI), { cache: 'no-store' })).status < 500;
  } catch {
    return false; // there is no network
  }
}
