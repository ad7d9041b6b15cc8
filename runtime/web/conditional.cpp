#include "runtime/web/conditional.h"

#include <algorithm>
#include <limits>

#include "runtime/http/characters.h"
#include "runtime/text/characters.h"
#include "runtime/web/http_date.h"

namespace bora::web {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

bool is_weak(std::string_view tag) {
  return tag.starts_with("W/");
}

std::string_view without_weakness(std::string_view tag) {
  if (is_weak(tag)) tag.remove_prefix(2);
  return tag;
}

/// Whether one of the tags of a list is `etag`; `is_same` compares two, with their `W/`.
template <class IsSame>
bool names_tag(std::string_view header, std::string_view etag, IsSame is_same) {
  header = text::trim_blanks(header);
  if (header.starts_with('*')) return true;
  while (!header.empty()) {
    const std::string_view opaque = without_weakness(header);
    if (!opaque.starts_with('"')) return false;  // it is no list of tags
    const std::size_t end = opaque.find('"', 1);
    if (end == std::string_view::npos) return false;
    const std::size_t size = end + 1 + (header.size() - opaque.size());
    if (!etag.empty() && is_same(header.substr(0, size), etag)) return true;
    const std::size_t next = header.find_first_not_of(" \t,", size);
    header = next == std::string_view::npos ? std::string_view() : header.substr(next);
  }
  return false;
}

/// Reads digits only: no sign, no blanks. A number that is too large becomes the largest one.
std::optional<std::int64_t> parse_digits(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), http::is_digit)) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    const std::int64_t digit = c - '0';
    if (value > (kMost - digit) / 10) return kMost;
    value = value * 10 + digit;
  }
  return value;
}

/// Reads one range of a list. Returns nothing if it can't be read, and a range without a byte if it
/// can't be satisfied.
std::optional<ByteRange> parse_range(std::string_view text, std::int64_t size) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::optional<std::int64_t> first = parse_digits(text.substr(0, dash));
  const std::optional<std::int64_t> last = parse_digits(text.substr(dash + 1));
  if ((!first && dash != 0) || (!last && dash + 1 != text.size())) return std::nullopt;
  if (!first) {
    if (!last) return std::nullopt;
    const std::int64_t count = std::min(*last, size);
    return ByteRange{size - count, count};
  }
  const std::int64_t end = last && *last < size ? *last + 1 : size;
  if (*first >= end) return ByteRange{};
  return ByteRange{*first, end - *first};
}

/// Removes the text before the next comma from `list` and returns it.
std::string_view take_member(std::string_view& list) {
  const std::size_t comma = std::min(list.find(','), list.size());
  const std::string_view member = text::trim_blanks(list.substr(0, comma));
  list.remove_prefix(std::min(comma + 1, list.size()));
  return member;
}

/// A suffix of an empty body is all of it (14.1.2).
bool is_suffix(std::string_view member) {
  return member.size() > 1 && member.front() == '-' &&
         member.find_first_not_of('0', 1) != std::string_view::npos;
}

std::optional<std::int64_t> date_of(const http::HTTPHeaders& asked, std::string_view name) {
  const std::optional<std::string_view> text = asked.get_view(name);
  return text ? parse_http_date(*text) : std::nullopt;
}

}  // namespace

bool if_match(std::string_view header, std::string_view etag) {
  return names_tag(header, etag, [](std::string_view named, std::string_view current) {
    return named == current && !is_weak(current);
  });
}

bool if_none_match(std::string_view header, std::string_view etag) {
  return names_tag(header, etag, [](std::string_view named, std::string_view current) {
    return without_weakness(named) == without_weakness(current);
  });
}

Precondition check_preconditions(const http::HTTPHeaders& asked, std::string_view method,
                                 const Validators& current) {
  const bool is_read = method == "GET" || method == "HEAD";
  if (asked.contains("If-Match")) {
    if (!if_match(asked.get("If-Match"), current.etag)) return Precondition::failed;
  } else if (const auto date = date_of(asked, "If-Unmodified-Since"); date && current.modified) {
    if (*current.modified > *date) return Precondition::failed;
  }
  if (asked.contains("If-None-Match")) {
    if (!if_none_match(asked.get("If-None-Match"), current.etag)) return Precondition::holds;
    return is_read ? Precondition::not_modified : Precondition::failed;
  }
  if (!is_read || !current.modified) return Precondition::holds;
  const std::optional<std::int64_t> since = date_of(asked, "If-Modified-Since");
  return since && *current.modified <= *since ? Precondition::not_modified : Precondition::holds;
}

bool is_range_current(const http::HTTPHeaders& asked, const Validators& current, std::int64_t now) {
  const std::optional<std::string_view> version = asked.get_view("If-Range");
  if (!version) return true;
  const std::string_view text = text::trim_blanks(*version);
  if (text.starts_with('"') || is_weak(text)) return text == current.etag && !is_weak(text);
  const std::optional<std::int64_t> date = parse_http_date(text);
  return date && current.modified == date && *date < now;
}

namespace {

/// Reads the list after "bytes=". The ranges that were found stay in `ranges`, whatever the outcome
/// is.
RangeOutcome read_ranges(std::string_view list, std::int64_t size, std::size_t max_ranges,
                         std::vector<ByteRange>& ranges) {
  std::int64_t left = size;
  bool is_all = false;
  while (!list.empty()) {
    const std::string_view member = take_member(list);
    if (member.empty()) continue;
    const std::optional<ByteRange> range = parse_range(member, size);
    if (!range) return RangeOutcome::unsatisfiable;
    if (is_all) continue;
    if (range->size == 0) {
      is_all = size == 0 && is_suffix(member);
      continue;
    }
    is_all = range->size > left || ranges.size() == max_ranges || range->size == size;
    left -= range->size;
    ranges.push_back(*range);
  }
  if (is_all) return RangeOutcome::whole;
  return ranges.empty() ? RangeOutcome::unsatisfiable : RangeOutcome::partial;
}

}  // namespace

RangeOutcome parse_ranges(std::string_view header, std::int64_t size, std::size_t max_ranges,
                          std::vector<ByteRange>& ranges) {
  ranges.clear();
  const std::size_t equals = header.find('=');
  if (max_ranges == 0 || equals == std::string_view::npos) return RangeOutcome::whole;
  if (!http::equals_ignoring_case(text::trim_blanks(header.substr(0, equals)), "bytes"))
    return RangeOutcome::whole;
  const RangeOutcome outcome = read_ranges(header.substr(equals + 1), size, max_ranges, ranges);
  if (outcome != RangeOutcome::partial) ranges.clear();
  return outcome;
}

}  // namespace bora::web
