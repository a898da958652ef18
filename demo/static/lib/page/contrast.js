/** How light the page is, as its reader has chosen it, in this browser; until then as the device asks for. */

const KEY = 'convscope-contrast';
const CHOICES = ['device', 'light', 'dark', 'high'];
const DARK = '(prefers-color-scheme: dark)';
/** @type {AbortController | null} */
let following = null;

/** @returns {string} one of `CHOICES` */
export function keptContrast() {
  try {
    const kept = localStorage.getItem(KEY) ?? '';
    return CHOICES.includes(kept) ? kept : 'device';
  } catch {
    return 'device'; // a browser that keeps nothing
  }
}

/**
 * @param {string} choice one of `CHOICES`
 * @param {AbortSignal} signal
 */
export function keepContrast(choice, signal) {
  following?.abort();
  following = new AbortController();
  apply(choice);
  try {
    if (choice !== keptContrast()) localStorage.setItem(KEY, choice);
  } catch {
    // It holds until the page is closed.
  }
  const both = AbortSignal.any([signal, following.signal]);
  // Gradio itself follows the device: whatever was chosen here comes after it.
  matchMedia(DARK).addEventListener('change', () => setTimeout(() => apply(choice)), { signal: both });
}

/** @param {string} choice */
function apply(choice) {
  const asked = new URLSearchParams(location.search).get('__theme'); // Gradio's own key of the address
  const isDark = choice === 'device' ? (asked ? asked === 'dark' : matchMedia(DARK).matches) : choice === 'dark';
  document.body.classList.toggle('dark', isDark);
  document.documentElement.dataset.contrast = choice;
}
