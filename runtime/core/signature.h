#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

// Signatures of JSON Web Tokens (RFC 7518, RFC 8037). They are beside core/crypto, in the same
// library.

namespace bora::crypto {

enum class SignatureKind : std::uint8_t {
  rs256,    ///< RSASSA-PKCS1-v1_5 with SHA-256; at least 2048 bits
  es256,    ///< ECDSA on P-256 with SHA-256.
  ed25519,  ///< EdDSA on Ed25519.
};

/// A public key of one kind: it accepts only signatures of its kind.
class PublicKey {
 public:
  /// Makes a key of the numbers of a JSON Web Key, big-endian; nothing if they are not such a key.
  static std::optional<PublicKey> rsa(std::string_view modulus, std::string_view exponent);
  static std::optional<PublicKey> p256(std::string_view x, std::string_view y);
  static std::optional<PublicKey> ed25519(std::string_view x);

  [[nodiscard]] SignatureKind kind() const noexcept { return kind_; }
  /// @param signature  As in a JSON Web Signature: for ES256 r and s, 32 bytes each.
  [[nodiscard]] bool verify(std::string_view message, std::string_view signature) const;

 private:
  PublicKey(std::shared_ptr<void> key, SignatureKind kind) noexcept
      : key_(std::move(key)), kind_(kind) {}

  std::shared_ptr<void> key_;
  SignatureKind kind_;
};

}  // namespace bora::crypto
