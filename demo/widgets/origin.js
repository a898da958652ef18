// Tells the address which picture the page shows: a name, "own" for one that has none, no key for the first example.

function tell() {
  const words = document.createElement('template');
  words.innerHTML = props.value || '';
  const tag = words.content.querySelector('[data-picture]');
  window.convscopePicture = tag ? tag.dataset.picture : 'own';
  if (tag?.dataset.wanted) trigger('want', { picture: tag.dataset.wanted, shown: tag.dataset.picture });
  else window.dispatchEvent(new CustomEvent('convscope-address', { detail: { picture: window.convscopePicture || null } }));
}

window.convscopePicture = '';
watch('value', tell);
window.addEventListener('convscope-restored', tell); // the address may ask for what is not there
