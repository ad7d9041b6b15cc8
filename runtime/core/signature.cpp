#include "runtime/core/signature.h"

#include <string>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

namespace bora::crypto {

namespace {

constexpr std::size_t kCoordinate = 32;

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

template <auto kFree>
struct FreeBy {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
using Number = std::unique_ptr<BIGNUM, FreeBy<&BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, FreeBy<&OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, FreeBy<&OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeBy<&EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeBy<&EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, FreeBy<&ECDSA_SIG_free>>;

Number number(std::string_view bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::shared_ptr<void> make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  std::shared_ptr<void> owned(key,
                              [](void* object) { EVP_PKEY_free(static_cast<EVP_PKEY*>(object)); });
  // A point that is not on the curve, an even modulus …
  const KeyContext checking(EVP_PKEY_CTX_new(key, nullptr));
  if (!checking || EVP_PKEY_public_check(checking.get()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return owned;
}

/// r and s as DER, which OpenSSL takes.
std::string to_der(std::string_view signature) {
  const Signature parts(ECDSA_SIG_new());
  if (!parts || signature.size() != 2 * kCoordinate) return {};
  Number r = number(signature.substr(0, kCoordinate));
  Number s = number(signature.substr(kCoordinate));
  if (!r || !s || ECDSA_SIG_set0(parts.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(parts.get(), &der);
  if (size <= 0) return {};
  std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

}  // namespace

std::optional<PublicKey> PublicKey::rsa(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() > 1024 || exponent.size() > 8) return std::nullopt;
  const Number n = number(modulus);
  const Number e = number(exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || BN_num_bits(n.get()) < 2048 || !BN_is_odd(e.get()) ||
      BN_is_one(e.get()) ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return std::nullopt;
  std::shared_ptr<void> key = make_key("RSA", builder.get());
  if (!key) return std::nullopt;
  return PublicKey(std::move(key), SignatureKind::rs256);
}

std::optional<PublicKey> PublicKey::p256(std::string_view x, std::string_view y) {
  if (x.size() != kCoordinate || y.size() != kCoordinate) return std::nullopt;
  const std::string point = "\x04" + std::string(x) + std::string(y);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1)
    return std::nullopt;
  std::shared_ptr<void> key = make_key("EC", builder.get());
  if (!key) return std::nullopt;
  return PublicKey(std::move(key), SignatureKind::es256);
}

std::optional<PublicKey> PublicKey::ed25519(std::string_view x) {
  if (x.size() != kCoordinate) return std::nullopt;
  EVP_PKEY* const key =
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(x), x.size());
  if (key == nullptr) return std::nullopt;
  std::shared_ptr<void> owned(key,
                              [](void* object) { EVP_PKEY_free(static_cast<EVP_PKEY*>(object)); });
  return PublicKey(std::move(owned), SignatureKind::ed25519);
}

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
  std::string der;
  if (kind_ == SignatureKind::es256) {
    der = to_der(signature);
    if (der.empty()) return false;
    signature = der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  const EVP_MD* const digest = kind_ == SignatureKind::ed25519 ? nullptr : EVP_sha256();
  const bool is_good = context != nullptr &&
                       EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr,
                                            static_cast<EVP_PKEY*>(key_.get())) == 1 &&
                       EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                        bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  return is_good;
}

}  // namespace bora::crypto
