// `bora dev` on a scaffolded app, with real edits and Chromium watching.

import assert from 'node:assert/strict';
import http from 'node:http';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { launchBrowser } from './chrome.mjs';
import { Dev, environment, makeApp, processesIn, sleep, until } from './dev_app.mjs';

const prefix = process.env.BORA_PREFIX;
const work = process.env.BORA_WORK;
const pictures = process.env.BORA_PICTURES;
let folder;
let dev;
let url;
let browser;
let page;

before(async () => {
  assert.ok(prefix && work, 'BORA_PREFIX and BORA_WORK say where Bora is installed and where to work');
  folder = makeApp(prefix, work, 'shop');
  for (const part of ['handler cart', 'handler ticks --no-template', 'websocket live', 'module teaser', 'test cart']) {
    const made = spawnSync('bora', ['generate', ...part.split(' ')], { cwd: folder, env: environment(prefix), encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
  }
  writeFileSync(join(folder, 'src/handlers/ticks.h'), readFileSync(join(folder, 'src/handlers/ticks.h'), 'utf8')
    .replace('void get()', 'bora::Task<void> get()').replace('#pragma once\n', '#pragma once\n\n#include <bora/core/task.h>\n'));
  writeFileSync(join(folder, 'src/handlers/ticks.cpp'), `#include "handlers/ticks.h"

#include <chrono>

#include <bora/core/io_loop.h>
#include <bora/web/event_stream.h>

namespace app {

bora::Task<void> Ticks::get() {
  bora::web::EventStream events(*this, {.retry = std::chrono::milliseconds(100)});
  while (!events.is_closed()) {
    co_await events.send("tick");
    co_await bora::sleep(std::chrono::milliseconds(20));
  }
}

}  // namespace app
`);
  const cart = join(folder, 'src/handlers/cart.cpp');
  writeFileSync(cart, readFileSync(cart, 'utf8').replace('#include "views/cart.h"', '#include "views/cart.blocks.h"')
    .replace('  render(', '  if (get_argument("part", "") == "1") return render(views::cart_::block_content{});\n  render('));
  dev = new Dev(prefix, folder, [], { BORA_EDITOR: `${join(work, 'editor')} {file} {line}` });
  writeFileSync(join(work, 'editor'), '#!/bin/sh\necho "$1 $2" > "$(dirname "$0")/edited"\n', { mode: 0o755 });
  url = await dev.url();
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
});

after(async () => {
  await browser?.close();
  if (work) writeFileSync(join(work, 'dev.log'), dev?.output ?? '');
  await dev?.stop('SIGKILL');
});

async function picture(name, options = {}) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), ...options });
}

const overlay = () => page.evaluate(() => {
  const host = document.querySelector('bora-dev');
  return host ? host.shadowRoot.textContent : '';
});
const overlaySays = (text) => until(async () => (await overlay().catch(() => '')).includes(text),
  () => `"${text}" in the overlay; ${dev.output.slice(-1500)}`);
const overlayGone = () => until(async () => (await overlay().catch(() => 'x')) === '',
  () => `no overlay; ${dev.output.slice(-1500)}`);
const mark = () => page.evaluate(() => { window.mark = true; });
const isMarked = () => page.evaluate(() => window.mark === true);
const pageSays = (text) => until(
  async () => (await page.evaluate(() => document.body.innerText).catch(() => '')).includes(text),
  () => `"${text}" in the page; ${dev.output.slice(-1500)}`);

test('before the first build is done, browsers wait and then see the page', async () => {
  await page.goto(url);
  await dev.served();
  await pageSays('Glad you are here.');
  assert.match(dev.output, /mistakes appear here and in the browser; Ctrl-C stops/);
  const made = await fetch(`${url}/cart`);
  assert.equal(made.status, 200, 'what `bora generate handler` made answers');
  assert.match(await made.text(), /<h1>Cart<\/h1>/);
});

