#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <bora/core/options.h>

#include "runtime/text/characters.h"

// Converts text to the value of an option, and back.

namespace bora::detail {
namespace {

constexpr std::size_t kMaxListItems = 100'000;

std::string quoted(std::string_view text) {
  return fmt::format("'{}'", text);
}

/// Returns true if all of `text` is a number of that type; if not, `out_of_range` tells why.
template <class T>
bool read_number(std::string_view text, T& value, bool& out_of_range) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = !text.empty() && end == text.data() + text.size();
  out_of_range = is_number && error == std::errc::result_out_of_range;
  return is_number && error == std::errc();
}

template <class T>
using Word = std::pair<std::string_view, T>;

constexpr Word<LogLevel> kLevels[] = {{"debug", LogLevel::debug},
                                      {"info", LogLevel::info},
                                      {"warning", LogLevel::warning},
                                      {"error", LogLevel::error},
                                      {"none", LogLevel::none}};
constexpr Word<LogFormat> kFormats[] = {{"pretty", LogFormat::pretty}, {"json", LogFormat::json}};
constexpr Word<LogRotateMode> kRotateModes[] = {{"size", LogRotateMode::size},
                                                {"time", LogRotateMode::time}};

template <class T, std::size_t count>
std::string parse_word(std::string_view text, const Word<T> (&words)[count], T& value) {
  std::string all;
  for (const auto& [name, meaning] : words) {
    if (text::equals_ignoring_case(text, name)) return value = meaning, std::string();
    all += all.empty() ? "" : ", ";
    all += name;
  }
  return quoted(text) + " is none of " + all;
}

template <class T, std::size_t count>
std::string word_of(const Word<T> (&words)[count], T value) {
  for (const auto& [name, meaning] : words) {
    if (meaning == value) return std::string(name);
  }
  return {};
}

// Tornado's formats, in its order.
constexpr const char* kTimeFormats[] = {"%a %b %d %H:%M:%S %Y",
                                        "%Y-%m-%d %H:%M:%S",
                                        "%Y-%m-%d %H:%M",
                                        "%Y-%m-%dT%H:%M",
                                        "%Y%m%d %H:%M:%S",
                                        "%Y%m%d %H:%M",
                                        "%Y-%m-%d",
                                        "%Y%m%d",
                                        "%H:%M:%S",
                                        "%H:%M"};

bool is_same_day(const std::tm& a, const std::tm& b) {
  return a.tm_year == b.tm_year && a.tm_mon == b.tm_mon && a.tm_mday == b.tm_mday;
}

struct Unit {
  std::string_view names;  // each between spaces
  std::int64_t nanoseconds;
};

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::array<Unit, 8> kUnits = {{
    {" ns nanosecond nanoseconds ", 1},
    {" us microsecond microseconds ", 1'000},
    {" ms millisecond milliseconds ", 1'000'000},
    {" s sec second seconds ", kSecond},
    {" m min minute minutes ", 60 * kSecond},
    {" h hour hours ", 3600 * kSecond},
    {" d day days ", 86400 * kSecond},
    {" w week weeks ", 7 * 86400 * kSecond},
}};

/// Returns the nanoseconds in one of the unit, 0 for an unknown name. Without a name the unit is
/// the second.
std::int64_t find_unit(std::string_view name) {
  if (name.empty()) return kSecond;
  for (const Unit& unit : kUnits) {
    if (unit.names.find(fmt::format(" {} ", name)) != std::string_view::npos)
      return unit.nanoseconds;
  }
  return 0;
}

std::string_view take_while(std::string_view& text, std::string_view characters, bool in) {
  const std::size_t end = std::min(
      in ? text.find_first_not_of(characters) : text.find_first_of(characters), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

/// Takes sign, digits and exponent: "-2.5", "1e3".
std::string_view take_number(std::string_view& text) {
  const std::string_view whole = text;
  take_while(text, "+-.0123456789", true);
  if (text.size() > 1 && (text[0] == 'e' || text[0] == 'E')) {
    std::string_view exponent = text.substr(1);
    take_while(exponent, "+-", true);
    if (!take_while(exponent, "0123456789", true).empty()) text = exponent;
  }
  return whole.substr(0, whole.size() - text.size());
}

/// Reads a sum of terms such as "1h 30m", "-2.5s", "90".
bool read_duration(std::string_view text, long double& nanoseconds) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  nanoseconds = 0;
  take_while(text, " ", true);
  if (text.empty()) return false;
  while (!text.empty()) {
    const std::string_view digits = take_number(text);
    take_while(text, " ", true);
    const std::int64_t unit = find_unit(take_while(text, kLetters, true));
    take_while(text, " ", true);
    double number = 0;
    bool out_of_range = false;
    if (unit == 0 || !read_number(digits, number, out_of_range)) return false;
    nanoseconds += static_cast<long double>(number) * static_cast<long double>(unit);
  }
  return std::isfinite(nanoseconds);
}

}  // namespace

std::string parse_option(std::string_view text, bool& value) {
  for (const std::string_view word : {"true", "t", "1", "yes", "y", "on"}) {
    if (text::equals_ignoring_case(text, word)) return value = true, std::string();
  }
  for (const std::string_view word : {"false", "f", "0", "no", "n", "off"}) {
    if (text::equals_ignoring_case(text, word)) return value = false, std::string();
  }
  return quoted(text) + " is neither true nor false";
}

std::string parse_option(std::string_view text, double& value) {
  double number = 0;
  bool out_of_range = false;
  const bool is_number = read_number(text, number, out_of_range);
  if (is_number && std::isfinite(number)) return value = number, std::string();
  return quoted(text) + (out_of_range ? " is out of range" : " is not a number");
}

std::string parse_option(std::string_view text, std::string& value) {
  value = text;
  return {};
}

std::string parse_option(std::string_view text, LogLevel& value) {
  return parse_word(text, kLevels, value);
}
std::string parse_option(std::string_view text, LogFormat& value) {
  return parse_word(text, kFormats, value);
}
std::string parse_option(std::string_view text, LogRotateMode& value) {
  return parse_word(text, kRotateModes, value);
}
std::string parse_option(std::string_view text, LogToStderr& value) {
  bool is_wanted = false;
  std::string problem = parse_option(text, is_wanted);
  if (problem.empty()) value = is_wanted ? LogToStderr::yes : LogToStderr::no;
  return problem;
}

std::string parse_local_time(std::string_view text, std::int64_t& seconds) {
  const std::string whole(text);
  for (const char* format : kTimeFormats) {
    std::tm time{};
    time.tm_mday = 1;
    time.tm_isdst = -1;
    const char* end = ::strptime(whole.c_str(), format, &time);
    if (end == nullptr || end != whole.c_str() + whole.size()) continue;
    std::tm normal = time;
    seconds = ::mktime(&normal);
    if (is_same_day(time, normal)) return {};
  }
  return quoted(text) + " is not a time such as 2026-11-22 10:30";
}

std::string parse_integer(std::string_view text, std::int64_t least, std::uint64_t most,
                          std::int64_t& value) {
  const bool is_negative = text.starts_with('-');
  std::int64_t negative = 0;
  std::uint64_t positive = 0;
  bool out_of_range = false;
  const bool is_number = is_negative ? read_number(text, negative, out_of_range)
                                     : read_number(text, positive, out_of_range);
  if (!is_number && !out_of_range) return quoted(text) + " is not a whole number";
  if (out_of_range || negative < least || positive > most) {
    return fmt::format("'{}' is not between {} and {}", text, least, most);
  }
  value = is_negative ? negative : static_cast<std::int64_t>(positive);
  return {};
}

std::string parse_duration(std::string_view text, std::intmax_t num, std::intmax_t den,
                           std::int64_t least, std::int64_t most, std::int64_t& count) {
  long double nanoseconds = 0;
  if (!read_duration(text, nanoseconds))
    return quoted(text) + " is not a duration such as 500ms, 90s or 1h30m";
  const long double exact = nanoseconds * static_cast<long double>(den) /
                            (static_cast<long double>(num) * static_cast<long double>(kSecond));
  const long double rounded = std::round(exact);
  if (rounded < static_cast<long double>(least) || rounded > static_cast<long double>(most)) {
    return quoted(text) + " is too long a time";
  }
  if (std::abs(exact - rounded) > 1e-6L) {
    return fmt::format("'{}' is finer than this option can be; its unit is {}", text,
                       duration_text(1, num, den));
  }
  count = static_cast<std::int64_t>(rounded);
  return {};
}

std::string split_list(std::string_view text, bool with_ranges, std::vector<std::string>& items) {
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t colon = with_ranges ? item.find(':') : std::string_view::npos;
    if (colon == std::string_view::npos) {
      items.emplace_back(item);
      continue;
    }
    std::int64_t first = 0;
    std::int64_t last = 0;
    bool ignored = false;
    if (!read_number(item.substr(0, colon), first, ignored) ||
        !read_number(item.substr(colon + 1), last, ignored) || last < first) {
      return quoted(item) + " is not a range FIRST:LAST";
    }
    if (static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first) >= kMaxListItems) {
      return fmt::format("'{}' has more than {} numbers", item, kMaxListItems);
    }
    for (std::int64_t number = first; number < last; ++number)
      items.push_back(std::to_string(number));
    items.push_back(std::to_string(last));
  }
  return {};
}

