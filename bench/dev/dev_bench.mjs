// How long an edit takes until the browser's page shows it, p50 and p95 for each kind of edit:
//
//   node bench/dev/dev_bench.mjs PREFIX WORK [EDITS] [PAGES]
//
// PREFIX has an installed (release) Bora, WORK is a folder for the apps; EDITS of each kind (default 50); a second
// app has PAGES templates (default 200). BUILDS names a smaller number of those edits that are built, KINDS some kinds
// ("style sheet,handler"), SITE=0 leaves the first app out. Needs `npm ci` in tests/browser, and Chromium.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { launchBrowser } from '../../tests/browser/chrome.mjs';
import { Dev, makeApp, until } from '../../tests/browser/dev_app.mjs';

const [prefix, work, edits = '50', pages = '200'] = process.argv.slice(2);
if (!prefix || !work) {
  console.error('usage: dev_bench.mjs PREFIX WORK [EDITS] [PAGES]');
  process.exit(2);
}

function quantile(times, part) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)];
}

function addPages(folder, count) {
  for (let i = 0; i < count; ++i) {
    writeFileSync(join(folder, `templates/page${i}.html`),
      `{% extends "base.html" %}\n{% param int n %}\n{% block content %}\n<h1>Page ${i}</h1>\n<p>{{ n }}</p>\n{% end %}\n`);
  }
}

/** Until the page holds what the edit put there. Polled by the page itself, each frame. */
async function measure(dev, page, edit, claim, count) {
  const times = [];
  for (let i = 0; i < count; ++i) {
    await until(() => page.evaluate(() => window.boraDevSocket && window.boraDevSocket.readyState === 1).catch(() => false), 'the page');
    const began = performance.now();
    edit(i);
    await until(() => page.evaluate(claim, i).catch(() => false), () => `edit ${i}: ${dev.output.slice(-1500)}`);
    times.push(performance.now() - began);
  }
  return times;
}

async function run(name, folder) {
  const dev = new Dev(prefix, folder);
  const url = await dev.url();
  await dev.served();
  const browser = await launchBrowser();
  const page = await browser.newPage();
  await page.goto(url);
  const count = Number(edits);
  const html = dev.read('templates/home.html');
  const base = dev.read('templates/base.html');
  const css = dev.read('static/app.css');
  const handler = dev.read('src/handlers/home.cpp');
  const routes = dev.read('routes.toml');
  const write = (path, text) => writeFileSync(join(folder, path), text);
  const kinds = {
    'text of a page': [(i) => write('templates/home.html', html.replace('Glad you are here.', `Glad ${i} times.`)),
      (i) => document.body.innerText.includes(`Glad ${i} times.`)],
    'text of the base': [(i) => write('templates/base.html', base.replace('Made with Bora', `Made ${i} times`)),
      (i) => document.body.innerText.includes(`Made ${i} times`)],
    'style sheet': [(i) => write('static/app.css', `${css}\nh1 { text-indent: ${i + 1}px }\n`),
      (i) => getComputedStyle(document.querySelector('h1')).textIndent === `${i + 1}px`],
    'mistake in a page': [(i) => write('templates/home.html', html.replace('<h1>', `<h1>{{ missing${i}( }}`)),
      (i) => (document.querySelector('bora-dev')?.shadowRoot.textContent ?? '').includes(`missing${i}(`)],
    'code of a page': [(i) => write('templates/home.html', html.replace('Glad you are here.', `{{ ${i} + 1000 }} glad`)),
      (i) => document.body.innerText.includes(`${i + 1000} glad`)],
    handler: [(i) => write('src/handlers/home.cpp', handler.replace('void Home::get() {', `void Home::get() {\n  set_header("Server-Timing", "edit;desc=\\"${i}\\"");`)),
      (i) => performance.getEntriesByType('navigation')[0].serverTiming[0]?.description === String(i)],
    'mistake in a handler': [(i) => write('src/handlers/home.cpp', handler.replace('void Home::get() {', `void Home::get() {\n  missing${i}();`)),
      (i) => (document.querySelector('bora-dev')?.shadowRoot.textContent ?? '').includes(`missing${i}`)],
    route: [(i) => { write('src/handlers/home.cpp', handler); write('routes.toml', routes.replace('"/guestbook"', `"/guestbook-${i}"`)); },
      (i) => document.querySelector(`a[href="/guestbook-${i}"]`) !== null],
  };
  const wanted = process.env.KINDS?.split(',');
  for (const [kind, [edit, claim]] of Object.entries(kinds)) {
    if (wanted && !wanted.includes(kind)) continue;
    const times = await measure(dev, page, edit, claim, ['handler', 'mistake in a handler', 'route'].includes(kind) ? Math.min(count, Number(process.env.BUILDS ?? count)) : count);
    console.log(`${name.padEnd(22)} ${kind.padEnd(20)} p50 ${Math.round(quantile(times, 0.5))} ms  p95 ${Math.round(quantile(times, 0.95))} ms  (${times.length} edits)`);
  }
  await browser.close();
  await dev.stop();
}

mkdirSync(work, { recursive: true });
if (process.env.SITE !== '0') await run('scaffolded site', makeApp(prefix, work, 'site'));
if (Number(pages) > 0) {
  const folder = makeApp(prefix, work, 'large');
  addPages(folder, Number(pages));
  await run(`${pages} templates more`, folder);
}
