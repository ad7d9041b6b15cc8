#include "runtime/web/redirects.h"

#include <new>

#include <bora/core/escape.h>
#include <bora/web/http_error.h>
#include <bora/web/request_handler.h>

#include "runtime/http/characters.h"
#include "runtime/http/url_query.h"
#include "runtime/web/path_text.h"
#include "runtime/web/request_execution.h"

namespace bora::web {
namespace {

/// Returns the length of "{7}" or "{12}" at the start of `text`, 0 if there is none; sets `index`.
std::size_t placeholder(std::string_view text, std::size_t& index) {
  if (text.size() < 3 || text[0] != '{' || !http::is_digit(text[1])) return 0;
  std::size_t i = 1;
  for (index = 0; i < text.size() && i < 4 && http::is_digit(text[i]); ++i) {
    index = index * 10 + static_cast<std::size_t>(text[i] - '0');
  }
  return i < text.size() && text[i] == '}' ? i + 1 : 0;
}

/// It goes segment by segment, so that an encoded slash does not become a plain one.
void append_capture(std::string& location, std::string_view capture) {
  while (true) {
    const std::size_t slash = capture.find('/');
    append_component(location, url_unescape(capture.substr(0, slash), false), false);
    if (slash == std::string_view::npos) return;
    location += '/';
    capture.remove_prefix(slash + 1);
  }
}

/// Browsers read "//host" and "/\host" as another site.
bool leaves_site(std::string_view location) {
  return location.size() > 1 && location[0] == '/' && (location[1] == '/' || location[1] == '\\');
}

Task<void> answer_redirect(RequestHandler& handler, const PathArgs& captures) {
  const Redirect& redirect = *RequestExecution::of(handler).route()->redirect;
  const std::string_view method = handler.request().method();
  if (redirect.is_slash_twin && method != "GET" && method != "HEAD") {
    handler.send_error(404);
    return {};
  }
  const std::string location =
      redirect_location(redirect.location, captures, handler.request().query());
  if (location.empty()) {
    handler.send_error(404);
  } else {
    handler.redirect(location, redirect.permanent);
  }
  return {};
}

class RedirectHandler : public RequestHandler {};

RequestHandler* construct(void* memory) {
  return new (memory) RedirectHandler;
}

constexpr Endpoint make_endpoint() {
  Endpoint endpoint;
  endpoint.size = sizeof(RedirectHandler);
  endpoint.alignment = alignof(RedirectHandler);
  endpoint.construct = construct;
  for (Endpoint::Call& call : endpoint.calls) call = answer_redirect;
  return endpoint;
}

constexpr Endpoint kEndpoint = make_endpoint();

}  // namespace

std::string redirect_location(std::string_view pattern, const PathArgs& captures,
                              std::string_view query) {
  std::string location;
  std::string_view rest = pattern;
  while (!rest.empty()) {
    std::size_t index = 0;
    const std::size_t size = placeholder(rest, index);
    if (size != 0 && index < captures.size()) {
      append_capture(location, captures.text(index));
      rest.remove_prefix(size);
    } else {
      location += rest.front();
      rest.remove_prefix(1);
    }
  }
  if (leaves_site(location) && !leaves_site(pattern)) return {};
  return http::with_query(location, query);
}

const Endpoint& redirect_endpoint() {
  return kEndpoint;
}

}  // namespace bora::web
