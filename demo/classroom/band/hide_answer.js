/** Until a pupil has joined, the network's answer is out of sight: the class may be about to guess it. */

/** @param {boolean} isHidden */
export function hideAnswer(isHidden) {
  if (isHidden) document.documentElement.dataset.hideMeanwhile = 'answer';
  else delete document.documentElement.dataset.hideMeanwhile;
}
