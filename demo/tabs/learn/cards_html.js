/** The strip of cards, before a card is put in. */

export const START_AGAIN = 'Start again';
export const HTML = `
<header>
  <button type="button" class="fold" aria-expanded="true" aria-controls="lesson-card"><span class="where"></span> <span class="number"></span></button>
  <button type="button" class="plain leave" aria-label="Leave the lesson; what you have done is kept">Leave</button>
</header>
<div id="lesson-card" class="card">
  <ol class="marks" aria-hidden="true"></ol>
  <h2 tabindex="-1"></h2>
  <div class="text"></div>
  <p class="other" role="status" hidden></p>
  <form novalidate>
    <div class="controls"></div>
    <div class="does"><button class="plain primary check">Check</button> <button type="button" class="plain hint">Hint</button> <button type="button" class="plain again">Set it up again</button></div>
  </form>
  <div class="told" role="status"></div>
</div>
<footer>
  <button type="button" class="plain back">Back</button>
  <button type="button" class="plain restart">${START_AGAIN}</button>
  <button type="button" class="plain next">Skip</button>
</footer>`;
