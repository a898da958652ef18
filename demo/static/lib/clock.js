// Asks the server for news, as `tick`: at once when the part of the page that shows them comes into sight, then as often
// as the server said. Nothing is asked while that part or the whole window is out of sight.

const KEPT = 'convscope-training';
let last = 0;
let wasVisible = false;

// The ticket of this browser's training outlives a reload of the page, where the browser lets pages keep anything.
function keep(ticket) {
  try {
    localStorage.setItem(KEPT, ticket);
  } catch {}
}

function kept() {
  try {
    return localStorage.getItem(KEPT) ?? '';
  } catch {
    return '';
  }
}

function look() {
  const target = document.querySelector(props.target);
  const visible = Boolean(target?.checkVisibility()) && !document.hidden;
  const every = 1000 * (props.value?.every ?? 0);
  const due = visible && (!wasVisible || (every > 0 && Date.now() - last >= every));
  wasVisible = visible;
  if (!due) return;
  last = Date.now();
  trigger('tick', { ticket: kept() });
}

watch('value', () => {
  if (props.value?.ticket) keep(props.value.ticket);
});
setInterval(look, 250);
