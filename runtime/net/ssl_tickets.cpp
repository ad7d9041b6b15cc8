#include "runtime/net/ssl_tickets.h"

#include <algorithm>
#include <cstring>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <bora/net/ssl_context.h>

namespace bora::net {
namespace {

void derive(const std::array<unsigned char, 32>& secret, std::string_view label,
            unsigned char (&out)[32]) {
  unsigned size = sizeof(out);
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(label.data()), label.size(), out, &size);
}

template <std::size_t Size>
void derive_into(std::array<unsigned char, Size>& to, const std::array<unsigned char, 32>& secret,
                 std::string_view label) {
  unsigned char bytes[32];
  derive(secret, label, bytes);
  std::copy_n(bytes, Size, to.begin());
  OPENSSL_cleanse(bytes, sizeof(bytes));
}

}  // namespace

TicketKeys::TicketKeys(std::int64_t epoch_seconds) : period_(epoch_seconds / kPeriodSeconds) {
  if (RAND_bytes(secret_.data(), static_cast<int>(secret_.size())) != 1) {
    throw SSLError("the system gives no random numbers for the keys of session tickets");
  }
  current_ = keys_of_secret();
  previous_ = current_;
}

TicketKeys::~TicketKeys() {
  OPENSSL_cleanse(&secret_, sizeof(secret_));
  OPENSSL_cleanse(&current_, sizeof(current_));
  OPENSSL_cleanse(&previous_, sizeof(previous_));
}

TicketKeys::Key TicketKeys::current(std::int64_t epoch_seconds) {
  const std::scoped_lock lock(mutex_);
  advance_to(epoch_seconds);
  return current_;
}

TicketKeys::Found TicketKeys::find(std::string_view name, std::int64_t epoch_seconds, Key& key) {
  const std::scoped_lock lock(mutex_);
  advance_to(epoch_seconds);
  const auto is_named = [name](const Key& candidate) {
    return name.size() == candidate.name.size() &&
           std::memcmp(name.data(), candidate.name.data(), name.size()) == 0;
  };
  if (is_named(current_)) {
    key = current_;
    return Found::current;
  }
  if (is_named(previous_)) {
    key = previous_;
    return Found::previous;
  }
  return Found::unknown;
}

void TicketKeys::advance_to(std::int64_t epoch_seconds) {
  for (const std::int64_t wanted = epoch_seconds / kPeriodSeconds; period_ < wanted; ++period_) {
    derive_into(secret_, secret_, "next period");
    previous_ = current_;
    current_ = keys_of_secret();
  }
}

TicketKeys::Key TicketKeys::keys_of_secret() const {
  Key key;
  derive_into(key.name, secret_, "name");
  derive_into(key.cipher, secret_, "cipher");
  derive_into(key.mac, secret_, "mac");
  return key;
}

}  // namespace bora::net
