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

/// When a session is over.
struct SessionLimits {
  /// A session ends this long after its last use,
  std::chrono::seconds idle = std::chrono::hours(24);
  /// or this long after its beginning.
  std::chrono::seconds absolute = std::chrono::hours(24 * 14);
};

/// The data of a session.
struct SessionInfo {
  std::string key{};  ///< Identifies it among its user's sessions; it is worthless to a thief.
  std::string user{};
  std::string data{};  ///< The program's data; list() omits it.
  std::chrono::sys_time<std::chrono::milliseconds> begun{};
  std::chrono::sys_time<std::chrono::milliseconds> seen{};
};

/// Sessions that the server keeps, so that it can list and end them. They are in memory, in a
/// database or in Redis, for all processes that share it.
///
///     const std::string token = co_await sessions.begin(user, data);   // after logging in
///     set_signed_cookie("session", token);
///     …
///     const auto session = co_await sessions.load(token);
///
/// A token is 32 random bytes. The store has only its SHA-256, so that nobody who reads the store
/// can log in.
class SessionStore {
 public:
  explicit SessionStore(SessionLimits limits) noexcept : limits_(limits) {}
  virtual ~SessionStore() = default;
  SessionStore(const SessionStore&) = delete;
  SessionStore& operator=(const SessionStore&) = delete;

  /// @returns  The token, for a cookie.
  /// Begins a session for `user` with the program's `data`.
  Task<std::string> begin(std::string user, std::string data = {});
  /// The session, or nothing if there is none, or it is over. The call counts as a use.
  Task<std::optional<SessionInfo>> load(std::string token);
  /// Returns false if the session no longer exists; it is not made again.
  Task<bool> save(std::string token, std::string data);
  /// Ends the session, after logging out.
  Task<void> end(std::string token);

  /// The sessions of a user that are not over; the one that was used last comes first.
  Task<std::vector<SessionInfo>> list(std::string user);
  /// Ends a session of list().
  Task<bool> end_one(std::string user, std::string key);
  /// Ends all sessions except this one, after a password was changed; without a token, all of them.
  Task<std::size_t> end_others(std::string user, std::string token = {});
  /// Removes sessions that are over. Call it from time to time.
  Task<std::size_t> sweep();

  [[nodiscard]] const SessionLimits& limits() const noexcept { return limits_; }
  /// The key of a session in list() and end_one().
  [[nodiscard]] static std::string key_of(const std::string& token);

 protected:
  /// A session as it is in the store. Times are milliseconds since the Epoch.
  struct Record {
    std::string key;
    std::string user;
    std::string data;
    std::int64_t begun;
    std::int64_t seen;
  };
  virtual Task<void> insert(Record record) = 0;
  virtual Task<std::optional<Record>> find(std::string key) = 0;
  /// Changes a session; returns false if there is none. An empty `data` leaves the data as they
  /// are.
  virtual Task<bool> update(std::string key, std::int64_t seen,
                            std::optional<std::string> data) = 0;
  virtual Task<bool> remove(std::string key) = 0;
  virtual Task<std::vector<Record>> of_user(std::string user) = 0;
  /// Removes the sessions that were last seen, or begun, before these times.
  virtual Task<std::size_t> remove_older(std::int64_t seen, std::int64_t begun) = 0;

 private:
  [[nodiscard]] bool is_over(const Record& record) const;

  SessionLimits limits_;
};

/// Keeps sessions in the memory of the process: they are lost when it ends.
std::unique_ptr<SessionStore> memory_sessions(SessionLimits limits = {});
/// Keeps sessions in the table bora_sessions, which make_tables() makes. `database` must outlive
/// the store.
std::unique_ptr<SessionStore> database_sessions(database::Database& database,
                                                SessionLimits limits = {});

/// Makes the tables of the stores that use a database, unless they exist.
Task<void> make_tables(database::Database& database);

}  // namespace bora::stores
