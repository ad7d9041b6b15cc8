// samples/login with a certified provider: signing in, two logins at once, sessions that are ended.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { launchBrowser } from './chrome.mjs';
import { startLogin } from './login_app.mjs';

const program = process.env.BORA_LOGIN;
const pictures = process.env.BORA_PICTURES;

let app;
let browser;

async function open(colorScheme = 'light') {
  const context = await browser.newContext({ viewport: { width: 900, height: 640 }, colorScheme });
  return context.newPage();
}

async function picture(page, name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** Signs in at the provider, and agrees. */
async function agree(page, name) {
  if (await page.$('[name=login]')) {
    await page.fill('[name=login]', name);
    await page.fill('[name=password]', 'any');
    await page.click('button[type=submit]');
  }
  if (!page.url().startsWith(app.url)) await page.click('button[type=submit]');
  await page.waitForSelector('#who');
}

async function signIn(page, name) {
  await page.goto(app.url);
  await page.click('text=Continue with local');
  await agree(page, name);
}

const cookieNames = async (page) => (await page.context().cookies(app.url)).map((cookie) => cookie.name);

/** Waits for a line in the program's log, which another thread of it writes. */
async function logs(wanted) {
  for (let i = 0; i < 250 && !wanted.test(app.log()); i++) await new Promise((done) => setTimeout(done, 20));
  assert.match(app.log(), wanted);
}

before(async () => {
  assert.ok(program, 'BORA_LOGIN names the program to test');
  app = await startLogin(program);
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  if (app) assert.equal(await app.stop(), 0, 'SIGTERM is a graceful stop');
});

test('somebody signs in, and out', async () => {
  const page = await open();
  await page.goto(app.url);
  await picture(page, 'login-light');
  await signIn(page, 'ada');
  assert.equal(await page.textContent('#who'), 'Ada');
  const cookies = await page.context().cookies(app.url);
  const session = cookies.find((cookie) => cookie.name === '__Host-session');
  assert.ok(session.httpOnly && session.secure && session.sameSite === 'Lax');
  assert.ok(!cookies.some((cookie) => cookie.name.startsWith('__Host-login')), 'nothing of the login is left');
  await page.click('text=Sign out');
  await page.waitForSelector('text=Continue with local');
  assert.ok(!(await cookieNames(page)).includes('__Host-session'));
  await page.context().close();
});

test('the page in the dark, and on a telephone', async () => {
  const page = await open('dark');
  await page.goto(app.url);
  await picture(page, 'login-dark');
  await page.setViewportSize({ width: 390, height: 720 });
  await picture(page, 'login-narrow');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  await signIn(page, 'grace');
  await picture(page, 'login-account-narrow');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  await page.context().close();
});

test('two logins that are begun at once both end well', async () => {
  const first = await open();
  await first.goto(`${app.url}/login/local`);
  const second = await first.context().newPage();
  await second.goto(`${app.url}/login/local`);
  assert.equal((await cookieNames(first)).filter((name) => name.startsWith('__Host-login_local.')).length, 2);
  await agree(first, 'ada');
  await agree(second, 'ada');
  assert.deepEqual(await cookieNames(first).then((names) => names.filter((name) => name.startsWith('__Host-login'))), []);
  await first.context().close();
});

/** Signs in, and returns the address to which the provider has sent the browser back. */
async function callbackOf(page, name) {
  let callback;
  page.on('request', (request) => {
    if (request.url().includes('/login/local/callback')) callback = request.url();
  });
  await signIn(page, name);
  assert.ok(callback);
  return callback;
}

test('a callback that is loaded again is refused, and the session stays', async () => {
  const page = await open();
  const callback = await callbackOf(page, 'bob');
  const response = await page.goto(callback);
  assert.equal(response.status(), 400);
  await picture(page, 'login-refused');
  await page.waitForSelector('text=was used already');
  await logs(/login refused: no login was begun in this browser/);
  await page.click('text=Back');
  await page.waitForSelector('#who');
  assert.equal(await page.textContent('#who'), 'Bob');
  await page.context().close();
});

test('somebody who changes his mind at the provider comes back, and may sign in later', async () => {
  const page = await open();
  await page.goto(`${app.url}/login/local`);
  await page.click('text=Cancel');
  await page.waitForSelector('text=It was declined');
  assert.deepEqual((await cookieNames(page)).filter((name) => name.startsWith('__Host-')), []);
  await logs(/login refused: the provider says access_denied/);
  await page.click('text=Back');
  await page.click('text=Continue with local');
  await agree(page, 'dan');
  assert.equal(await page.textContent('#who'), 'Dan');
  await page.context().close();
});

test('another browser can not end a login, and nobody is signed in as somebody else', async () => {
  const page = await open();
  const callback = await callbackOf(page, 'mallory');
  const victim = await open();
  assert.equal((await victim.goto(callback)).status(), 400);
  assert.ok(!(await cookieNames(victim)).includes('__Host-session'));
  await victim.goto(`${app.url}/login/local`);
  assert.equal((await victim.goto(callback)).status(), 400);
  await logs(/state is not that of a login in this browser/);
  assert.ok(!(await cookieNames(victim)).includes('__Host-session'));
  await victim.context().close();
  await page.context().close();
});

test('somebody sees his sessions, and ends them', async () => {
  const laptop = await open();
  const phone = await open();
  const office = await open();
  for (const page of [laptop, phone, office]) await signIn(page, 'carol');
  await laptop.goto(app.url);
  assert.equal(await laptop.locator('#sessions li').count(), 3);
  assert.equal(await laptop.locator('#sessions strong').count(), 1, 'one is this browser');
  await picture(laptop, 'login-sessions');
  await laptop.locator('text=End it').first().click();
  await laptop.waitForFunction(() => document.querySelectorAll('#sessions li').length === 2);
  await laptop.click('text=End all others');
  await laptop.waitForFunction(() => document.querySelectorAll('#sessions li').length === 1);
  for (const page of [phone, office]) {
    await page.goto(app.url);
    assert.equal(await page.$('#who'), null, 'signed out');
  }
  assert.equal(await laptop.textContent('#who'), 'Carol');
});
