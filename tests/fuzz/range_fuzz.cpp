// Any text as a Range or If-None-Match field, for files of several sizes. Its first bytes are also
// used as numbers, and fields with these numbers mean what the RFC says.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/web/conditional.h"
#include "tests/fuzz/invariants.h"

namespace {

using namespace bora;
using web::RangeOutcome;

constexpr std::int64_t kSizes[] = {0, 1, 100, std::int64_t{1} << 40, INT64_MAX};

constexpr std::size_t kMost = 5;

void any_range(std::string_view text) {
  for (const std::int64_t size : kSizes) {
    std::vector<web::ByteRange> ranges;
    const RangeOutcome outcome = web::parse_ranges(text, size, kMost, ranges);
    fuzz::require(ranges.empty() == (outcome != RangeOutcome::partial), "parts, or none");
    fuzz::require(ranges.size() <= kMost, "not too many");
    std::int64_t left = size;
    for (const web::ByteRange& range : ranges) {
      fuzz::require(range.offset >= 0 && range.size > 0 && range.offset <= size - range.size,
                    "a part of the file, and not nothing");
      fuzz::require(range.size <= left, "not more than there is");
      left -= range.size;
    }
    fuzz::require(ranges.empty() || text.find('=') != std::string_view::npos, "of a unit");
  }
}

/// RFC 9110, 14.1.2, computed with numbers that can't overflow.
RangeOutcome expected(std::optional<std::uint64_t> first, std::optional<std::uint64_t> last,
                      std::uint64_t size, std::uint64_t& begin, std::uint64_t& end) {
  begin = 0;
  end = size;
  if (!first) {
    begin = size - std::min(*last, size);
    if (size == 0 && *last > 0) return RangeOutcome::whole;
  } else {
    if (last && *last < *first) return RangeOutcome::unsatisfiable;
    begin = *first;
    if (last) end = std::min(*last + 1, size);
  }
  if (begin >= end) return RangeOutcome::unsatisfiable;
  return begin == 0 && end == size ? RangeOutcome::whole : RangeOutcome::partial;
}

void known_range(std::optional<std::uint64_t> first, std::optional<std::uint64_t> last) {
  const auto digits = [](const std::optional<std::uint64_t>& number) {
    return number ? std::to_string(*number) : std::string();
  };
  const std::string field = "bytes=" + digits(first) + "-" + digits(last);
  for (const std::int64_t size : kSizes) {
    std::vector<web::ByteRange> ranges;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    const RangeOutcome outcome = web::parse_ranges(field, size, kMost, ranges);
    fuzz::require(outcome == expected(first, last, static_cast<std::uint64_t>(size), begin, end),
                  "what is asked for is whole, a part, or not there");
    if (outcome != RangeOutcome::partial) continue;
    fuzz::require(ranges.size() == 1 && static_cast<std::uint64_t>(ranges[0].offset) == begin &&
                      static_cast<std::uint64_t>(ranges[0].size) == end - begin,
                  "that part");
  }
}

void any_tags(std::string_view text) {
  const std::size_t begin = std::min(text.find('"'), text.size());
  const std::size_t end = text.find('"', std::min(begin + 1, text.size()));
  if (end == std::string_view::npos) {
    fuzz::require(!web::if_none_match(text, "\"tag\"") || text.find('*') != std::string_view::npos,
                  "without a tag there is nothing to match");
    return;
  }
  const std::string tag(text.substr(begin, end + 1 - begin));
  fuzz::require(web::if_none_match(tag, tag), "each matches itself");
  fuzz::require(web::if_none_match("W/" + tag, tag), "weak");
  fuzz::require(web::if_none_match(tag, "W/" + tag), "in either place");
  fuzz::require(web::if_match(tag, tag), "strongly, too");
  fuzz::require(!web::if_match("W/" + tag, tag) && !web::if_match(tag, "W/" + tag) &&
                    !web::if_match("W/" + tag, "W/" + tag),
                "a weak one never");
  fuzz::require(web::if_match("W/" + tag + "," + tag, tag), "beside a weak one");
  fuzz::require(web::if_none_match("\"other\", " + tag + ", \"third\"", tag), "among others");
  if (web::if_none_match(text, "\"not among them\""))
    fuzz::require(text.find('*') != std::string_view::npos ||
                      text.find("not among them") != std::string_view::npos,
                  "what is not there does not match");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  any_range(text);
  any_range("bytes=" + std::string(text));
  any_tags(text);
  std::uint64_t numbers[2] = {};
  std::memcpy(numbers, text.data(), std::min(text.size(), sizeof(numbers)));
  // A number of more than 63 bits is not read, and the field is ignored. Smaller numbers are exact.
  const std::uint64_t first = numbers[0] >> 1;
  const std::uint64_t last = numbers[1] >> 1;
  known_range(first, last);
  known_range(first, {});
  known_range({}, last);
  known_range(first, std::min<std::uint64_t>(first + (numbers[1] & 0xff), INT64_MAX));
  return 0;
}
