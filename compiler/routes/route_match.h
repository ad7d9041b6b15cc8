#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/routes/manifest.h"

namespace bora::compiler {

/// How one route takes a request.
struct RouteTrial {
  const Route* route = nullptr;
  bool matches = false;
  std::vector<std::string> captures;  ///< Raw, if it matches, in the order of Route::captures().
  std::string reason;                 ///< Why it does not: "'x' is no int".
  std::size_t fitting = 0;            ///< How many segments from the left fit.
  std::vector<int> ranks;             ///< The smallest of those that match answers.
};

/// A request that somebody asks about.
struct TriedRequest {
  std::string method;
  std::string host;  ///< In lower case, without the port; empty: any that has no routes of its own.
  std::string path;  ///< Without the query.
};

/// Reads "GET /users/7", "/users/7" (a GET) or "POST http://api.example.com/users?x=1"; false if it
/// is none of these.
bool parse_request(std::string_view text, TriedRequest& request);

/// Of `routes` the one that answers the request, if any does.
std::optional<RouteTrial> best_trial(std::span<const Route* const> routes,
                                     const TriedRequest& request);

/// Every route's answer: first the one that answers the request, if any, then the others, the
/// nearest first. A converter of the program's own is taken to fit.
std::vector<RouteTrial> try_routes(const RouteManifest& manifest, const TriedRequest& request);

}  // namespace bora::compiler
