// Words that the server works out for the page's picture and network: asked for (`ask`) when they are in sight and the
// picture or the network has changed since.

let stale = true;

function look() {
  if (!stale || document.hidden || !element.checkVisibility()) return;
  stale = false;
  trigger('ask', {});
}

window.addEventListener('convscope-renewed', () => {
  stale = true;
});
setInterval(look, 250);
