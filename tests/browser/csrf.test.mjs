// Forms of an app's own pages and of other sites, sent by a real browser. Its header fields about
// their origin decide, over plain http too.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, before, test } from 'node:test';

import { startApp } from './app.mjs';
import { launchBrowser } from './chrome.mjs';

const program = process.env.BORA_GUESTBOOK;

let app;
let port;
let attacker;
let attackerPort;
let browser;

/** A page that sends a form to `target`, as soon as it is asked to. */
function attackPage(target, how) {
  const fields = '<input name="name" value="Mallory"><input name="message" value="was here">' +
    '<input name="_xsrf" value="2|00000000|00000000000000000000000000000000|1700000000">';
  const form = `<form method="post" action="${target}">${fields}</form>`;
  if (how === 'sandbox') {
    const inner = form.replace('</form>', '<button>go</button></form>').replaceAll('"', '&quot;');
    return `<iframe sandbox="allow-scripts allow-forms" srcdoc="${inner}"></iframe>`;
  }
  return `<!doctype html>${form}<a href="${target}">link</a>`;
}

before(async () => {
  assert.ok(program, 'BORA_GUESTBOOK names the program to test');
  app = await startApp(program);
  port = new URL(app.url).port;
  attacker = createServer((request, response) => {
    const query = new URL(request.url, 'http://x').searchParams;
    response.setHeader('Content-Type', 'text/html');
    response.end(attackPage(query.get('target'), query.get('how')));
  });
  attacker.listen(0, '127.0.0.1');
  await once(attacker, 'listening');
  attackerPort = attacker.address().port;
  // Names over plain http are no secure contexts, like addresses of a local network, so browsers do
  // not send Sec-Fetch-Site to them.
  browser = await launchBrowser(['--host-resolver-rules=MAP *.test 127.0.0.1, MAP localhost 127.0.0.1']);
});

after(async () => {
  await browser?.close();
  attacker?.close();
  attacker?.closeAllConnections();
  if (app) assert.equal(await app.stop(), 0);
});

async function newPage() {
  const context = await browser.newContext();
  return context.newPage();
}

/** Sends the app's own form at `origin`. Returns the status and the request's Sec-Fetch-Site. */
async function postOwn(origin) {
  const page = await newPage();
  await page.goto(`${origin}/guestbook`);
  await page.fill('[name=name]', 'Ada');
  await page.fill('[name=message]', 'hello');
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.click('form [type=submit]');
  const response = await answered;
  const headers = await response.request().allHeaders();
  await page.context().close();
  return { status: response.status(), site: headers['sec-fetch-site'] };
}

/** The same for the attacker's page at `from`, whose visitor has been at `to` before. */
async function postForeign(from, to, how = '') {
  const page = await newPage();
  await page.goto(`${to}/guestbook`);
  const target = encodeURIComponent(`${to}/guestbook`);
  const isPost = (request) => request.method() === 'POST';
  const sent = page.waitForRequest(isPost);
  const answered = how === 'fetch' ? null
    : page.waitForResponse((response) => isPost(response.request()));
  await page.goto(`${from}/?target=${target}&how=${how}`);
  if (how === '') await page.evaluate(() => document.forms[0].submit());
  if (how === 'sandbox') await page.frameLocator('iframe').locator('button').click();
  if (how === 'fetch') {
    // The page does not get the answer (Cross-Origin-Resource-Policy); only the effect counts.
    await page.evaluate((url) => fetch(url, {
      method: 'POST',
      mode: 'no-cors',
      credentials: 'include',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'name=Mallory&message=was+here',
    }).catch(() => {}), `${to}/guestbook`);
  }
  const headers = await (await sent).allHeaders();
  const status = answered === null ? undefined : (await answered).status();
  await page.context().close();
  return { status, site: headers['sec-fetch-site'], origin: headers.origin };
}

test('our own form: 127.0.0.1, localhost and a name over plain http', async () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    assert.deepEqual(await postOwn(`http://${host}:${port}`), { status: 303, site: 'same-origin' });
  }
  // Here only Origin and the token decide.
  assert.deepEqual(await postOwn(`http://shop.test:${port}`), { status: 303, site: undefined });
});

test('forms of other sites and of other ports are refused', async () => {
  const cases = [
    [`http://localhost:${attackerPort}`, `http://127.0.0.1:${port}`, 'cross-site'],
    [`http://127.0.0.1:${attackerPort}`, `http://localhost:${port}`, 'cross-site'],
    [`http://127.0.0.1:${attackerPort}`, `http://127.0.0.1:${port}`, 'same-site'],
    [`http://evil.test:${attackerPort}`, `http://127.0.0.1:${port}`, 'cross-site'],
    [`http://evil.test:${attackerPort}`, `http://shop.test:${port}`, undefined],
    [`http://shop.test:${attackerPort}`, `http://shop.test:${port}`, undefined],
  ];
  for (const [from, to, site] of cases) {
    for (const how of ['', 'fetch']) {
      const { status, site: said } = await postForeign(from, to, how);
      if (how !== '') continue; // the browser reports nothing about an answer that it withholds
      assert.equal(status, 403, `from ${from} to ${to}`);
      assert.equal(said, site, `Sec-Fetch-Site from ${from} to ${to}`);
    }
  }
});

test('a sandboxed frame has the origin null, and is refused', async () => {
  const { status, origin } = await postForeign(`http://localhost:${attackerPort}`,
    `http://127.0.0.1:${port}`, 'sandbox');
  assert.equal(status, 403);
  assert.equal(origin, 'null');
});

test('a link from another site leads here, and nothing of the attacks was written', async () => {
  const page = await newPage();
  const target = encodeURIComponent(`http://127.0.0.1:${port}/guestbook`);
  await page.goto(`http://localhost:${attackerPort}/?target=${target}`);
  const [response] = await Promise.all([page.waitForNavigation(), page.click('a')]);
  assert.equal(response.status(), 200);
  assert.equal(await page.getByText('Mallory').count(), 0);
  assert.equal(await page.getByText('Ada').count() > 0, true);
  await page.context().close();
});
