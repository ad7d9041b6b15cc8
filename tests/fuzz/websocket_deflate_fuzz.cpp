// Any bytes as compressed messages. Never more is decompressed than allowed, and a malformed
// message has no effect on the next one. A compressed message comes back. The first byte chooses
// the settings.

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/websocket/permessage_deflate.h"
#include "tests/fuzz/invariants.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bora;
  using namespace bora::websocket;
  if (size == 0) return 0;
  const std::uint8_t choice = data[0];
  const std::string_view bytes = fuzz::as_text(data + 1, size - 1);
  const bool keeps_context = (choice & 1) != 0;
  const int window_bits = 9 + (choice >> 1) % 7;
  const std::size_t limit = 20'000;

  Inflater inflater(15);
  std::string first;
  const Inflater::Result result = inflater.decompress(bytes, limit, keeps_context, first);
  if (result == Inflater::Result::done) {
    fuzz::require(first.size() <= limit, "no longer than allowed");
  } else {
    fuzz::require(first.size() <= limit + 16 * 1024, "not much more than allowed in memory");
  }
  if (!keeps_context) {
    std::string again;
    fuzz::require(inflater.decompress(bytes, limit, false, again) == result, "the same again");
    fuzz::require(result != Inflater::Result::done || again == first, "the same message again");
  }

  Deflater deflater(1 + choice % 9, window_bits, 1 + choice % 9);
  Inflater back(15);
  for (int i = 0; i < 3; ++i) {
    std::string packed;
    std::string unpacked;
    deflater.compress(bytes, keeps_context, packed);
    fuzz::require(
        back.decompress(packed, bytes.size(), keeps_context, unpacked) == Inflater::Result::done &&
            unpacked == bytes,
        "what is compressed comes back");
    if (bytes.empty() || i > 0) continue;
    std::string cut;
    Inflater other(15);
    fuzz::require(
        other.decompress(packed, bytes.size() - 1, false, cut) == Inflater::Result::too_large,
        "one byte too many is too many");
  }
  return 0;
}
