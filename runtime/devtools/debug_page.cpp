#include "runtime/devtools/debug_page.h"

#include <algorithm>
#include <string_view>

#include <bora/core/escape.h>
#include <bora/http/http_server_request.h>
#include <bora/web/application.h>
#include <bora/web/request_handler.h>

#include "runtime/text/characters.h"
#include "runtime/web/request_execution.h"

namespace bora::devtools {
namespace {

constexpr std::string_view kStyle = R"css(
  :root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #fff; --card: #f5f7fa; --line: #e1e6ec;
    --hot: #c2410c; --hot-paper: #fff1e9; --link: #1d4ed8; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #9aa5b4; --paper: #12161c; --card: #1a2028;
    --line: #2c3540; --hot: #fb923c; --hot-paper: #3a2417; --link: #93b4ff; } }
  * { box-sizing: border-box; }
  body { margin: 0; font: 15px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
  header.top { border-bottom: 1px solid var(--line); border-top: 4px solid var(--hot); background: var(--card); }
  .wide { max-width: 68rem; margin: 0 auto; padding: 0 1.5rem; }
  header.top .wide { padding-top: 1.4rem; padding-bottom: 1.4rem; }
  .request { font: 13px ui-monospace, monospace; color: var(--soft); }
  .type { color: var(--hot); font-weight: 600; margin: .7rem 0 0; font: 600 14px ui-monospace, monospace; overflow-wrap: anywhere; }
  h1 { font-size: 1.55rem; line-height: 1.3; margin: .15rem 0 0; overflow-wrap: anywhere; }
  h2 { font-size: 1.02rem; margin: 2rem 0 .6rem; }
  .hint { margin: .8rem 0 0; color: var(--soft); }
  .code { border: 1px solid var(--line); border-radius: 10px; overflow: hidden; background: var(--card); }
  .code .place { display: block; padding: .55rem .9rem; border-bottom: 1px solid var(--line); font: 600 13px ui-monospace, monospace; }
  .code pre { margin: 0; padding: .5rem 0; overflow-x: auto; font: 13px/1.65 ui-monospace, monospace; }
  .code pre span { display: block; padding: 0 .9rem; min-width: max-content; }
  .code pre i { display: inline-block; width: 3.2em; color: var(--soft); font-style: normal; text-align: right; margin-right: 1em; }
  .code pre .hot { background: var(--hot-paper); box-shadow: inset 3px 0 var(--hot); } .code pre .hot i { color: var(--hot); font-weight: 700; }
  a { color: var(--link); text-decoration: none; cursor: pointer; } a:hover { text-decoration: underline; }
  ol.stack { list-style: none; margin: 0; padding: 0; font: 13px/1.5 ui-monospace, monospace; }
  ol.stack li { padding: .45rem .9rem; border-left: 3px solid transparent; overflow-wrap: anywhere; }
  ol.stack li.own { border-color: var(--hot); background: var(--card); } ol.stack li + li { margin-top: 2px; }
  ol.stack small { display: block; color: var(--soft); font-size: 12px; }
  details summary { cursor: pointer; color: var(--soft); margin: .6rem 0; }
  table { border-collapse: collapse; width: 100%; font-size: 14px; }
  th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
  th { font-weight: 500; color: var(--soft); width: 13rem; } td { font: 13px/1.6 ui-monospace, monospace; }
  .masked { color: var(--soft); } .log { white-space: pre-wrap; font: 13px/1.6 ui-monospace, monospace; background: var(--card);
    border-radius: 10px; padding: .7rem .9rem; margin: 0; }
  footer { color: var(--soft); font-size: 13px; margin: 2.5rem 0 2rem; }
)css";

using bora::xhtml_escape;

std::string place_link(const ShownFrame& frame) {
  return "<a class=\"place\" data-bora-file=\"" + xhtml_escape(frame.frame.file) +
         "\" data-bora-line=\"" + std::to_string(frame.frame.line) + "\">" +
         xhtml_escape(frame.shown) + ':' + std::to_string(frame.frame.line) + "</a>";
}

void add_code(std::string& page, const ShownFrame& frame) {
  constexpr unsigned kAround = 6;
  const Excerpt excerpt = read_excerpt(frame.frame.file, frame.frame.line, kAround);
  if (excerpt.lines.empty()) return;
  page += "<div class=\"code\">" + place_link(frame) + "<pre>";
  for (std::size_t i = 0; i < excerpt.lines.size(); ++i) {
    const unsigned number = excerpt.first + static_cast<unsigned>(i);
    page += number == frame.frame.line ? "<span class=\"hot\"><i>" : "<span><i>";
    page += std::to_string(number) + "</i>" + xhtml_escape(excerpt.lines[i]) + "</span>";
  }
  page += "</pre></div>\n";
}

void add_frame(std::string& page, const ShownFrame& frame) {
  page += frame.is_own ? "<li class=\"own\">" : "<li>";
  page += xhtml_escape(frame.frame.function.empty() ? std::string("?") : frame.frame.function);
  if (!frame.frame.file.empty())
    page += "<small>" +
            (frame.is_own ? place_link(frame)
                          : xhtml_escape(frame.shown) + ':' + std::to_string(frame.frame.line)) +
            "</small>";
  page += "</li>\n";
}

void add_stack(std::string& page, const Fault& fault) {
  page += "<h2>The way there</h2>\n";
  if (fault.frames.empty()) {
    page +=
        "<p class=\"hint\">Nothing is known of it: the exception was thrown in another thread, or "
        "is one of the last eight no more.</p>\n";
    return;
  }
  const auto is_own = [](const ShownFrame& frame) { return frame.is_own; };
  page += "<ol class=\"stack\">\n";
  std::size_t libraries = 0;
  for (const ShownFrame& frame : fault.frames) {
    if (is_own(frame)) {
      add_frame(page, frame);
    } else {
      ++libraries;
    }
  }
  page += "</ol>\n";
  if (libraries == 0) return;
  page += "<details";
  page += std::none_of(fault.frames.begin(), fault.frames.end(), is_own) ? " open" : "";
  page += "><summary>All " + std::to_string(fault.frames.size()) +
          " calls, innermost first</summary>\n<ol class=\"stack\">\n";
  for (const ShownFrame& frame : fault.frames) add_frame(page, frame);
  page += "</ol></details>\n";
}

void add_row(std::string& page, std::string_view name, std::string_view value) {
  page += "<tr><th>" + xhtml_escape(name) + "</th><td>" + xhtml_escape(value) + "</td></tr>\n";
}

void add_masked(std::string& page, std::string_view name, std::string_view value) {
  if (!is_secret_name(name)) return add_row(page, name, value);
  page += "<tr><th>" + xhtml_escape(name) + "</th><td class=\"masked\">•••••• (" +
          std::to_string(value.size()) + " bytes)</td></tr>\n";
}

void begin_table(std::string& page, std::string_view title) {
  page += "<h2>" + std::string(title) + "</h2>\n<table>\n";
}

void add_cookies(std::string& page, std::string_view field) {
  while (!field.empty()) {
    const std::size_t end = std::min(field.find(';'), field.size());
    std::string_view pair = field.substr(0, end);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    // Any cookie may be that of a session.
    page += "<tr><th>" + xhtml_escape(pair.substr(0, equals)) +
            "</th><td class=\"masked\">•••••• (" +
            std::to_string(pair.size() - std::min(equals + 1, pair.size())) + " bytes)</td></tr>\n";
    field.remove_prefix(std::min(end + 1, field.size()));
  }
}

void add_request(std::string& page, const web::RequestHandler& handler) {
  const http::HTTPServerRequest& request = handler.request();
  const web::Route* const route = web::RequestExecution::of(handler).route();
  begin_table(page, "Route");
  add_row(page, "Pattern", route == nullptr ? "none" : route->pattern);
  if (route != nullptr && !route->name.empty()) add_row(page, "Name", route->name);
  page += "</table>\n";
  const auto& query = request.query_arguments();
  const auto& body = request.body_arguments();
  if (!query.empty() || !body.empty()) {
    begin_table(page, "Arguments");
    for (const auto* list : {&query, &body}) {
      for (const http::Argument& argument : *list) add_masked(page, argument.name, argument.value);
    }
    page += "</table>\n";
  }
  if (const std::string cookies = request.headers().get("Cookie"); !cookies.empty()) {
    begin_table(page, "Cookies");
    add_cookies(page, cookies);
    page += "</table>\n";
  }
  begin_table(page, "Request");
  add_row(page, "From", request.remote_ip());
  for (const auto& [name, value] : request.headers()) {
    if (text::lowered(name) != "cookie") add_masked(page, name, value);
  }
  page += "</table>\n";
}

/// `text` with the values of arguments that are secrets masked: addresses and log lines hold them.
std::string without_secrets(std::string_view text, const http::HTTPServerRequest& request) {
  constexpr std::size_t kShortest = 3;
  std::string result(text);
  for (const auto* list : {&request.query_arguments(), &request.body_arguments()}) {
    for (const http::Argument& argument : *list) {
      if (!is_secret_name(argument.name) || argument.value.size() < kShortest) continue;
      for (const std::string& value : {argument.value, url_escape(argument.value)}) {
        for (std::size_t at = 0; (at = result.find(value, at)) != std::string::npos;)
          result.replace(at, value.size(), "******");
      }
    }
  }
  return result;
}

}  // namespace

bool is_secret_name(std::string_view name) {
  const std::string plain = text::lowered(name);
  for (const std::string_view part :
       {"pass", "pwd", "secret", "token", "auth", "cookie", "session", "xsrf", "csrf", "api_key",
        "apikey", "api-key", "credential", "card", "cvv", "ssn", "pin"}) {
    if (part == "pin" ? plain == part : plain.find(part) != std::string::npos) return true;
  }
  return false;
}

std::string debug_page(const web::RequestHandler& handler, const Fault& fault,
                       const std::vector<std::string>& log_lines) {
  const http::HTTPServerRequest& request = handler.request();
  const std::string title = fault.message.empty() ? fault.type : fault.message;
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      xhtml_escape(title) + "</title>\n<style>";
  page += kStyle;
  page +=
      "</style>\n</head>\n<body>\n<header class=\"top\"><div class=\"wide\">\n<div "
      "class=\"request\">" +
      std::to_string(handler.get_status()) + " · " + xhtml_escape(request.method()) + ' ' +
      xhtml_escape(without_secrets(request.uri(), request)) + "</div>\n<p class=\"type\">" +
      xhtml_escape(fault.type) + "</p>\n<h1>" + xhtml_escape(title) + "</h1>\n";
  if (!fault.hint.empty()) page += "<p class=\"hint\">" + xhtml_escape(fault.hint) + "</p>\n";
  page += "</div></header>\n<main class=\"wide\">\n";
  if (fault.place < fault.frames.size()) {
    page += "<h2>Thrown here</h2>\n";
    add_code(page, fault.frames[fault.place]);
  }
  add_stack(page, fault);
  if (!log_lines.empty()) {
    page += "<h2>Logged meanwhile</h2>\n<pre class=\"log\">";
    for (const std::string& line : log_lines)
      page += xhtml_escape(without_secrets(line, request)) + '\n';
    page += "</pre>\n";
  }
  add_request(page, handler);
  page +=
      "<footer>Shown by a development build to this machine alone. A Release build has no such "
      "page.</footer>\n</main>\n</body>\n</html>\n";
  return page;
}

}  // namespace bora::devtools
