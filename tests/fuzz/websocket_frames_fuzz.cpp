// Any bytes as frames. The result is the same however they are cut, no message is longer than
// allowed, and text is UTF-8. The first byte chooses the rules and the cuts.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <bora/core/escape.h>

#include "runtime/websocket/message_reader.h"
#include "runtime/websocket/permessage_deflate.h"
#include "tests/fuzz/invariants.h"

namespace {

using namespace bora;
using namespace bora::websocket;
using Kind = MessageReader::Kind;

struct Seen {
  Kind kind;
  std::uint16_t code;
  std::string payload;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> read(std::string bytes, std::size_t step, const ReadRules& rules,
                       const Inflation* inflation) {
  MessageReader reader;
  std::vector<Seen> seen;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::span<char> input(bytes.data() + at, std::min(step, bytes.size() - at));
    for (;;) {
      const MessageReader::Event event = reader.next(input, rules, inflation);
      if (event.kind == Kind::none) break;
      seen.push_back({event.kind, event.code, std::string(event.payload)});
      if (event.kind == Kind::close || event.kind == Kind::failure) return seen;
    }
    fuzz::require(input.empty(), "all of the input is used");
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t choice = data[0];
  const std::string bytes(fuzz::as_text(data + 1, size - 1));
  ReadRules rules;
  rules.expects_mask = (choice & 1) == 0;
  rules.max_message_size = (choice & 2) != 0 ? 300 : 100'000;
  rules.max_fragments = (choice & 4) != 0 ? 3 : 1000;
  const bool is_compressed = (choice & 8) != 0;
  const bool keeps_context = (choice & 16) != 0;

  std::vector<std::vector<Seen>> all;
  for (const std::size_t step : {std::max<std::size_t>(bytes.size(), 1), std::size_t{1},
                                 std::size_t{1} + (choice >> 5) * 7}) {
    Inflater inflater(15);
    std::string inflated;
    const Inflation inflation{inflater, inflated, keeps_context};
    all.push_back(read(bytes, step, rules, is_compressed ? &inflation : nullptr));
  }
  fuzz::require(all[0] == all[1], "bytewise the same");
  fuzz::require(all[0] == all[2], "in pieces the same");
  for (const Seen& each : all[0]) {
    if (each.kind == Kind::text || each.kind == Kind::binary)
      fuzz::require(each.payload.size() <= rules.max_message_size, "no longer than allowed");
    if (each.kind == Kind::text || each.kind == Kind::close)
      fuzz::require(is_valid_utf8(each.payload), "text is UTF-8");
    if (each.kind == Kind::ping || each.kind == Kind::pong)
      fuzz::require(each.payload.size() <= 125, "control frames are short");
  }
  return 0;
}
