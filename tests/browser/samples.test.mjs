// The samples' pages in use: light, dark, and on a phone.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { startApp } from './app.mjs';
import { launchBrowser } from './chrome.mjs';

const pictures = process.env.BORA_PICTURES;
let browser;

before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

/** Runs `tests(page)` against the sample, which is served in a folder of its own. */
function sample(name, args, tests) {
  const program = process.env[`BORA_SAMPLE_${name}`];
  describe(name, { skip: !program }, () => {
    const site = { problems: [] };

    before(async () => {
      site.folder = mkdtempSync(join(tmpdir(), `bora-${name}-`));
      site.app = await startApp(program, args(site.folder));
      const context = await browser.newContext({ viewport: { width: 1000, height: 760 }, locale: 'en-US' });
      site.page = await context.newPage();
      site.page.on('pageerror', (error) => site.problems.push(String(error)));
      site.page.on('console', (message) => {
        if (message.type() === 'error') site.problems.push(message.text());
      });
      site.page.on('dialog', (dialog) => {
        site.problems.push(`a dialog: ${dialog.message()}`);
        dialog.dismiss();
      });
    });
    after(async () => {
      await site.page?.context().close();
      if (site.app) assert.equal(await site.app.stop(), 0, 'SIGTERM is a graceful stop');
      rmSync(site.folder, { recursive: true, force: true });
    });

    tests(site);
    test('nothing went wrong in the pages', () => assert.deepEqual(site.problems, []));
  });
}

/** Takes three pictures of the page: light, dark, and on a phone, where nothing may be too wide. */
async function look(page, name) {
  const { width, height } = page.viewportSize();
  const shoot = async (kind) => {
    if (!pictures) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}-${kind}.png`), fullPage: true });
  };
  await page.emulateMedia({ colorScheme: 'light' });
  await shoot('light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot('dark');
  await page.setViewportSize({ width: 390, height: 780 });
  const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  await shoot('phone');
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: 'light' });
  assert.equal(isTooWide, false, `${name} is wider than a phone`);
}

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC',
  'base64');

sample('blog', (folder) => [`--database=${folder}/blog.db`], (site) => {
  test('the first visitor becomes the author', async () => {
    const { page, app } = site;
    await page.goto(app.url);
    await page.click('nav a[href="/login"]');
    await page.fill('[name=name]', 'Ada');
    await page.fill('[name=email]', 'ada@example.org');
    await page.fill('[name=password]', 'correct horse battery');
    await page.click('main button');
    await page.waitForSelector('.flash');
    assert.match(await page.textContent('.flash'), /Welcome/);
  });

  test('a picture and an entry, in which nothing runs', async () => {
    const { page } = site;
    await page.click('nav a[href="/pictures"]');
    await page.setInputFiles('[name=picture]', { name: 'red.png', mimeType: 'image/png', buffer: png });
    await page.click('main button');
    const markdown = await page.inputValue('.pictures input');
    await look(page, 'blog-pictures');

    await page.click('nav a[href="/compose"]');
    await page.fill('[name=title]', 'Tea, and how to keep it warm');
    await page.fill('[name=markdown]', `Some *words* about [tea](/tag/tea).

${markdown}

- a pot
- a **cosy**

\`\`\`
boil(water);
\`\`\`

<script>alert("script")</script> <img src=x onerror=alert("img")>

[run](javascript:alert("link"))
[tab](java&Tab;script:alert("tab")) <svg/onload=alert("svg")>`);
    await page.fill('[name=tags]', 'tea, kitchen');
    await look(page, 'blog-compose');
    await page.click('main button');
    await page.waitForSelector('h1:has-text("Tea, and how")');
    for (const link of await page.locator('article a:text-matches("run|tab")').all()) await link.click({ noWaitAfter: true });
    assert.equal(await page.locator('article script, article svg').count(), 0);
    assert.equal(await page.evaluate(() => document.querySelector('article img').naturalWidth), 10);
  });

  test('a comment', async () => {
    const { page } = site;
    await page.goto(`${site.app.url}/entry/tea-and-how-to-keep-it-warm`);
    await page.fill('[name=name]', 'Bob');
    await page.fill('[name=text]', 'Good to know.\n<b>Thank you</b>');
    await page.click('section button');
    await page.waitForSelector('.comment');
    assert.match(await page.textContent('.comment'), /<b>Thank you<\/b>/);
    await look(page, 'blog-entry');
  });

  test('the list, in two languages', async () => {
    const { page } = site;
    await page.goto(site.app.url);
    await look(page, 'blog-home');
    await page.click('footer button[lang=de]');
    await page.waitForSelector('html[lang=de]');
    assert.match(await page.textContent('nav'), /Abmelden/);
    await look(page, 'blog-home-de');
    await page.click('footer button[lang=en]');
    await page.waitForSelector('html[lang=en]');
  });

  test('an address that leads nowhere', async () => {
    const { page } = site;
    const answer = await page.goto(`${site.app.url}/nowhere`);
    assert.equal(answer.status(), 404);
    await look(page, 'blog-404');
    site.problems.length = 0; // Chromium itself logs the 404.
  });
});

