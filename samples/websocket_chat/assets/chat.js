import {connect} from '/bora-channel.js';

const $ = (id) => document.getElementById(id);
const rooms = ['lobby', 'garden', 'kitchen'];
const typing = new Map();
let me = sessionStorage.getItem('name') ?? '';
let connection;
let channel;
let lastTyped = 0;
let nextTry = 0; // the time of the next attempt, if there is no connection
let isAtEnd = true; // whether the list shows its end: then it scrolls to new messages
let others = 0; // the number of people in the room who are not listed

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Returns a colour for a name, the same on every page. Similar names get quite different colours.
function hue(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt()) % 1024;
  return Math.round(sum * 137.508) % 360;
}

function avatar(name) {
  const made = element('span', {className: 'avatar', ariaHidden: 'true'}, [...name][0].toUpperCase());
  made.style.setProperty('--hue', hue(name));
  return made;
}

// ---- Coming in ----

$('hello').addEventListener('submit', (event) => {
  event.preventDefault();
  me = new FormData(event.target).get('name').trim();
  if (!me) return;
  sessionStorage.setItem('name', me);
  comeIn();
});

function comeIn() {
  $('hello').hidden = true;
  $('chat').hidden = false;
  $('me').textContent = `You are ${me}`;
  connection = connect(`/live?name=${encodeURIComponent(me)}`, {onstate: showState});
  enter(location.hash.slice(1) || 'lobby');
}

function showState(state, {delay} = {}) {
  const texts = {connecting: 'connecting …', open: 'connected', closed: 'closed'};
  nextTry = Date.now() + (delay ?? 0);
  $('state').textContent = texts[state];
  $('state').dataset.state = state;
  showDelay();
  $('composer').querySelector('button').disabled = state != 'open';
}

function showDelay() {
  if ($('state').dataset.state != 'waiting') return;
  const seconds = Math.max(1, Math.ceil((nextTry - Date.now()) / 1000));
  $('state').textContent = `no connection – next try in ${seconds} s`;
}

// ---- Rooms ----

function enter(name) {
  if (!rooms.includes(name)) rooms.push(name);
  location.hash = name;
  channel?.unsubscribe();
  typing.clear();
  showTyping();
  $('messages').replaceChildren();
  isAtEnd = true;
  $('title').textContent = name;
  channel = connection.subscribe(name, {
    subscribed({recovered, more}) {
      others = more;
      // The missed messages are lost; the newest ones follow.
      if (!recovered) $('messages').replaceChildren();
      showPeople();
    },
    message: hear,
    join: showPeople,
    leave: showPeople,
    error: ({message}) => note(message),
  });
  showRooms();
  document.querySelector('#rooms [aria-current]').scrollIntoView({inline: 'nearest', block: 'nearest'});
}

function showRooms() {
  $('rooms').replaceChildren(
    ...rooms.map((name) => {
      const link = element('a', {href: `#${name}`}, name);
      if (name == channel.name) link.ariaCurrent = 'page';
      return link;
    }),
  );
}

addEventListener('hashchange', () => {
  const name = location.hash.slice(1);
  if (connection && name && name != channel.name) enter(name);
});

$('new-room').addEventListener('submit', (event) => {
  event.preventDefault();
  enter(new FormData(event.target).get('room'));
  event.target.reset();
});

function showPeople() {
  const people = [...channel.members.keys()].sort((a, b) => a.localeCompare(b));
  $('people').replaceChildren(...people.map((name) => element('li', {}, avatar(name), name)));
  if (others) $('people').append(element('li', {className: 'others'}, `and ${others} others`));
}

// ---- Messages ----

function hear({user, at, said}) {
  if (said.typing) {
    if (user != me) typing.set(user, Date.now() + 3000);
    showTyping();
    return;
  }
  typing.delete(user);
  showTyping();
  const list = $('messages');
  const time = new Date(at);
  const clock = time.toLocaleTimeString([], {hour: '2-digit', minute: '2-digit'});
  const isNext = list.lastElementChild?.dataset.user == user;
  const isSameMinute = isNext && list.lastElementChild.dataset.clock == clock;
  const message = element(
    'li',
    {className: user == me ? 'own' : ''},
    avatar(user),
    element(
      'div',
      {className: 'bubble'},
      element('strong', {}, user),
      element('time', {dateTime: time.toISOString(), hidden: isSameMinute}, clock),
      element('p', {}, String(said.text)),
    ),
  );
  message.dataset.user = user;
  message.dataset.clock = clock;
  if (isNext) message.classList.add('more');
  list.append(message);
  if (isAtEnd || user == me) scrollToEnd();
}

function scrollToEnd() {
  $('messages').scrollTop = $('messages').scrollHeight;
}

$('messages').addEventListener('scroll', ({target}) => {
  isAtEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 40;
});

// The newest message stays visible when a keyboard opens, the typed text grows, or the phone is
// turned.
new ResizeObserver(() => isAtEnd && scrollToEnd()).observe($('messages'));

function note(text) {
  $('messages').append(element('li', {className: 'note'}, text));
}

function showTyping() {
  const names = [...typing].filter(([, until]) => until > Date.now()).map(([name]) => name);
  const list = new Intl.ListFormat('en').format(names);
  $('typing').textContent = names.length == 0 ? '' : `${list} ${names.length > 1 ? 'are' : 'is'} typing …`;
}
setInterval(() => {
  showTyping();
  showDelay();
}, 1000);

$('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const field = event.target.text;
  const text = field.value.trim();
  if (text && channel.publish({text})) event.target.reset();
});

$('composer').text.addEventListener('keydown', (event) => {
  if (event.key == 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $('composer').requestSubmit();
  } else if (event.key.length == 1 && Date.now() - lastTyped > 2000) {
    lastTyped = Date.now();
    channel.publish({typing: true}, {keep: false});
  }
});

if (me) comeIn();
else $('hello').hidden = false;
