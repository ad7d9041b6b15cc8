// What a match costs: the paths of a large REST API, repeated under prefixes to 10, 100, 1,000 and
// 10,000 routes, and 32,768 random URLs of them, so that neither branches nor caches are warm for
// one path.
//
// It prints nanoseconds for a match, as the median of rounds in which all take turns: the tables of
// Bora, as `bora compile` writes them, beside a radix tree on the heap, a list of std::regex tried
// one after the other, and a bound: the same URLs, complete, looked up in one std::unordered_map.
//
//   build/release/bin/routes_bench            all of it
//   build/release/bin/routes_bench 1000       one size, without std::regex
//   build/release/bin/routes_bench 1000 9     the same, only 9 rounds of the tables (for callgrind)

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <regex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bora/web/route_table.h>

#include "bench/routes/api_paths.h"
#include "bench/routes/radix_tree.h"
#include "runtime/paths/route_tree.h"

namespace {

constexpr std::size_t kURLs = 32768;
constexpr int kRounds = 31;
constexpr std::size_t kRegexURLs = 512;  // for the first size; fewer for the larger ones

std::vector<std::string> make_patterns(std::size_t count) {
  const std::vector<std::string>& api = api_paths();
  std::vector<std::string> patterns;
  for (std::size_t i = 0; patterns.size() < count; ++i) {
    // Ten routes are ten different ones, and not the first ten.
    const std::string& pattern = api[i * 37 % api.size()];
    const std::size_t copy = i / api.size();
    const std::string prefix = copy == 0 ? "" : "/v" + std::to_string(copy);
    patterns.push_back(pattern == "/" && copy > 0 ? prefix : prefix + pattern);
  }
  return patterns;
}

std::string random_hex(std::size_t size, std::mt19937& random) {
  std::string text;
  while (text.size() < size) text += "0123456789abcdef"[random() % 16];
  return text;
}

std::string random_value(std::string_view parameter, std::mt19937& random) {
  if (parameter.ends_with(":int")) return std::to_string(random() % 1000000);
  if (parameter.ends_with(":uuid")) {
    return random_hex(8, random) + "-" + random_hex(4, random) + "-" + random_hex(4, random) + "-" +
           random_hex(4, random) + "-" + random_hex(12, random);
  }
  if (parameter.ends_with("{40}")) return random_hex(40, random);
  return "name" + std::to_string(random() % 1000000);
}

/// The end of the parameter that begins at `open`.
std::size_t close_of(std::string_view pattern, std::size_t open) {
  int depth = 0;
  std::size_t i = open;
  do {
    depth += pattern[i] == '{' ? 1 : pattern[i] == '}' ? -1 : 0;
  } while (depth > 0 && ++i < pattern.size());
  return i;
}

/// `pattern` with each parameter replaced by what `replace` makes of it.
template <class Replace>
std::string replaced(const std::string& pattern, Replace replace) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{') {
      text += pattern[i];
      continue;
    }
    const std::size_t end = close_of(pattern, i);
    text += replace(std::string_view(pattern).substr(i + 1, end - i - 1));
    i = end;
  }
  return text;
}

std::string regex_of(std::string_view parameter) {
  if (parameter.ends_with(":int")) return "(-?[0-9]+)";
  if (parameter.ends_with(":uuid")) return "([0-9a-fA-F-]{36})";
  if (parameter.ends_with(":path")) return "(.*)";
  if (parameter.ends_with("{40}")) return "([0-9a-f]{40})";
  return "([^/]+)";
}

/// The compiler's tables as the run time has them.
struct Table {
  explicit Table(const std::vector<std::string>& texts) : routes(texts.size()) {
    std::vector<bora::paths::Problem> problems;
    std::vector<bora::paths::Pattern> patterns;
    for (const std::string& text : texts) {
      patterns.push_back(*bora::paths::parse_pattern(text, {}, {}, problems));
    }
    std::vector<const bora::paths::Pattern*> pointers;
    for (const auto& pattern : patterns) pointers.push_back(&pattern);
    tree = bora::paths::make_route_tree(pointers);
  }
  [[nodiscard]] bora::web::RouteTable table() const {
    return {std::span<const bora::web::Route>(routes),
            {reinterpret_cast<const char*>(tree.words.data()), tree.texts.data(),
             tree.automata.data(), nullptr}};
  }

