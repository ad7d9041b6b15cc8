// What `bora dev` adds to every page of a development build: it loads the page anew when the program
// was built, takes edits of text and style in place, and shows mistakes above the page.
(() => {
  "use strict";
  if (window.boraDev) return;
  window.boraDev = true;
  const own = document.currentScript;
  const boot = own ? own.dataset.boot || "" : "";
  const isPosted = own ? own.dataset.method === "POST" : false;
  let version = null;
  let state = null;
  let thrown = null;
  let isLeaving = false;
  addEventListener("pagehide", () => { isLeaving = true; });
  addEventListener("pageshow", () => { isLeaving = false; });

  const reload = () => {
    if (isLeaving) return;
    isLeaving = true;
    if (isPosted) location.replace(location.pathname + location.search);
    else location.reload();
  };

  // --- Talking to the program, or to `bora dev` while none runs.

  const connect = () => {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/.bora/events`);
    window.boraDevSocket = socket;
    socket.onmessage = (event) => take(JSON.parse(event.data));
    socket.onclose = () => setTimeout(poll, 30);
  };
  const poll = async () => {
    if (isLeaving) return;
    try {
      const answer = await fetch("/.bora/state", { cache: "no-store" });
      if (answer.ok) {
        const next = await answer.json();
        take(next);
        if (next.boot) return connect();
      }
    } catch { /* Nobody is there yet. */ }
    setTimeout(poll, 150);
  };

  const take = (message) => {
    if (message.type === "state") {
      state = message;
      thrown = null;
      if (message.boot && message.reload && message.boot !== boot) return reload();
      if (version !== null && version !== message.version && message.reload) refresh();
      version = message.version;
      draw();
    } else if (!message.type) {
      return;
    } else if (message.type === "thrown") {
      thrown = message;
      draw();
    } else {
      version = message.version;
      if (message.type === "style") restyle(message.version);
      else if (message.type === "text") refresh();
      else reload();
    }
  };

  // --- Edits in place.

  const restyle = (count) => {
    for (const link of document.querySelectorAll("link[rel~=stylesheet]")) {
      const url = new URL(link.href, location.href);
      if (url.origin !== location.origin) continue;
      url.searchParams.set("bora", count);
      const next = link.cloneNode();
      next.href = url.href;
      next.onload = next.onerror = () => link.remove();
      link.after(next);
    }
    document.documentElement.dataset.boraVersion = count;
  };

  const refresh = async () => {
    const count = version;
    try {
      if (isPosted) return reload();
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      const type = answer.headers.get("Content-Type") || "";
      if (!answer.ok || answer.redirected || !type.startsWith("text/html")) return reload();
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      morph(document.head, next.head);
      morph(document.body, next.body);
      document.documentElement.dataset.boraVersion = count;
    } catch {
      reload();
    }
  };

  // Makes `now` what `next` is, and leaves alone what is the same: what was typed, where the page was
  // scrolled to, what scripts hold on to.
  const morph = (now, next) => {
    for (const { name } of [...now.attributes]) if (!next.hasAttribute(name)) now.removeAttribute(name);
    for (const { name, value } of [...next.attributes]) {
      if (now.getAttribute(name) !== value) now.setAttribute(name, value);
    }
    const keep = (node) => node === own || node.nodeName === "BORA-DEV";
    const old = [...now.childNodes].filter((node) => !keep(node));
    const fresh = [...next.childNodes].filter(
      (node) => !(node.nodeName === "SCRIPT" && node.dataset.boot !== undefined));
    const anchor = [...now.childNodes].find(keep) || null;
    fresh.forEach((node, i) => {
      const before = old[i];
      if (before === undefined) return now.insertBefore(document.importNode(node, true), anchor);
      if (before.isEqualNode(node)) return;
      const isSame = before.nodeName === node.nodeName && before.id === node.id;
      if (isSame && before.nodeType === Node.ELEMENT_NODE && before.nodeName !== "SCRIPT") morph(before, node);
      else if (isSame && before.nodeType !== Node.ELEMENT_NODE) before.data = node.data;
      else before.replaceWith(document.importNode(node, true));
    });
    old.slice(fresh.length).forEach((node) => node.remove());
  };

  // --- Mistakes.

  const style = `
    :host { all: initial; }
    * { box-sizing: border-box; }
    .panel { position: fixed; inset: auto 0 0 0; max-height: 62vh; overflow: auto; z-index: 2147483647;
      font: 14px/1.5 system-ui, sans-serif; color: #1c2430; background: #fff; border-top: 3px solid #c2410c;
      box-shadow: 0 -8px 40px #0003; padding: 1rem 1.4rem 1.2rem; }
    .panel.small { inset: auto 1rem 1rem auto; padding: .5rem .9rem; border: 0; border-radius: 8px; background: #c2410c;
      color: #fff; cursor: pointer; font-weight: 600; }
    header { display: flex; gap: 1rem; align-items: baseline; }
    h1 { font-size: 17px; margin: 0; flex: 1; overflow-wrap: anywhere; }
    .kind { color: #c2410c; font-weight: 700; text-transform: uppercase; font-size: 11px; letter-spacing: .07em; }
    button, a { font: inherit; color: #1d4ed8; background: none; border: 0; padding: 0; cursor: pointer;
      text-decoration: underline; text-underline-offset: 2px; }
    button.close { color: #5b6675; text-decoration: none; }
    pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; background: #f3f5f8; border-radius: 6px;
      padding: .7rem .9rem; margin: .6rem 0; overflow-x: auto; }
    .caret { color: #c2410c; font-weight: 700; } .old { color: #b91c1c; } .new { color: #15803d; }
    .help { margin: .5rem 0; } .help b { color: #15803d; }
    .note { color: #5b6675; margin: .5rem 0 0; }
    details { margin-top: .5rem; } summary { cursor: pointer; color: #5b6675; }
    section + section { border-top: 1px solid #d7dce3; margin-top: .8rem; padding-top: .8rem; }
    @media (prefers-color-scheme: dark) {
      .panel { color: #e6e9ee; background: #14181f; border-color: #fb923c; } pre { background: #1e242d; }
      .kind, .caret { color: #fb923c; } button, a { color: #93b4ff; } .old { color: #fca5a5; }
      .new, .help b { color: #86efac; } .note, summary, button.close { color: #9aa5b4; }
      section + section { border-color: #333c48; } .panel.small { background: #c2410c; color: #fff; }
    }`;
  const kinds = { template: "template", compiler: "C++", linker: "linker", cmake: "CMake", build: "build",
    start: "the program", thrown: "exception" };
  let host = null;
  let isSmall = false;
  let shownKey = "";

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };
  const edit = (finding) => {
    const place = [finding.file, finding.line || 1, finding.column || 1];
    const editor = (state && state.editor) || "";
    if (editor.includes("://")) {
      location.href = editor.replace("{file}", encodeURI(place[0])).replace("{line}", place[1]).replace("{column}", place[2]);
      return;
    }
    fetch("/.bora/edit", { method: "POST", body: place.join("\n") });
  };
  const excerpt = (text) => {
    const pre = element("pre");
    for (const line of text.replace(/\n$/, "").split("\n")) {
      const isCaret = /^\s*\|?[\s~]*\^[\s~^]*$/.test(line.replace(/^\s*\d*\s*\|/, "|"));
      pre.append(element("span", isCaret ? "caret" : "", line), "\n");
    }
    return pre;
  };
  const section = (finding, isFirst) => {
    const made = element("section");
    const head = element("header");
    head.append(element("span", "kind", (kinds[finding.source] || "") + (finding.error ? " error" : " warning")));
    head.append(element("h1", "", finding.message));
    made.append(head);
    if (finding.shown) {
      const place = finding.shown + (finding.line ? `:${finding.line}` : "") + (finding.column ? `:${finding.column}` : "");
      const link = element("button", "place", place);
      link.title = "Open it in the editor (BORA_EDITOR)";
      link.onclick = () => edit(finding);
      made.append(link);
    }
    if (finding.excerpt) made.append(excerpt(finding.excerpt));
    if (finding.diff) {
      const pre = element("pre", "diff");
      for (const line of finding.diff.split("\n"))
        pre.append(element("span", line.startsWith("-") ? "old" : "new", line), "\n");
      made.append(pre);
    }
    if (finding.help) {
      const help = element("p", "help");
      help.append(element("b", "", "help: "), finding.help);
      made.append(help);
    }
    const fold = (title, text) => {
      const details = element("details");
      details.append(element("summary", "", title), element("pre", "", text));
      made.append(details);
    };
    if (finding.explain) fold(`explain ${finding.code}`, finding.explain);
    if (finding.more) fold(isFirst ? "notes and all else that was said" : "notes", finding.more);
    return made;
  };

  const draw = () => {
    let findings = state ? state.findings.filter((finding) => finding.error) : [];
    if (thrown) findings = [thrown.finding, ...findings];
    const key = JSON.stringify(findings);
    if (key !== shownKey) isSmall = false;
    shownKey = key;
    if (findings.length === 0) {
      if (host) host.remove();
      host = null;
      return;
    }
    if (!host) {
      host = document.createElement("bora-dev");
      const root = host.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
      root.adoptedStyleSheets = [sheet];
      document.documentElement.append(host);
    }
    const root = host.shadowRoot;
    root.replaceChildren();
    const panel = element("div", isSmall ? "panel small" : "panel");
    panel.setAttribute("role", "alert");
    root.append(panel);
    if (isSmall) {
      panel.textContent = findings.length === 1 ? "1 error" : `${findings.length} errors`;
      panel.onclick = () => { isSmall = false; draw(); };
      return;
    }
    const close = element("button", "close", "hide (Esc)");
    close.onclick = () => { isSmall = true; draw(); };
    const first = section(findings[0], true);
    first.querySelector("header").append(close);
    panel.append(first);
    if (findings.length > 1) {
      const rest = element("details");
      rest.append(element("summary", "", findings.length === 2 ? "1 more error" : `${findings.length - 1} more errors`));
      for (const finding of findings.slice(1)) rest.append(section(finding, false));
      panel.append(rest);
    }
    if (state && state.phase === "running" && !thrown)
      panel.append(element("p", "note", "The page below comes from the last version without errors."));
  };
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && host && !isSmall) { isSmall = true; draw(); }
  });

  addEventListener("click", (event) => {
    const place = event.target.closest ? event.target.closest("[data-bora-file]") : null;
    if (place) edit({ file: place.dataset.boraFile, line: place.dataset.boraLine });
  });

  if (own && own.dataset.state) {
    state = JSON.parse(own.dataset.state);
    draw();
  }
  if (boot) connect(); else poll();
})();
