#include "runtime/web/xsrf.h"

#include <charconv>
#include <stdexcept>

#include "runtime/core/crypto.h"

namespace bora::web {
namespace {

constexpr std::size_t kTokenSize = 16;
constexpr std::size_t kMaskSize = 4;

std::string masked(std::string_view mask, std::string_view bytes) {
  std::string result(bytes);
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<char>(result[i] ^ mask[i % kMaskSize]);
  }
  return result;
}

template <class Integer>
bool parse_integer(std::string_view text, Integer& value) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && rest == end;
}

/// Removes the text before the next '|' from `rest` and returns it.
std::string_view next_field(std::string_view& rest) {
  const std::size_t bar = rest.find('|');
  const std::string_view field = rest.substr(0, bar);
  rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
  return field;
}

/// Whether the text begins with a version number and '|'.
bool has_version(std::string_view text) {
  const std::size_t bar = text.find('|');
  if (bar == 0 || bar == std::string_view::npos || text[0] == '0') return false;
  return text.substr(0, bar).find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<RawXSRFToken> decode_version_2(std::string_view text) {
  if (next_field(text) != "2") return std::nullopt;
  const std::optional<std::string> mask = crypto::from_hex(next_field(text));
  const std::optional<std::string> bytes = crypto::from_hex(next_field(text));
  RawXSRFToken token;
  if (!mask || mask->size() != kMaskSize || !bytes || !parse_integer(text, token.timestamp)) {
    return std::nullopt;
  }
  token.bytes = masked(*mask, *bytes);
  return token;
}

}  // namespace

RawXSRFToken make_xsrf_token(std::int64_t now) {
  return {crypto::random_bytes(kTokenSize), now, false};
}

std::string encode_xsrf_token(const RawXSRFToken& token, int version) {
  if (version == 1) return crypto::to_hex(token.bytes);
  if (version != 2) {
    throw std::invalid_argument("Settings::xsrf_cookie_version " + std::to_string(version) +
                                ": there are 1 and 2");
  }
  const std::string mask = crypto::random_bytes(kMaskSize);
  return "2|" + crypto::to_hex(mask) + '|' + crypto::to_hex(masked(mask, token.bytes)) + '|' +
         std::to_string(token.timestamp);
}

std::optional<RawXSRFToken> decode_xsrf_token(std::string_view text, std::int64_t now) {
  std::optional<RawXSRFToken> token;
  if (has_version(text)) {
    token = decode_version_2(text);
  } else {
    token = RawXSRFToken{crypto::from_hex(text).value_or(std::string(text)), now, false};
  }
  return token && !token->bytes.empty() ? token : std::nullopt;
}

}  // namespace bora::web
