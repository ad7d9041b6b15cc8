#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>
#include <bora/database/querier.h>

namespace bora::stores {

struct SessionLimits {
  std::chrono::seconds idle = std::chrono::hours(24);           ///< So long after its last use,
  std::chrono::seconds absolute = std::chrono::hours(24 * 14);  ///< or its beginning, it is over.
};

/// What is known of a session.
struct SessionInfo {
  std::string key{};  ///< Names it among its user's; worth nothing to who steals it.
  std::string user{};
  std::string data{};  ///< The program's; list() leaves it out.
  std::chrono::sys_time<std::chrono::milliseconds> begun{};
  std::chrono::sys_time<std::chrono::milliseconds> seen{};
};

/// Sessions that the server keeps, so that it can list and end them: in memory, in a database or in
/// Redis, for all processes that share that.
///
///     const std::string token = co_await sessions.begin(user, data);   // after logging in
///     set_signed_cookie("session", token);
///     …
///     const auto session = co_await sessions.load(token);
///
/// A token is 32 random bytes. Only its SHA-256 is kept, so that who reads the store can't log in.
class SessionStore {
 public:
  explicit SessionStore(SessionLimits limits) noexcept : limits_(limits) {}
  virtual ~SessionStore() = default;
  SessionStore(const SessionStore&) = delete;
  SessionStore& operator=(const SessionStore&) = delete;

  /// @returns  The token, for a cookie.
  Task<std::string> begin(std::string user, std::string data = {});
  /// The session, which is used by that; nothing if there is none, or it is over.
  Task<std::optional<SessionInfo>> load(std::string token);
  /// False: there is none any more, and none is made.
  Task<bool> save(std::string token, std::string data);
  /// After logging out.
  Task<void> end(std::string token);

  /// Those of a user that are not over, the one used last first.
  Task<std::vector<SessionInfo>> list(std::string user);
  /// Ends one that list() gave.
  Task<bool> end_one(std::string user, std::string key);
  /// Ends all but this one: after a password was changed. If no token is given, all of them.
  Task<std::size_t> end_others(std::string user, std::string token = {});
  /// Forgets what is over; to be called now and then.
  Task<std::size_t> sweep();

  [[nodiscard]] const SessionLimits& limits() const noexcept { return limits_; }
  /// What list() and end_one() name it by.
  [[nodiscard]] static std::string key_of(const std::string& token);

 protected:
  /// A session as it lies in the store. Times are milliseconds since the Epoch.
  struct Record {
    std::string key;
    std::string user;
    std::string data;
    std::int64_t begun;
    std::int64_t seen;
  };
  virtual Task<void> insert(Record record) = 0;
  virtual Task<std::optional<Record>> find(std::string key) = 0;
  /// Changes what is there; false if nothing is. An empty `data` leaves it as it is.
  virtual Task<bool> update(std::string key, std::int64_t seen,
                            std::optional<std::string> data) = 0;
  virtual Task<bool> remove(std::string key) = 0;
  virtual Task<std::vector<Record>> of_user(std::string user) = 0;
  /// Those last seen, or begun, before these times.
  virtual Task<std::size_t> remove_older(std::int64_t seen, std::int64_t begun) = 0;

 private:
  [[nodiscard]] bool is_over(const Record& record) const;

  SessionLimits limits_;
};

std::unique_ptr<SessionStore> memory_sessions(SessionLimits limits = {});
/// In the table bora_sessions, which make_tables() makes. `database` must outlive it.
std::unique_ptr<SessionStore> database_sessions(database::Database& database,
                                                SessionLimits limits = {});

/// Makes the tables of the stores that use a database, if they are not there.
Task<void> make_tables(database::Database& database);

}  // namespace bora::stores
