// The page's address. The server says model, step and the like; which tab is open and what shares one colour scale only
// the browser knows for sure, because an answer may be older than the last click. Other keys (Gradio's, a Space's) are
// left alone.

const TOLD = ['model', 'step', 'channel', 'row', 'column', 'edits', 'lane', 'other', 'disturb', 'strength', 'seed']; // by the server
const early = {}; // what widgets said before `ready`
let restoring = true; // what the address asks for is not a step of the reader's
let going = 0; // when the server was last asked for where the reader went back or forward to; 0: it has answered
let again = false; // the reader has gone on since, and that answer is about another place
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

const LOST_AFTER = 15_000; // milliseconds without an answer

function go() {
  going = performance.now();
  again = false;
  trigger('back', { query: location.search, picture: window.convscopePicture });
}

watch('value', () => {
  if (!props.value || again) return;
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
window.addEventListener('convscope-restored', () => setTimeout(() => {
  if (again) return go();
  going = 0;
  restoring = false;
}));
// One question at a time: the page takes no second one while the first is with the server.
window.addEventListener('popstate', () => {
  restoring = true;
  if (going && performance.now() - going < LOST_AFTER) again = true;
  else go();
});
