// bora-channel.js by itself, with a socket whose server is the test, and a clock that the test
// moves.

import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';

import { connect } from '../../runtime/websocket/script/bora-channel.js';

const sockets = [];

class FakeSocket {
  sent = [];

  constructor(address, protocols) {
    Object.assign(this, { address: String(address), protocols });
    sockets.push(this);
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close(code, reason) {
    this.closed = { code, reason };
  }
  says(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }
}

globalThis.WebSocket = FakeSocket;
const handlers = {};
globalThis.addEventListener = (name, handler) => (handlers[name] = handler);
let chance = 0;
mock.method(Math, 'random', () => chance);

beforeEach(() => {
  sockets.length = 0;
  chance = 0;
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

/** Returns a connection, the states that it has reported, and its newest socket. */
function make(options = {}) {
  const states = [];
  const connection = connect('https://example.test/live?x=1', {
    onstate: (state, details) => states.push([state, details]),
    ...options,
  });
  return { connection, states, socket: () => sockets.at(-1) };
}

test('the address and the subprotocols are those of a WebSocket', () => {
  make({ protocols: ['a', 'b'] });
  assert.equal(sockets[0].address, 'wss://example.test/live?x=1');
  assert.deepEqual(sockets[0].protocols, ['a', 'b']);
});

test('a subscription is asked for as soon as there is a connection', () => {
  const { connection, states, socket } = make();
  const room = connection.subscribe('room', {});
  assert.deepEqual(socket().sent, []);
  assert.equal(room.publish('early'), false, 'nothing is sent before');
  socket().onopen();
  assert.deepEqual(socket().sent, [{ type: 'subscribe', channel: 'room' }]);
  assert.equal(room.publish({ n: 1 }, { keep: false }), true);
  assert.deepEqual(socket().sent.at(-1), { type: 'publish', channel: 'room', data: { n: 1 }, keep: false });
  assert.deepEqual(states.map(([state]) => state), ['connecting', 'open']);
});

test('it comes back with its place, and hears each message once', () => {
  const { connection, socket } = make();
  const heard = [];
  const subscribed = [];
  connection.subscribe('room', {
    message: (data) => heard.push(data),
    subscribed: ({ recovered, members, more }) => subscribed.push([recovered, [...members.keys()], more]),
  });
  socket().onopen();
  socket().says({ type: 'subscribed', channel: 'room', epoch: 'e', offset: 4, members: [{ user: 'ada' }], more: 2 });
  socket().says({ type: 'message', channel: 'room', data: 'five', offset: 5, previous: 4 });
  socket().says({ type: 'message', channel: 'room', data: 'five again', offset: 5, previous: 4 });
  socket().says({ type: 'message', channel: 'room', data: 'not kept' });
  socket().says({ type: 'message', channel: 'other', data: 'nobody asked' });
  socket().onclose({ code: 1006, reason: '' });
  mock.timers.tick(500);
  assert.equal(sockets.length, 2);
  socket().onopen();
  assert.deepEqual(socket().sent, [{ type: 'subscribe', channel: 'room', epoch: 'e', offset: 5 }]);
  socket().says({ type: 'message', channel: 'room', data: 'before the answer', offset: 9, previous: 8 });
  socket().says({ type: 'subscribed', channel: 'room', epoch: 'e', offset: 5, recovered: true });
  socket().says({ type: 'message', channel: 'room', data: 'six', offset: 6, previous: 5 });
  assert.deepEqual(heard, ['five', 'not kept', 'six']);
  assert.deepEqual(subscribed, [[false, ['ada'], 2], [true, ['ada'], 0]]);
});

test('messages that are missing are asked for', () => {
  const { connection, socket } = make();
  const heard = [];
  connection.subscribe('room', { message: (data) => heard.push(data) });
  socket().onopen();
  socket().says({ type: 'subscribed', channel: 'room', epoch: 'e', offset: 1 });
  socket().says({ type: 'message', channel: 'room', data: 'four', offset: 4, previous: 3 });
  assert.deepEqual(socket().sent.at(-1), { type: 'subscribe', channel: 'room', epoch: 'e', offset: 1 });
  socket().says({ type: 'subscribed', channel: 'room', epoch: 'e', offset: 1, recovered: true });
  for (const offset of [2, 3, 4])
    socket().says({ type: 'message', channel: 'room', data: offset, offset, previous: offset - 1 });
  assert.deepEqual(heard, [2, 3, 4]);
});

test('who is here, bytes and errors', () => {
  const { connection, socket } = make();
  const told = [];
  const room = connection.subscribe('room', {
    join: (user, info) => told.push(['join', user, info]),
    leave: (user) => told.push(['leave', user]),
    error: ({ code }) => told.push(['error', code]),
    message: (data) => told.push(['message', [...data]]),
  });
  socket().onopen();
  socket().says({ type: 'join', channel: 'room', user: 'ada', info: 7 });
  assert.deepEqual([...room.members], [['ada', 7]]);
  socket().says({ type: 'message', channel: 'room', base64: 'AP8=' });
  socket().says({ type: 'leave', channel: 'room', user: 'ada' });
  socket().says({ type: 'error', channel: 'room', code: 'refused', message: 'no' });
  assert.deepEqual(told, [['join', 'ada', 7], ['message', [0, 255]], ['leave', 'ada'], ['error', 'refused']]);
  assert.equal(room.members.size, 0);
  room.unsubscribe();
  assert.deepEqual(socket().sent.at(-1), { type: 'unsubscribe', channel: 'room' });
  socket().says({ type: 'join', channel: 'room', user: 'bob' });
  assert.equal(told.length, 4);
});

test('a channel that could not be had is asked for again', () => {
  const { connection, socket } = make();
  const errors = [];
  const rooms = ['one', 'two', 'three'].map((name) =>
    connection.subscribe(name, { error: ({ channel, code }) => errors.push(`${channel} ${code}`) }));
  const asked = () => socket().sent.filter(({ type }) => type == 'subscribe').map(({ channel }) => channel);
  socket().onopen();
  for (const channel of ['one', 'two', 'three'])
    socket().says({ type: 'error', channel, code: channel == 'two' ? 'unknown' : 'unavailable', message: '' });
  rooms[2].unsubscribe();
  assert.deepEqual(errors, ['one unavailable', 'two unknown', 'three unavailable']);
  mock.timers.tick(1999);
  assert.deepEqual(asked(), ['one', 'two', 'three']);
  mock.timers.tick(1);
  assert.deepEqual(asked(), ['one', 'two', 'three', 'one']);
  // Not for a message that could not be published.
  socket().says({ type: 'subscribed', channel: 'one', epoch: 'e', offset: 0, recovered: true });
  socket().says({ type: 'error', channel: 'one', code: 'unavailable', message: '' });
  mock.timers.tick(60000);
  assert.equal(asked().length, 4);
});

test('pauses double up to the longest, and are cut by chance', () => {
  const { states, socket } = make({ minDelay: 100, maxDelay: 1000 });
  const pauses = [];
  for (const random of [0, 0.999999, 0.5, 0, 0, 0]) {
    chance = random;
    socket().onclose({ code: 1006, reason: '' });
    const { delay } = states.at(-1)[1];
    pauses.push(Math.round(delay));
    const before = sockets.length;
    mock.timers.tick(Math.ceil(delay) - 1);
    assert.equal(sockets.length, before, 'not sooner');
    mock.timers.tick(1);
    assert.equal(sockets.length, before + 1);
  }
  assert.deepEqual(pauses, [50, 200, 300, 400, 500, 500]);
  // A server that sends something works; one that only accepts may not.
  socket().onopen();
  socket().onclose({ code: 1001, reason: '' });
  assert.equal(states.at(-1)[1].delay, 500);
  mock.timers.tick(500);
  socket().onopen();
  socket().says({ type: 'gap', channel: 'nothing' });
  socket().onclose({ code: 1001, reason: '' });
  assert.equal(states.at(-1)[1].delay, 50);
});

test('what the server says no to is not tried again', () => {
  for (const code of [1002, 1003, 1008, 4000, 4999]) {
    const { connection, states, socket } = make();
    socket().onopen();
    socket().onclose({ code, reason: 'no' });
    assert.equal(connection.state, 'closed');
    assert.deepEqual(states.at(-1), ['closed', { code, reason: 'no' }]);
    const before = sockets.length;
    mock.timers.tick(100_000);
    assert.equal(sockets.length, before);
  }
});

test('close() ends it for good, also while it waits', () => {
  const { connection, socket } = make();
  socket().onopen();
  connection.close(4001, 'enough');
  assert.deepEqual(socket().closed, { code: 4001, reason: 'enough' });
  const waiting = make();
  waiting.socket().onclose({ code: 1006, reason: '' });
  assert.equal(waiting.connection.state, 'waiting');
  waiting.connection.close();
  const before = sockets.length;
  mock.timers.tick(100_000);
  assert.equal(sockets.length, before);
});

test('a network that goes and comes is not waited for', () => {
  const { connection, states, socket } = make();
  socket().onopen();
  const former = socket();
  handlers.offline();
  assert.equal(connection.state, 'waiting');
  assert.equal(states.at(-1)[1].reason, 'offline');
  assert.ok(former.closed);
  handlers.online();
  assert.equal(connection.state, 'connecting');
  assert.equal(sockets.length, 2);
  mock.timers.tick(100_000);
  assert.equal(sockets.length, 2, 'the pause is over');
});
