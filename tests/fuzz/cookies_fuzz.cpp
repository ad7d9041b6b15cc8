// Any text as a Cookie field, and as the name and value of a cookie that is set.

#include <algorithm>
#include <stdexcept>
#include <string>

#include <bora/http/httputil.h>

#include "tests/fuzz/invariants.h"

namespace {

using namespace bora;
using namespace bora::http;

void check_read(std::string_view text) {
  for (const Cookie& cookie : parse_cookie(text)) {
    for (const std::string_view part : {cookie.name, cookie.value}) {
      const bool is_within =
          part.empty() ||
          (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
      fuzz::require(is_within, "a part of the text");
      fuzz::require(part.find(';') == std::string_view::npos, "only ';' separates");
    }
    fuzz::require(unquote_cookie(cookie.value).size() <= cookie.value.size(), "quotes only shrink");
  }
}

void check_set(std::string_view name, const std::string& value, const std::string& option) try {
  CookieOptions options;
  options.path = option;
  options.samesite = option;
  const std::string line = format_set_cookie(name, value, options, 1'700'000'000);
  fuzz::require(
      std::none_of(line.begin(), line.end(),
                   [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }),
      "nothing of a cookie splits the answer");
  const std::string pair = line.substr(0, line.find(';'));
  const std::vector<Cookie> cookies = parse_cookie(pair);
  fuzz::require(cookies.size() == 1 && cookies[0].name == name, "one cookie of that name");
  fuzz::require(unquote_cookie(cookies[0].value) == value, "what is set comes back");
} catch (const std::invalid_argument&) {
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  check_read(text);
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view rest = text.substr(std::min(equals + 1, text.size()));
  const std::size_t semicolon = std::min(rest.find(';'), rest.size());
  check_set(text.substr(0, equals), std::string(rest.substr(0, semicolon)),
            std::string(rest.substr(std::min(semicolon + 1, rest.size()))));
  check_set("name", std::string(text), "/");
  return 0;
}
