// Any text as a Range field, for files of several sizes.

#include <cstdint>
#include <string_view>

#include "runtime/web/conditional.h"
#include "tests/fuzz/invariants.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bora;
  const std::string_view text = fuzz::as_text(data, size);
  for (const std::int64_t length :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{100}, std::int64_t{1} << 40, INT64_MAX}) {
    web::ByteRange range{};
    const web::RangeOutcome outcome = web::parse_range(text, length, range);
    if (outcome != web::RangeOutcome::partial) continue;
    fuzz::require(range.offset >= 0 && range.size > 0 && range.offset <= length - range.size,
                  "a part of the file, and not nothing");
    fuzz::require(text.find('=') != std::string_view::npos, "of a unit");
  }
  return 0;
}
