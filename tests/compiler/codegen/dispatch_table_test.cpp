// The tables of the compiler and those of the run time against a matcher that tries everything.

#include "compiler/codegen/dispatch_table.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <bora/web/request_handler.h>
#include <bora/web/route_table.h>
#include <bora/web/url_spec.h>

#include "tests/support/catch.h"

namespace {

using bora::compiler::Converter;
using bora::compiler::DispatchTable;
using bora::compiler::PathPattern;
using bora::compiler::RouteManifest;

RouteManifest manifest_of(const std::vector<std::string>& patterns) {
  RouteManifest manifest;
  bora::lang::DiagnosticSink sink;
  for (const std::string& pattern : patterns) {
    bora::compiler::Route route;
    const auto path = bora::compiler::parse_path_pattern({pattern, {}, false}, {}, nullptr, sink);
    REQUIRE(path.has_value());
    route.path = *path;
    manifest.routes.push_back(std::move(route));
  }
  return manifest;
}

/// The compiler's table as the run time has it.
class GeneratedTable {
 public:
  explicit GeneratedTable(RouteManifest manifest)
      : manifest_(std::move(manifest)),
        made_(bora::compiler::make_dispatch_table(manifest_)),
        routes_(manifest_.routes.size()) {
    for (std::size_t i = 0; i < routes_.size(); ++i)
      routes_[i].pattern = manifest_.routes[i].path.text;
    for (const DispatchTable::Node& n : made_.nodes) {
      nodes_.push_back({n.multiplier, n.first_slot, n.slot_mask,
                        static_cast<std::uint16_t>(n.shift), static_cast<std::uint16_t>(n.probes),
                        n.integer_child, n.string_child, n.leaf, n.slash_leaf, n.rest});
    }
    for (const DispatchTable::Slot& s : made_.slots) {
      slots_.push_back(
          {s.hash, s.text.c_str(), static_cast<std::uint32_t>(s.text.size()), s.child});
    }
  }

  [[nodiscard]] bora::web::RouteTable table() const {
    return {routes_, nodes_.data(), slots_.data()};
  }
  [[nodiscard]] const DispatchTable& made() const { return made_; }

 private:
  RouteManifest manifest_;
  DispatchTable made_;
  std::vector<bora::web::Route> routes_;
  std::vector<bora::web::detail::RouteNode> nodes_;
  std::vector<bora::web::detail::RouteSlot> slots_;
};

std::string shown(const std::string& pattern, const std::vector<std::string>& captures) {
  std::string text = pattern;
  for (const std::string& capture : captures) text += " [" + capture + "]";
  return text;
}

std::string find(const bora::web::RouteTable& table, const std::string& path) {
  bora::web::RouteMatch result;
  bora::web::match(table, path, result);
  if (result.route == nullptr) return "none";
  std::vector<std::string> captures;
  for (std::size_t i = 0; i < result.arguments.size(); ++i) {
    captures.emplace_back(result.arguments.text(i));
  }
  return shown(std::string(result.route->pattern), captures);
}

// The naive matcher: one pattern after the other; of those that match, the one whose segments rank
// first from the left.
struct Candidate {
  std::string rank;  // of each segment: 0 literal, 1 int, 2 string, 3 path
  std::vector<std::string> captures;
};

bool is_integer(const std::string& text) {
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && stop == text.data() + text.size();
}

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts;
  for (std::size_t begin = 1; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<Candidate> try_pattern(const PathPattern& pattern, const std::string& path) {
  const std::vector<std::string> parts = split(path);
  Candidate candidate;
  std::size_t at = 0;
  std::size_t offset = 1;
  for (const auto& segment : pattern.segments) {
    if (at == parts.size()) return std::nullopt;
    const std::string& part = parts[at];
    if (!segment.is_parameter) {
      if (part != segment.literal) return std::nullopt;
      candidate.rank += '0';
    } else if (pattern.parameters[segment.parameter].converter == Converter::path) {
      candidate.rank += '3';
      candidate.captures.push_back(path.substr(offset));
      return candidate;
    } else {
      const bool wants_integer =
          pattern.parameters[segment.parameter].converter == Converter::integer;
      if (part.empty() || (wants_integer && !is_integer(part))) return std::nullopt;
      candidate.rank += wants_integer ? '1' : '2';
      candidate.captures.push_back(part);
    }
    offset += part.size() + 1;
    ++at;
  }
  const bool has_slash_left = at + 1 == parts.size() && parts[at].empty();
  if (pattern.ends_with_slash ? !has_slash_left : at != parts.size()) return std::nullopt;
  if (pattern.ends_with_slash) candidate.rank += '0';
  return candidate;
}

std::string find_naively(const RouteManifest& manifest, const std::string& path) {
  std::optional<Candidate> best;
  std::string pattern;
  for (const auto& route : manifest.routes) {
    auto candidate = try_pattern(route.path, path);
    if (!candidate || (best && best->rank <= candidate->rank)) continue;
    best = std::move(candidate);
    pattern = route.path.text;
  }
  return best ? shown(pattern, best->captures) : "none";
}

class RandomPaths {
 public:
  explicit RandomPaths(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t end) { return random_() % end; }

  std::string word() {
    static const std::vector<std::string> words = {"a",
                                                   "b",
                                                   "ab",
                                                   "users",
                                                   "userz",
                                                   "7",
                                                   "-7",
                                                   "99999999999999999999",
                                                   "12345678",
                                                   "123456789",
                                                   "a-rather-long-literal-segment",
                                                   "a-rather-long-literal-segmenu",
                                                   "x.y",
                                                   "~",
                                                   "%20",
                                                   "A"};
    return words[below(words.size())];
  }

  std::string pattern() {
    std::string text;
    const std::size_t count = below(5);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = "p" + std::to_string(i);
      const std::size_t kind = below(7);
      text += '/';
      if (kind == 0) {
        text += "{" + name + ":int}";
      } else if (kind <= 2) {
        text += "{" + name + "}";
      } else if (kind == 3 && i + 1 == count) {
        return text + "{" + name + ":path}";
      } else {
        text += word();
      }
    }
    if (text.empty() || below(6) == 0) text += '/';
    return text;
  }

  std::string path() {
    std::string text;
    for (std::size_t i = below(6); i > 0; --i)
      text += "/" + (below(12) == 0 ? std::string() : word());
    if (text.empty() || below(6) == 0) text += '/';
    return text;
  }

 private:
  std::mt19937 random_;
};

struct Handler : bora::web::RequestHandler {
  void prepare() {}
};

std::vector<std::string> random_patterns(RandomPaths& random) {
  std::vector<std::string> patterns;
  std::set<std::string> shapes;
  for (std::size_t i = random.below(40) + 1; i > 0; --i) {
    const std::string pattern = random.pattern();
    if (shapes.insert(manifest_of({pattern}).routes[0].path.shape()).second)
      patterns.push_back(pattern);
  }
  return patterns;
}

}  // namespace

