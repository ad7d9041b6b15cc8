// The last two minutes of each figure, drawn on canvases; new figures come over a WebSocket.

const KEPT = 120;
const history = [];
const canvases = [...document.querySelectorAll('canvas')];
const state = document.getElementById('state');

function show(figures) {
  for (const canvas of canvases) {
    const name = canvas.dataset.figure;
    document.getElementById(name).value = figures[name].toFixed(figures[name] < 10 ? 1 : 0);
  }
  document.getElementById('watchers').value = figures.watchers;
}

/** A round number that is not below `value`: 1, 2, 5, 10, 20 … */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

function draw(canvas) {
  const style = getComputedStyle(canvas); // its colours, for a light or a dark page
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio || 1;
  canvas.width = width * scale; // this also clears it
  canvas.height = height * scale;
  const pen = canvas.getContext('2d');
  pen.scale(scale, scale);

  const values = history.map((figures) => figures[canvas.dataset.figure]);
  const top = ceiling(Math.max(1, ...values));
  const x = (i) => width - ((values.length - 1 - i) / (KEPT - 1)) * width;
  const y = (value) => height - 2 - (value / top) * (height - 18);

  pen.strokeStyle = style.borderTopColor;
  pen.fillStyle = style.outlineColor;
  pen.font = '11px system-ui, sans-serif';
  for (const share of [0, 0.5, 1]) {
    pen.beginPath();
    pen.moveTo(0, y(top * share));
    pen.lineTo(width, y(top * share));
    pen.stroke();
  }
  pen.fillText(String(top), 2, y(top) - 4);
  if (values.length === 0) return;
  pen.beginPath(); // the newest value, which is the only one in the first second
  pen.arc(width - 3, y(values.at(-1)), 3, 0, 2 * Math.PI);
  pen.fillStyle = style.color;
  pen.fill();
  if (values.length < 2) return;

  pen.beginPath();
  values.forEach((value, i) => (i === 0 ? pen.moveTo(x(i), y(value)) : pen.lineTo(x(i), y(value))));
  pen.lineWidth = 2;
  pen.lineJoin = 'round';
  pen.strokeStyle = style.color;
  pen.stroke();
  pen.lineTo(x(values.length - 1), height);
  pen.lineTo(x(0), height);
  pen.globalAlpha = 0.15;
  pen.fillStyle = style.color;
  pen.fill();
}

const drawAll = () => canvases.forEach(draw);

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(`${scheme}//${location.host}${document.body.dataset.live}`);
  socket.onopen = () => {
    state.textContent = 'live';
    state.dataset.state = 'open';
  };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (Array.isArray(message)) history.splice(0, history.length, ...message); // the first message
    else history.push(message);
    if (history.length > KEPT) history.shift();
    if (history.length > 0) show(history.at(-1));
    drawAll();
  };
  socket.onclose = () => {
    state.textContent = 'connection lost; trying again …';
    state.dataset.state = 'waiting';
    setTimeout(connect, 1000);
  };
}

document.getElementById('work').onclick = () => {
  for (let i = 0; i < 8; i++) fetch(document.body.dataset.work, { method: 'POST' });
};
addEventListener('resize', drawAll);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
connect();
