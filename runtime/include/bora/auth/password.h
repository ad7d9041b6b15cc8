#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>

namespace bora::auth {

/// The work of hashing a password: scrypt (RFC 7914). It takes 1 KiB * cost * block_size / 8 of
/// memory. The defaults need 32 MiB and some 50 ms for each login.
struct PasswordWork {
  std::uint64_t cost = std::uint64_t{1} << 15;  ///< "N": a power of two.
  std::uint32_t block_size = 8;                 ///< "r"
  std::uint32_t parallelization = 1;            ///< "p"

  bool operator==(const PasswordWork&) const = default;
};

/// The text to store for a password: "$scrypt$ln=15,r=8,p=1$SALT$HASH", with all that is needed to
/// check it later. It is computed in a thread of the loop's executor.
/// @throws std::invalid_argument  The password is longer than 4,096 bytes, or scrypt does not allow
///                                these numbers.
Task<std::string> hash_password(std::string password, PasswordWork work = {});

/// The result of verify_password().
struct PasswordVerdict {
  bool is_right = false;
  /// Whether the password is right but its hash was made with other work than now asked for: store
  /// a new hash.
  bool needs_rehash = false;
};

/// Whether hash_password() made `hash` from `password`. It is computed in a thread of the loop's
/// executor, in a time that does not depend on the password. An empty or malformed hash is never
/// right, and takes as long: so pass an empty one for an account that does not exist.
Task<PasswordVerdict> verify_password(std::string password, std::string hash,
                                      PasswordWork work = {});

/// How often a user may try to log in.
struct LoginLimits {
  /// The most failures for one account, from any address, and from one address, for any account.
  std::size_t failures_per_account = 10;
  std::size_t failures_per_address = 30;
  /// Each failure counts for this long.
  std::chrono::seconds period = std::chrono::minutes(15);
  /// The most accounts and addresses that are kept; the oldest are dropped first.
  std::size_t max_entries = 100'000;
};

/// Counts failed logins, so that nobody can go on guessing. The counts are in the memory of one
/// process.
///
///     if (!limiter.may_try(account, request().remote_ip())) throw HTTPError(429);
///     const auto verdict = co_await verify_password(password, hash);
///     if (!verdict.is_right) limiter.note_failure(account, request().remote_ip());
class LoginLimiter {
 public:
  explicit LoginLimiter(LoginLimits limits = {}) : limits_(limits) {}

  /// @param address  IPv6 addresses count by their first 64 bits, which belong to one user.
  [[nodiscard]] bool may_try(std::string_view account, std::string_view address);
  /// Counts a failure for the account and for the address.
  void note_failure(std::string_view account, std::string_view address);
  /// Drops the account's failures; those of the address stay.
  void note_success(std::string_view account);

 private:
  struct Failures {
    double count = 0;
    std::int64_t updated = 0;
  };
  double count_now(const std::string& key) const;
  void add(const std::string& key);

  LoginLimits limits_;
  std::unordered_map<std::string, Failures> failures_;
};

}  // namespace bora::auth
