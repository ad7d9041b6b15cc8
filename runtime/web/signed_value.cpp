#include <bora/web/signed_value.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <stdexcept>

#include <bora/core/clock.h>

#include "runtime/core/crypto.h"
#include "runtime/text/characters.h"

// Version 2: `2|1:KEY VERSION|10:SECONDS|N:NAME|N:BASE64|HMAC-SHA256`, in which each field is its
// length in bytes, a colon and its content, and what is signed is all up to the last bar.
// Version 1: `BASE64|SECONDS|HMAC-SHA1` of name, base64 and seconds, without separators.

namespace bora::web {
namespace {

constexpr std::int64_t kDay = 24 * 60 * 60;
/// For version 1: a later time could come from digits that were moved out of the value.
constexpr std::int64_t kMaxFuture = 31 * kDay;

std::int64_t seconds_of(const Clock* clock) {
  const Clock& used = clock == nullptr ? Clock::system() : *clock;
  return used.since_epoch().count() / 1'000'000'000;
}

bool parse_integer(std::string_view text, std::int64_t& value) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && rest == end && !text.empty();
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string field(std::string_view content) {
  return std::to_string(content.size()) + ':' + std::string(content) + '|';
}

std::string sign_v2(std::string_view key, std::string_view text) {
  return crypto::to_hex(crypto::hmac_sha256(key, text));
}

std::string sign_v1(std::string_view key, std::string_view name, std::string_view value,
                    std::string_view seconds) {
  return crypto::to_hex(
      crypto::hmac_sha1(key, std::string(name) + std::string(value) + std::string(seconds)));
}

/// A number above 999 is the beginning of a base64 text of version 1.
int version_of(std::string_view text) {
  const std::string_view number = text.substr(0, text.find('|'));
  std::int64_t version = 0;
  const bool is_number = number.size() < text.size() && is_digits(number) && number[0] != '0' &&
                         parse_integer(number, version);
  return is_number && version <= 999 ? static_cast<int>(version) : 1;
}

/// The fields of a text of version 2, as views of it.
struct Fields {
  std::int64_t key_version = 0;
  std::string_view seconds;
  std::string_view name;
  std::string_view value;
  std::string_view signature;
  std::string_view is_signed;  ///< All but the signature.
};

/// Takes the content of "N:content|", which it removes from the front of `rest`.
bool take_field(std::string_view& rest, std::string_view& content) {
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos || !is_digits(rest.substr(0, colon))) return false;
  std::int64_t size = 0;
  if (!parse_integer(rest.substr(0, colon), size)) return false;
  rest.remove_prefix(colon + 1);
  if (static_cast<std::uint64_t>(size) >= rest.size()) return false;
  content = rest.substr(0, static_cast<std::size_t>(size));
  if (rest[content.size()] != '|') return false;
  rest.remove_prefix(content.size() + 1);
  return true;
}

std::optional<Fields> parse_v2(std::string_view text) {
  Fields fields;
  std::string_view rest = text;
  std::string_view key_version;
  if (!rest.starts_with("2|")) return std::nullopt;
  rest.remove_prefix(2);
  const bool is_whole = take_field(rest, key_version) && take_field(rest, fields.seconds) &&
                        take_field(rest, fields.name) && take_field(rest, fields.value);
  if (!is_whole || !is_digits(key_version) || !parse_integer(key_version, fields.key_version)) {
    return std::nullopt;
  }
  fields.signature = rest;
  fields.is_signed = text.substr(0, text.size() - rest.size());
  return fields;
}

/// Whether a value is too old to be accepted.
bool is_too_old(std::int64_t seconds, double max_age_days, std::int64_t now) {
  return static_cast<double>(seconds) <
         static_cast<double>(now) - max_age_days * static_cast<double>(kDay);
}

std::optional<std::string> decode_v2(const CookieSecret& secret, std::string_view name,
                                     std::string_view text, const DecodeOptions& options,
                                     std::int64_t now) {
  const std::optional<Fields> fields = parse_v2(text);
  if (!fields || fields->key_version > std::numeric_limits<int>::max()) return std::nullopt;
  const std::string* const key = secret.find(static_cast<int>(fields->key_version));
  if (key == nullptr ||
      !crypto::equal_in_constant_time(fields->signature, sign_v2(*key, fields->is_signed))) {
    return std::nullopt;
  }
  std::int64_t seconds = 0;
  if (fields->name != name || !is_digits(fields->seconds) ||
      !parse_integer(fields->seconds, seconds) || is_too_old(seconds, options.max_age_days, now)) {
    return std::nullopt;
  }
  return crypto::from_base64(fields->value);
}

std::optional<std::string> decode_v1(const CookieSecret& secret, std::string_view name,
                                     std::string_view text, const DecodeOptions& options,
                                     std::int64_t now) {
  const std::string* const key = secret.find(0);
  const std::size_t first = text.find('|');
  const std::size_t second = first == std::string_view::npos ? first : text.find('|', first + 1);
  if (key == nullptr || secret.is_rotated() || second == std::string_view::npos ||
      text.find('|', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view value = text.substr(0, first);
  const std::string_view stamp = text.substr(first + 1, second - first - 1);
  if (!crypto::equal_in_constant_time(text.substr(second + 1), sign_v1(*key, name, value, stamp))) {
    return std::nullopt;
  }
  std::int64_t seconds = 0;
  // Digits may have been moved from the value to the stamp or back: the stamp then begins with '0',
  // or is far off.
  if (!is_digits(stamp) || stamp[0] == '0' || !parse_integer(stamp, seconds) ||
      seconds > now + kMaxFuture || is_too_old(seconds, options.max_age_days, now)) {
    return std::nullopt;
  }
  return crypto::from_base64(value);
}

/// "2:KEY"
bool parse_versioned(std::string_view line, std::map<int, std::string>& keys) {
  const std::size_t colon = line.find(':');
  std::int64_t version = 0;
  if (colon == std::string_view::npos || !is_digits(line.substr(0, colon)) ||
      !parse_integer(line.substr(0, colon), version) || version > std::numeric_limits<int>::max()) {
    return false;
  }
  keys[static_cast<int>(version)] = text::trim_space(line.substr(colon + 1));
  return true;
}

}  // namespace

CookieSecret::~CookieSecret() {
  crypto::wipe(key_);
  for (auto& [version, key] : keys_) crypto::wipe(key);
}

CookieSecret CookieSecret::parse(std::string_view text) {
  std::map<int, std::string> keys;
  for (std::string_view rest = text::trim_space(text); !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = text::trim_space(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.empty() && !parse_versioned(line, keys)) return std::string(text::trim_space(text));
  }
  return keys.empty() ? CookieSecret() : CookieSecret(keys);
}

CookieSecret CookieSecret::from_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw std::runtime_error("the cookie secret's file " + path + " can't be read");
  CookieSecret secret = parse(text);
  crypto::wipe(text);
  return secret;
}

int CookieSecret::latest_version() const {
  int latest = 0;
  for (const auto& [version, key] : keys_) latest = std::max(latest, version);
  return latest;
}

std::size_t CookieSecret::shortest() const {
  if (keys_.empty()) return key_.size();
  const auto shortest = std::min_element(
      keys_.begin(), keys_.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  return shortest->second.size();
}

const std::string* CookieSecret::find(int version) const {
  if (keys_.empty()) return version == 0 && !key_.empty() ? &key_ : nullptr;
  const auto found = std::find_if(keys_.begin(), keys_.end(),
                                  [&](const auto& entry) { return entry.first == version; });
  return found == keys_.end() ? nullptr : &found->second;
}

std::string create_signed_value(const CookieSecret& secret, std::string_view name,
                                std::string_view value, const SignOptions& options) {
  if (options.version != 1 && options.version != 2) {
    throw std::invalid_argument("signed values have version 1 or 2, not " +
                                std::to_string(options.version));
  }
  if (secret.is_rotated() && (options.version == 1 || !options.key_version)) {
    throw std::invalid_argument(
        "a secret with versions signs in version 2, with the key that key_version names");
  }
  const int key_version = secret.is_rotated() ? *options.key_version : 0;
  const std::string* const key = secret.find(key_version);
  if (key == nullptr) {
    throw std::invalid_argument("the secret has no key" +
                                (secret.is_rotated() ? " " + std::to_string(key_version) : ""));
  }
  const std::string seconds = std::to_string(seconds_of(options.clock));
  const std::string encoded = crypto::to_base64(value);
  if (options.version == 1) {
    return encoded + '|' + seconds + '|' + sign_v1(*key, name, encoded, seconds);
  }
  const std::string text =
      "2|" + field(std::to_string(key_version)) + field(seconds) + field(name) + field(encoded);
  return text + sign_v2(*key, text);
}

std::optional<std::string> decode_signed_value(const CookieSecret& secret, std::string_view name,
                                               std::string_view text,
                                               const DecodeOptions& options) {
  if (options.min_version > 2) {
    throw std::invalid_argument("min_version " + std::to_string(options.min_version) +
                                ": there are 1 and 2");
  }
  const int version = version_of(text);
  if (text.empty() || version < options.min_version) return std::nullopt;
  const std::int64_t now = seconds_of(options.clock);
  if (version == 1) return decode_v1(secret, name, text, options, now);
  if (version == 2) return decode_v2(secret, name, text, options, now);
  return std::nullopt;
}

std::optional<int> get_signature_key_version(std::string_view text) {
  if (version_of(text) != 2) return std::nullopt;
  const std::optional<Fields> fields = parse_v2(text);
  if (!fields || fields->key_version > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(fields->key_version);
}

// A sealed value: `s1.KEY VERSION.BASE64URL`, where the sealed text is the seconds, a colon and the
// value, and the key version and the name are authenticated with it.

namespace {

std::string sealing_key(std::string_view key) {
  return crypto::hmac_sha256(key, "bora sealed value 1");
}

std::string context_of(std::string_view key_version, std::string_view name) {
  return field(key_version) + field(name);
}

}  // namespace

std::string create_sealed_value(const CookieSecret& secret, std::string_view name,
                                std::string_view value, const SignOptions& options) {
  const int version =
      secret.is_rotated() ? options.key_version.value_or(secret.latest_version()) : 0;
  const std::string* const key = secret.find(version);
  if (key == nullptr) throw std::invalid_argument("the secret has no key for what is to be sealed");
  const std::string number = std::to_string(version);
  const std::string text = std::to_string(seconds_of(options.clock)) + ':' + std::string(value);
  return "s1." + number + '.' +
         crypto::to_base64url(crypto::seal(sealing_key(*key), text, context_of(number, name)));
}

std::optional<std::string> decode_sealed_value(const CookieSecret& secret, std::string_view name,
                                               std::string_view text,
                                               const DecodeOptions& options) {
  if (!text.starts_with("s1.")) return std::nullopt;
  text.remove_prefix(3);
  const std::size_t dot = text.find('.');
  std::int64_t version = 0;
  if (dot == std::string_view::npos || !is_digits(text.substr(0, dot)) ||
      !parse_integer(text.substr(0, dot), version) || version > std::numeric_limits<int>::max()) {
    return std::nullopt;
  }
  const std::string* const key = secret.find(static_cast<int>(version));
  const std::optional<std::string> sealed = crypto::from_base64url(text.substr(dot + 1));
  if (key == nullptr || !sealed) return std::nullopt;
  std::optional<std::string> opened =
      crypto::open(sealing_key(*key), *sealed, context_of(text.substr(0, dot), name));
  if (!opened) return std::nullopt;
  const std::size_t colon = opened->find(':');
  std::int64_t seconds = 0;
  if (colon == std::string::npos ||
      !parse_integer(std::string_view(*opened).substr(0, colon), seconds) ||
      is_too_old(seconds, options.max_age_days, seconds_of(options.clock))) {
    return std::nullopt;
  }
  return opened->substr(colon + 1);
}

}  // namespace bora::web
