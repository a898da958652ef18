// For widgets that are filled only when they come into sight: asks the server with `want`, and tells an answer to the
// last question from answers to earlier ones by its ticket. The page's address is what the question is about.

const asking = { ticket: 0, waiting: false, since: 0, stale: true, near: false, picked: false };
const EARLY = '300px'; // from the window's edge, so that the answer is there when the reader is
const GONE = 15000; // milliseconds after which the server is taken to have lost a question

function nextTicket() {
  asking.ticket += 1;
  asking.waiting = true;
  asking.since = performance.now();
  asking.stale = false;
  element.classList.add('waiting');
  return asking.ticket;
}

// `isOutdated`: whether the address says something else than what is shown.
function askWhenInSight(isOutdated) {
  const check = () => {
    if (!asking.near || !window.convscopeFresh) return; // the page itself is not ready before the first answer
    const lost = asking.waiting && performance.now() - asking.since > GONE;
    if (asking.stale || lost || (!asking.waiting && isOutdated())) trigger('want', { query: location.search, ticket: nextTicket() });
  };
  const observer = new IntersectionObserver((entries) => {
    asking.near = entries[entries.length - 1].isIntersecting;
    check();
  }, { rootMargin: EARLY });
  observer.observe(element);
  window.addEventListener('convscope-fresh', () => {
    asking.stale = true;
    check();
  });
  window.addEventListener('popstate', check);
}

// The value, if it answers the last question. One without a ticket answers a setting beside the widget, which is newer
// than any question before it.
function lastAnswer() {
  const value = props.value || {};
  if (!Object.keys(value).length) return null;
  if (value.ticket === undefined) nextTicket();
  else if (value.ticket !== asking.ticket) return null;
  asking.waiting = false;
  element.classList.remove('waiting');
  return JSON.parse(JSON.stringify(value));
}

function noAnswer() {
  asking.waiting = false;
  element.classList.remove('waiting');
}

// A refused pick brings no value: what is shown holds.
window.addEventListener('convscope-answered', (event) => {
  if (event.detail === 'failed' && asking.picked) noAnswer();
  asking.picked = false;
});
// Nor does a question that failed: it is asked again when the reader comes back.
window.addEventListener('convscope-unanswered', (event) => {
  if (!element.closest(`#${event.detail}`)) return;
  noAnswer();
  asking.stale = true;
  const message = element.querySelector('.message');
  if (!message.hidden) message.textContent = 'This could not be worked out. Open this tab again to try once more.';
});

// Writes into the address what only the browser knows; null takes a key away.
function note(values) {
  window.dispatchEvent(new CustomEvent('convscope-address', { detail: values }));
}

// What is picked in one of these widgets the Explore tab shows when it is opened.
function pickHere(choice) {
  window.convscopeMoved = true;
  asking.picked = true;
  send(choice);
}

window.addEventListener('convscope-tab', (event) => {
  if (event.detail !== 'explore' || !window.convscopeMoved) return;
  window.convscopeMoved = false;
  trigger('elsewhere', {});
});
