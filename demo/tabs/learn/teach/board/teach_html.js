/** The HTML of the Teach tab. */

export const HTML = `
<div class="before">
  <h2>Teach: a class on one link</h2>
  <p class="lead">Open a class, and pupils join by a code or a QR code: no account, no names, they get animals. You send everybody to a card or to what you look at, see how many have answered and who is stuck, and show the class how it answered when you want to.</p>
  <p class="lead keeps"></p>
  <p><button type="button" class="plain primary open">Open a class</button></p>
  <form class="by-code"><label>You have a code? <input type="text" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="12" placeholder="for example KRTM-7" aria-label="Code of the class"></label> <button class="plain">Join</button></form>
</div>
<p class="told" role="status"></p>
<div class="class" hidden>
  <section class="door" aria-label="How pupils join">
    <button type="button" class="qr" aria-label="Show the QR code large"><img alt="QR code of the pupils’ link"></button>
    <div>
      <p class="code"></p>
      <p class="where"></p>
      <p class="warning" hidden></p>
      <div class="does">
        <button type="button" class="plain large">Show it large</button>
        <button type="button" class="plain copy-pupils">Copy the pupils’ link</button>
        <label class="locked"><input type="checkbox"><span>Nobody else joins</span></label>
      </div>
    </div>
    <div class="counts"><p class="here"><b></b><span></span></p><p class="rest quiet"></p></div>
  </section>
  <section class="send" aria-label="Send the class to a card">
    <h3>Send the class to a card</h3>
    <form>
      <label>Lesson <select name="lesson"></select></label>
      <label>Card <select name="card"></select></label>
      <label>Network <select name="network"></select></label>
      <label>Picture <select name="picture"></select></label>
      <button class="plain primary">Send all there</button>
      <details class="hide"><summary>Hide parts of their page<span class="chosen"></span></summary>
        <div class="parts"></div>
        <p class="quiet">A courtesy, no secret: whoever wants to can press “Show everything”, or leave the class. What a card itself hides comes back when it is answered.</p>
      </details>
    </form>
  </section>
  <div class="beside">
    <section class="cards" aria-label="Cards"><h3></h3><ol></ol><p class="quiet">A bar says how many have answered; the dark part, how many were right.</p></section>
    <section class="tallied" aria-label="How the class answered">
      <h3></h3>
      <div class="bars"></div>
      <div class="does"><button type="button" class="plain reveal">Reveal here</button> <button type="button" class="plain reveal-all">Reveal to pupils, too</button> <button type="button" class="plain conceal">Hide again</button></div>
    </section>
  </div>
  <section class="pupils" aria-label="Pupils"><h3>Pupils</h3><ul></ul><p class="left quiet"></p></section>
  <footer class="does">
    <button type="button" class="plain csv">Save the answers (CSV)</button>
    <button type="button" class="plain copy-teacher">Copy your own address</button>
    <button type="button" class="plain end">End the class</button>
    <span class="quiet until"></span>
  </footer>
  <p class="quiet">Your own address opens this board in another browser: keep it to yourself. This browser remembers it, so that a reload brings you back.</p>
</div>
<section class="paper" aria-label="On paper">
  <h3>On paper</h3>
  <p class="lead">A whole lesson to print, with its key on the last pages, for the picture that this page shows.</p>
  <form class="does"><label>Lesson <select name="sheet"></select></label> <button class="plain">Save the sheet and its key</button></form>
</section>
<dialog class="large-code" aria-label="How pupils join">
  <button type="button" class="plain close">Close (Esc)</button>
  <div><img alt="QR code of the pupils’ link"><p class="code"></p><p class="where"></p></div>
</dialog>`;
