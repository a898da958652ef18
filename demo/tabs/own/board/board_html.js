/** What stands in the tab. */

export const BOARD = `
<section class="own-classes" aria-label="Own classes">
  <p class="lead">Teach a network classes of your own: give two or more classes some pictures each, by camera or from files. It takes seconds, because the network has learned to see already and only its last layer is learned anew.</p>
  <p class="quiet privacy"></p>
  <div class="columns">
    <div class="left">
      <div class="cards"></div>
      <div class="more">
        <button type="button" class="new">Add a class</button>
        <label class="file">Folder of folders<input type="file" class="folders" webkitdirectory multiple aria-describedby="own-several"></label>
        <label class="file">Zip of folders<input type="file" class="zip-all" accept=".zip,application/zip"></label>
        <button type="button" class="mark-tiles" aria-expanded="false">Squares of a photo</button>
      </div>
      <p class="quiet" id="own-several">A folder, or a zip, with a folder for each class fills several classes at once; so do squares marked on a large photo.</p>
      <section class="tiles" aria-label="Squares of a photo" hidden></section>
      <p class="progress" role="status"></p>
      <div class="refused" hidden><p></p><button type="button">Close</button></div>
      <div class="undo" role="status" hidden><span></span><button type="button">Undo</button></div>
    </div>
    <div class="right">
      <section class="so-far" aria-labelledby="own-so-far">
        <h3 id="own-so-far">The network so far</h3>
        <div class="about"><img alt="The picture of the page" hidden><video muted playsinline hidden aria-label="What the camera sees; the network gets this square"></video>
          <div class="shares" aria-live="polite"></div></div>
        <p class="quiet state"></p>
        <div class="camera-row"><button type="button" class="live" aria-pressed="false">Show it the camera</button><button type="button" class="turn" hidden>Other camera</button></div>
        <ul class="remarks"></ul>
      </section>
      <section class="making" aria-labelledby="own-making">
        <h3 id="own-making">Make the network</h3>
        <label>It learns on <select class="body"></select></label>
        <label>Its name, if it is to have one of its own <input type="text" class="title" maxlength="60" autocomplete="off"></label>
        <div class="row"><button type="button" class="make">Make the network</button><button type="button" class="stop" hidden>Stop</button></div>
        <p class="said" role="status"></p>
      </section>
    </div>
  </div>
  <section class="outcome" aria-live="polite" hidden></section>
  <section class="mine" aria-labelledby="own-mine">
    <h3 id="own-mine">Your networks</h3>
    <p class="quiet">They are in the list of networks of this browser alone, and are deleted after four hours. Take home what you want to keep: the zip holds the network and a program, <code>predict.py</code>, that runs it.</p>
    <ul></ul>
    <label class="file">Bring back a zip<input type="file" class="bring" accept=".zip,application/zip"></label>
    <p class="told" role="status"></p>
  </section>
</section>`;