sample('chat', () => [], (site) => {
  const texts = (page) => page.locator('#messages li').allTextContents();
  const say = async (page, name, text) => {
    await page.fill('[name=name]', name);
    await page.fill('[name=text]', text);
    await page.click('#form button');
  };

  test('two talk, and a text is no more than that', async () => {
    const { page, app } = site;
    await page.goto(app.url);
    const other = await page.context().newPage();
    await other.goto(app.url);
    await say(page, 'Ada', 'Is anybody <b>there</b>? <img src=x onerror=alert(1)>');
    await other.waitForSelector('#messages li:has-text("anybody <b>there</b>")');
    await say(other, 'Bob', 'I am.');
    await page.waitForSelector('#messages li:has-text("I am.")');
    assert.deepEqual(await texts(page), await texts(other));
    await look(page, 'chat');
    await other.close();
  });

  test('what others said while the page had no connection is there afterwards, in order', async () => {
    const { page, app } = site;
    const other = await browser.newPage();
    await other.goto(app.url);
    // Questions for news fail, so the page waits; what it sends itself goes through.
    let asked = 0;
    await page.route('**/updates', (route) => { ++asked; return route.abort(); });
    await say(other, 'Bob', 'first');  // ends the question that is under way
    await page.waitForSelector('#messages li:has-text("first")');
    await page.waitForFunction(() => document.getElementById('state').textContent.startsWith('Not connected'));
    assert.ok(asked > 0);
    await say(other, 'Bob', 'second');
    await other.waitForSelector('#messages li:has-text("second")');
    await say(page, 'Ada', 'third');
    await page.waitForSelector('#messages li:has-text("third")');
    await page.unroute('**/updates');
    await page.waitForSelector('#messages li:has-text("second")');
    assert.deepEqual((await texts(page)).slice(-3).map((text) => text.split(' ').at(-1)), ['first', 'second', 'third']);
    await other.close();
    site.problems.length = 0;  // the browser logs the requests that failed
  });

  test('it works without scripts, as a plain form', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(site.app.url);
    await say(page, 'Eve', 'no scripts here');
    await page.waitForSelector('#messages li:has-text("no scripts here")');
    await context.close();
  });
});

sample('sse_clock', () => [], (site) => {
  test('the time goes on, also after the connection was lost', async () => {
    const { page } = site;
    await page.goto(site.app.url);
    await page.waitForFunction(() => /^\d\d:\d\d:\d\d$/.test(document.getElementById('time').textContent));
    const first = await page.textContent('#time');
    await page.waitForFunction((before) => document.getElementById('time').textContent !== before, first);
    await look(page, 'sse_clock');
  });
});

sample('file_receiver', (folder) => [`--directory=${folder}`], (site) => {
  test('two files are sent by the form', async () => {
    const { page } = site;
    await page.goto(site.app.url);
    await look(page, 'file_upload');
    await page.setInputFiles('[name=file]', [
      { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('first') },
      { name: 'größe.txt', mimeType: 'text/plain', buffer: Buffer.alloc(200_000, 'x') },
    ]);
    await page.click('button');
    await page.waitForURL(/\/files$/);
    assert.equal(await page.textContent('body'), 'a.txt: 5 bytes\ngröße.txt: 200000 bytes\n');
    site.problems.length = 0; // the browser asks for /favicon.ico
  });
});

sample('dashboard', () => [], (site) => {
  test('figures come live, and what it is asked to do is seen', async () => {
    const { page } = site;
    await page.goto(site.app.url);
    await page.waitForSelector('#state[data-state=open]');
    const painted = () => page.waitForFunction(() => {
      const canvas = document.querySelector('canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value !== 0);
    });
    await page.waitForFunction(() => document.getElementById('watchers').value === '1');
    await painted();
    await page.click('#work');
    await page.waitForFunction(() => Number(document.getElementById('requests').value) > 2);
    await look(page, 'dashboard');
  });
});

sample('i18n', () => [], (site) => {
  test('the languages, and one from right to left', async () => {
    const { page } = site;
    await page.goto(site.app.url);
    assert.equal(new URL(page.url()).pathname, '/en/');
    await page.click('nav a[lang=ar]');
    await page.waitForSelector('html[dir=rtl]');
    const edge = await page.evaluate(() => document.querySelector('.from').getBoundingClientRect().right >
      document.querySelector('time').getBoundingClientRect().right);
    assert.ok(edge, 'the sender stands at the right');
    await look(page, 'i18n-ar');
    await page.click('nav a[lang=ru]');
    await page.waitForSelector('html[lang=ru]');
    await look(page, 'i18n-ru');
  });
});

// A Redis of the test's own, reached by a socket in the sample's folder.
let redis;
sample('shop', (folder) => {
  redis = spawn('redis-server', ['--port', '0', '--unixsocket', `${folder}/redis.sock`, '--save', '', '--dir', folder],
    { stdio: 'ignore' });
  return [`--database=${folder}/shop.db`, `--redis=unix://${folder}/redis.sock`];
}, (site) => {
  after(() => redis.kill());

  test('something is put into the cart and ordered', async () => {
    const { page } = site;
    await page.goto(site.app.url);
    await look(page, 'shop');
    await page.click('.products li:nth-child(1) button');
    await page.waitForFunction(() => document.getElementById('count').textContent === '1');
    await page.click('.products li:nth-child(4) button');
    await page.waitForFunction(() => document.getElementById('count').textContent === '2');
    await page.click('header a[href="/cart"]');
    await page.fill('.lines li:nth-child(1) input[name=count]', '3');
    await page.click('.lines li:nth-child(1) button');
    await page.waitForSelector('.sum b:has-text("118.00")');
    await look(page, 'shop-cart');
    await page.fill('[name=name]', 'Ada');
    await page.fill('[name=email]', 'ada@example.org');
    await page.click('.panel button');
    await page.waitForSelector('.flash');
    assert.match(await page.textContent('.flash'), /Order 1 is on its way/);
  });
});

sample('start', () => ['--guestbook=http://127.0.0.1:1/', '--project=../demo'], (site) => {
  test('the page shows what made it', async () => {
    const { page } = site;
    await page.goto(site.app.url);
    assert.match(await page.textContent('#sources ~ details pre, details pre'), /handler = "Home"/);
    assert.equal(await page.locator('a.button').count(), 1, 'what runs has a link');
    await look(page, 'start');
  });
});
