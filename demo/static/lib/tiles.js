// A strip of tiles, one for each step, of which one is chosen.

// Scrolls the strip, never the page, until the tile is in sight.
function reveal(strip, tile) {
  const left = tile.offsetLeft - strip.offsetLeft;
  if (left < strip.scrollLeft || left + tile.offsetWidth > strip.scrollLeft + strip.clientWidth) strip.scrollLeft = left - strip.clientWidth / 2 + tile.offsetWidth / 2;
}

// The name of the step that a key leads to; null for another key.
function stepAfter(event, steps, name) {
  const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1, Home: -1e6, End: 1e6 };
  if (!(event.key in moves)) return null;
  event.preventDefault();
  const now = steps.findIndex((step) => step.name === name);
  return steps[Math.max(0, Math.min(steps.length - 1, now + moves[event.key]))].name;
}
