// samples/websocket_chat with two pages on two workers: each sees what the other one writes, and a
// page that loses the network gets the missed messages when it is back.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { startApp } from './app.mjs';
import { launchBrowser } from './chrome.mjs';

const program = process.env.BORA_CHAT;
const pictures = process.env.BORA_PICTURES;

let app;
let browser;
let ada;
let bob;
const problems = [];

async function open(colorScheme) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, colorScheme });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  return page;
}

async function comeIn(page, name) {
  await page.goto(app.url);
  await page.fill('#hello [name=name]', name);
  await page.click('#hello button');
  await page.waitForSelector('#state[data-state=open]');
  await page.waitForFunction((me) => document.getElementById('people').textContent.includes(me), name);
}

async function say(page, text) {
  await page.fill('#composer textarea', text);
  await page.press('#composer textarea', 'Enter');
}

const sees = (page, text) =>
  page.waitForFunction((wanted) => document.getElementById('messages').textContent.includes(wanted), text);

const texts = (page) => page.$$eval('#messages .bubble p', (all) => all.map((each) => each.textContent));

async function picture(page, name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

before(async () => {
  assert.ok(program, 'BORA_CHAT names the program to test');
  app = await startApp(program, ['--workers=2']);
  browser = await launchBrowser();
  ada = await open('light');
  bob = await open('dark');
  await ada.goto(app.url);
  await picture(ada, 'chat-name');
});

after(async () => {
  await browser?.close();
  if (app) assert.equal(await app.stop(), 0, 'SIGTERM is a graceful stop');
});

test('two pages see each other, and what they write', async () => {
  await comeIn(ada, 'Ada');
  await comeIn(bob, 'Bob');
  await ada.waitForFunction(() => document.getElementById('people').children.length === 2);
  await say(ada, 'Hello, who is here?');
  await sees(bob, 'Hello, who is here?');
  await say(bob, 'I am: <b>Bob</b> & "friends" ☃');
  await sees(ada, 'I am: <b>Bob</b> & "friends" ☃');
  assert.equal(await ada.$('#messages b'), null, 'what is written is text');
});

test('who is typing is shown, and not kept', async () => {
  await bob.focus('#composer textarea');
  await bob.keyboard.type('I am about to ');
  await ada.waitForFunction(() => document.getElementById('typing').textContent === 'Bob is typing …');
  await say(ada, 'Take your time.\nThere is no hurry.');
  await sees(bob, 'There is no hurry.');
  await picture(ada, 'chat-light');
  await picture(bob, 'chat-dark');
  await bob.fill('#composer textarea', '');
});

test('who comes later gets the newest messages', async () => {
  const late = await open('light');
  await comeIn(late, 'Cy');
  await sees(late, 'There is no hurry.');
  assert.deepEqual(await texts(late), await texts(ada));
  await ada.waitForFunction(() => document.getElementById('people').textContent.includes('Cy'));
  await late.context().close();
  await ada.waitForFunction(() => !document.getElementById('people').textContent.includes('Cy'));
});

test('who loses the network gets what was missed, once and in order', async () => {
  const expected = await texts(ada);
  await bob.context().setOffline(true);
  await bob.waitForSelector('#state[data-state=waiting]');
  assert.ok(await bob.isDisabled('#composer button'));
  await picture(bob, 'chat-offline');
  for (let i = 1; i <= 10; i++) await say(ada, `missed ${i}`);
  await sees(ada, 'missed 10');
  await bob.context().setOffline(false);
  await bob.waitForSelector('#state[data-state=open]', { timeout: 40_000 });
  await sees(bob, 'missed 10');
  for (let i = 1; i <= 10; i++) expected.push(`missed ${i}`);
  assert.deepEqual(await texts(bob), expected);
  const clocks = await bob.$$eval('#messages li', (all) => all.map((each) => each.dataset.user + each.dataset.clock));
  const shown = await bob.$$eval('#messages time', (all) => all.map((each) => each.checkVisibility()));
  assert.deepEqual(shown, clocks.map((each, i) => each !== clocks[i - 1]), 'a minute is shown once');
  await say(bob, 'back again');
  await sees(ada, 'back again');
});

test('rooms are apart', async () => {
  await ada.click('#rooms a[href="#garden"]');
  await ada.waitForFunction(() => document.getElementById('title').textContent === 'garden');
  await ada.waitForFunction(() => document.getElementById('people').textContent.includes('Ada'));
  await bob.waitForFunction(() => !document.getElementById('people').textContent.includes('Ada'));
  await say(ada, 'only here');
  await sees(ada, 'only here');
  await ada.click('#rooms a[href="#lobby"]');
  await sees(ada, 'back again');
  assert.ok(!(await texts(bob)).includes('only here'));
  assert.ok(!(await texts(ada)).includes('only here'));
});

test('the narrow page', async () => {
  await ada.setViewportSize({ width: 390, height: 780 });
  const isWider = await ada.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(isWider, false);
  assert.ok(await ada.isVisible('#new-room'));
  const isLastShown = () => {
    const list = document.getElementById('messages').getBoundingClientRect();
    return document.querySelector('#messages li:last-child').getBoundingClientRect().bottom <= list.bottom;
  };
  await ada.waitForFunction(isLastShown, undefined, { timeout: 10_000 });
  await picture(ada, 'chat-narrow');
  await ada.setViewportSize({ width: 390, height: 480 }); // a keyboard opens
  await ada.waitForFunction(isLastShown, undefined, { timeout: 10_000 });
  await picture(ada, 'chat-keyboard');
  await bob.setViewportSize({ width: 390, height: 780 });
  await picture(bob, 'chat-narrow-dark');
});

test('nothing went wrong in the pages', () => assert.deepEqual(problems, []));
