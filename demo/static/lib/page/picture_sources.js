/**
 * How a picture comes to the page: one that is dropped anywhere, not only on a box, or pasted; several at once, of which
 * a box takes one; and in words why the camera or the clipboard cannot be used, where Gradio's own buttons would say
 * nothing or the name of a text.
 */

import { around } from '../dom.js';
import { store } from '../store.js';

export const ON_PLAIN_HTTP = {
  camera:
    'The camera cannot be used here: browsers allow it only to pages that come by https, or from this computer itself, ' +
    'and this one comes by plain http. Take the photo with the camera’s own app and choose it here.',
  paste:
    'Browsers let a page that comes by plain http look into the clipboard only when you press the keys: paste with ' +
    'Ctrl+V, on a Mac ⌘V. Or choose the picture as a file.',
};
export const REFUSED = {
  camera:
    'The browser gives this page no camera: there is none, another program uses it, or it was not allowed. The ' +
    'browser’s settings for this page can allow it; or choose a photo as a file.',
  paste: 'The browser does not let this page look into the clipboard. Paste with Ctrl+V, on a Mac ⌘V, instead.',
  nothing: 'There is no picture in the clipboard. Copy one first, not only its address.',
  hidden: 'The link of this page has put pictures of one’s own out of sight.',
};
const TAKES = '[data-takes-files]';
const ZONE = '[aria-dropeffect]'; // Gradio's own boxes for files, while they are empty

/**
 * @param {string} name of the file that is taken
 * @param {number} count of those that were given
 */
export function onlyOne(name, count) {
  return `Of these ${count} files only “${name}” was taken: one picture at a time. For several there is “Many files” in Field.`;
}

/**
 * @param {(text: string) => void} say shows a sentence, which stays until it is closed
 * @param {AbortSignal} signal
 */
export function takePictures(say, signal) {
  let isOurs = false; // what is dragged comes from the page itself

  /**
   * Gives the first of these files to an input as if it had been chosen there.
   * @param {HTMLInputElement | null} input
   * @param {File[]} files
   */
  function give(input, files) {
    if (!input || (input === ownInput() && isHidden())) return say(REFUSED.hidden);
    const [first] = files;
    setFile(input, first);
    say(files.length > 1 ? onlyOne(first.name, files.length) : '');
  }

  /** @param {DragEvent} event */
  function holdsFiles(event) {
    return !isOurs && Boolean(event.dataTransfer?.types.includes('Files'));
  }

  window.addEventListener('dragstart', () => (isOurs = true), { signal, capture: true });
  window.addEventListener('dragend', () => (isOurs = false), { signal, capture: true });
  window.addEventListener('dragover', (event) => {
    if (holdsFiles(event)) event.preventDefault(); // else the browser would open the file in the place of the page
  }, { signal });
  window.addEventListener('drop', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    if (around(event, TAKES)) return; // a widget of ours that takes files itself
    const input = inputAt(event);
    if (input?.multiple) {
      if (around(event, ZONE)) return; // Gradio takes them, folders included
      say('Drop the files on the box itself, which takes several.');
      return;
    }
    event.stopPropagation();
    event.target?.dispatchEvent(new DragEvent('dragleave', { bubbles: true })); // a box of Gradio's no longer waits for it
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length) give(input, files);
  }, { signal, capture: true });

  window.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])].filter(({ type }) => type.startsWith('image/'));
    if (!files.length) return; // words, for a field
    event.preventDefault();
    event.stopPropagation();
    give(inputAt(event), files);
  }, { signal, capture: true });

  window.addEventListener('click', (event) => {
    const button = around(event, '.source-selection button');
    const label = button?.dataset.label ?? button?.getAttribute('aria-label'); // the first in another language
    if (label === 'Paste from clipboard') {
      event.preventDefault();
      event.stopPropagation();
      void paste(inputAt(event));
    } else if (button && label === 'Capture from camera' && event.isTrusted) {
      event.preventDefault();
      event.stopPropagation();
      void film(button);
    }
  }, { signal, capture: true });

  /** @param {HTMLInputElement | null} input */
  async function paste(input) {
    if (!navigator.clipboard?.read) return say(isSecureContext ? REFUSED.paste : ON_PLAIN_HTTP.paste);
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((each) => each.startsWith('image/'));
        if (type) return give(input, [new File([await item.getType(type)], `clipboard.${type.slice(6)}`, { type })]);
      }
      say(REFUSED.nothing);
    } catch {
      say(REFUSED.paste);
    }
  }

  /**
   * Gradio's own button does the rest, once it is known that there is a camera for this page.
   * @param {HTMLElement} button
   */
  async function film(button) {
    if (!navigator.mediaDevices?.getUserMedia) return say(isSecureContext ? REFUSED.camera : ON_PLAIN_HTTP.camera);
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      for (const track of stream.getTracks()) track.stop();
      say('');
      button.click();
    } catch {
      say(REFUSED.camera);
    }
  }
}

/**
 * A picture that the page itself has made comes to it as if it had been chosen with the button in the bar.
 * @param {File} file
 */
export function giveOwnPicture(file) {
  const input = ownInput();
  if (input) setFile(input, file);
}

/**
 * @param {HTMLInputElement} input
 * @param {File} file
 */
function setFile(input, file) {
  const data = new DataTransfer();
  data.items.add(file);
  input.files = data.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

/**
 * The input for a file that is given at an element: that of the box there; else of the box that the open part of a tab
 * shows; else the one for the page's picture.
 * @param {Event} event
 * @returns {HTMLInputElement | null}
 */
function inputAt(event) {
  const block = around(event, '.block');
  const panel = around(event, '[role=tabpanel]');
  const zones = [around(event, ZONE), ...(panel?.querySelectorAll(ZONE) ?? [])];
  const found = block?.id === 'picture' ? null
    : block?.querySelector('input[type=file]') ?? zones.find((zone) => zone?.checkVisibility())?.querySelector('input[type=file]');
  return /** @type {HTMLInputElement | null} */ (found ?? ownInput());
}

/** Whether the address takes pictures of one's own out of sight. */
function isHidden() {
  return store.get('view').hide.split(',').includes('upload');
}

/** The input behind the button “Upload”, which takes a file of any name: the server looks into it. */
function ownInput() {
  const input = document.querySelector('#choose')?.previousElementSibling;
  return input instanceof HTMLInputElement ? input : null;
}
