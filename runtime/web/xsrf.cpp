#include "runtime/web/xsrf.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <charconv>
#include <stdexcept>

#include "runtime/http/characters.h"

namespace bora::web {
namespace {

constexpr std::size_t kTokenSize = 16;
constexpr std::size_t kMaskSize = 4;

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    throw std::runtime_error("no random bytes are available");
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = http::hex_value(text[i]);
    const int low = http::hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

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

/// Takes the text up to the next '|' off `rest`.
std::string_view next_field(std::string_view& rest) {
  const std::size_t bar = rest.find('|');
  const std::string_view field = rest.substr(0, bar);
  rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
  return field;
}

/// Whether a version number and '|' stand in front.
bool has_version(std::string_view text) {
  const std::size_t bar = text.find('|');
  if (bar == 0 || bar == std::string_view::npos || text[0] == '0') return false;
  return text.substr(0, bar).find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<RawXSRFToken> decode_version_2(std::string_view text) {
  if (next_field(text) != "2") return std::nullopt;
  const std::optional<std::string> mask = from_hex(next_field(text));
  const std::optional<std::string> bytes = from_hex(next_field(text));
  RawXSRFToken token;
  if (!mask || mask->size() != kMaskSize || !bytes || !parse_integer(text, token.timestamp)) {
    return std::nullopt;
  }
  token.bytes = masked(*mask, *bytes);
  return token;
}

}  // namespace

RawXSRFToken make_xsrf_token(std::int64_t now) {
  return {random_bytes(kTokenSize), now, false};
}

std::string encode_xsrf_token(const RawXSRFToken& token, int version) {
  if (version == 1) return to_hex(token.bytes);
  if (version != 2) {
    throw std::invalid_argument("Settings::xsrf_cookie_version " + std::to_string(version) +
                                ": there are 1 and 2");
  }
  const std::string mask = random_bytes(kMaskSize);
  return "2|" + to_hex(mask) + '|' + to_hex(masked(mask, token.bytes)) + '|' +
         std::to_string(token.timestamp);
}

std::optional<RawXSRFToken> decode_xsrf_token(std::string_view text, std::int64_t now) {
  std::optional<RawXSRFToken> token;
  if (has_version(text)) {
    token = decode_version_2(text);
  } else {
    token = RawXSRFToken{from_hex(text).value_or(std::string(text)), now, false};
  }
  return token && !token->bytes.empty() ? token : std::nullopt;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace bora::web
