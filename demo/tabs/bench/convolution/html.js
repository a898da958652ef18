/** Markup of the bench's convolution, written once it is opened. */

export const HTML = `
<div class="work">
  <div class="boards"></div>
  <p class="refusal" role="alert" hidden></p>
  <div class="controls">
    <button type="button" class="plain go">Play</button>
    <button type="button" class="plain one">One step</button>
    <button type="button" class="plain again">From the start</button>
    <label>Speed <input class="speed" type="range" min="0" max="2.5" step="0.25" value="0.5"></label>
    <output class="number rate"></output>
    <label class="tick"><input type="checkbox" class="whole"> Whole maps</label>
  </div>
  <fieldset class="stages"><legend>Numbers of</legend></fieldset>
  <div class="figures"></div>
  <p class="adding number"></p>
  <p class="now number" aria-live="polite"></p>
  <p class="quiet">Rows and columns are counted from 0.</p>
</div>
<div class="settings">
  <fieldset class="group">
    <legend>Picture</legend>
    <div class="fields">
      <label>Picture <select class="picture"></select></label>
      <label class="of-photo">Colour <select class="colour"><option value="grey">grey</option><option value="red">red</option><option value="green">green</option><option value="blue">blue</option></select></label>
      <label class="of-photo">Size <select class="side"></select></label>
    </div>
    <p class="note lost" hidden></p>
    <details class="edit">
      <summary>Draw, or change its numbers</summary>
      <div class="fields">
        <label class="tick"><input type="checkbox" class="draws" checked> Pencil</label>
        <label class="shade">Shade <input type="range" class="pencil" min="0" max="1" step="0.1" value="1"> <output class="number pencil-value">1</output></label>
        <button type="button" class="plain clear">All black</button>
      </div>
      <div class="cells" role="group" aria-label="Values of the picture, 0 is black and 1 is white"></div>
      <p class="note">8 × 8 values from 0, black, to 1, white. Draw with the pencil, or take it off and type: the first change makes these the picture.</p>
    </details>
  </fieldset>
  <fieldset class="group">
    <legend><dfn data-term="kernel">Kernel</dfn></legend>
    <div class="fields">
      <label>Begin with <select class="preset"></select></label>
      <label>Size <select class="size"></select></label>
      <label><dfn data-term="bias">Bias</dfn> <input class="bias" type="text" inputmode="text" autocomplete="off"></label>
    </div>
    <div class="weights" role="group" aria-label="Weights of the kernel"></div>
    <p class="note kernel-words"></p>
    <details class="network">
      <summary>A kernel of a trained network</summary>
      <p class="note about-network"></p>
      <div class="fields of-network" hidden>
        <label>Convolution <select class="step"></select></label>
        <label>Channel <input class="channel" type="number" min="0" step="1" value="0"></label>
        <label>Reads <select class="source"></select></label>
      </div>
      <div class="little-kernels"></div>
      <label class="tick of-network" hidden><input type="checkbox" class="as-there"> Its stride, padding, dilation and bias, too</label>
    </details>
  </fieldset>
  <fieldset class="group">
    <legend>How the window goes</legend>
    <div class="fields">
      <label><dfn data-term="stride">Stride</dfn> <select class="stride"></select></label>
      <label><dfn data-term="padding">Padding</dfn> <select class="padding"></select></label>
      <label>with <select class="mode"><option value="zeros">zeros</option><option value="reflect">the mirrored picture</option></select></label>
      <label><dfn data-term="dilation">Dilation</dfn> <select class="dilation"></select></label>
    </div>
  </fieldset>
  <fieldset class="group">
    <legend>After it</legend>
    <div class="fields">
      <label class="tick"><input type="checkbox" class="relu"> <dfn data-term="relu">ReLU</dfn></label>
      <label><dfn data-term="max-pooling">Pooling</dfn> <select class="pool"><option value="none">none</option><option value="max">max</option><option value="mean">average</option></select></label>
      <label class="of-pool">of <select class="poolSize"></select></label>
      <label class="of-pool">Stride <select class="poolStride"></select></label>
    </div>
  </fieldset>
</div>
<div class="about">
  <div>
    <h3><dfn data-term="shape">Shapes</dfn></h3>
    <ul class="shapes number"></ul>
  </div>
  <div>
    <h3>In PyTorch</h3>
    <pre class="code" tabindex="0" aria-label="PyTorch code of these layers"></pre>
    <p><button type="button" class="plain copy">Copy as a file that runs</button> <span class="copied" role="status"></span></p>
  </div>
</div>`;
