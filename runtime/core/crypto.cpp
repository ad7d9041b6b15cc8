#include "runtime/core/crypto.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "runtime/text/hex.h"

namespace bora::crypto {
namespace {

constexpr std::uint64_t kMostScryptMemory = std::uint64_t{1} << 30;

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr signed char kNone = -1;

using DigitValues = std::array<signed char, 256>;

constexpr DigitValues values_of(std::string_view digits) {
  DigitValues values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    values[static_cast<unsigned char>(digits[i])] = static_cast<signed char>(i);
  }
  return values;
}
constexpr DigitValues kBase64Values = values_of(kBase64);
constexpr DigitValues kBase64UrlValues = values_of(kBase64Url);

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) noexcept {
  return reinterpret_cast<unsigned char*>(text.data());
}

/// Each is looked up once, because OpenSSL would search its providers for every digest again.
/// `known` is for digests that its configuration does not offer; using it fails.
const EVP_MD* fetch(const char* name, const EVP_MD* known) noexcept {
  const EVP_MD* const fetched = EVP_MD_fetch(nullptr, name, nullptr);
  return fetched != nullptr ? fetched : known;
}

const EVP_MD* algorithm_of(Digest digest) noexcept {
  switch (digest) {
    case Digest::md5: {
      static const EVP_MD* const md5 = fetch("MD5", EVP_md5());
      return md5;
    }
    case Digest::sha1: {
      static const EVP_MD* const sha1 = fetch("SHA1", EVP_sha1());
      return sha1;
    }
    case Digest::sha256: {
      static const EVP_MD* const sha256 = fetch("SHA256", EVP_sha256());
      return sha256;
    }
    case Digest::sha512:
      break;
  }
  static const EVP_MD* const sha512 = fetch("SHA512", EVP_sha512());
  return sha512;
}

const EVP_CIPHER* aes_256_gcm() noexcept {
  static const EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return fetched != nullptr ? fetched : EVP_aes_256_gcm();
}

[[noreturn]] void refuse(const char* what) {
  throw std::runtime_error(std::string("OpenSSL refuses ") + what);
}

std::string encode(std::string_view bytes, std::string_view digits, bool is_padded) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    }
    for (std::size_t i = 0; i <= count; ++i) text += digits[group >> (18 - 6 * i) & 63];
    if (is_padded) text.append(3 - count, '=');
  }
  return text;
}

std::optional<std::string> decode(std::string_view text, const DigitValues& values) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char digit : text) {
    const int value = values[static_cast<unsigned char>(digit)];
    if (value == kNone) return std::nullopt;
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 0xff);
    group &= (1u << bits) - 1;
  }
  if (group != 0) return std::nullopt;
  return bytes;
}

/// Removes the '=' that a text of this length needs; returns nothing if there are others.
std::optional<std::string_view> without_padding(std::string_view text, bool may_lack) {
  const std::size_t padding = text.size() - std::min(text.size(), text.find_last_not_of('=') + 1);
  if (padding == 0 && may_lack) return text;
  if (padding > 2 || text.size() % 4 != 0) return std::nullopt;
  return text.substr(0, text.size() - padding);
}

}  // namespace

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  for (std::size_t at = 0; at < count;) {
    const std::size_t size = std::min(count - at, kMost);
    if (RAND_bytes(bytes_of(bytes) + at, static_cast<int>(size)) != 1) refuse("random bytes");
    at += size;
  }
  return bytes;
}

std::size_t size_of(Digest digest) noexcept {
  return static_cast<std::size_t>(EVP_MD_get_size(algorithm_of(digest)));
}

void Hasher::Free::operator()(void* context) const noexcept {
  EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context));
}

Hasher::Hasher(Digest digest) : context_(EVP_MD_CTX_new()), digest_(digest) {
  if (context_ == nullptr || EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_.get()),
                                               algorithm_of(digest), nullptr) != 1) {
    refuse("a digest");
  }
}

void Hasher::update(std::string_view bytes) {
  auto* const context = static_cast<EVP_MD_CTX*>(context_.get());
  if (EVP_DigestUpdate(context, bytes.data(), bytes.size()) != 1) refuse("a digest");
}

std::string Hasher::finish() {
  auto* const context = static_cast<EVP_MD_CTX*>(context_.get());
  std::string digest(size_of(digest_), '\0');
  if (EVP_DigestFinal_ex(context, bytes_of(digest), nullptr) != 1 ||
      EVP_DigestInit_ex(context, algorithm_of(digest_), nullptr) != 1) {
    refuse("a digest");
  }
  return digest;
}

static std::string digest_of(Digest digest, std::string_view bytes) {
  std::string result(size_of(digest), '\0');
  if (EVP_Digest(bytes.data(), bytes.size(), bytes_of(result), nullptr, algorithm_of(digest),
                 nullptr) != 1) {
    refuse("a digest");
  }
  return result;
}

std::string sha1(std::string_view bytes) {
  return digest_of(Digest::sha1, bytes);
}

std::string sha256(std::string_view bytes) {
  return digest_of(Digest::sha256, bytes);
}