test('text of a template, also of its base, changes in place', async () => {
  await page.goto(`${url}/guestbook`);
  await page.fill('[name=name]', 'Ada');
  await mark();
  dev.edit('templates/guestbook.html', 'Leave a message', 'Leave a few lines');
  await pageSays('Leave a few lines');
  dev.edit('templates/base.html', 'Made with Bora:', 'Made by hand, with Bora:');
  await pageSays('Made by hand');
  assert.ok(await isMarked(), 'the page was not loaded anew');
  assert.equal(await page.inputValue('[name=name]'), 'Ada');
  assert.equal(dev.versions(), 1);
});

test('code of a template is compiled alone, and the page changes in place', async () => {
  await page.goto(url);
  await mark();
  const versions = dev.versions();
  dev.edit('templates/home.html', 'Glad you are here.', 'Glad {{ 6 * 7 }} times.');
  await pageSays('Glad 42 times.');
  await dev.said('templates/home.html  code; shown in');
  // The text of the new code changes, without a compiler.
  dev.edit('templates/home.html', 'Glad {{', 'Really glad {{');
  await pageSays('Really glad 42 times.');
  // A finding of the compiler is shown with its line, and disappears.
  dev.edit('templates/home.html', '{{ 6 * 7 }}', '{{ latest.length() }}');
  await overlaySays("'length'");
  assert.match(await overlay(), /templates\/home\.html:\d+:/);
  dev.edit('templates/home.html', '{{ latest.length() }}', '{% if latest.size() > 99 %}many{% else %}{{ latest.size() + 1 }}0{% end %}');
  await overlayGone();
  await pageSays('Really glad 10 times.');
  // The edit is undone.
  dev.edit('templates/home.html', 'Really glad {% if latest.size() > 99 %}many{% else %}{{ latest.size() + 1 }}0{% end %} times.', 'Glad you are here.');
  await pageSays('Glad you are here.');
  assert.ok(await isMarked(), `loaded anew; ${dev.output.slice(-3000)}`);
  // A block that a handler renders alone is in the handler's unit, and changes with its page.
  dev.edit('templates/cart.html', '<h1>Cart</h1>', '<h1>Cart of {{ 6 * 7 }}</h1>');
  const text = async (path) => (await fetch(`${url}${path}`)).text();
  await until(async () => (await text('/cart')).includes('<h1>Cart of 42</h1>'), () => dev.output.slice(-3000));
  assert.match(await text('/cart?part=1'), /^\s*<h1>Cart of 42<\/h1>\s*$/);
  assert.equal(dev.versions(), versions, dev.output.slice(-3000));
  await page.goto(`${url}/guestbook`);
});

test('a style sheet is loaded anew in place', async () => {
  await mark();
  writeFileSync(join(folder, 'static/app.css'), `${dev.read('static/app.css')}\nh1 { letter-spacing: 7px }\n`);
  await until(() => page.evaluate(() => getComputedStyle(document.querySelector('h1')).letterSpacing === '7px'),
    'the style');
  assert.ok(await isMarked());
});

test('a mistake in a template is shown above the page, and goes away', async () => {
  await mark();
  dev.edit('templates/base.html', '{{ route::guestbook() }}', '{{ route::guestbook( }}');
  await overlaySays('is never closed');
  const text = await overlay();
  assert.match(text, /templates\/base\.html:18:/);
  assert.match(text, /explain T007/);
  assert.match(text, /last version without errors/);
  await picture('dev-overlay-template');
  await page.fill('[name=message]', 'still usable');
  await page.evaluate(() => document.querySelector('bora-dev').shadowRoot.querySelector('.place').click());
  await until(async () => spawnSync('cat', [join(work, 'edited')], { encoding: 'utf8' }).stdout.includes(
    `${folder}/templates/base.html 18`), 'the editor');
  await page.keyboard.press('Escape');
  assert.match(await overlay(), /^1 error$/);
  dev.edit('templates/base.html', '{{ route::guestbook( }}', '{{ route::guestbook() }}');
  await overlayGone();
  assert.ok(await isMarked(), `loaded anew; ${dev.output.slice(-3000)}`);
});

