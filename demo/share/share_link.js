/** The link to what the page shows, and what is to be said about it. */

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

/**
 * @param {{ origin: string, pathname: string, search: string }} here the page's address
 * @param {string[]} keys of the address, which a link takes along
 * @param {string[]} hidden names of the parts that are hidden from whoever opens it
 */
export function linkOf({ origin, pathname, search }, keys, hidden) {
  const given = new URLSearchParams(search);
  const taken = new URLSearchParams();
  for (const key of keys) {
    const value = given.get(key);
    // A crop says nothing without its picture, and one of one's own is in no link.
    const isLeft = key === 'hide' || (key === 'crop' && given.get('picture') === 'own');
    if (!isLeft && value !== null) taken.set(key, value);
  }
  if (hidden.length) taken.set('hide', hidden.join(','));
  return `${origin}${pathname}?${taken}`.replaceAll('%3A', ':').replaceAll('%7E', '~').replaceAll('%2C', ','); // to read
}

/**
 * @param {string} picture its name in the address
 * @param {string} lane of the Compare tab
 * @param {string} hostname
 */
export function notesOn(picture, lane, hostname) {
  const notes = [];
  if (picture === 'own')
    notes.push('Your own picture is never in a link: whoever opens this one is asked to choose a picture of theirs.');
  if (lane === 'pictures') notes.push('The second picture of the Compare tab is never in a link.');
  if (LOCAL.includes(hostname))
    notes.push('This address works on this computer only. Open the page by the computer’s address in the network, and share from there.');
  return notes;
}
