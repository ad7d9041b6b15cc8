// The tables compared with a matcher that tries everything, on random sets of routes and random
// paths.
//
// BORA_DIFFERENTIAL_PATHS says how many paths (default 20000), BORA_DIFFERENTIAL_SEED where to
// begin.

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <regex>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tests/runtime/paths/made_table.h"
#include "tests/support/catch.h"

namespace {

using bora::paths::Converter;
using bora::paths::Pattern;
using bora::testing::MadeTable;

// The naive matcher. Of the patterns that match, it takes the one whose segments rank first from
// the left.

std::string decoded(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
    } else if (i + 2 < text.size() && std::isxdigit(static_cast<unsigned char>(text[i + 1])) != 0 &&
               std::isxdigit(static_cast<unsigned char>(text[i + 2])) != 0) {
      result += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      return "";  // malformed: no converter takes it
    }
  }
  return result;
}

bool full_match(const std::string& regex, const std::string& text) {
  static std::unordered_map<std::string, std::regex> compiled;
  static std::unordered_map<std::string, bool> known;
  const auto [answer, is_new] = known.try_emplace(regex + '\0' + text, false);
  if (is_new) {
    const auto found = compiled.try_emplace(regex, regex).first;
    answer->second = std::regex_match(text, found->second);
  }
  return answer->second;
}

template <class Read>
bool in_range(Read read) {
  try {
    read();
    return true;
  } catch (const std::out_of_range&) {
    return false;
  }
}

bool takes(const bora::paths::Parameter& parameter, const std::string& raw) {
  if (parameter.converter == Converter::string) return !raw.empty();
  const std::string text = decoded(raw);
  if (text.empty()) return false;
  switch (parameter.converter) {
    case Converter::boolean:
      return full_match("true|false", text);
    case Converter::uint:
      return full_match("[0-9]+", text) && in_range([&] { std::stoull(text); });
    case Converter::integer:
      return full_match("-?[0-9]+", text) && in_range([&] { std::stoll(text); });
    case Converter::real:
      return full_match("-?[0-9]+([.][0-9]+)?", text) && in_range([&] { std::stod(text); });
    case Converter::uuid:
      return full_match("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text);
    case Converter::slug:
      return full_match("[-_a-zA-Z0-9]+", text);
    case Converter::custom:
      return parameter.argument == "even" ? bora::testing::is_even(text)
                                          : bora::testing::is_vowels(text);
    case Converter::regex:
      return text.find('/') == std::string::npos && full_match(parameter.argument, text);
    default:
      return false;
  }
}

using Rank = std::vector<std::pair<int, std::string>>;
struct Candidate {
  Rank rank;
  std::vector<std::string> captures;
};

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts;
  for (std::size_t begin = 1; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// Tries a pattern's first `count` segments.
std::optional<Candidate> try_segments(const Pattern& pattern, std::size_t count, bool wants_slash,
                                      const std::string& path,
                                      const std::vector<std::string>& parts) {
  Candidate candidate;
  std::size_t at = 0;
  std::size_t offset = 1;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& segment = pattern.segments[i];
    if (segment.is_parameter &&
        pattern.parameters[segment.parameter].converter == Converter::path) {
      if (offset > path.size()) return std::nullopt;
      candidate.rank.emplace_back(99, "");
      candidate.captures.push_back(path.substr(offset));
      return candidate;
    }
    if (at == parts.size()) return std::nullopt;
    const std::string& part = parts[at];
    if (!segment.is_parameter) {
      if (part.empty() || bora::paths::canonical_literal(part) != segment.literal ||
          (part.find('%') != std::string::npos && decoded(part).empty())) {
        return std::nullopt;
      }
      candidate.rank.emplace_back(0, "");
    } else {
      const auto& parameter = pattern.parameters[segment.parameter];
      if (!takes(parameter, part)) return std::nullopt;
      candidate.rank.emplace_back(1 + static_cast<int>(parameter.converter), parameter.argument);
      candidate.captures.push_back(part);
    }
    offset += part.size() + 1;
    ++at;
  }
  const bool has_slash_left = at + 1 == parts.size() && parts[at].empty();
  if (wants_slash ? !has_slash_left : at != parts.size()) return std::nullopt;
  return candidate;
}

std::optional<Candidate> try_pattern(const Pattern& pattern, const std::string& path,
                                     const std::vector<std::string>& parts) {
  const std::size_t count = pattern.segments.size();
  // "/" is one empty segment, so a pattern without segments ends with a slash.
  auto whole = try_segments(pattern, count, pattern.ends_with_slash, path, parts);
  if (!pattern.has_optional()) return whole;
  auto without = try_segments(pattern, count - 1, count == 1, path, parts);
  if (!whole || (without && without->rank < whole->rank)) return without;
  return whole;
}

std::string find_naively(const std::vector<std::string>& texts,
                         const std::vector<Pattern>& patterns, const std::string& path) {
  std::optional<Candidate> best;
  const std::string* text = nullptr;
  const std::vector<std::string> parts = split(path);
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    auto candidate = try_pattern(patterns[i], path, parts);
    if (!candidate || (best && best->rank <= candidate->rank)) continue;
    best = std::move(candidate);
    text = &texts[i];
  }
  if (!best) return "none";
  std::string result = *text;
  for (const std::string& capture : best->captures) result += " [" + capture + "]";
  return result;
}

