#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/routes/manifest.h"

namespace bora::compiler {

/// The result of one route for a request.
struct RouteTrial {
  const Route* route = nullptr;
  bool matches = false;
  std::vector<std::string> captures;  ///< , if it matches, in the order of Route::captures()
  std::string reason;                 ///< why it does not match: "'x' is no int"
  std::size_t fitting = 0;            ///< the number of segments, from the left, that fit
  std::vector<int> ranks;             ///< the smallest of the matching routes answers
};

/// The request in question.
struct TriedRequest {
  std::string method;
  std::string host;  ///< in lower case, without the port; empty for any that has no routes of its
                     ///< own
  std::string path;  ///< without the query
};

/// Reads "GET /users/7", "/users/7" (a GET) or "POST http://api.example.com/users?x=1". Returns
/// false if the text has none of these forms.
bool parse_request(std::string_view text, TriedRequest& request);

/// Returns the result of the route that answers the request; empty if none does.
std::optional<RouteTrial> best_trial(std::span<const Route* const> routes,
                                     const TriedRequest& request);

/// Returns every route's result: first that of the answering route, if any, then the others, the
/// nearest first. A converter of the program counts as fitting.
std::vector<RouteTrial> try_routes(const RouteManifest& manifest, const TriedRequest& request);

}  // namespace bora::compiler
