// Tells the address which picture the page shows: a name, "own" for one that has none, no key for the first example.

function tagged() {
  const words = document.createElement('template');
  words.innerHTML = props.value || '';
  return words.content.querySelector('[data-picture]');
}

function askFor(tag, event) {
  trigger(event, { picture: tag.dataset.wanted, shown: tag.dataset.picture });
}

function tell() {
  const tag = tagged();
  window.convscopePicture = tag ? tag.dataset.picture : 'own';
  if (tag?.dataset.wanted) askFor(tag, 'want');
  else window.dispatchEvent(new CustomEvent('convscope-address', { detail: { picture: window.convscopePicture || null } }));
}

window.convscopePicture = '';
watch('value', tell);
window.addEventListener('convscope-restored', tell); // the address may ask for what is not there
window.addEventListener('convscope-listed', () => {
  const tag = tagged();
  if (tag?.dataset.wanted) askFor(tag, 'listed');
});