  std::vector<bora::web::Route> routes;
  bora::paths::RouteTree tree;
};

struct Contender {
  const char* name;
  std::function<std::size_t(const std::vector<std::string>&)> find_all;  ///< How many it found.
  std::size_t url_count = kURLs;
  std::vector<double> times{};  ///< nanoseconds per URL, by round
};

void run_once(Contender& contender, const std::vector<std::string>& urls) {
  const auto begin = std::chrono::steady_clock::now();
  const std::size_t found = contender.find_all(urls);
  const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
  if (found != contender.url_count) {
    std::fprintf(stderr, "%s found %zu of %zu URLs\n", contender.name, found, contender.url_count);
    std::exit(1);
  }
  contender.times.push_back(spent.count() / static_cast<double>(contender.url_count));
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

std::vector<std::string> random_urls(const std::vector<std::string>& patterns) {
  std::mt19937 random(1);
  std::vector<std::string> urls;
  for (std::size_t i = 0; i < kURLs; ++i) {
    urls.push_back(replaced(patterns[random() % patterns.size()],
                            [&random](auto parameter) { return random_value(parameter, random); }));
  }
  return urls;
}

double measure(std::size_t count, bool only_tables, bool with_regex, int rounds) {
  const std::vector<std::string> patterns = make_patterns(count);
  const std::vector<std::string> urls = random_urls(patterns);
  const Table made(patterns);
  const bora::web::RouteTable table = made.table();
  RadixTree tree;
  std::unordered_map<std::string_view, int> map;
  std::vector<std::regex> regexes;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    tree.add(patterns[i], static_cast<int>(i));
    if (with_regex) regexes.emplace_back(replaced(patterns[i], regex_of));
  }
  for (const std::string& url : urls) map.emplace(url, 1);

  std::vector<Contender> contenders;
  contenders.push_back({"tables", [&table](const std::vector<std::string>& list) {
                          std::size_t found = 0;
                          for (const std::string& url : list) {
                            bora::web::RouteMatch result;
                            bora::web::match(table, url, result);
                            found += result.route != nullptr ? 1 : 0;
                          }
                          return found;
                        }});
  if (!only_tables) {
    contenders.push_back({"radix tree", [&tree](const std::vector<std::string>& list) {
                            std::size_t found = 0;
                            std::vector<std::string_view> captures;
                            for (const std::string& url : list)
                              found += tree.find(url, captures) >= 0 ? 1 : 0;
                            return found;
                          }});
    contenders.push_back({"hash", [&map](const std::vector<std::string>& list) {
                            std::size_t found = 0;
                            for (const std::string& url : list)
                              found += map.find(url) != map.end() ? 1 : 0;
                            return found;
                          }});
  }
  for (int round = 0; round < rounds; ++round) {
    for (Contender& contender : contenders) run_once(contender, urls);
  }
  if (with_regex) {
    const std::size_t regex_urls = std::max<std::size_t>(kRegexURLs / (count / 10), 16);
    contenders.push_back({"std::regex",
                          [&](const std::vector<std::string>& list) {
                            std::size_t found = 0;
                            std::smatch match;
                            for (std::size_t i = 0; i < regex_urls; ++i) {
                              found += std::ranges::any_of(regexes, [&](const std::regex& regex) {
                                return std::regex_match(list[i], match, regex);
                              });
                            }
                            return found;
                          },
                          regex_urls});
    for (int round = 0; round < 3; ++round) run_once(contenders.back(), urls);
  }
  std::printf("%8zu", count);
  for (const Contender& contender : contenders) std::printf(" %12.1f", median(contender.times));
  std::printf("   %zu KB\n", made.tree.words.size() * 8 / 1024);
  return median(contenders.front().times);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    measure(std::strtoull(argv[1], nullptr, 10), argc > 2, false,
            argc > 2 ? std::atoi(argv[2]) : kRounds);
    return 0;
  }
  std::printf("ns per match\n%8s %12s %12s %12s %12s   %s\n", "routes", "tables", "radix tree",
              "hash of URL", "std::regex", "size of the tables");
  double first = 0;
  double last = 0;
  for (const std::size_t count : {10, 100, 1000, 10000}) {
    last = measure(count, false, true, kRounds);
    if (first == 0) first = last;
  }
  std::printf("10,000 routes cost %.2f times as much as 10\n", last / first);
}
