/** What stands in the pane. */

const icon = (/** @type {string} */ path) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;

export const PANE = `
<header class="grip" tabindex="0" role="group" aria-label="Live picture: drag it, or move it with the arrow keys">
  <h2>Live picture</h2>
  <span class="rate" title="Pictures a second, measured in this browser">&nbsp;</span>
  <button type="button" class="fold" aria-expanded="true" aria-label="Fold the live picture" title="Fold">${icon('m6 9 6 6 6-6')}</button>
  <button type="button" class="close" aria-label="Close the live picture" title="Close">${icon('m6 6 12 12M18 6 6 18')}</button>
</header>
<div class="inside">
  <div class="kinds" role="group" aria-label="Where the picture comes from">
    <button type="button" data-kind="draw">Draw</button>
    <button type="button" data-kind="camera">Camera</button>
    <button type="button" class="freeze" title="It becomes the page’s picture, as if you had uploaded it: sums, Why and all else work on it">Keep this picture</button>
  </div>
  <p class="told" hidden></p>
  <div class="pad">
    <div class="sheet"><canvas class="drawing" tabindex="0" role="application" aria-label="Drawing pad, 256 by 256 pixels" aria-describedby="live-keys"></canvas><span class="brush" aria-hidden="true"></span></div>
    <div class="tools">
      <fieldset class="colours"><legend>Colour</legend><div class="all"></div></fieldset>
      <label class="thickness">Thickness <input type="range" min="2" max="80" value="18"></label>
      <div class="buttons">
        <button type="button" class="eraser" aria-pressed="false">Eraser</button>
        <button type="button" class="undo">Undo</button>
        <button type="button" class="redo">Redo</button>
        <button type="button" class="paper" title="The chosen colour becomes the background">Background</button>
        <button type="button" class="clear">Clear</button>
        <button type="button" class="present" title="Draw on top of the page’s picture">On the present picture</button>
      </div>
      <p id="live-keys" class="keys">Keys: arrows move the brush, with Shift farther; hold Space to draw, or Enter to lower and lift it.</p>
      <p class="where" aria-live="polite"></p>
    </div>
  </div>
  <div class="camera" hidden>
    <div class="sheet"><video muted playsinline aria-label="What the camera sees; the network gets this square"></video></div>
    <div class="tools"><button type="button" class="turn" hidden>Other camera</button>
    <p class="keys">It stops when you close this pane or leave the page. The server keeps no frame.</p></div>
  </div>
  <p class="sent"></p>
</div>
<p class="spoken" role="status"></p>`;
