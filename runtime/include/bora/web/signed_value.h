#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bora {
class Clock;
}

// Texts that nobody can make or change without the secret, as cookies hold them: Tornado's format,
// so that each reads what the other has signed. They are signed, not encrypted: anybody can read
// them.

namespace bora::web {

/// What signs cookies: one key, or several, each with a version, so that a new one can be taken
/// while what the old ones signed is still understood. Take at least 32 bytes that nobody can
/// guess: `bora secret` prints such a key. The bytes are overwritten when it is destroyed.
class CookieSecret {
 public:
  CookieSecret() = default;
  CookieSecret(std::string key) : key_(std::move(key)) {}
  CookieSecret(const char* key) : key_(key) {}
  /// Keys by version, in a std::map<int, std::string> or another such map. Settings::key_version
  /// says which of them signs.
  template <class Map>
    requires requires { typename Map::mapped_type; }
  CookieSecret(const Map& keys) : keys_(keys.begin(), keys.end()) {}
  CookieSecret(const CookieSecret&) = default;
  CookieSecret(CookieSecret&&) noexcept = default;
  CookieSecret& operator=(const CookieSecret&) = default;
  CookieSecret& operator=(CookieSecret&&) noexcept = default;
  ~CookieSecret();

  /// A key, or, if each line is a number, a colon and a key, several: "2:NEW…" and "1:OLD…". White
  /// space around a line does not count.
  static CookieSecret parse(std::string_view text);
  /// What a file says, as parse() reads it.
  /// @throws std::runtime_error  It can't be read.
  static CookieSecret from_file(const std::string& path);

  [[nodiscard]] bool empty() const { return key_.empty() && keys_.empty(); }
  /// There are versions.
  [[nodiscard]] bool is_rotated() const { return !keys_.empty(); }
  /// The highest one; 0 without versions.
  [[nodiscard]] int latest_version() const;
  /// Bytes of the shortest key; 0: there is none.
  [[nodiscard]] std::size_t shortest() const;
  /// The key of a version, which is 0 where there are none; null: it is not known.
  [[nodiscard]] const std::string* find(int version) const;

 private:
  std::string key_;
  std::vector<std::pair<int, std::string>> keys_;  // (<map> is a costly header.)
};

/// How old a signed value may be, and of which version.
struct SignedCookieOptions {
  /// A value that came another way, in place of the cookie's.
  std::optional<std::string_view> value{};
  double max_age_days = 31;
  /// 1: HMAC-SHA1, as Tornado wrote them before 4.0; 2: HMAC-SHA256.
  int min_version = 1;
};

struct SignOptions {
  int version = 2;
  /// Which key signs, if the secret has versions; needed then.
  std::optional<int> key_version{};
  /// Null: the system's.
  const Clock* clock = nullptr;
};

struct DecodeOptions {
  double max_age_days = 31;
  int min_version = 1;
  /// Null: the system's.
  const Clock* clock = nullptr;
};

/// @param name  What the value is for: it can't be used under another name.
/// @throws std::invalid_argument  Another version than 1 and 2; a secret without keys, or without
///                                that of `key_version`; version 1 with a secret of versions.
[[nodiscard]] std::string create_signed_value(const CookieSecret& secret, std::string_view name,
                                              std::string_view value,
                                              const SignOptions& options = {});

/// What was signed. Nothing for any other text, whatever it is.
/// @throws std::invalid_argument  `min_version` is above 2.
[[nodiscard]] std::optional<std::string> decode_signed_value(const CookieSecret& secret,
                                                             std::string_view name,
                                                             std::string_view text,
                                                             const DecodeOptions& options = {});

/// The version of the key that `text` names; it is not checked.
[[nodiscard]] std::optional<int> get_signature_key_version(std::string_view text);

/// The same, but nobody can read it without the secret: AES-256-GCM with a key that is derived from
/// the secret's. `options.version` and `options.min_version` are not looked at.
[[nodiscard]] std::string create_sealed_value(const CookieSecret& secret, std::string_view name,
                                              std::string_view value,
                                              const SignOptions& options = {});
[[nodiscard]] std::optional<std::string> decode_sealed_value(const CookieSecret& secret,
                                                             std::string_view name,
                                                             std::string_view text,
                                                             const DecodeOptions& options = {});

}  // namespace bora::web