test('what a compiler finds is shown with its proposal, and the last good version goes on', async () => {
  await page.goto(url);
  dev.edit('src/handlers/home.cpp', 'kLatest, entries', 'kLatset, entries');
  await overlaySays("'kLatset'");
  assert.match(await overlay(), /src\/handlers\/home\.cpp:14:/);
  assert.match(await overlay(), /\+.*kLatest, entries/);
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture('dev-overlay-compiler');
  await page.emulateMedia({ colorScheme: 'light' });
  assert.equal((await fetch(url)).status, 200);
  dev.edit('src/handlers/home.cpp', 'kLatset, entries', 'kLatest, entries');
  await overlayGone();
});

test('a linker, CMake and a program that ends at its start are understood', async () => {
  dev.edit('src/handlers/home.cpp', 'void Home::get() {', 'void nowhere();\nvoid Home::get() {\n  nowhere();');
  await overlaySays('is used and nowhere defined');
  dev.edit('src/handlers/home.cpp', '\n  nowhere();', '');
  await overlayGone();

  dev.edit('CMakeLists.txt', 'src/entries.cpp', 'src/entires.cpp');
  await overlaySays("src/entires.cpp");
  assert.match(await overlay(), /CMakeLists\.txt/);
  dev.edit('CMakeLists.txt', 'src/entires.cpp', 'src/entries.cpp');
  await overlayGone();

  dev.edit('src/main.cpp', '  app::Site site', '  std::fprintf(stderr, "no database\\n");\n  return 3;\n  app::Site site');
  await overlaySays('ended with status 3 before it served');
  assert.match(await overlay(), /no database/);
  assert.equal((await fetch(url)).status, 200);
  const versions = dev.versions();
  dev.edit('src/main.cpp', '  return 3;\n', '');
  await overlayGone();
  await until(() => dev.versions() > versions, 'a new version');
});

test('a handler that throws: the debug page, with secrets masked, and an overlay elsewhere', async () => {
  await page.goto(url);
  await mark();
  dev.edit('src/handlers/guestbook.cpp', 'void Guestbook::get() {',
    'void Guestbook::get() {\n  if (get_argument("page", "") == "7") {\n    bora::app_log.info("looking for page 7");\n' +
    '    throw std::out_of_range("no such page");\n  }',
    '#include "routes.h"', '#include <stdexcept>\n\n#include <bora/core/log.h>\n\n#include "routes.h"');
  // The page is loaded by the new version, not just before it.
  await until(() => isMarked().then((is) => !is, () => false), () => `a new version: ${dev.output.slice(-1500)}`);
  await pageSays('Glad you are here.');
  await until(() => page.evaluate(() => window.boraDevSocket && window.boraDevSocket.readyState === 1).catch(() => false), 'the socket');

  const second = await browser.newPage({ viewport: { width: 1100, height: 1500 } });
  await second.context().addCookies([{ name: 'session', value: 'very-secret-cookie', url }]);
  const response = await second.goto(`${url}/guestbook?page=7&password=hunter2`);
  assert.equal(response.status(), 500);
  const text = await second.evaluate(() => document.body.innerText);
  assert.match(text, /std::out_of_range/);
  // The style works whatever policy the app's own pages have.
  assert.equal(await second.evaluate(() => getComputedStyle(document.querySelector('header.top')).borderTopStyle), 'solid');
  assert.match(text, /no such page/);
  assert.match(text, /src\/handlers\/guestbook\.cpp:\d+/);
  assert.match(text, /app::Guestbook::get/);
  assert.match(text, /looking for page 7/);
  assert.match(text, /Usually at\(\) was called/);
  assert.doesNotMatch(await response.text(), /hunter2|very-secret-cookie/);
  if (pictures) {
    await second.screenshot({ path: join(pictures, 'dev-debug-page.png') });
    await second.emulateMedia({ colorScheme: 'dark' });
    await second.screenshot({ path: join(pictures, 'dev-debug-page-dark.png') });
  }
  await second.close();
  await overlaySays('no such page');
  await picture('dev-overlay-thrown');
  // A page of another site, whose own name leads to this address, sees nothing.
  const status = await new Promise((resolve) => {
    http.get(`${url}/.bora/state`, { headers: { Host: 'evil.example' } }, (answer) => resolve(answer.statusCode));
  });
  assert.equal(status, 404);
});

