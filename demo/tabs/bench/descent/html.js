/** Markup of the bench's gradient descent. */

export const HTML = `
<div class="work">
  <div class="pair">
    <figure>
      <div class="surface-box"><canvas class="surface" role="slider" tabindex="0" aria-label="Start of the descent on the loss surface" aria-valuemin="0"></canvas><div class="over" aria-hidden="true"></div></div>
      <figcaption class="surface-said"></figcaption>
    </figure>
    <figure><div class="data"></div><figcaption class="data-said"></figcaption></figure>
  </div>
  <div class="controls">
    <button type="button" class="plain primary go">Play</button>
    <button type="button" class="plain one">One step</button>
    <button type="button" class="plain ten">Ten steps</button>
    <button type="button" class="plain again">Back to the start</button>
    <output class="number step"></output>
  </div>
  <p class="step-words number"></p>
  <p class="now number" aria-live="polite"></p>
</div>
<div class="settings">
  <fieldset class="group">
    <legend>Problem</legend>
    <div class="fields"><label>Problem <select class="problem"></select></label></div>
    <p class="note about-problem"></p>
  </fieldset>
  <fieldset class="group">
    <legend>Descent</legend>
    <div class="fields">
      <label><dfn data-term="learning-rate">Learning rate</dfn> <select class="rate"></select></label>
      <label><dfn data-term="momentum">Momentum</dfn> <select class="momentum"></select></label>
    </div>
    <p class="note">A click on the surface, or the arrow keys on it, choose where it starts.</p>
  </fieldset>
</div>
<div class="about one-column">
  <div>
    <h3>In PyTorch</h3>
    <pre class="code" tabindex="0" aria-label="PyTorch code of this descent"></pre>
    <p><button type="button" class="plain copy">Copy as a file that runs</button> <span class="copied" role="status"></span></p>
  </div>
</div>`;
