// The pages of docs/ as a static site. `./dev docs` copies this folder to build/site, docs/ to build/site/pages, and
// builds build/site/public.
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {dirname, join, posix, relative, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitepress';

const docs = resolve(dirname(fileURLToPath(import.meta.url)), '../pages');

const titleOf = (file) => readFileSync(join(docs, file), 'utf8').match(/^# (.+)$/m)[1].replaceAll('`', '');
const page = (file) => ({text: titleOf(file), link: '/' + file.replace(/README\.md$/, '').replace(/\.md$/, '')});
const group = (text, files, collapsed = false) => ({text, collapsed, items: files.map(page)});
const all = (folder) => readdirSync(join(docs, folder)).filter((name) => /^\w.*\.md$/.test(name) && name !== 'README.md')
  .map((name) => `${folder}/${name}`);

// The order of the guide and of the other pages is that of their lists, docs/guide/README.md and docs/README.md.
const listed = (file) => [...readFileSync(join(docs, file), 'utf8').matchAll(/\]\(([\w/-]+\.md)\)/g)]
  .map((match) => relative(docs, resolve(docs, dirname(file), match[1])))
  .filter((name, index, names) => names.indexOf(name) === index && !name.startsWith('..') && existsSync(join(docs, name)));
const guide = listed('guide/README.md').filter((name) => name.startsWith('guide/'));
const chapters = [];
for (const section of readFileSync(join(docs, 'README.md'), 'utf8').split(/^## /m).slice(1)) {
  const names = [...section.matchAll(/\]\(([\w-]+\.md)\)/g)].map((match) => match[1]);
  if (names.length > 0) chapters.push(group(section.split('\n')[0], [...new Set(names)]));
}

// Fences of templates have the template language's colours; what the tests read after the language (a file's name) is shown.
const templateLanguage = {...JSON.parse(readFileSync(join(docs, 'editors/bora.tmLanguage.json'), 'utf8')), name: 'bora-tags'};
const templates = {
  name: 'bora',
  scopeName: 'text.html.bora.page',
  patterns: [{include: 'text.html.bora'}, {include: 'text.html.basic'}],
  embeddedLangs: ['html', 'bora-tags', 'cpp'],
};

export default defineConfig({
  title: 'Bora',
  description: 'Tornado for C++, compiled',
  lang: 'en',
  srcDir: 'pages',
  outDir: 'public',
  cleanUrls: false,
  lastUpdated: false,
  head: [['link', {rel: 'icon', href: 'data:,'}]],
  rewrites: (id) => id.replace(/README\.md$/, 'index.md'),
  markdown: {
    attrs: {disable: true},  // {% … %} in headings is none
    languages: ['html', 'cpp', templateLanguage, templates],
    languageAlias: {h: 'cpp'},
    config(md) {
      // What looks like elements or like Vue's expressions is text, but for line breaks in tables.
      md.set({html: false});
      md.renderer.rules.text = (tokens, index) => md.utils.escapeHtml(tokens[index].content)
        .replaceAll('{{', '&#123;&#123;').replaceAll('&lt;br&gt;', '<br>');
      md.renderer.rules.code_inline = (tokens, index) => `<code v-pre>${md.utils.escapeHtml(tokens[index].content)}</code>`;
      // Links out of docs/ (CHANGELOG.md, samples/) are for readers of the sources, and their texts stay. README.md is the
      // index of its folder.
      md.core.ruler.push('bora_links', (state) => {
        for (const {children} of state.tokens.filter((token) => token.type === 'inline')) {
          let leadsOut = false;
          for (const token of children) {
            if (token.type === 'link_open') {
              const target = token.attrGet('href');
              const isRelative = !/^([a-z]+:|[/#])/.test(target);
              leadsOut = isRelative && posix.join(posix.dirname(state.env.relativePath), target).startsWith('..');
              if (isRelative) token.attrSet('href', target.replace(/README\.md(?=#|$)/, 'index.md'));
            }
            if (leadsOut && (token.type === 'link_open' || token.type === 'link_close')) {
              leadsOut = token.type === 'link_open';
              Object.assign(token, {type: 'text', tag: '', attrs: null, nesting: 0, content: ''});
            }
          }
        }
      });
      const fence = md.renderer.rules.fence;
      md.renderer.rules.fence = (tokens, index, options, env, self) => {
        const token = tokens[index];
        const [language, name = ''] = token.info.split(/\s+/);
        const isTemplate = language === 'html' && /\{[{%#]/.test(token.content);
        const isFile = name.includes('.');
        token.info = isTemplate ? 'bora' : language === 'http' ? 'http' : language;
        const html = fence(tokens, index, options, env, self);
        return isFile ? `<div class="file-name">${md.utils.escapeHtml(name)}</div>${html}` : html;
      };
    },
  },
  themeConfig: {
    search: {provider: 'local'},
    nav: [{text: 'Guide', link: '/guide/'}, {text: 'Reference', link: '/'}, {text: 'From Tornado', link: '/from-tornado'},
      {text: 'API', link: '/api/index.html', target: '_self'}],
    sidebar: [
      group('Guide', guide),
      ...chapters,
      group('Decisions', all('decisions'), true),
      group('Errors', all('errors'), true),
    ],
    outline: [2, 3],
    docFooter: {prev: 'Before', next: 'Next'},
  },
});
