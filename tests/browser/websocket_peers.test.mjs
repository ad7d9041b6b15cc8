// WebSockets between Bora and the ws package, each as the other's client and server, and between Bora
// and Chromium.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { connect as connectTo } from 'node:net';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { WebSocket, WebSocketServer } from 'ws';

import { launchBrowser } from './chrome.mjs';
import { freePort } from './free_port.mjs';

const program = process.env.BORA_CONFORMANCE;
const client = process.env.BORA_ECHO_CLIENT;
const sizes = [0, 1, 125, 126, 127, 65535, 65536, 1_000_000];

let server;
let port;
let url;

function* messages() {
  for (const size of sizes) {
    yield 'ä€x'.slice(0, (size % 3) + 1).repeat(size / 3);
    yield Buffer.from(Uint8Array.from({ length: size }, (_, i) => i % 251));
  }
}

async function accepts(port) {
  for (;;) {
    const socket = connectTo(port, '127.0.0.1');
    const [event] = await Promise.race([
      once(socket, 'connect').then(() => ['connect']),
      once(socket, 'error').then(() => ['error']),
    ]).catch(() => ['error']);
    socket.destroy();
    if (event === 'connect') return;
    await new Promise((resolve) => setTimeout(resolve, 10)); // until it listens
  }
}

before(async () => {
  port = await freePort();
  url = `ws://127.0.0.1:${port}/ws`;
  server = spawn(program, [`--port=${port}`, '--address=127.0.0.1', '--logging=none'], { stdio: 'inherit' });
  await accepts(port);
});

after(async () => {
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  assert.equal((await ended)[0], 0);
});

for (const perMessageDeflate of [
  false,
  true,
  { serverMaxWindowBits: 10, clientMaxWindowBits: 10 },
  { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 0 },
]) {
  test(`a client of ws: ${JSON.stringify(perMessageDeflate)}`, async () => {
    const socket = new WebSocket(url, { perMessageDeflate });
    await once(socket, 'open');
    assert.equal(socket.extensions !== '', Boolean(perMessageDeflate));
    for (const message of messages()) {
      socket.send(message);
      const [data, isBinary] = await once(socket, 'message');
      assert.equal(isBinary, typeof message !== 'string');
      assert.ok(isBinary ? data.equals(message) : data.toString() === message);
    }
    for (const part of ['frag', '', 'ment']) socket.send(part, { fin: false });
    socket.ping('between');
    assert.equal(String((await once(socket, 'pong'))[0]), 'between');
    socket.send('ed', { fin: true });
    assert.equal(String((await once(socket, 'message'))[0]), 'fragmented');
    socket.close(4000, 'bye');
    assert.equal((await once(socket, 'close'))[0], 4000);
  });
}

for (const perMessageDeflate of [false, true]) {
  test(`a server of ws, ${perMessageDeflate ? 'compressed' : 'plain'}`, async () => {
    const peers = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate });
    await once(peers, 'listening');
    const running = promisify(execFile)(client, [
      `ws://127.0.0.1:${peers.address().port}/`,
      ...(perMessageDeflate ? ['--compress'] : []),
    ]);
    const [peer] = await once(peers, 'connection');
    assert.equal(peer.extensions !== '', perMessageDeflate);
    for (const message of messages()) {
      peer.send(message);
      const [data, isBinary] = await once(peer, 'message');
      assert.equal(isBinary, typeof message !== 'string');
      assert.ok(isBinary ? data.equals(message) : data.toString() === message);
    }
    peer.close(4003, 'done');
    assert.equal((await running).stdout, 'closed 4003 done\n');
    peers.close();
  });
}

test('Chromium', async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/plaintext`);
    const result = await page.evaluate(async (sizes) => {
      const socket = new WebSocket(`ws://${location.host}/ws`);
      socket.binaryType = 'arraybuffer';
      const event = (name) =>
        new Promise((resolve, reject) => {
          socket.addEventListener(name, resolve, { once: true });
          socket.addEventListener('error', () => reject(new Error('failed')), { once: true });
        });
      await event('open');
      const wrong = [];
      for (const size of sizes) {
        const text = 'ä€x'.repeat(size / 3);
        socket.send(text);
        if ((await event('message')).data !== text) wrong.push(`text ${size}`);
        const bytes = Uint8Array.from({ length: size }, (_, i) => i % 251);
        socket.send(bytes);
        const back = new Uint8Array((await event('message')).data);
        if (back.length !== size || back.some((byte, i) => byte !== bytes[i])) wrong.push(`bytes ${size}`);
      }
      socket.close(4004, 'bye');
      const { code, wasClean } = await event('close');
      return { wrong, code, wasClean, extensions: socket.extensions };
    }, sizes);
    assert.deepEqual(result.wrong, []);
    assert.equal(result.code, 4004);
    assert.ok(result.wasClean);
    assert.match(result.extensions, /^permessage-deflate/);
  } finally {
    await browser.close();
  }
});
