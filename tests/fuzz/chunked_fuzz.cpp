// Any bytes as a chunked body. The result is the same however it is cut, and never longer than the
// input; and an encoded body can be decoded.

#include <algorithm>
#include <string>

#include "runtime/http/chunk_decoder.h"
#include "tests/fuzz/invariants.h"

namespace {

using namespace bora;
using http::ChunkDecoder;

constexpr std::size_t kMaxExtras = 64;

struct Outcome {
  std::string body;
  std::size_t used = 0;
  http::Error error = http::Error::none;
  bool is_complete = false;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(std::string_view bytes, std::size_t step) {
  ChunkDecoder decoder;
  decoder.begin(kMaxExtras);
  Outcome outcome;
  std::size_t end = 0;
  while (outcome.used < bytes.size() && !decoder.is_complete() &&
         outcome.error == http::Error::none) {
    if (outcome.used == end) end = std::min(end + step, bytes.size());
    std::string_view data;
    const std::size_t used =
        decoder.feed(bytes.substr(outcome.used, end - outcome.used), data, outcome.error);
    fuzz::require(used <= end - outcome.used, "no more is taken than was given");
    fuzz::require(used > 0 || outcome.error != http::Error::none, "it goes on");
    outcome.used += used;
    outcome.body += data;
  }
  outcome.is_complete = decoder.is_complete();
  return outcome;
}

std::string encode(std::string_view body, std::size_t step) {
  static const char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t at = 0; at < body.size(); at += step) {
    const std::string_view piece = body.substr(at, step);
    text += kDigits[piece.size() / 16 % 16];
    text += kDigits[piece.size() % 16];
    text.append("\r\n").append(piece).append("\r\n");
  }
  return text + "0\r\n\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const std::size_t step = 1 + (size == 0 ? 0 : data[size / 2] % 200);
  const Outcome whole = decode(text, std::max<std::size_t>(size, 1));
  fuzz::require(whole.body.size() <= size, "no more comes out than went in");
  fuzz::require(whole == decode(text, 1), "bytewise the same");
  fuzz::require(whole == decode(text, step), "in pieces the same");

  const std::string encoded = encode(text, step);
  const Outcome again = decode(encoded + "GET", 1 + size % 7);
  fuzz::require(again.is_complete && again.body == text, "what is encoded is decoded");
  fuzz::require(again.used == encoded.size(), "what follows is not touched");
  return 0;
}
