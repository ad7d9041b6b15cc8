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

// Texts, as cookies hold them, that nobody can make or change without the secret. The format is
// Tornado's, so that each reads what the other has signed. They are signed, not encrypted: anybody
// can read them.

namespace bora::web {

/// The key that signs cookies, or several keys with versions, so that a new one can be introduced
/// while cookies of the old ones are still accepted. Use at least 32 bytes that nobody can guess:
/// `bora secret` prints such a key. The bytes are overwritten when the object is destroyed.
class CookieSecret {
 public:
  CookieSecret() = default;
  CookieSecret(std::string key) : key_(std::move(key)) {}
  CookieSecret(const char* key) : key_(key) {}
  /// Keys by version, in a std::map<int, std::string> or a similar map. Settings::key_version says
  /// which of them signs.
  template <class Map>
    requires requires { typename Map::mapped_type; }
  CookieSecret(const Map& keys) : keys_(keys.begin(), keys.end()) {}
  CookieSecret(const CookieSecret&) = default;
  CookieSecret(CookieSecret&&) noexcept = default;
  CookieSecret& operator=(const CookieSecret&) = default;
  CookieSecret& operator=(CookieSecret&&) noexcept = default;
  ~CookieSecret();

  /// Reads one key, or several if each line is a number, a colon and a key: "2:NEW…" and "1:OLD…".
  /// White space around a line is ignored.
  static CookieSecret parse(std::string_view text);
  /// Reads a file whose content is as for parse().
  /// @throws std::runtime_error  The file can't be read.
  static CookieSecret from_file(const std::string& path);

  [[nodiscard]] bool empty() const { return key_.empty() && keys_.empty(); }
  /// Whether the keys have versions.
  [[nodiscard]] bool is_rotated() const { return !keys_.empty(); }
  /// The highest version; 0 without versions.
  [[nodiscard]] int latest_version() const;
  /// The length of the shortest key in bytes; 0 if there is none.
  [[nodiscard]] std::size_t shortest() const;
  /// The key of a version (0 where there are no versions); null if there is none.
  [[nodiscard]] const std::string* find(int version) const;

 private:
  std::string key_;
  std::vector<std::pair<int, std::string>> keys_;  // (<map> is a costly header.)
};

/// How old a signed value may be, and which versions are accepted.
struct SignedCookieOptions {
  /// A value that came another way, to be used instead of the cookie's.
  std::optional<std::string_view> value{};
  /// The oldest value that is accepted, in days.
  double max_age_days = 31;
  /// 1 is HMAC-SHA1, as Tornado wrote it before 4.0; 2 is HMAC-SHA256.
  int min_version = 1;
};

/// How a value is signed.
struct SignOptions {
  int version = 2;
  /// The key that signs, if the secret has versions; it is then required.
  std::optional<int> key_version{};
  /// Null means the system's clock.
  const Clock* clock = nullptr;
};

/// Which signed values are accepted.
struct DecodeOptions {
  /// The oldest value that is accepted, in days.
  double max_age_days = 31;
  int min_version = 1;
  /// Null means the system's clock.
  const Clock* clock = nullptr;
};

/// Signs `value`.
/// @param name  What the value is for: it can't be used under another name.
/// @throws std::invalid_argument  The version is neither 1 nor 2; the secret has no keys, or not
///                                that of `key_version`; or it is version 1 with a secret of
///                                versions.
[[nodiscard]] std::string create_signed_value(const CookieSecret& secret, std::string_view name,
                                              std::string_view value,
                                              const SignOptions& options = {});

/// The value that was signed, or nothing for any other text.
/// @throws std::invalid_argument  `min_version` is above 2.
[[nodiscard]] std::optional<std::string> decode_signed_value(const CookieSecret& secret,
                                                             std::string_view name,
                                                             std::string_view text,
                                                             const DecodeOptions& options = {});

/// The version of the key that `text` names; it is not checked.
[[nodiscard]] std::optional<int> get_signature_key_version(std::string_view text);

/// The same as create_signed_value(), but nobody can read the value without the secret: AES-256-GCM
/// with a key that is derived from the secret's. `options.version` and `options.min_version` are
/// ignored.
[[nodiscard]] std::string create_sealed_value(const CookieSecret& secret, std::string_view name,
                                              std::string_view value,
                                              const SignOptions& options = {});
[[nodiscard]] std::optional<std::string> decode_sealed_value(const CookieSecret& secret,
                                                             std::string_view name,
                                                             std::string_view text,
                                                             const DecodeOptions& options = {});

}  // namespace bora::web
