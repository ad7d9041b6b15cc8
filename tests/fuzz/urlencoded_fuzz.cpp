// Any text as a query string. What was read can be written, and reading that gives the same.

#include <algorithm>
#include <string>

#include <bora/http/httputil.h>

#include "tests/fuzz/invariants.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bora;
  using namespace bora::http;
  const std::string_view text = fuzz::as_text(data, size);
  const FormLimits limits{.max_arguments = 50};
  std::vector<Argument> arguments;
  try {
    arguments = parse_qs(text, limits);
  } catch (const HTTPInputError&) {
    return 0;
  }
  fuzz::require(arguments.size() <= limits.max_arguments, "the limit holds");
  const std::string url = url_concat("/p", arguments);
  fuzz::require(std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f; }),
                "a URL is visible ASCII");
  if (arguments.empty()) return 0;
  const std::vector<Argument> again = parse_qs(std::string_view(url).substr(3));
  fuzz::require(std::equal(arguments.begin(), arguments.end(), again.begin(), again.end(),
                           [](const Argument& a, const Argument& b) {
                             return a.name == b.name && a.value == b.value;
                           }),
                "what is written is read as the same");
  return 0;
}
