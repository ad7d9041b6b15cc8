// What a match costs: the routes of a REST API of some hundred paths, repeated under prefixes to
// 10, 100, 1,000 and 10,000 routes, and 32,768 random URLs of them, so that neither branches nor
// caches are warm for one path.
//
// Prints nanoseconds per match of the compiler's table and of that of url<Handler>() lists, beside
// the bound: the same URLs, complete, looked up in one std::unordered_map.
//
//   build/release/bin/routes_bench

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bora/web/request_handler.h>
#include <bora/web/route_table.h>
#include <bora/web/url_spec.h>

#include "compiler/codegen/dispatch_table.h"

namespace {

using bora::compiler::DispatchTable;
using bora::compiler::RouteManifest;

constexpr std::size_t kURLs = 32768;
constexpr int kRounds = 15;

struct Handler : bora::web::RequestHandler {
  void prepare() {}
};

// Owners and things of a code host, as its public API combines them.
std::vector<std::string> api_patterns() {
  std::vector<std::string> patterns = {"/", "/events", "/feeds", "/emojis", "/meta", "/rate_limit"};
  const std::vector<std::string> things = {
      "issues", "pulls", "commits",  "branches", "releases", "labels", "hooks",     "keys",
      "forks",  "tags",  "comments", "statuses", "contents", "teams",  "milestones"};
  for (const std::string owner :
       {"/repos/{owner}/{repo}", "/orgs/{org}", "/users/{user}", "/gists/{id}"}) {
    patterns.push_back(owner);
    for (const std::string& thing : things) {
      patterns.push_back(owner + "/" + thing);
      patterns.push_back(owner + "/" + thing + "/{number:int}");
    }
  }
  for (const std::string& thing : things) {
    patterns.push_back("/repos/{owner}/{repo}/" + thing + "/{number:int}/comments");
  }
  patterns.push_back("/repos/{owner}/{repo}/archive/{ref:path}");
  return patterns;
}

std::vector<std::string> make_patterns(std::size_t count) {
  const std::vector<std::string> api = api_patterns();
  std::vector<std::string> patterns;
  for (std::size_t i = 0; patterns.size() < count; ++i) {
    // Ten routes are ten different ones, not the first ten.
    const std::string& pattern = api[i * 37 % api.size()];
    const std::size_t copy = i / api.size();
    const std::string prefix = copy == 0 ? "" : "/v" + std::to_string(copy);
    patterns.push_back(pattern == "/" && copy > 0 ? prefix : prefix + pattern);
  }
  return patterns;
}

std::string random_url(const std::string& pattern, std::mt19937& random) {
  std::string url;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{') {
      url += pattern[i];
      continue;
    }
    const std::size_t end = pattern.find('}', i);
    const bool is_number = pattern.compare(end - 4, 4, ":int") == 0;
    url += (is_number ? "" : "name") + std::to_string(random() % 1000000);
    i = end;
  }
  return url;
}

/// The compiler's table as the run time has it.
struct GeneratedTable {
  explicit GeneratedTable(const std::vector<std::string>& patterns) : routes(patterns.size()) {
    bora::lang::DiagnosticSink sink;
    for (const std::string& pattern : patterns) {
      bora::compiler::Route route;
      route.path = *bora::compiler::parse_path_pattern({pattern, {}, false}, {}, nullptr, sink);
      manifest.routes.push_back(std::move(route));
    }
    made = bora::compiler::make_dispatch_table(manifest);
    for (const DispatchTable::Node& n : made.nodes) {
      nodes.push_back({n.multiplier, n.first_slot, n.slot_mask, static_cast<std::uint16_t>(n.shift),
                       static_cast<std::uint16_t>(n.probes), n.integer_child, n.string_child,
                       n.leaf, n.slash_leaf, n.rest});
    }
    for (const DispatchTable::Slot& s : made.slots) {
      slots.push_back({s.hash, s.text.c_str(), static_cast<std::uint32_t>(s.text.size()), s.child});
    }
  }
  [[nodiscard]] bora::web::RouteTable table() const { return {routes, nodes.data(), slots.data()}; }

  RouteManifest manifest;
  DispatchTable made;
  std::vector<bora::web::Route> routes;
  std::vector<bora::web::detail::RouteNode> nodes;
  std::vector<bora::web::detail::RouteSlot> slots;
};

/// Nanoseconds per URL, the best of the rounds; `find` returns whether it found the URL.
template <class Find>
double time_per_url(const std::vector<std::string>& urls, Find find) {
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    std::size_t found = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (const std::string& url : urls) found += find(url) ? 1 : 0;
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
    if (found != urls.size()) {
      std::fprintf(stderr, "found %zu of %zu URLs\n", found, urls.size());
      std::exit(1);
    }
    best = std::min(best, spent.count() / static_cast<double>(urls.size()));
  }
  return best;
}

bool is_found(const bora::web::RouteTable& table, const std::string& url) {
  bora::web::RouteMatch result;
  bora::web::match(table, url, result);
  return result.route != nullptr;
}

void measure(std::size_t count) {
  const std::vector<std::string> patterns = make_patterns(count);
  std::mt19937 random(1);
  std::vector<std::string> urls;
  for (std::size_t i = 0; i < kURLs; ++i)
    urls.push_back(random_url(patterns[random() % count], random));

  const GeneratedTable generated(patterns);
  const bora::web::RouteTable table = generated.table();
  std::vector<bora::web::URLSpec> specs;
  for (const std::string& pattern : patterns) specs.push_back(bora::web::url<Handler>(pattern));
  const auto built = bora::web::make_route_table(specs);
  std::unordered_map<std::string_view, int> map;
  for (const std::string& url : urls) map.emplace(url, 1);

  const double by_table =
      time_per_url(urls, [&](const std::string& url) { return is_found(table, url); });
  const double by_built =
      time_per_url(urls, [&](const std::string& url) { return is_found(*built, url); });
  const double by_map =
      time_per_url(urls, [&](const std::string& url) { return map.find(url) != map.end(); });
  std::printf("%8zu %12.1f %12.1f %12.1f\n", count, by_table, by_built, by_map);
}

}  // namespace

int main() {
  std::printf("ns per match\n%8s %12s %12s %12s\n", "routes", "generated", "url<> list",
              "hash of URL");
  for (const std::size_t count : {10, 100, 1000, 10000}) measure(count);
}
