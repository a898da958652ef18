/** What stands where tiles are marked on a photo. */

export const TILES = `
<div class="row">
  <label class="file">Choose a photo<input type="file" class="photo-file" accept="image/*,.heic,.heif,.avif,.tif,.tiff"></label>
  <button type="button" class="photo-page">The page’s picture</button>
  <button type="button" class="photo-close">Close</button>
</div>
<p class="quiet before-photo">Mark squares on one large photo, such as one from a drone (TIFF as well), instead of giving single pictures. The photo stays in this browser.</p>
<p class="photo-said" role="status"></p>
<div class="on-photo" hidden>
  <fieldset class="kinds"><legend>A square becomes a picture of</legend><div></div></fieldset>
  <div class="row">
    <label class="tile-side">Its side <input type="range" min="0" max="100"><output></output></label>
    <div class="zooms" role="group" aria-label="Size of the photo"><span aria-hidden="true">Photo</span>
      <button type="button" class="out" aria-label="Show the photo smaller">−</button>
      <button type="button" class="in" aria-label="Show the photo larger">+</button>
    </div>
  </div>
  <div class="photo-view" tabindex="0" role="application" aria-roledescription="photo with squares" aria-describedby="own-tile-keys">
    <div class="photo-sheet"><img alt="" draggable="false"><div class="marks"></div><span class="cursor" hidden></span></div>
  </div>
  <p class="quiet">Click or tap where a square is to lie; drag one to move it. A click on a square takes it away, or, where another class is chosen, gives it to that class. <span id="own-tile-keys">Arrow keys move the frame, with Shift by its whole side; Enter marks, Delete takes away, plus and minus change the side, the digits 1 to 9 choose a class.</span></p>
  <p class="quiet">The squares of one photo are held out together when the network is validated: mark some of every class on two photos or more. The photo itself is not sent, only its squares are.</p>
</div>`;
