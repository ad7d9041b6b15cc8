// A Content-Security-Policy with the hashes that `bora` computed, in a real browser: the literal
// scripts of the templates run, and those that somebody has smuggled into the page do not.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startApp } from './app.mjs';
import { launchBrowser } from './chrome.mjs';

const program = process.env.BORA_CSP_PAGES;

let app;
let browser;
let page;
let refused;

before(async () => {
  assert.ok(program, 'BORA_CSP_PAGES names the program to test');
  app = await startApp(program);
  browser = await launchBrowser();
  page = await browser.newPage();
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) refused.push(message.text());
  });
});

after(async () => {
  await browser?.close();
  if (app) assert.equal(await app.stop(), 0);
});

async function open(said) {
  refused = [];
  await page.goto(`${app.url}/?said=${encodeURIComponent(said)}`, { waitUntil: 'load' });
  return page.evaluate(() => window.ran);
}

// modules run last
const OURS = ['base', 'nonce CSP', 'page', 'part: ☃ & <b>'];

test('literal scripts of page, base and include run; one with a value needs the nonce', async () => {
  assert.deepEqual(await open('hello'), OURS);
  assert.ok(refused.length > 0, 'the script with a hole');
});

test('literal styles apply', async () => {
  await open('hello');
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('p')).color), 'rgb(1, 2, 3)');
});

test('injected scripts, attributes and styles do nothing', async () => {
  await open('hello');
  const own = refused.length;
  for (const said of [
    "<script>window.ran.push('injected')</script>",
    "<script type=module>window.ran.push('injected')</script>",
    "<script nonce=x>window.ran.push('injected')</script>",
    "<img src=x onerror=\"window.ran.push('injected')\">",
    "<script>window.ran.push('page'); </script>",
  ]) {
    assert.deepEqual(await open(said), OURS, said);
    assert.ok(refused.length > own, `the browser tells that it refused ${said}`);
  }
  await open('<style>p { color: red; }</style>');
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('p')).color), 'rgb(1, 2, 3)');
});

test('attributes with scripts have no hash', async () => {
  await open('hello');
  await page.click('button');
  assert.deepEqual(await page.evaluate(() => window.ran), OURS);
});
