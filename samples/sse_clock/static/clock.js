const time = document.getElementById('time');
const state = document.getElementById('state');
const events = new EventSource(document.body.dataset.ticks);

events.addEventListener('tick', (event) => {
  time.textContent = event.data;
});
events.addEventListener('missed', (event) => {
  state.textContent = `connected again, ${event.data} ticks missed`;
});
events.onopen = () => {
  state.textContent = 'connected';
};
events.onerror = () => {
  state.textContent = 'connection lost; trying again …';
};
