// Any bytes as gzip. The result is the same however they are cut, and never more at once than
// requested. The input is also compressed, and must come back.

#include <algorithm>
#include <string>

#include "runtime/http/body_decoder.h"
#include "tests/fuzz/invariants.h"
#include "tests/support/gzip.h"

namespace {

using namespace bora;

constexpr std::uint64_t kMaxSize = 100'000;

struct Outcome {
  std::string body;
  http::Error error = http::Error::none;
  bool is_at_end = false;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(std::string_view bytes, std::size_t step, std::size_t piece_size) {
  http::BodyDecoder decoder(piece_size);
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size() && outcome.error == http::Error::none; at += step) {
    decoder.add(bytes.substr(at, step));
    for (int n = 0; decoder.has_rest(); ++n) {
      const std::string_view piece = decoder.next(kMaxSize, outcome.error);
      fuzz::require(piece.size() <= piece_size, "no more at once than asked for");
      if (outcome.error != http::Error::none || piece.empty()) break;
      outcome.body += piece;
      if (n % 3 == 1) decoder.keep_rest();
    }
    decoder.keep_rest();
  }
  outcome.is_at_end = outcome.error == http::Error::none && decoder.is_at_end();
  if (outcome.error != http::Error::none) outcome.body.clear();  // these bytes may differ
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const std::size_t step = 1 + (size == 0 ? 0 : data[size / 2] % 64);
  const Outcome whole = decode(text, std::max<std::size_t>(size, 1), 65'536);
  fuzz::require(whole == decode(text, 1, 65'536), "bytewise the same");
  fuzz::require(whole == decode(text, step, 1 + size % 100), "in pieces the same");
  const Outcome again = decode(test::gzip(text), step, 1000);
  fuzz::require(again.is_at_end && again.body == text, "what is compressed comes back");
  return 0;
}
