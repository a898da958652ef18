// The checks of the map that the widget above shows; those of an older map are not shown.

const box = element.querySelector('.checks');

function draw() {
  const value = props.value || {};
  const fits = value.html && value.token === window.convscopeWhy?.token;
  box.innerHTML = fits ? value.html : '';
}

window.addEventListener('convscope-why', () => {
  box.innerHTML = '';
});
watch('value', draw);
draw();