TEST_CASE("dispatch table: finds what a matcher that tries everything finds", "[codegen]") {
  RandomPaths random(20);
  std::size_t matches = 0;
  for (int set = 0; set < 1000; ++set) {
    const std::vector<std::string> patterns = random_patterns(random);
    const RouteManifest manifest = manifest_of(patterns);
    const GeneratedTable generated(manifest);
    const bora::web::RouteTable table = generated.table();
    std::vector<bora::web::URLSpec> specs;
    for (const std::string& pattern : patterns) specs.push_back(bora::web::url<Handler>(pattern));
    const auto built = bora::web::make_route_table(specs);
    for (int i = 0; i < 100; ++i) {
      const std::string path = random.path();
      const std::string expected = find_naively(manifest, path);
      matches += expected == "none" ? 0 : 1;
      const std::string found = find(table, path);
      const std::string found_built = find(*built, path);
      if (found == expected && found_built == expected) continue;
      CAPTURE(patterns, path);
      CHECK(found == expected);
      CHECK(found_built == expected);
    }
  }
  CHECK(matches > 20000);  // else the test tests nothing
}

TEST_CASE("dispatch table: compiler and run time agree on hashes", "[codegen]") {
  std::mt19937 random(7);
  for (std::size_t size = 1; size < 300; ++size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(random());
    CAPTURE(size);
    CHECK(bora::compiler::segment_hash(text) == bora::web::detail::segment_hash(text));
  }
}

TEST_CASE("dispatch table: short texts of one size never share a hash", "[codegen]") {
  std::set<std::uint64_t> hashes;
  std::size_t count = 0;
  for (int a = 'a'; a <= 'z'; ++a) {
    for (int b = 'a'; b <= 'z'; ++b) {
      for (int c = 'a'; c <= 'z'; ++c) {
        hashes.insert(bora::compiler::segment_hash(
            std::string{static_cast<char>(a), static_cast<char>(b), static_cast<char>(c)}));
        ++count;
      }
    }
  }
  CHECK(hashes.size() == count);
}

TEST_CASE("dispatch table: a few siblings each have a slot for themselves", "[codegen]") {
  std::vector<std::string> patterns;
  for (int i = 0; i < 24; ++i) patterns.push_back("/sibling" + std::to_string(i));
  const GeneratedTable generated(manifest_of(patterns));
  CHECK(generated.made().nodes[0].probes == 1);
  for (const std::string& pattern : patterns) CHECK(find(generated.table(), pattern) == pattern);
}

TEST_CASE("dispatch table: thousands of siblings are all found, with few looks", "[codegen]") {
  std::vector<std::string> patterns;
  for (int i = 0; i < 5000; ++i) patterns.push_back("/s" + std::to_string(i * 7919));
  const GeneratedTable generated(manifest_of(patterns));
  CHECK(generated.made().nodes[0].probes < 40);
  const bora::web::RouteTable table = generated.table();
  for (const std::string& pattern : patterns) REQUIRE(find(table, pattern) == pattern);
  CHECK(find(table, "/s1") == "none");
}

TEST_CASE("dispatch table: routes of the same paths follow one another", "[codegen]") {
  const DispatchTable table =
      bora::compiler::make_dispatch_table(manifest_of({"/a/{x}", "/b", "/a/{y}", "/a/{z}"}));
  CHECK(table.next == std::vector<std::uint32_t>{3, 0, 4, 0});
}
