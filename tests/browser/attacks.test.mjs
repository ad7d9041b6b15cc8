// Attacks on what templates write, with the real libraries, in a real browser. Each one runs
// hostile code if a value is only escaped as HTML, and none does if Bora writes it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before as setUp, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launchBrowser } from './chrome.mjs';
import { before, hostAttacks, libraryAttacks, scriptAttacks } from './xss/attacks.mjs';

const program = process.env.BORA_XSS_PAGES;

const folder = new URL('node_modules/', import.meta.url);
const plain = (file) => (html) => `<script src="/lib/${file}"></script>${html}`;
const libraries = {
  alpine: (html) => `<div x-data="{}">${html}</div><script defer src="/lib/alpinejs/dist/cdn.js"></script>`,
  vue: (html) => `<div id="app">${html}</div><script src="/lib/vue/dist/vue.global.prod.js"></script>
    <script>Vue.createApp({ data: () => ({ a: {} }) }).mount('#app')</script>`,
  htmx: plain('htmx.org/dist/htmx.js'),
  htmx4: plain('htmx4/dist/htmx.js'),
  hyperscript: plain('hyperscript.org/dist/_hyperscript.js'),
  datastar: (html) => `${html}<script type="module" src="/lib/@starfederation/datastar/dist/bundles/datastar.js"></script>`,
};

let server;
let origin;
let browser;
let frames = [];

const hex = (text) => (text === '' ? '-' : Buffer.from(text).toString('hex'));

/** Returns what Bora writes for each attack; null if it refuses the value while the page is built. */
function written(attacks) {
  const lines = attacks.map(({ html, values }) => [html, ...values].map(hex).join(' ')).join('\n') + '\n';
  const output = execFileSync(program, ['pieces'], { input: lines, maxBuffer: 1 << 26 }).toString('utf8');
  return output.trim().split('\n').map((line) => JSON.parse(line));
}

/** Returns the library's file of this address, which may be without ".js" or "/index.js", as in modules. */
function libraryFile(path) {
  for (const ending of ['', '.js', '/index.js']) {
    const file = fileURLToPath(new URL(`${path.slice('/lib/'.length)}${ending}`, folder));
    const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
    if (file.startsWith(fileURLToPath(folder)) && isFile) return { ending, text: readFileSync(file) };
  }
  return null;
}

function answer(request, response) {
  const path = request.url.split('?')[0];
  const send = (status, type, body) => {
    response.writeHead(status, { 'Content-Type': type });
    response.end(body);
  };
  if (path.startsWith('/lib/')) {
    const file = libraryFile(path);
    if (file?.ending === '/index.js') {
      response.writeHead(302, { Location: `${path}/index.js` });
      return response.end();
    }
    return send(file ? 200 : 404, 'text/javascript', file?.text ?? '');
  }
  if (path.startsWith('/frame/')) return send(200, 'text/html; charset=utf-8', frames[Number(path.slice(7))]);
  if (path === '/') {
    const all = frames.map((_, i) => `<iframe src="/frame/${i}"></iframe>`).join('');
    return send(200, 'text/html; charset=utf-8', `<!DOCTYPE html><title>attacks</title><body>${all}`);
  }
  return send(path === '/more' ? 200 : 404, 'text/plain', '');
}

setUp(async () => {
  assert.ok(program, 'BORA_XSS_PAGES names the program that writes the pieces');
  server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await launchBrowser(['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']);
});

after(async () => {
  await browser?.close();
  server?.close();
});

const whole = (piece, { library } = {}) => {
  const around = libraries[library] ?? ((html) => html);
  return `<!DOCTYPE html><meta charset="utf-8"><title>attack</title><body>${around(piece)}`;
};

/** Opens each piece in a frame of its own. Returns what ran in each, and which hosts it asked for code. */
async function harm(attacks, pieces) {
  frames = attacks.map((attack, i) => whole(pieces[i], attack));
  const harmed = frames.map(() => []);
  const page = await browser.newPage();
  page.on('request', (request) => {
    const { hostname } = new URL(request.url());
    // A page in an <object> has a frame of its own.
    let frame = request.frame();
    while (frame && !frame.url().startsWith(`${origin}/frame/`)) frame = frame.parentFrame();
    if (hostname.includes('evil') && frame) harmed[Number(new URL(frame.url()).pathname.slice(7))].push(`asked ${hostname}`);
  });
  page.on('dialog', (dialog) => dialog.dismiss());
  await page.addInitScript(() => {
    window.pwned = [];
    window.pwn = () => { window.pwned.push('ran'); return []; };
    window.confirm = () => true;
  });
  await page.goto(`${origin}/`, { waitUntil: 'load' });
  // Libraries begin in tasks of their own, and finish within a few turns of the loop.
  const settle = async () => {
    for (let turn = 0; turn < 5; ++turn) {
      await page.evaluate(() => new Promise((resolve) => { requestIdleCallback(resolve, { timeout: 1000 }); }));
    }
  };
  await settle();
  for (const frame of page.frames()) {
    const i = Number(new URL(frame.url()).pathname.slice(7));
    if (frame === page.mainFrame() || Number.isNaN(i) || !attacks[i]?.click) continue;
    await frame.evaluate((selector) => document.querySelector(selector)?.click(), attacks[i].click);
  }
  await settle();
  for (const frame of page.frames()) {
    const { pathname } = new URL(frame.url());
    if (!pathname.startsWith('/frame/')) continue;
    harmed[Number(pathname.slice(7))].push(...await frame.evaluate(() => window.pwned));
  }
  await page.close();
  return harmed;
}

async function check(attacks) {
  const pieces = written(attacks);
  assert.equal(pieces.length, attacks.length);
  const name = ({ html, values }) => `${html} with ${JSON.stringify(values)}`;
  const unprotected = await harm(attacks, attacks.map(before));
  assert.deepEqual(attacks.filter((_, i) => unprotected[i].length === 0).map(name), [], 'harmless without Bora');
  const refused = (piece) => piece === null;
  const protectedBy = await harm(attacks, pieces.map((piece) => (refused(piece) ? '' : piece)));
  assert.deepEqual(attacks.filter((_, i) => protectedBy[i].length > 0).map(name), [], 'run with Bora');
}

for (const name of Object.keys(libraries)) {
  test(`attributes that ${name} runs`, () => check(libraryAttacks.filter((attack) => attack.library === name)));
}
test('no join of values names the host of a resource', () => check(hostAttacks));
test('scripts that only a parser reads', () => check(scriptAttacks));

test('what Bora writes works', async () => {
  const text = 'O\'Hara & "<b>" $x @get(1)';
  const attacks = [
    { html: '<p x-text="~">a</p>', library: 'alpine' },
    { html: '<p data-text="\'~\'">a</p>', library: 'datastar' },
    { html: '<p v-text="~"></p>', library: 'vue' },
    { html: '<p hx-on:click="this.textContent = ~">a</p>', library: 'htmx' },
  ].map((attack) => ({ ...attack, values: [text] }));
  const pieces = written(attacks);
  frames = attacks.map((attack, i) => whole(pieces[i], attack));
  const page = await browser.newPage();
  for (const [i, { library }] of attacks.entries()) {
    await page.goto(`${origin}/frame/${i}`, { waitUntil: 'load' });
    if (library === 'htmx') await page.click('p');
    await page.waitForFunction((wanted) => document.querySelector('p').textContent === wanted, text);
  }
  await page.close();
});
