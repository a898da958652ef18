/* global document, window, CustomEvent, setTimeout */
// With the messages of the page's language: what is wrong with those with marked words in them, once the page has put them
// into the language; and whether they stay when it looks at them once more.
async (messages) => {
  const GIVEN = ['conv1', 'Nemo', 'fc2', 'Zorro', 'pool3'];
  const MARK = /<([a-z])>(.*?)<\/\1>|<([a-z])\/>/gs;
  const filled = (text) => text.replace(/\{([nt])(\d+)\}/g, (_, kind, number) => (kind === 'n' ? String(20 + Number(number)) : GIVEN[number % GIVEN.length]));
  const clean = (text) => text.replace(/\s+/g, ' ').trim();
  const drawn = (text) => {
    const place = document.createElement('p');
    let end = 0;
    for (const found of text.matchAll(MARK)) {
      const mark = document.createElement(found[1] ? 'em' : 'code');
      mark.dataset.mark = found[1] ?? found[3];
      mark.append(found[2] ?? '');
      place.append(text.slice(end, found.index), mark);
      end = found.index + found[0].length;
    }
    place.append(text.slice(end));
    return place;
  };
  const written = (place) => clean([...place.childNodes].map((node) => {
    const mark = node.dataset?.mark;
    return !mark ? node.textContent : node.tagName === 'EM' ? `<${mark}>${node.textContent}</${mark}>` : `<${mark}/>`;
  }).join(''));
  const isPhrase = (text) => /<([a-z])>[^<]*\p{L}[^<]*<\/\1>/u.test(text) && /\p{L}/u.test(text.replace(MARK, ''));
  const sources = Object.keys(messages).filter((source) => isPhrase(filled(source)));
  const board = document.createElement('div');
  board.append(...sources.map((source) => drawn(filled(source))));
  document.body.append(board);
  await new Promise((done) => setTimeout(done));
  const wrong = sources.flatMap((source, at) => {
    const [found, wanted] = [written(board.children[at]), clean(filled(messages[source]))];
    return found === wanted ? [] : [[source, wanted, found]];
  });
  const before = board.innerHTML;
  window.dispatchEvent(new CustomEvent('convscope-names')); // after which all of the page is looked at once more
  await new Promise((done) => setTimeout(done));
  const isSame = board.innerHTML === before;
  board.remove();
  return { count: sources.length, wrong, isSame };
}
