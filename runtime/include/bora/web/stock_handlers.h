#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <bora/http/http_connection.h>
#include <bora/web/handler_call.h>
#include <bora/web/http_error.h>
#include <bora/web/request_handler.h>

// Tornado's handlers that need no class of the program's own. They accept any captures.
//
//     Application app({
//         url<ErrorHandler<410>>("/old/{x:path}"),
//         url<RedirectHandler<"/users/{0}">>("/people/{name}"),
//         url<FallbackHandler<[](Application&) -> auto& { return legacy; }>>("/legacy/{x:path}"),
//     });

namespace bora::web {

/// Answers every method with an error page of this status. It does not check XSRF.
template <int status>
class ErrorHandler : public RequestHandler {
 public:
  void check_xsrf_cookie() override {}
  void answer() { throw HTTPError(status); }
};

namespace detail {

/// A literal as a template's argument.
template <std::size_t size>
struct FixedText {
  consteval FixedText(const char (&literal)[size]) {
    for (std::size_t i = 0; i < size; ++i) text[i] = literal[i];
  }
  char text[size] = {};
};

void redirect_to(RequestHandler& handler, std::string_view pattern, bool permanent);

template <class Handler>
Task<void> call_any(RequestHandler& handler, const PathArgs&) {
  static_cast<Handler&>(handler).answer();
  return {};
}

/// @param methods  The methods that answer() answers.
template <class Handler>
constexpr Endpoint any_endpoint(MethodMask methods) {
  Endpoint endpoint = bare_endpoint<Handler>();
  for (std::size_t i = 0; i < kMethodCount; ++i) {
    if ((methods >> i & 1) == 0) continue;
    endpoint.calls[i] = &call_any<Handler>;
    endpoint.argument_counts[i] = Endpoint::kAnyCount;
  }
  return endpoint;
}

inline constexpr auto kAllMethods = static_cast<MethodMask>((1U << kMethodCount) - 1);
inline constexpr auto kGet = static_cast<MethodMask>(1U << static_cast<std::size_t>(Method::get));

}  // namespace detail

/// Redirects GET and HEAD: `{0}`, `{1}` … in `to` stand for the path's captures, percent-encoded,
/// and the request's query is kept. The status is 301 by default. A result that would leave the
/// site because of a capture ("//evil.example") is 404. Routes of routes.toml have `[redirects]`.
template <detail::FixedText to, bool permanent = true>
class RedirectHandler : public RequestHandler {
 public:
  void answer() { detail::redirect_to(*this, to.text, permanent); }
};

/// Passes the request, before anything of it is checked, to another delegate: a second Application,
/// a RuleRouter, one of the program's own. `find` returns a reference to it, which must outlive the
/// application. No access line, observer or setting of this application applies to the delegate.
template <auto find>
class FallbackHandler : public RequestHandler {
 public:
  void answer() {}
  static http::HTTPServerConnectionDelegate& delegate(Application& application) {
    return find(application);
  }
};

template <int status>
inline constexpr Endpoint endpoint_of<ErrorHandler<status>> =
    detail::any_endpoint<ErrorHandler<status>>(detail::kAllMethods);

template <detail::FixedText to, bool permanent>
inline constexpr Endpoint endpoint_of<RedirectHandler<to, permanent>> =
    detail::any_endpoint<RedirectHandler<to, permanent>>(detail::kGet);

namespace detail {
template <auto find>
constexpr Endpoint fallback_endpoint() {
  Endpoint endpoint = any_endpoint<FallbackHandler<find>>(kAllMethods);
  endpoint.fallback = &FallbackHandler<find>::delegate;
  return endpoint;
}
}  // namespace detail

template <auto find>
inline constexpr Endpoint endpoint_of<FallbackHandler<find>> = detail::fallback_endpoint<find>();

}  // namespace bora::web
