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
///     const std::string address(request().remote_ip());
///     if (!limiter.may_try(account, address)) throw HTTPError(429);
///     const auto verdict = co_await verify_password(password, hash);
///     if (verdict.is_right) limiter.note_success(account, address);
///     else limiter.note_failure(account, address);
class LoginLimiter {
 public:
  explicit LoginLimiter(LoginLimits limits = {}) : limits_(limits) {}

  /// Whether the user may try to log in. If so, the attempt counts as a failure until
  /// note_success() is called: a thousand attempts at the same time are no way around the limits.
  /// @param address  IPv6 addresses count by their first 64 bits, which belong to one user.
  [[nodiscard]] bool may_try(std::string_view account, std::string_view address);
  /// The attempt has failed, and goes on to count. Without a may_try() before, it counts a failure
  /// for the account and for the address.
  void note_failure(std::string_view account, std::string_view address);
  /// Drops the account's failures, and the attempt from those of the address; its others stay.
  void note_success(std::string_view account, std::string_view address = {});

 private:
  struct Failures {
    double count = 0;  ///< includes the attempts that are under way
    std::int64_t updated = 0;
    std::size_t under_way = 0;
  };
  double count_now(const std::string& key) const;
  Failures& add(const std::string& key);
  void confirm(const std::string& key);
  void take_back(const std::string& key, bool forgets_failures);

  LoginLimits limits_;
  std::unordered_map<std::string, Failures> failures_;
};

}  // namespace bora::auth
