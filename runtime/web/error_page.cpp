#include "runtime/web/error_page.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include <bora/core/escape.h>
#include <bora/render/json.h>
#include <bora/web/application.h>
#include <bora/web/request_handler.h>

#include "runtime/text/characters.h"
#include "runtime/text/edit_distance.h"
#include "runtime/web/accept.h"
#include "runtime/web/development.h"
#include "runtime/web/failure.h"
#include "runtime/web/request_execution.h"
#include "runtime/web/vary.h"

namespace bora::web {
namespace {

constexpr std::string_view kStyle =
    "<style>\n"
    "  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; "
    "padding: 0 1rem; color: #1c2430; background: #fff; }\n"
    "  h1 { font-size: 1.6rem; }\n"
    "  pre, td, th { font: 14px/1.5 ui-monospace, monospace; }\n"
    "  pre { background: #f3f5f8; border-left: 4px solid #c2410c; padding: .8rem 1rem; "
    "white-space: pre-wrap; overflow-wrap: anywhere; }\n"
    "  table { border-collapse: collapse; }\n"
    "  td, th { text-align: left; vertical-align: top; padding: .2rem 1.5rem .2rem 0; "
    "overflow-wrap: anywhere; }\n"
    "  p.note { color: #5b6675; }\n"
    "  tr.nearest th { border-left: 4px solid #c2410c; padding-left: .6rem; }\n"
    "  @media (prefers-color-scheme: dark) { body { color: #e6e9ee; background: #14181f; } "
    "pre { background: #1e242d; } p.note { color: #9aa5b4; } }\n"
    "</style>\n";

std::string title_of(const RequestHandler& handler) {
  return std::to_string(handler.get_status()) + ": " + xhtml_escape(handler.get_reason());
}

void add_row(std::string& page, std::string_view name, std::string_view value) {
  page += "<tr><th>" + xhtml_escape(name) + "</th><td>" + xhtml_escape(value) + "</td></tr>\n";
}

std::string target_of(const Route& route) {
  if (route.mount != nullptr) return "files of " + std::string(route.mount->directory);
  if (route.redirect != nullptr) return "redirect to " + std::string(route.redirect->location);
  return std::string(route.name);
}

void add_request(std::string& page, const RequestHandler& handler) {
  const http::HTTPServerRequest& request = handler.request();
  const Route* route = RequestExecution::of(handler).route();
  page += "<h2>Request</h2>\n<table>\n";
  add_row(page, "Request line",
          std::string(request.method()) + " " + std::string(request.uri()) + " " +
              std::string(request.version()));
  add_row(page, "From", request.remote_ip());
  add_row(page, "Route", route == nullptr ? "none" : route->pattern);
  if (route != nullptr && !route->name.empty()) add_row(page, "Route name", route->name);
  for (const auto& [name, value] : request.headers()) add_row(page, name, value);
  page += "</table>\n";
}

std::string_view next_segment(std::string_view& path) {
  const std::size_t slash = path.find('/');
  const std::string_view segment = path.substr(0, slash);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  return segment;
}

bool is_misspelt(std::string_view wanted, std::string_view segment) {
  constexpr std::size_t kLongest = 64;
  return wanted.size() > 2 && segment.size() < kLongest &&
         text::edit_distance(wanted, segment) <= std::max<std::size_t>(1, wanted.size() / 4);
}

/// Returns how much a pattern resembles a path: two points for each of the first segments that is
/// the same, one for a segment that is misspelt, or that a parameter would take.
int likeness(std::string_view pattern, std::string_view path) {
  pattern.remove_prefix(pattern.empty() ? 0 : 1);
  path.remove_prefix(path.empty() ? 0 : 1);
  int points = 0;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = next_segment(pattern);
    const std::string_view segment = next_segment(path);
    const bool is_parameter = wanted.starts_with('{');
    if (!is_parameter && wanted != segment && !is_misspelt(wanted, segment)) break;
    points += wanted == segment ? 2 : 1;
  }
  return points;
}

/// Returns the route that was probably meant; null if none resembles the path.
const Route* nearest_route(std::span<const Route> all, std::string_view path) {
  const Route* nearest = nullptr;
  int most = 0;
  for (const Route& route : all) {
    const int points = likeness(route.pattern, path);
    if (points <= most) continue;
    most = points;
    nearest = &route;
  }
  return nearest;
}

/// Returns the line of routes.toml that would lead there: `blog_new = { path = "/blog/new", handler
/// = "BlogNew" }`. It is empty if names can't be made of the path.
std::string route_line(std::string_view path) {
  std::string key;
  std::string handler;
  bool begins_word = true;
  for (const char c : path) {
    if (!text::is_letter(c) && !(text::is_digit(c) && !key.empty())) {
      if (c != '/' && c != '-' && c != '_') return {};
      begins_word = true;
      continue;
    }
    if (begins_word && !key.empty()) key += '_';
    key += text::to_lower(c);
    handler += begins_word ? text::to_upper(c) : c;
    begins_word = false;
  }
  if (key.empty()) return {};
  return key + " = { path = \"" + std::string(path) + "\", handler = \"" + handler + "\" }";
}

void add_routes(std::string& page, const RequestHandler& handler) {
  const std::string_view path = handler.request().path();
  const std::span<const Route> all = routes(handler.application().routes());
  const Route* nearest = nearest_route(all, path);
  page += "<h2>Routes</h2>\n<p>No route matches <b>" + xhtml_escape(path) +
          "</b>. There are:</p>\n<table>\n";
  for (const Route& route : all) {
    const bool has_host = route.rules != nullptr && !route.rules->host.empty();
    std::string pattern(has_host ? route.rules->host : std::string_view());
    pattern += route.pattern;
    page += &route == nearest ? "<tr class=\"nearest\">" : "<tr>";
    page += "<th>" + xhtml_escape(pattern) + "</th><td>" + xhtml_escape(target_of(route)) +
            (&route == nearest ? "</td><td>the nearest" : "") + "</td></tr>\n";
  }
  page += "</table>\n";
  if (const std::string line = route_line(path); !line.empty()) {
    page +=
        "<p>To answer here, a line below <code>[routes]</code> in routes.toml, and a class with "
        "get():</p>\n<pre>" +
        xhtml_escape(line) + "</pre>\n";
  }
}

/// RFC 9457.
std::string problem_json(const RequestHandler& handler, const HTTPError* error,
                         const std::exception_ptr& thrown) {
  render::Output out;
  render::JSONWriter json(out);
  json.begin_object();
  json.member("type", "about:blank");
  json.member("title", handler.get_reason());
  json.member("status", handler.get_status());
  if (error != nullptr && !error->detail().empty()) json.member("detail", error->detail());
  if (error != nullptr && !error->fields().empty()) {
    json.key("errors");
    json.begin_object();
    for (const auto& [name, text] : error->fields()) json.member(name, text);
    json.end_object();
  }
  if (handler.settings().debug && thrown) json.member("exception", describe(thrown));
  json.end_object();
  return std::string(out.text());
}

/// The program's own page for the status.
const Settings::ErrorPage* own_page(const Settings& settings, int status) {
  const Settings::ErrorPage* found = nullptr;
  for (const auto& [of, page] : settings.error_pages) {
    if (of == status && page) return &page;
    if (of == 0 && page) found = &page;
  }
  return found;
}

/// The manifest's template for the status.
const ErrorTemplate* own_template(std::span<const ErrorTemplate> pages, int status) {
  const ErrorTemplate* found = nullptr;
  for (const ErrorTemplate& page : pages) {
    if (page.status == status) return &page;
    if (page.status == 0) found = &page;
  }
  return found;
}

/// @returns  False if there is none.
bool write_own_page(RequestHandler& handler, const HTTPError* asked) {
  const int status = handler.get_status();
  if (const Settings::ErrorPage* const own = own_page(handler.settings(), status)) {
    (*own)(handler, asked);
    return true;
  }
  const ErrorTemplate* const page =
      own_template(handler.application().routes().error_pages(), status);
  if (page != nullptr) page->write(handler, asked);
  return page != nullptr;
}

std::string error_page(const RequestHandler& handler, const HTTPError* error) {
  const std::string title = title_of(handler);
  std::string page = "<html><title>" + title + "</title><body>" + title;
  if (error != nullptr && !error->detail().empty()) {
    page += "<p>" + xhtml_escape(error->detail()) + "</p>";
  }
  return page + "</body></html>";
}

std::string debug_error_page(const RequestHandler& handler, const HTTPError* asked,
                             const std::exception_ptr& error) {
  const std::string title = title_of(handler);
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + title +
      "</title>\n";
  page += kStyle;
  page += "</head>\n<body>\n<h1>" + title + "</h1>\n";
  if (asked != nullptr && !asked->detail().empty()) {
    page += "<p>" + xhtml_escape(asked->detail()) + "</p>\n";
  }
  if (error) page += "<pre>" + xhtml_escape(describe(error)) + "</pre>\n";
  if (RequestExecution::of(handler).route() == nullptr) add_routes(page, handler);
  add_request(page, handler);
  page +=
      "<p class=\"note\">Shown because the application runs with <code>debug = true</code>; "
      "visitors "
      "of a public server must not see this page.</p>\n</body>\n</html>\n";
  return page;
}

}  // namespace

void write_error_page(RequestHandler& handler, const std::exception_ptr& error) {
  const Settings& settings = handler.settings();
  const HTTPError* const asked = inspect(error).http_error;
  add_vary(RequestExecution::of(handler).response(), "Accept");
  if (prefers_json(handler.request().headers().get("Accept"))) {
    handler.set_header("Content-Type", "application/problem+json");
    handler.finish(problem_json(handler, asked, error));
    return;
  }
  const bool is_unexpected = error && asked == nullptr;
  if (!(settings.debug && is_unexpected) && write_own_page(handler, asked)) {
    if (!handler.is_finished()) handler.finish();
    return;
  }
  if (Development* const library = development();
      settings.debug && library != nullptr && library->write_error_page(handler, error)) {
    return;
  }
  // The policy of the app's own pages may forbid the style of this one.
  if (settings.debug) {
    handler.set_header("Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; "
                       "connect-src 'self'; base-uri 'none'; form-action 'none'");
  }
  handler.finish(settings.debug ? debug_error_page(handler, asked, error)
                                : error_page(handler, asked));
}

}  // namespace bora::web
