// The link to what the page shows, and what the page's own link hides. The address holds both.

const find = (selector) => element.querySelector(selector);
const panel = find('.panel');
const dialog = find('dialog');
const names = props.parts.map(({ name }) => name);
const LOCAL = ['localhost', '127.0.0.1', '[::1]'];
let shown = ''; // the link whose QR code is asked for

// ---------------------------------------------------------------------------------------- what is hidden in this page

// One rule for each part: whatever Gradio draws anew later stays out of sight, and out of the keyboard's way.
const rules = document.createElement('style');
rules.textContent = props.parts.filter(({ selectors }) => selectors).map(({ name, selectors }) =>
  `:root[data-hide~="${name}"] :is(${selectors}) { display: none !important; }`).join('\n');
document.head.append(rules);

function hidden() {
  const asked = (new URLSearchParams(location.search).get('hide') ?? '').split(',');
  return names.filter((name) => asked.includes(name));
}

let applied = '';
let areTabsGone = false;

function hide() {
  const gone = hidden();
  const open = new URLSearchParams(location.search).get('tab'); // stays: the reader is never left without a tab
  const asked = `${gone} ${gone.includes(open) ? open : ''}`.trim();
  if (asked === applied) return;
  applied = asked;
  find('.hiding').hidden = !gone.length;
  document.documentElement.dataset.hide = gone.join(' ');
  const tabs = props.parts.filter(({ selectors }) => !selectors);
  window.convscopeTabs = tabs.map(({ name }) => ({
    __type__: 'update', visible: gone.includes(name) && name !== open ? 'hidden' : true,
  }));
  const were = areTabsGone;
  areTabsGone = window.convscopeTabs.some(({ visible }) => visible !== true);
  if (were || areTabsGone) trigger('hiding', {});
}

find('.everything').addEventListener('click', () => {
  window.dispatchEvent(new CustomEvent('convscope-address', { detail: { hide: null } }));
  find('.open').focus();
});

// --------------------------------------------------------------------------------------------------------- the link

function link() {
  const here = new URLSearchParams(location.search);
  const taken = new URLSearchParams();
  for (const key of props.keys) if (key !== 'hide' && here.has(key)) taken.set(key, here.get(key));
  const gone = [...element.querySelectorAll('fieldset input:checked')].map((input) => input.value);
  if (gone.length) taken.set('hide', gone.join(','));
  return `${location.origin}${location.pathname}?${taken}`.replaceAll('%3A', ':').replaceAll('%7E', '~').replaceAll('%2C', ',');
}

function notes() {
  const here = new URLSearchParams(location.search);
  const said = [];
  if (window.convscopePicture === 'own') said.push('Your own picture is never in a link: whoever opens this one is asked to choose a picture of theirs.');
  if (here.get('lane') === 'pictures') said.push('The second picture of the Compare tab is never in a link.');
  if (LOCAL.includes(location.hostname)) said.push('This address works on this computer only. Open the page by the computer’s address in the network, and share from there.');
  return said;
}

function draw() {
  if (panel.hidden) return;
  const open = new URLSearchParams(location.search).get('tab');
  for (const input of element.querySelectorAll('fieldset.tabs input')) {
    input.disabled = input.value === open;
    if (input.disabled) input.checked = false;
  }
  const now = link();
  if (find('.link').value !== now) {
    find('.link').value = now;
    find('.status').textContent = '';
  }
  find('.try').href = now;
  const said = notes();
  const list = find('.notes');
  if (list.textContent === said.join('')) return;
  list.replaceChildren(...said.map((text) => Object.assign(document.createElement('li'), { textContent: text })));
}

for (const { name, words, selectors } of props.parts) {
  const label = document.createElement('label');
  const input = Object.assign(document.createElement('input'), { type: 'checkbox', value: name });
  label.append(input, words);
  find(selectors ? 'fieldset.parts' : 'fieldset.tabs').append(label);
}
element.querySelectorAll('fieldset').forEach((all) => all.addEventListener('change', draw));

function toggle(on) {
  panel.hidden = !on;
  find('.open').setAttribute('aria-expanded', String(on));
  if (!on) return;
  const gone = hidden();
  for (const input of element.querySelectorAll('fieldset input')) input.checked = gone.includes(input.value);
  find('.choose').open = gone.length > 0;
  find('.status').textContent = '';
  draw();
}

find('.open').addEventListener('click', () => toggle(panel.hidden));
panel.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  toggle(false);
  find('.open').focus();
});

// Browsers have a clipboard to write to only on a page from https or this computer; elsewhere the text is selected, and
// the old command may copy it.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    find('.link').focus();
    find('.link').select();
    return document.execCommand('copy');
  }
}

find('.copy').addEventListener('click', async () => {
  const done = await copied(find('.link').value);
  find('.status').textContent = done ? 'The link is copied.' : 'The link is selected: copy it with Ctrl+C, on a Mac ⌘+C, or by a long touch.';
});
find('.link').addEventListener('focus', () => find('.link').select());

// ------------------------------------------------------------------------------------------------------ the QR code

find('.code').addEventListener('click', () => {
  shown = find('.link').value;
  find('dialog img').hidden = true;
  find('.waiting').textContent = 'The code is being drawn …';
  find('dialog .address').textContent = shown;
  dialog.showModal();
  if (props.value?.link === shown) answered();
  else trigger('code', { link: shown });
});
dialog.addEventListener('click', (event) => {
  if (event.target === dialog || event.target.closest('.close')) dialog.close();
});

function answered() {
  const value = props.value || {};
  if (value.told !== undefined) say(value.told);
  if (!value.link || value.link !== shown) return;
  find('.waiting').textContent = value.refusal ?? '';
  find('dialog img').hidden = !value.src;
  if (value.src) find('dialog img').src = value.src;
}

window.addEventListener('convscope-uncoded', () => {
  find('.waiting').textContent = 'The code could not be drawn. Please close this and try again.';
});

// ------------------------------------------------------------------------------------- what of a link is not there

function say(text) {
  find('.told p').textContent = text;
  find('.told p').hidden = find('.seen').hidden = !text;
}

find('.seen').addEventListener('click', () => say(''));
watch('value', answered);
for (const moved of ['convscope-addressed', 'popstate']) {
  window.addEventListener(moved, () => {
    hide();
    draw();
  });
}
hide();
