#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <bora/web/handler_call.h>
#include <bora/web/route_table.h>

namespace bora::web {

/// A route written in C++ instead of routes.toml: see url().
struct URLSpec {
  std::string pattern;
  const Endpoint* endpoint = nullptr;
  std::string name;
};

/// A route for Application: `url<MainHandler>("/")`, `url<Entry>("/entry/{slug}", "entry")`.
///
/// `pattern` is written as in routes.toml: literal segments, `{x}` (one segment), `{x:int}`,
/// `{x:path}` (the rest). The handler's methods must take as many arguments as the pattern captures,
/// of types that they convert to (std::string_view, std::string, integers); the count is checked when
/// the Application is made.
template <class Handler>
URLSpec url(std::string pattern, std::string name = {}) {
  return {std::move(pattern), &endpoint_of<Handler>, std::move(name)};
}

}  // namespace bora::web
