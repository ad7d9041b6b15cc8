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

// Random bytes, digests, keyed digests, comparison in constant time, base64, and keys out of
// passwords. The only sources outside of TLS that name OpenSSL are behind this header, which is a
// library of its own (Bora::crypto), so that programs that only render pages don't load OpenSSL.
//
// A digest is a std::string of bytes: to_hex() and to_base64url() make text of it. A function
// throws std::runtime_error when OpenSSL refuses, which it does when it is configured so (FIPS) or
// has no memory. All functions may be called from any thread.

namespace bora::crypto {

/// Bytes that nobody can guess: for tokens, keys, salts. Also after fork(), where parent and child
/// get different ones.
std::string random_bytes(std::size_t count);

/// MD5 only for protocols that know nothing better (RFC 7616); it protects nothing.
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
  /// The digest of all that came. The Hasher then begins anew.
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

/// The keyed digest of RFC 2104. A key may have any length, also none.
std::string hmac(Digest digest, std::string_view key, std::string_view message);
inline std::string hmac_sha1(std::string_view key, std::string_view message) {
  return hmac(Digest::sha1, key, message);
}
inline std::string hmac_sha256(std::string_view key, std::string_view message) {
  return hmac(Digest::sha256, key, message);
}

/// Keyed tags of large texts, several times as fast as a digest: AES-256-GCM goes over the text
/// without encrypting anything, and SHA-256 with another key over what comes of that. Who does not
/// know the secret can neither tell the tag of a text nor find two texts that share one. The same
/// secret and text always have the same tag.
///
/// Not from several threads at once.
class Tagger {
 public:
  /// @param secret  Of any length; the two keys are made of it.
  explicit Tagger(std::string_view secret);
  /// 16 bytes.
  std::string tag(std::string_view text);

 private:
  struct Free {
    void operator()(void* context) const noexcept;
  };
  std::unique_ptr<void, Free> cipher_;
  std::string key_;  ///< Of the SHA-256.
};

/// Takes the same time wherever the first difference is; only the lengths may be guessed from it.
/// For secrets that a client sends.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

/// Overwrites a secret that is not needed any more; a compiler does not leave it out.
void wipe(std::span<std::byte> secret) noexcept;
void wipe(std::string& secret) noexcept;

/// Lower case, two digits for each byte.
using text::to_hex;
/// Either case. Null if it is no such text.
using text::from_hex;

/// RFC 4648, section 4, with padding.
std::string to_base64(std::string_view bytes);
/// RFC 4648, section 5 ('-' and '_'), without padding: for URLs, cookies and file names.
std::string to_base64url(std::string_view bytes);
/// Null if it is no base64: strictly, so that one value has one text (padding is needed, white
/// space is refused, and so are bits that no byte comes from).
std::optional<std::string> from_base64(std::string_view text);
/// The same of to_base64url(); the padding may be there or not.
std::optional<std::string> from_base64url(std::string_view text);

/// AES-256-GCM with a random nonce: nobody can read or change what is sealed without the key.
/// `context` is not in it, but open() must be given the same one. A key is good for 2^32 texts.
/// @param key  32 bytes.
/// @returns  Nonce (12 bytes), what was made of `text`, tag (16 bytes).
std::string seal(std::string_view key, std::string_view text, std::string_view context);
/// Null if it was not sealed so.
std::optional<std::string> open(std::string_view key, std::string_view sealed,
                                std::string_view context);

/// How much work scrypt is. The defaults need 32 MiB and some 50 ms, and are for passwords of
/// people; memory is 128 * block_size * cost bytes.
struct ScryptWork {
  std::uint64_t cost = std::uint64_t{1} << 15;  ///< "N": a power of two, above 1.
  std::uint32_t block_size = 8;                 ///< "r"
  std::uint32_t parallelization = 1;            ///< "p"
};

/// A key out of a password (RFC 7914). It is slow on purpose, so call it in an executor.
///
/// @param salt  Random bytes that are kept beside the key; 16 are enough.
/// @throws std::invalid_argument  `work` is none that scrypt can do, or needs more than 1 GiB.
std::string scrypt(std::string_view password, std::string_view salt, std::size_t size,
                   const ScryptWork& work = {});

}  // namespace bora::crypto
