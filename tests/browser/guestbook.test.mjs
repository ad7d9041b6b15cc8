// The scaffolded site in a real browser: what a visitor types is shown as text, never run.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { startApp } from './app.mjs';
import { launchBrowser } from './chrome.mjs';

const program = process.env.BORA_GUESTBOOK;
const pictures = process.env.BORA_PICTURES;

let app;
let browser;
let page;
const problems = [];

before(async () => {
  assert.ok(program, 'BORA_GUESTBOOK names the program to test');
  app = await startApp(program);
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('dialog', (dialog) => {
    problems.push(`a dialog opened: ${dialog.message()}`);
    dialog.dismiss();
  });
});

after(async () => {
  await browser?.close();
  if (app) assert.equal(await app.stop(), 0, 'SIGTERM is a graceful stop');
});

async function picture(name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

test('the home page loads with its style sheet', async () => {
  const response = await page.goto(app.url);
  assert.equal(response.status(), 200);
  const family = await page.evaluate(() => getComputedStyle(document.body).fontFamily);
  assert.notEqual(family, '"Times New Roman"', 'the style sheet was applied');
  await picture('home');
});

test('signing the guestbook with <script> in the name shows it as text', async () => {
  const name = '<script>alert("name")</script>';
  const message = '"><img src=x onerror=alert(1)> & \'quotes\' – naïve ☃';
  await page.goto(`${app.url}/guestbook`);
  await picture('guestbook-empty');
  await page.fill('[name=name]', name);
  await page.fill('[name=message]', message);
  await Promise.all([page.waitForURL(/\/guestbook$/), page.click('form [type=submit]')]);

  assert.equal(await page.getByText(name, { exact: true }).count(), 1, 'the name is visible as typed');
  assert.equal(await page.getByText(message, { exact: true }).count(), 1);
  assert.equal(await page.locator('main script, main img').count(), 0, 'nothing became an element');
  await picture('guestbook-signed');

  await page.reload();
  assert.equal(await page.getByText(name, { exact: true }).count(), 1,
    'reloading after the redirect does not sign again');
});

test('an incomplete entry is refused with a message and keeps what was typed', async () => {
  await page.goto(`${app.url}/guestbook`);
  await page.evaluate(() => document.querySelector('form').setAttribute('novalidate', ''));
  await page.fill('[name=message]', 'no name given');
  await page.click('form [type=submit]');
  assert.equal(await page.inputValue('[name=message]'), 'no name given');
  assert.equal(await page.locator('[role=alert], [aria-invalid=true]').count() > 0, true);
  await picture('guestbook-refused');
  problems.length = 0; // Chromium logs the 4xx status of the page itself as an error.
});

test('an unknown address gives the styled 404 page', async () => {
  const response = await page.goto(`${app.url}/nowhere/<b>bold</b>`);
  assert.equal(response.status(), 404);
  assert.equal(await page.locator('main b').count(), 0);
  await picture('not-found');
  problems.length = 0; // for the same reason
});

test('nothing was run and nothing failed to load', async () => {
  await page.goto(app.url);
  await page.goto(`${app.url}/guestbook`);
  assert.deepEqual(problems, []);
});
