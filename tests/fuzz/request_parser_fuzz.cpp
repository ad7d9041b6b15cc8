// Any bytes as a request's head. The parser agrees with the reference, however they are cut.

#include <cstdio>

#include "tests/fuzz/invariants.h"
#include "tests/support/parser_agreement.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bora;
  const std::string_view text = fuzz::as_text(data, size);
  const std::uint32_t seed = size == 0 ? 0 : data[size / 2];
  const std::string disagreement = test::parser_disagreement(text, seed);
  if (!disagreement.empty()) std::fprintf(stderr, "%s\n", disagreement.c_str());
  fuzz::require(disagreement.empty(), "both parsers say the same");
  return 0;
}
