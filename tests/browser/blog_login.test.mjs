// Authors of samples/blog who sign in by OpenID, with a certified provider.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { launchBrowser } from './chrome.mjs';
import { startLogin } from './login_app.mjs';

const program = process.env.BORA_SAMPLE_blog;

let app;
let browser;

before(async () => {
  assert.ok(program, 'BORA_SAMPLE_blog names the program to test');
  app = await startLogin(program, (folder) => [`--database=${join(folder, 'blog.db')}`]);
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  if (app) assert.equal(await app.stop(), 0, 'SIGTERM is a graceful stop');
});

/** Returns a browser of one person, whose locale is English. */
async function open() {
  const context = await browser.newContext({ viewport: { width: 1000, height: 760 }, locale: 'en-US' });
  return context.newPage();
}

/** Goes from the page of `path` to the provider, where `name` signs in and agrees, and back. */
async function signIn(page, name, path = '/') {
  await page.goto(app.url + path);
  if (path === '/') await page.click('nav a[href="/login"]');
  await page.click('text=Sign in with local');
  await page.fill('[name=login]', name);
  await page.fill('[name=password]', 'any');
  await page.click('button[type=submit]');
  const answered = page.waitForResponse((response) => response.url().includes('/login/local/callback'));
  await page.click('button[type=submit]');
  return (await answered).status();
}

const isAuthor = (page) => page.locator('nav a[href="/compose"]').count();

test('the first who comes becomes the author, and writes', async () => {
  const page = await open();
  assert.equal(await signIn(page, 'ada'), 302);
  await page.waitForURL(`${app.url}/`);
  await page.click('nav a[href="/compose"]');
  await page.fill('[name=title]', 'By Ada');
  await page.fill('[name=markdown]', 'Signed in without a password.');
  await page.click('main button');
  await page.waitForSelector('h1:has-text("By Ada")');
  await page.context().close();
});

test('whoever is no author stays outside', async () => {
  const page = await open();
  assert.equal(await signIn(page, 'mallory'), 403);
  await page.goto(app.url);
  assert.equal(await isAuthor(page), 0);
  await page.context().close();
});

test('no password opens the account of somebody who has none', async () => {
  const page = await open();
  await page.goto(`${app.url}/login`);
  await page.fill('[name=email]', 'ada@example.com');
  await page.fill('[name=password]', 'correct horse battery');
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.click('form .button');
  assert.equal((await answered).status(), 422);
  await page.context().close();
});

test('an author who has a password comes in by the email that the provider has verified', async () => {
  const ada = await open();
  await signIn(ada, 'ada');
  await ada.goto(`${app.url}/join`);
  await ada.fill('[name=name]', 'Grace');
  await ada.fill('[name=email]', 'grace@example.com');
  await ada.fill('[name=password]', 'correct horse battery');
  await ada.click('main button');
  await ada.waitForSelector('.flash');
  await ada.context().close();

  const grace = await open();
  assert.equal(await signIn(grace, 'grace'), 302);
  await grace.waitForURL(`${app.url}/`);
  assert.equal(await isAuthor(grace), 1);
  await grace.context().close();
});

test('who was sent to sign in comes back to what was asked for', async () => {
  const page = await open();
  assert.equal(await signIn(page, 'ada', '/pictures'), 302);
  await page.waitForURL(`${app.url}/pictures`);
  await page.context().close();
});
