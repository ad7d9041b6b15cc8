#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/text/hex.h"

// Random bytes, digests, keyed digests, comparison in constant time, base64, and keys derived from
// passwords. The sources of this header are the only ones outside of TLS that name OpenSSL. They
// are a library of its own (Bora::crypto), so that programs that only render pages don't load
// OpenSSL.
//
// A digest is a std::string of bytes: to_hex() and to_base64url() make text of it. A function
// throws std::runtime_error when OpenSSL refuses, which it does when it is configured so (FIPS) or
// has no memory. All functions may be called from any thread.

namespace bora::crypto {

/// Bytes that nobody can guess, for tokens, keys and salts. After fork(), parent and child get
/// different ones.
std::string random_bytes(std::size_t count);

/// MD5 is only for protocols that have nothing better (RFC 7616); it protects nothing.
enum class Digest : unsigned char { md5, sha1, sha256, sha512 };

/// The bytes of a digest: 16 of MD5, 20 of SHA-1, 32 of SHA-256, 64 of SHA-512.
[[nodiscard]] std::size_t size_of(Digest digest) noexcept;

/// The digest of bytes that come piece by piece:
///
///     Hasher hasher(Digest::sha256);
///     hasher.update(head);
///     hasher.update(rest);
///     const std::string digest = hasher.finish();
class Hasher {
 public:
  explicit Hasher(Digest digest);
  void update(std::string_view bytes);
  /// The digest of all bytes so far. The Hasher then begins again.
  std::string finish();

 private:
  struct Free {
    void operator()(void* context) const noexcept;
  };
  std::unique_ptr<void, Free> context_;
  Digest digest_;
};

std::string sha1(std::string_view bytes);
std::string sha256(std::string_view bytes);

/// The keyed digest of RFC 2104. A key may have any length, even 0.
std::string hmac(Digest digest, std::string_view key, std::string_view message);
inline std::string hmac_sha1(std::string_view key, std::string_view message) {
  return hmac(Digest::sha1, key, message);
}
inline std::string hmac_sha256(std::string_view key, std::string_view message) {
  return hmac(Digest::sha256, key, message);
}

/// Keyed tags of large texts, several times as fast as a digest: AES-256-GCM goes over the text
/// without encrypting anything, and SHA-256 with another key over its result. Without the secret
/// nobody can compute the tag of a text or find two texts that share one. The same secret and text
/// always have the same tag.
///
/// It must not be used from several threads at once.
class Tagger {
 public:
  /// @param secret  It may have any length; the two keys are derived from it.
  explicit Tagger(std::string_view secret);
  /// Returns 16 bytes.
  std::string tag(std::string_view text);

 private:
  struct Free {
    void operator()(void* context) const noexcept;
  };
  std::unique_ptr<void, Free> cipher_;
  std::string key_;  ///< of the SHA-256
};

/// Compares in a time that does not depend on the place of the first difference; only the lengths
/// may be guessed from it. Use it for secrets that a client sends.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

/// Overwrites a secret that is not needed any more; a compiler does not leave it out.
void wipe(std::span<std::byte> secret) noexcept;
void wipe(std::string& secret) noexcept;

/// Lower case, two digits for each byte.
using text::to_hex;
/// Accepts either case. Returns nothing for any other text.
using text::from_hex;

/// RFC 4648, section 4, with padding.
std::string to_base64(std::string_view bytes);
/// RFC 4648, section 5 ('-' and '_'), without padding: for URLs, cookies and file names.
std::string to_base64url(std::string_view bytes);
/// Returns nothing if the text is not base64. It is strict, so that one value has one text: padding
/// is needed, and white space and bits that belong to no byte are refused.
std::optional<std::string> from_base64(std::string_view text);
/// The same for to_base64url(); the padding may be there or not.
std::optional<std::string> from_base64url(std::string_view text);

/// Encrypts with AES-256-GCM and a random nonce: nobody can read or change the text without the
/// key. `context` is not in the result, but open() needs the same one. A key is good for 2^32
/// texts.
/// @param key  32 bytes.
/// @returns  The nonce (12 bytes), the encrypted text, the tag (16 bytes).
std::string seal(std::string_view key, std::string_view text, std::string_view context);
/// Returns nothing if it was not sealed with this key and context.
std::optional<std::string> open(std::string_view key, std::string_view sealed,
                                std::string_view context);

/// The work of scrypt. The defaults need 32 MiB and some 50 ms, and are for passwords of people;
/// memory is 128 * block_size * cost bytes.
struct ScryptWork {
  std::uint64_t cost = std::uint64_t{1} << 15;  ///< "N": a power of two, above 1.
  std::uint32_t block_size = 8;                 ///< "r"
  std::uint32_t parallelization = 1;            ///< "p"
};

/// Derives a key from a password (RFC 7914). It is slow on purpose, so call it in an executor.
///
/// @param salt  Random bytes that are kept beside the key; 16 are enough.
/// @throws std::invalid_argument  scrypt does not allow `work`, or it needs more than 1 GiB.
std::string scrypt(std::string_view password, std::string_view salt, std::size_t size,
                   const ScryptWork& work = {});

}  // namespace bora::crypto
