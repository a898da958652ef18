/** Markup of the bench's two layers. */

export const HTML = `
<div class="work">
  <p class="lead">64 rows of 1,000 random numbers go in; 10 random numbers per row should come out. Two <dfn data-term="linear-layer">linear layers</dfn> with a ReLU between them are fitted to them by <dfn data-term="gradient-descent">gradient descent</dfn> (SGD) on the <dfn data-term="mean-squared-error">mean squared error</dfn>, here in your browser.</p>
  <div class="controls">
    <button type="button" class="plain primary go">Train</button>
    <button type="button" class="plain one">One step</button>
    <button type="button" class="plain again">From the start</button>
    <output class="number step"></output>
  </div>
  <div class="chart-place"></div>
  <ul class="runs"></ul>
  <p class="now number" aria-live="polite"></p>
  <h3 class="weights-title">Weights before and after</h3>
  <div class="matrices"></div>
  <p class="note">Red: above zero, white: zero, blue: below zero. Before and after share one scale, the change has its own.</p>
</div>
<div class="settings">
  <fieldset class="group">
    <legend>Training</legend>
    <div class="fields">
      <label><dfn data-term="learning-rate">Learning rate</dfn> <select class="rate"></select></label>
      <label>Hidden values <select class="hidden-size"></select></label>
      <label>Steps <select class="steps"></select></label>
      <label><dfn data-term="seed">Seed</dfn> <input class="seed" type="number" min="0" max="9999" step="1"></label>
    </div>
    <p class="note">Earlier trainings stay in the chart, to compare. The same seed begins with the same numbers, here and in PyTorch.</p>
  </fieldset>
  <fieldset class="group">
    <legend>Layers</legend>
    <ul class="shapes number"></ul>
  </fieldset>
</div>
<div class="about one-column">
  <div>
    <h3>In PyTorch</h3>
    <pre class="code" tabindex="0" aria-label="PyTorch code of this training"></pre>
    <p><button type="button" class="plain copy">Copy as a file that runs</button> <span class="copied" role="status"></span></p>
    <p class="note">It prints the losses of this chart: torch calculates with about 7 digits, the bench with about 16, so the last digits differ.</p>
  </div>
</div>`;