std::string option_text(bool value) {
  return value ? "true" : "false";
}
std::string option_text(double value) {
  return fmt::format("{}", value);
}
std::string option_text(const std::string& value) {
  return value;
}
std::string option_text(std::int64_t value) {
  return std::to_string(value);
}
std::string option_text(std::uint64_t value) {
  return std::to_string(value);
}

std::string option_text(LogLevel value) {
  return word_of(kLevels, value);
}
std::string option_text(LogFormat value) {
  return word_of(kFormats, value);
}
std::string option_text(LogRotateMode value) {
  return word_of(kRotateModes, value);
}
std::string option_text(LogToStderr value) {
  return value == LogToStderr::automatic ? "" : option_text(value == LogToStderr::yes);
}

std::string local_time_text(std::int64_t seconds) {
  const auto moment = static_cast<std::time_t>(seconds);
  std::tm time{};
  ::localtime_r(&moment, &time);
  char text[64];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &time)};
}

std::string duration_text(std::int64_t count, std::intmax_t num, std::intmax_t den) {
  struct Suffix {
    std::intmax_t num, den;
    std::string_view text;
  };
  constexpr Suffix kSuffixes[] = {
      {1, 1'000'000'000, "ns"}, {1, 1'000'000, "us"}, {1, 1000, "ms"}, {1, 1, "s"}, {60, 1, "m"},
      {3600, 1, "h"},           {86400, 1, "d"},      {604800, 1, "w"}};
  for (const Suffix& suffix : kSuffixes) {
    if (suffix.num == num && suffix.den == den) return fmt::format("{}{}", count, suffix.text);
  }
  return fmt::format(
      "{}s", static_cast<double>(count) * static_cast<double>(num) / static_cast<double>(den));
}

}  // namespace bora::detail
