// The page's address. The server says model, step and the like; which tab is open and what shares one colour scale only
// the browser knows for sure, because an answer may be older than the last click. Other keys (Gradio's, a Space's) are
// left alone.

const TOLD = ['model', 'step', 'channel', 'row', 'column', 'edits', 'lane', 'other', 'disturb', 'strength', 'seed']; // by the server
const early = {}; // what widgets said before `ready`
let restoring = true; // what the address asks for is not a step of the reader's
let ready = false; // tabs are selected when the page opens as well, before the server has read the address

function change(values) {
  const before = new URLSearchParams(location.search);
  const all = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(values)) {
    if (value === null) all.delete(key);
    else all.set(key, value);
  }
  // A page of the browser's history for each tab, network, step, picture and change to the network; channels would make
  // too many.
  const differs = (key) => before.get(key) !== all.get(key);
  const moved = ['edits', 'picture'].some(differs) || ['model', 'tab', 'step'].some((key) => before.has(key) && differs(key));
  const query = `?${all}`.replaceAll('%3A', ':').replaceAll('%7E', '~').replaceAll('%2C', ','); // for people to read
  if (moved && ready && !restoring) history.pushState(null, '', query);
  else history.replaceState(null, '', query);
  window.dispatchEvent(new Event('convscope-addressed'));
}

watch('value', () => {
  if (!props.value) return;
  const told = new URLSearchParams(props.value);
  const values = Object.fromEntries(TOLD.map((key) => [key, told.get(key)]));
  change(ready ? values : { ...values, tab: told.get('tab') ?? 'predict', scale: told.get('scale'), ...early });
  ready = true;
});
window.addEventListener('convscope-tab', (event) => {
  if (ready) change({ tab: event.detail });
});
window.addEventListener('convscope-address', (event) => {
  if (ready) change(event.detail);
  else Object.assign(early, event.detail);
});
window.addEventListener('convscope-scale', (event) => change({ scale: event.detail }));
window.addEventListener('convscope-restored', () => setTimeout(() => (restoring = false)));
window.addEventListener('popstate', () => {
  restoring = true;
  trigger('back', { query: location.search, picture: window.convscopePicture });
});