test('a program that is killed is started again', async () => {
  await page.goto(url);
  const server = () => processesIn(folder).filter((pid) => {
    const link = spawnSync('readlink', [`/proc/${pid}/exe`], { encoding: 'utf8' }).stdout;
    return link.trim() === join(folder, 'build/dev/shop');
  });
  const [pid] = server();
  await sleep(2100);  // a program that has served for less time is not started again
  const versions = dev.versions();
  process.kill(pid, 'SIGKILL');
  await until(() => dev.versions() > versions, 'its successor');
  await pageSays('Glad you are here.');
  assert.ok(!server().includes(pid));
});

test('no connection is refused or broken while versions follow each other', async () => {
  let asked = 0;
  const broken = [];
  let isOver = false;
  const client = async (agent) => {
    while (!isOver) {
      await new Promise((resolve) => {
        const request = http.get(url, { agent }, (answer) => {
          answer.resume();
          answer.on('end', () => { if (answer.statusCode !== 200) broken.push(answer.statusCode); resolve(); });
        });
        request.on('error', (error) => { broken.push(error.code); resolve(); });
      });
      ++asked;
      await sleep(3);
    }
  };
  // The app's own WebSockets and streams are asked to connect again, and do.
  const second = await browser.newPage();
  await second.goto(`${url}/static/app.css`);
  await second.evaluate(() => {
    const seen = window.seen = { codes: [], opened: 0, streams: 0, ticks: 0 };
    const connect = () => {
      const socket = new WebSocket(`ws://${location.host}/live`);
      socket.onopen = () => { ++seen.opened; };
      socket.onclose = (event) => { seen.codes.push(event.code); setTimeout(connect, 50); };
    };
    connect();
    const events = new EventSource('/ticks');
    events.onopen = () => { ++seen.streams; };
    events.onmessage = () => { ++seen.ticks; };
  });
  await until(() => second.evaluate(() => window.seen.opened === 1 && window.seen.ticks > 0), 'a WebSocket and a stream');
  const kept = new http.Agent({ keepAlive: true });
  const clients = [client(kept), client(kept), client(undefined), client(false)];
  const count = Number(process.env.BORA_REBUILDS ?? 3);
  for (let i = 0; i < count; ++i) {
    const versions = dev.versions();
    dev.edit('src/handlers/home.cpp', `kLatest = ${3 + i}`, `kLatest = ${4 + i}`);
    await until(() => dev.versions() > versions, () => `version ${i}: ${dev.output.slice(-1500)}`);
  }
  // A client that connects at once may reach the former program, and has to connect once more.
  await until(() => second.evaluate((versions) => window.seen.opened > versions && window.seen.streams > versions, count),
    async () => `they come again: ${JSON.stringify(await second.evaluate(() => window.seen))}`);
  assert.deepEqual(await second.evaluate(() => [...new Set(window.seen.codes)]), [1012]);
  await second.close();
  isOver = true;
  await Promise.all(clients);
  kept.destroy();
  assert.deepEqual(broken, [], `of ${asked} requests over ${count} versions`);
  assert.ok(asked > 0);
});

test('a second one in the same folder is refused, with the pid of the first', () => {
  const second = spawnSync('bora', ['dev'], { cwd: folder, env: environment(prefix), encoding: 'utf8' });
  assert.equal(second.status, 3);
  assert.match(second.stderr, new RegExp(`pid ${dev.child.pid}`));
});

test('kill -9 leaves nothing behind, and Ctrl-C neither', async () => {
  dev.edit('src/entries.cpp', 'namespace app {', 'namespace app {\n');  // this starts a build
  await until(() => processesIn(folder).length > 2, 'the build');
  await dev.stop('SIGKILL');
  await until(() => processesIn(folder).length === 0, () => `the end of ${processesIn(folder)}`);

  dev = new Dev(prefix, folder, ['--port', new URL(url).port]);
  await dev.served();
  assert.equal(await dev.stop('SIGINT'), 0);
  await until(() => processesIn(folder).length === 0, () => `the end of ${processesIn(folder)}`);
});
