// No link of the built site is dead: each relative one leads to a file, and to an element where it names one.
//   node check_links.mjs PUBLIC
import {existsSync, readFileSync, readdirSync, statSync} from 'node:fs';
import {join, relative, resolve} from 'node:path';

const site = resolve(process.argv[2]);
const pages = readdirSync(site, {recursive: true}).map(String).filter((name) => name.endsWith('.html'));
const texts = new Map();
const textOf = (file) => texts.get(file) ?? texts.set(file, readFileSync(file, 'utf8')).get(file);

const faults = new Set();
let count = 0;
for (const name of pages) {
  const isReference = name.startsWith('api/');  // Doxygen's, which checks its own anchors
  for (const [, link] of textOf(join(site, name)).matchAll(/<(?:a|link|img|script)\b[^>]*? (?:href|src)="([^"]*)"/g)) {
    if (/^([a-z]+:|\/\/)/.test(link) || link === '') continue;
    ++count;
    const url = new URL(link.replaceAll('&amp;', '&'), `http://site/${name}`);
    const path = decodeURIComponent(url.pathname);
    let file = join(site, path);
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html');
    if (!existsSync(file)) {
      faults.add(`${name}: ${link} leads to no file`);
    } else if (!isReference && url.hash.length > 1 && file.endsWith('.html') && !file.startsWith(join(site, 'api'))) {
      const id = decodeURIComponent(url.hash.slice(1));
      if (!textOf(file).includes(`id="${id}"`)) faults.add(`${name}: ${link} leads to nothing in ${relative(site, file)}`);
    }
  }
}
for (const fault of [...faults].sort()) console.error(fault);
console.log(`${count} links of ${pages.length} pages, ${faults.size} of them dead`);
process.exit(faults.size === 0 && count > 1000 ? 0 : 1);
