/**
 * The radio buttons of a group have one name, so that the arrow keys move between them and one Tab passes them all.
 * Gradio 6.31 gives each button a name of its own, which makes it a group of one.
 */

/** @param {AbortSignal} signal */
export function joinRadioGroups(signal) {
  let count = 0;

  function join() {
    for (const input of document.querySelectorAll('fieldset input[type=radio][name^="radio-"]')) {
      const group = /** @type {HTMLFieldSetElement} */ (input.closest('fieldset'));
      group.dataset.radios ??= `group-${(count += 1)}`;
      const button = /** @type {HTMLInputElement} */ (input);
      const { checked } = button;
      button.name = group.dataset.radios;
      button.checked = checked;
    }
  }

  const observer = new MutationObserver((changes) => {
    if (changes.some(({ type, addedNodes }) => type === 'attributes' || [...addedNodes].some(holdsRadio))) join();
  });
  // An answer that brings other choices gives the buttons that are there their own names back.
  observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['name'] });
  signal.addEventListener('abort', () => observer.disconnect());
  join();
}

/** @param {Node} node */
function holdsRadio(node) {
  return node instanceof Element && (node.matches('input[type=radio]') || node.querySelector('input[type=radio]') !== null);
}
