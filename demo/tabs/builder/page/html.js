/** The markup of the tab. */

export const HTML = `
<p class="lead">Put a small network together, see every shape and weight counted, and train it here in seconds. A second one can learn beside it from the same pictures, in the same order.</p>
<div class="columns">
  <section class="list" aria-label="The layers">
    <div class="head">
      <div class="which" role="radiogroup" aria-label="Which network is shown"></div>
      <button type="button" class="plain second">Add a second network</button>
      <button type="button" class="plain drop" hidden>Remove network B</button>
      <div class="tools">
        <label>Begin with <select class="starts"><option value="">choose …</option></select></label>
        <button type="button" class="plain undo">Undo</button>
        <button type="button" class="plain redo">Redo</button>
      </div>
    </div>
    <ol class="rows"></ol>
    <div class="add" role="group" aria-label="Add a layer"><span>Add:</span></div>
    <p class="total" role="status"></p>
    <details class="in-code" open>
      <summary>The same in PyTorch: network and training, as a file that runs</summary>
      <div class="code-tools"><button type="button" class="plain copy">Copy</button> <button type="button" class="plain save">Save as a file (.py)</button> <span class="copied" role="status"></span></div>
      <pre class="code" tabindex="0" aria-label="PyTorch code"></pre>
    </details>
  </section>
  <section class="training" aria-label="The training">
    <h3>Train</h3>
    <fieldset class="sets"><legend>Pictures</legend></fieldset>
    <p class="note about-set"></p>
    <div class="fields">
      <label class="of-cifar" hidden>Pictures <select class="pictures"></select></label>
      <label><dfn data-term="epoch">Passes</dfn> <input type="number" class="epochs" min="1" max="50" /></label>
      <label><dfn data-term="learning-rate">Step size</dfn> <select class="rate"></select></label>
      <label><dfn data-term="seed">Seed</dfn> <input type="number" class="seed" min="0" max="9999" /></label>
    </div>
    <div class="go-row">
      <button type="button" class="plain primary go">Train</button>
      <button type="button" class="plain stop" hidden>Stop</button>
      <span class="estimate note"></span>
    </div>
    <p class="said" role="status"></p>
    <div class="outcome" hidden tabindex="-1"></div>
    <div class="charts" hidden></div>
  </section>
</div>`;
