// Hostile texts in every place where a template can write a value, in a real browser: nothing runs,
// nothing is loaded from elsewhere, and text is shown unchanged.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { launchBrowser } from './chrome.mjs';
import { vectors } from './xss/vectors.mjs';

const program = process.env.BORA_XSS_PAGES;
const perPage = 75;
const randomPages = 4000;

let server;
let origin;
let browser;
let page;
let requests;
let html = '';

function render(args, texts) {
  const input = texts.map((text) => Buffer.from(text).toString('hex')).join('\n') + '\n';
  return execFileSync(program, args, { input, maxBuffer: 1 << 28 });
}

/** Opens a page that the program made. Its requests to other hosts are noted and refused. */
async function open(text) {
  requests = [];
  html = text;
  await page.goto(`${origin}/`, { waitUntil: 'load' });
}

/** Returns what ran: calls of pwn() and of the dialogs, in all frames. */
async function executed() {
  const found = [];
  for (const frame of page.frames()) {
    found.push(...(await frame.evaluate(() => window.pwned ?? []).catch(() => [])));
  }
  return found;
}

before(async () => {
  assert.ok(program, 'BORA_XSS_PAGES names the program that renders the pages');
  server = createServer((request, response) => {
    const isPage = request.url === '/' && request.headers['sec-fetch-dest'] === 'document';
    response.writeHead(isPage ? 200 : 404, { 'Content-Type': isPage ? 'text/html; charset=utf-8' : 'text/plain' });
    response.end(isPage ? html : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await launchBrowser(['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']);
  page = await browser.newPage();
  await page.addInitScript(() => {
    window.pwned = [];
    for (const name of ['pwn', 'alert', 'confirm', 'prompt', 'print']) {
      window[name] = (...args) => void window.pwned.push(`${name}(${args})`);
    }
  });
  page.on('dialog', (dialog) => dialog.dismiss());
  // All names lead to the server below.
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && /^(https?|wss?|ftp):/.test(request.url())) {
      requests.push(`${request.resourceType()} ${request.url()}`);
    }
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

test('the harness sees what runs', async () => {
  await open(render(['unsafe'], ['<script>pwn()</script>', '<img src=x onerror=alert(1)>', '<script src=//evil.example/x.js></script>']));
  await page.waitForTimeout(100);
  assert.deepEqual((await executed()).sort(), ['alert(1)', 'pwn()']);
  assert.deepEqual(requests, ['script http://evil.example/x.js']);
  await open(render(['unsafe'], ['<iframe srcdoc="<script>parent.pwn()</script>"></iframe>']));
  assert.deepEqual(await executed(), ['pwn()']);
  // Each vector that is a whole element runs if nothing escapes it.
  let ran = 0;
  for (const vector of vectors.slice(0, 12)) {
    await open(render(['unsafe'], [vector]));
    ran += (await executed()).length > 0 || requests.length > 0 ? 1 : 0;
  }
  assert.ok(ran >= 6, `${ran} of 12 ran`);
});

/** Looks at one section of contexts.html, in the browser. */
function inspect(expected) {
  const same = (a, b) => {
    const plain = (s) => s.replace(/\r\n?/g, '\n').replace(/[\u0000\ufffd]/g, '');
    return plain(a) === plain(b);
  };
  const shape = (root) => [...root.querySelectorAll('*')]
    .map((e) => `${e.tagName} ${[...e.attributes].map((a) => a.name).join(' ')}`).join('\n');
  const sections = [...document.querySelectorAll('section[data-case]')];
  const problems = [];
  const say = (i, what) => problems.push(`${what}: ${JSON.stringify(expected[i])}`);
  if (sections.length !== expected.length) problems.push(`${sections.length} sections of ${expected.length}`);
  const benign = sections.length > 0 ? shape(sections[0]) : '';
  const safe = ['http:', 'https:', 'mailto:', 'tel:', 'about:'];
  sections.forEach((section, i) => {
    const text = expected[i];
    const one = (selector) => section.querySelector(selector);
    const check = (what, value, wanted = text) => {
      if (!same(String(value), wanted)) say(i, `${what} is ${JSON.stringify(value)}`);
    };
    if (shape(section) !== benign) say(i, 'other elements or attributes');
    check('text', one('.text').textContent);
    check('title', one('.attributes').title);
    check('single-quoted', one('.attributes').lang);
    check('part', one('.attributes').dataset.x, `a${text}b`);
    check('textarea', one('textarea').textContent);
    check('pre', one('pre').textContent);
    check('td', one('td').textContent);
    check('option', one('option').textContent);
    check('option value', one('option').getAttribute('value'));
    check('template', one('template').content.querySelector('p').textContent);
    check('svg title', one('svg title').textContent);
    check('mtext', one('mtext').textContent);
    for (const link of section.querySelectorAll('a, form, button, object, embed, video, blockquote, set, p, img, link, script')) {
      for (const name of ['href', 'xlink:href', 'action', 'formaction', 'data', 'src', 'poster', 'cite', 'to', 'hx-get', 'data-url']) {
        if (!link.hasAttribute(name)) continue;
        let url;
        try { url = new URL(link.getAttribute(name), location.href); } catch { continue; }
        if (!safe.includes(url.protocol)) say(i, `${link.tagName} ${name} is ${url.href}`);
        const loads = ['SCRIPT', 'OBJECT', 'EMBED', 'LINK'].includes(link.tagName);
        if (loads && url.protocol !== 'about:' && url.origin !== location.origin) say(i, `${link.tagName} loads ${url.href}`);
      }
    }
    const first = new URL(one('a.first').href);
    if (first.origin !== location.origin) say(i, `leads to ${first.origin}`);
    if (!text.includes('\ufffd')) {
      check('query', new URL(one('a.query').href).searchParams.get('q'));
      check('fragment', decodeURIComponent(new URL(one('a.query').href).hash.slice(1)));
    }
    const srcdoc = one('iframe').contentDocument;
    check('srcdoc', srcdoc.body.textContent.trim(), text.trim());
    const json = JSON.parse(one('script[type="application/json"]').textContent);
    check('json', json.value);
    check('json string', json.text);
    for (const button of section.querySelectorAll('.click')) button.click();
    const sheet = one('style').sheet;
    const rules = [...sheet.cssRules];
    if (rules.length !== 3) say(i, `${rules.length} style rules`);
    if (rules.some((rule) => rule.constructor.name !== 'CSSStyleRule')) say(i, 'another style rule');
    const style = one('p.css').style;
    const allowed = new Set(['width', 'font-family', 'background-image', 'background-position-x', 'background-position-y',
      'background-size', 'background-repeat', 'background-attachment', 'background-origin', 'background-clip', 'background-color']);
    if ([...style].some((name) => !allowed.has(name))) say(i, `style ${style.cssText}`);
  });
  const wanted = ['value', 'double', 'single', 'nested', 'regex', 'handler', 'handler text', 'handler entity'];
  const seen = new Map(window.seen.map(([i, what, value]) => [`${i} ${what}`, value]));
  if (seen.size !== window.seen.length) problems.push('a script ran twice');
  expected.forEach((text, i) => wanted.forEach((what) => {
    const value = seen.get(`${i} ${what}`);
    if (typeof value !== 'string' || !same(value, text)) say(i, `script ${what} is ${JSON.stringify(value)}`);
  }));
  return problems;
}

test('the inspection sees what got through', async () => {
  const texts = ['harmless', '<b title="x">'];
  const html = render(['contexts'], texts).toString('utf8');
  await open(html.replace('<p class="text">&lt;b', '<p class="text"><b'));
  assert.ok((await page.evaluate(inspect, texts)).some((problem) => problem.startsWith('other elements')));
  await open(html.replace('"value", "\\u003Cb', '"value", "'));
  assert.match((await page.evaluate(inspect, texts)).join(), /script value is/);
});

test('hostile texts stay texts in every context', async () => {
  assert.ok(vectors.length >= 300, `${vectors.length} vectors`);
  const problems = [];
  page.on('pageerror', (error) => problems.push(`an error in a script: ${error}`));
  for (let at = 0; at < vectors.length; at += perPage) {
    const batch = [Buffer.from('harmless'), ...vectors.slice(at, at + perPage)];
    await open(render(['contexts'], batch));
    problems.push(...(await page.evaluate(inspect, batch.map((text) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(text)))));
    // A script of the page may do this: it reads the page's HTML and writes it again.
    await page.evaluate(() => {
      for (const loading of document.querySelectorAll('iframe, object, embed')) loading.remove();
      for (const section of document.querySelectorAll('section')) section.innerHTML = `${section.innerHTML}`;
    });
    await page.waitForTimeout(50);
    problems.push(...(await executed()).map((what) => `${what} ran`));
    // Pictures and posters may come from elsewhere, programs and style sheets not.
    problems.push(...requests.filter((request) => !/^(image|media) https?:/.test(request)));
  }
  assert.deepEqual(problems.slice(0, 20), []);
});

/** Compares the same random HTML with a harmless and with a hostile value. */
function compare(pairs) {
  const parse = (html) => new DOMParser().parseFromString(html, 'text/html');
  const compiles = (code) => {
    try { return Boolean(new Function(code)); } catch { return false; }
  };
  const shape = (node) => [...node.querySelectorAll('*')].map((e) => {
    const inner = e.localName === 'template' && e.content ? `{${shape(e.content)}}` : '';
    const names = [...e.attributes].map((a) => a.name).join(' ');
    const scripts = [...e.attributes].filter((a) => a.name.startsWith('on')).map((a) => compiles(a.value));
    const isScript = e.localName === 'script' && !e.hasAttribute('src') && !e.hasAttribute('type');
    return `${e.localName} ${names} ${scripts} ${isScript ? compiles(e.textContent) : ''}${inner}`;
  }).join('|');
  const comments = (doc) => doc.createTreeWalker(doc, NodeFilter.SHOW_COMMENT);
  const count = (walker) => { let n = 0; while (walker.nextNode()) ++n; return n; };
  return pairs.filter(({ benign, hostile }) => {
    const [a, b] = [parse(benign), parse(hostile)];
    return shape(a) !== shape(b) || count(comments(a)) !== count(comments(b));
  });
}

test('in random pages a value never changes the structure', async () => {
  await open('<!DOCTYPE html><title>empty</title>');
  const seed = Number(process.env.BORA_XSS_SEED ?? 20);
  const lines = render(['random', String(seed), String(randomPages)], vectors).toString('utf8').trim().split('\n');
  assert.equal(lines.length, randomPages);
  const different = await page.evaluate(compare, lines.map((line) => JSON.parse(line)));
  assert.deepEqual(different.slice(0, 5), []);
  const escaping = await page.evaluate(compare, [{ benign: '<p title="x">', hostile: '<p title="" onclick="pwn()">' }]);
  assert.equal(escaping.length, 1, 'the comparison sees a difference');
});