class RandomPaths {
 public:
  explicit RandomPaths(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t end) { return random_() % end; }

  template <class List>
  const auto& one_of(const List& list) {
    return list[below(list.size())];
  }

  std::string word() {
    static const std::vector<std::string> words = {"a",
                                                   "b",
                                                   "ab",
                                                   "abc",
                                                   "users",
                                                   "userz",
                                                   "7",
                                                   "-7",
                                                   "0",
                                                   "42",
                                                   "99999999999999999999",
                                                   "18446744073709551615",
                                                   "12345678",
                                                   "123456789",
                                                   "a-rather-long-literal-segment",
                                                   "a-rather-long-literal-segmenu",
                                                   "x.y",
                                                   "1.5",
                                                   "-0.25",
                                                   "1.",
                                                   "~",
                                                   "%20",
                                                   "%41",
                                                   "A",
                                                   "AB",
                                                   "ABC",
                                                   "a%2Fb",
                                                   "%2F",
                                                   "true",
                                                   "false",
                                                   "True",
                                                   "sixteen-byte-txt",
                                                   "seventeen-byte-tx",
                                                   "aeiou",
                                                   "eighteen-byte-tex",
                                                   "550e8400-e29b-41d4-a716-446655440000",
                                                   "under_score",
                                                   "caf%C3%A9",
                                                   "%c3%a9",
                                                   "2026-11-22",
                                                   "%3",
                                                   "%zz"};
    return one_of(words);
  }

  std::string converter() {
    static const std::vector<std::string> converters = {"",
                                                        "",
                                                        "",
                                                        ":int",
                                                        ":i64",
                                                        ":uint",
                                                        ":float",
                                                        ":bool",
                                                        ":uuid",
                                                        ":slug",
                                                        ":even",
                                                        ":vowels",
                                                        ":[A-Z]{3}",
                                                        ":[A-Z]+",
                                                        ":[a-z]+",
                                                        ":(a|b|ab)",
                                                        ":\\d{4}-\\d{2}-\\d{2}",
                                                        ":[^a]+",
                                                        ":.{2,5}",
                                                        ":\\w+(-\\w+)*",
                                                        ":[a-f0-9]{1,8}"};
    return one_of(converters);
  }

  std::string pattern() {
    std::string text;
    const std::size_t count = below(5);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = "p" + std::to_string(i);
      const std::size_t kind = below(8);
      const bool is_last = i + 1 == count;
      text += '/';
      if (kind <= 3) {
        const bool is_optional = is_last && below(6) == 0;
        text += "{" + name + (is_optional ? "?" : "") + converter() + "}";
        if (is_optional) return text;
      } else if (kind == 4 && is_last) {
        return text + "{" + name + (below(4) == 0 ? "?" : "") + ":path}";
      } else {
        std::string literal = word();
        while (literal == "%3" || literal == "%zz") literal = word();
        text += literal;
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

const Pattern& parsed_once(const std::string& text) {
  static std::map<std::string, Pattern> known;
  const auto found = known.find(text);
  if (found != known.end()) return found->second;
  return known.emplace(text, bora::testing::parsed(text)).first->second;
}

std::size_t number_from(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("route tree: finds what a matcher that tries everything finds", "[paths]") {
  constexpr std::size_t kPathsOfSet = 10;
  const std::size_t sets = number_from("BORA_DIFFERENTIAL_PATHS", 20000) / kPathsOfSet;
  const std::size_t seed = number_from("BORA_DIFFERENTIAL_SEED", 20261122);
  INFO("BORA_DIFFERENTIAL_SEED=" << seed);
  RandomPaths random(static_cast<std::uint32_t>(seed));
  std::size_t matches = 0;
  for (std::size_t set = 0; set < sets; ++set) {
    std::vector<std::string> texts;
    std::vector<Pattern> patterns;
    std::set<std::string> shapes;
    for (std::size_t i = random.below(40) + 1; i > 0; --i) {
      const std::string text = random.pattern();
      const Pattern& pattern = parsed_once(text);
      const auto own = pattern.shapes();
      if (std::ranges::any_of(own, [&](const auto& shape) { return shapes.contains(shape); }))
        continue;
      shapes.insert(own.begin(), own.end());
      texts.push_back(text);
      patterns.push_back(pattern);
    }
    const MadeTable find(texts, patterns);
    for (std::size_t i = 0; i < kPathsOfSet; ++i) {
      const std::string path = random.path();
      const std::string expected = find_naively(texts, patterns, path);
      const std::string found = find(path);
      matches += expected == "none" ? 0 : 1;
      if (found == expected) continue;
      CAPTURE(texts, path);
      REQUIRE(found == expected);
    }
  }
  CHECK(matches > sets * kPathsOfSet / 5);  // else the test tests nothing
}
