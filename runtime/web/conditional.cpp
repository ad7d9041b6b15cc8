#include "runtime/web/conditional.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <bora/http/http_headers.h>

namespace bora::web {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view without_weakness(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

/// Digits only: no sign, no blanks.
std::optional<std::int64_t> parse_digits(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || text.front() == '-' || error != std::errc() || rest != end)
    return std::nullopt;
  return value;
}

}  // namespace

bool if_none_match(std::string_view header, std::string_view etag) {
  header = trim(header);
  if (header.starts_with('*')) return true;
  etag = without_weakness(etag);
  while (!header.empty()) {
    const std::string_view tag = without_weakness(header);
    if (!tag.starts_with('"')) return false;  // no list of tags
    const std::size_t end = tag.find('"', 1);
    if (end == std::string_view::npos) return false;
    if (tag.substr(0, end + 1) == etag) return true;
    const std::size_t next = tag.find_first_not_of(" \t,", end + 1);
    header = next == std::string_view::npos ? std::string_view() : tag.substr(next);
  }
  return false;
}

RangeOutcome parse_range(std::string_view header, std::int64_t size, ByteRange& range) {
  const std::size_t equals = header.find('=');
  if (equals == std::string_view::npos) return RangeOutcome::whole;
  if (!http::equals_ignoring_case(trim(header.substr(0, equals)), "bytes"))
    return RangeOutcome::whole;
  const std::string_view value = trim(header.substr(equals + 1));
  const std::size_t dash = value.find('-');
  if (dash == std::string_view::npos) return RangeOutcome::whole;
  const std::string_view first_text = value.substr(0, dash);
  const std::string_view last_text = value.substr(dash + 1);
  const std::optional<std::int64_t> first = parse_digits(first_text);
  const std::optional<std::int64_t> last = parse_digits(last_text);
  if ((!first && !first_text.empty()) || (!last && !last_text.empty()) || (!first && !last)) {
    return RangeOutcome::whole;
  }
  std::int64_t begin = 0;
  std::int64_t end = size;  // exclusive
  if (!first) {
    if (*last == 0) return RangeOutcome::unsatisfiable;
    begin = std::max<std::int64_t>(0, size - *last);
  } else {
    begin = *first;
    if (last && *last < begin) return RangeOutcome::unsatisfiable;
    if (last && *last < size) end = *last + 1;
  }
  if (begin >= size) return RangeOutcome::unsatisfiable;
  if (begin == 0 && end == size) return RangeOutcome::whole;
  range = {begin, end - begin};
  return RangeOutcome::partial;
}

}  // namespace bora::web
