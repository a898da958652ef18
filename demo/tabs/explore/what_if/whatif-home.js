
// ---- to take home: the answer with the changes beside the one without them

(window.convscopeHome ??= {}).whatif = () => (view?.edits.length ? [
  { label: 'The answers, before and now (PNG)', file: `${view.model}-what-if`, plate: answersPlate },
  { label: 'The answers, before and now (CSV)', file: `${view.model}-what-if`, rows: answerRows },
  { label: 'The changes (CSV)', file: `${view.model}-changes`, rows: () => [['number', 'change', 'as in a link'], ...view.edits.map((edit, index) => [index + 1, edit.words, edit.piece])] },
] : []);

function answersPlate() {
  const rows = view.answers.map((row) => [row.label, percent(row.before), percent(row.now), signed(100 * (row.now - row.before), 1), signed(row.logit_now - row.logit_before, 2), { share: row.now }]);
  return {
    title: 'What if? The answer with changes to the network or its picture',
    lines: [window.convscopeNetworkLine(), find('.verdict-now').textContent],
    blocks: [
      { heading: 'Changes made' },
      ...view.edits.map((edit) => ({ text: edit.words })),
      { heading: 'The answers' },
      { table: { head: ['class', 'original', 'now', 'change, % points', 'logit change', 'now, 0 to 100 %'], rows } },
      ...(view.others ? [{ text: `${view.others} more classes are not shown.` }] : []),
    ],
  };
}

function answerRows() {
  const head = ['class', 'probability, original (0 to 1)', 'probability, now (0 to 1)', 'logit, original (no unit)', 'logit, now (no unit)'];
  return [head, ...view.answers.map((row) => [row.label, row.before, row.now, row.logit_before, row.logit_now])];
}