std::string hmac(Digest digest, std::string_view key, std::string_view message) {
  if (key.size() > std::numeric_limits<int>::max()) {
    throw std::invalid_argument("a key of more than 2 GiB");
  }
  std::string code(size_of(digest), '\0');
  // With a null pointer OpenSSL would take the key of the call before.
  const unsigned char* const first = key.empty() ? bytes_of(std::string_view("")) : bytes_of(key);
  if (HMAC(algorithm_of(digest), first, static_cast<int>(key.size()), bytes_of(message),
           message.size(), bytes_of(code), nullptr) == nullptr) {
    refuse("a keyed digest");
  }
  return code;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::span<std::byte> secret) noexcept {
  OPENSSL_cleanse(secret.data(), secret.size());
}
void wipe(std::string& secret) noexcept {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

std::string to_base64(std::string_view bytes) {
  return encode(bytes, kBase64, true);
}
std::string to_base64url(std::string_view bytes) {
  return encode(bytes, kBase64Url, false);
}
std::optional<std::string> from_base64(std::string_view text) {
  const auto digits = without_padding(text, false);
  return digits ? decode(*digits, kBase64Values) : std::nullopt;
}
std::optional<std::string> from_base64url(std::string_view text) {
  const auto digits = without_padding(text, true);
  return digits ? decode(*digits, kBase64UrlValues) : std::nullopt;
}

std::string scrypt(std::string_view password, std::string_view salt, std::size_t size,
                   const ScryptWork& work) {
  // The memory that OpenSSL counts: the blocks, their working memory, and one block more.
  const std::uint64_t block = std::uint64_t{128} * work.block_size;
  const bool fits = work.block_size != 0 && work.parallelization != 0 && work.cost > 1 &&
                    (work.cost & (work.cost - 1)) == 0 && block <= kMostScryptMemory &&
                    work.parallelization <= kMostScryptMemory / block &&
                    work.cost <= kMostScryptMemory / block;
  if (!fits) {
    throw std::invalid_argument(
        "scrypt: the cost is a power of two above 1, and 128 bytes * block_size * cost, or * "
        "parallelization, are 1 GiB at most");
  }
  std::string key(size, '\0');
  if (size == 0) return key;
  if (EVP_PBE_scrypt(password.data(), password.size(), bytes_of(salt), salt.size(), work.cost,
                     work.block_size, work.parallelization, 4 * kMostScryptMemory, bytes_of(key),
                     size) != 1) {
    throw std::invalid_argument("scrypt: OpenSSL refuses this work");
  }
  return key;
}

namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::string_view kNoNonce("\0\0\0\0\0\0\0\0\0\0\0\0", kNonceSize);

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)>;

Cipher make_cipher(std::string_view key, std::string_view nonce, bool seals) {
  if (key.size() != kKeySize) throw std::invalid_argument("a key of AES-256 has 32 bytes");
  Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  if (!cipher || EVP_CipherInit_ex(cipher.get(), aes_256_gcm(), nullptr, bytes_of(key),
                                   bytes_of(nonce), seals ? 1 : 0) != 1) {
    refuse("AES-256-GCM");
  }
  return cipher;
}

/// Without `out`, the text is only authenticated.
void update(EVP_CIPHER_CTX* cipher, std::string* out, std::string_view in) {
  int size = 0;
  unsigned char* const room = out == nullptr ? nullptr : bytes_of(*out);
  if (in.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      EVP_CipherUpdate(cipher, room, &size, bytes_of(in), static_cast<int>(in.size())) != 1) {
    refuse("a text for AES-256-GCM");
  }
}

}  // namespace

void Tagger::Free::operator()(void* context) const noexcept {
  EVP_CIPHER_CTX_free(static_cast<EVP_CIPHER_CTX*>(context));
}

Tagger::Tagger(std::string_view secret)
    : cipher_(make_cipher(hmac_sha256(secret, "tag of a text"), kNoNonce, true).release()),
      key_(hmac_sha256(secret, "tag of a tag")) {}

// If the tags of GCM with one nonce for all texts were seen, they would betray its key. So they
// stay hidden: the result is their SHA-256, made with another key.
std::string Tagger::tag(std::string_view text) {
  auto* const cipher = static_cast<EVP_CIPHER_CTX*>(cipher_.get());
  unsigned char none[kTagSize];
  int size = 0;
  if (EVP_CipherInit_ex(cipher, nullptr, nullptr, nullptr, bytes_of(kNoNonce), 1) != 1) {
    refuse("AES-256-GCM");
  }
  constexpr std::size_t kMost = std::size_t{1} << 30;
  for (; !text.empty(); text.remove_prefix(std::min(kMost, text.size()))) {
    update(cipher, nullptr, text.substr(0, kMost));
  }
  std::string inner = key_ + std::string(kTagSize, '\0');
  if (EVP_CipherFinal_ex(cipher, none, &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, kTagSize, inner.data() + key_.size()) !=
          1) {
    refuse("AES-256-GCM");
  }
  return sha256(inner).substr(0, kTagSize);
}

std::string seal(std::string_view key, std::string_view text, std::string_view context) {
  const std::string nonce = random_bytes(kNonceSize);
  const Cipher cipher = make_cipher(key, nonce, true);
  std::string made(text.size(), '\0');
  std::string tag(kTagSize, '\0');
  int size = 0;
  update(cipher.get(), nullptr, context);
  update(cipher.get(), &made, text);
  if (EVP_CipherFinal_ex(cipher.get(), bytes_of(tag), &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, tag.data()) != 1) {
    refuse("AES-256-GCM");
  }
  return nonce + made + tag;
}

std::optional<std::string> open(std::string_view key, std::string_view sealed,
                                std::string_view context) {
  if (sealed.size() < kNonceSize + kTagSize) return std::nullopt;
  const Cipher cipher = make_cipher(key, sealed.substr(0, kNonceSize), false);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  const std::string_view made = sealed.substr(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  std::string text(made.size(), '\0');
  unsigned char rest[kTagSize];
  int size = 0;
  update(cipher.get(), nullptr, context);
  update(cipher.get(), &text, made);
  if (EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) != 1 ||
      EVP_CipherFinal_ex(cipher.get(), rest, &size) != 1) {
    return std::nullopt;
  }
  return text;
}

}  // namespace bora::crypto
