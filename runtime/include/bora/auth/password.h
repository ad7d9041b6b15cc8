#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>

namespace bora::auth {

/// How much work a password's hash is: scrypt (RFC 7914). Memory is 1 KiB * cost * block_size / 8.
/// The defaults need 32 MiB and some 50 ms for each login.
struct PasswordWork {
  std::uint64_t cost = std::uint64_t{1} << 15;  ///< "N": a power of two.
  std::uint32_t block_size = 8;                 ///< "r"
  std::uint32_t parallelization = 1;            ///< "p"

  bool operator==(const PasswordWork&) const = default;
};

/// What is to be kept of a password: "$scrypt$ln=15,r=8,p=1$SALT$HASH", with all that is needed to
/// check it later. Computed in a thread of the loop's executor.
/// @throws std::invalid_argument  The password is longer than 4,096 bytes, or the work is none that
///                                scrypt can do.
Task<std::string> hash_password(std::string password, PasswordWork work = {});

/// What verify_password() tells.
struct PasswordVerdict {
  bool is_right = false;
  /// It is right, and its hash was made with other work than is asked for now: keep a new one.
  bool needs_rehash = false;
};

/// Whether `password` is the one of which hash_password() made `hash`. In a thread of the loop's
/// executor, and in a time that tells nothing. An empty or malformed hash is never right, and takes
/// as long: so pass an empty one for an account that does not exist.
Task<PasswordVerdict> verify_password(std::string password, std::string hash,
                                      PasswordWork work = {});

/// How often somebody may try.
struct LoginLimits {
  /// Failures for one account, from anywhere, and from one address, for any account.
  std::size_t failures_per_account = 10;
  std::size_t failures_per_address = 30;
  /// Each failure is forgotten after so long.
  std::chrono::seconds period = std::chrono::minutes(15);
  /// How many accounts and addresses are remembered; the oldest are forgotten first.
  std::size_t max_entries = 100'000;
};

/// Counts failed logins, so that nobody can go on guessing. In memory of one process.
///
///     if (!limiter.may_try(account, request().remote_ip())) throw HTTPError(429);
///     const auto verdict = co_await verify_password(password, hash);
///     if (!verdict.is_right) limiter.note_failure(account, request().remote_ip());
class LoginLimiter {
 public:
  explicit LoginLimiter(LoginLimits limits = {}) : limits_(limits) {}

  /// @param address  IPv6 addresses count by their first 64 bits, which one user has.
  [[nodiscard]] bool may_try(std::string_view account, std::string_view address);
  void note_failure(std::string_view account, std::string_view address);
  /// Forgets the account's failures; the address's stay.
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
