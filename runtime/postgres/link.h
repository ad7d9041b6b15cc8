#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <libpq-fe.h>

#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/core/operation.h>
#include <bora/core/unique_function.h>
#include <bora/database/querier.h>
#include <bora/postgres/pool.h>

#include "runtime/core/begun.h"
#include "runtime/core/ready_wait.h"
#include "runtime/postgres/connect.h"
#include "runtime/postgres/result.h"

namespace bora::postgres {

using bora::detail::begun;

/// A connection to the server, in libpq's pipeline mode: statements are sent when they come, each
/// followed by a synchronisation point of its own, and answered in order. For things that libpq
/// can't do in that mode (scripts, rows one by one, COPY) it leaves it for a while: exclusive mode.
///
/// A caller that no longer waits for an answer leaves its entry in place. When nobody waits for
/// any, the running statement is cancelled at the server, and nothing is sent before that is over:
/// a late request to cancel must not meet another statement.
class Link : public std::enable_shared_from_this<Link> {
 public:
  Link(ConnectionPtr connection, const ConnectOptions& options);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  [[nodiscard]] bool is_open() const noexcept { return connection_ != nullptr; }
  /// Whether nothing is under way, and no transaction is open.
  [[nodiscard]] bool is_clean() const noexcept;
  [[nodiscard]] int backend_pid() const noexcept;
  [[nodiscard]] bool is_transaction_failed() const noexcept;
  /// Ends the connection; all waiters get ConnectionError.
  void close(const std::string& why) noexcept;

  Task<database::Rows> run(database::Statement statement, database::Parameters parameters);
  class Arguments;
  class Attempt;
  [[nodiscard]] bool is_ready() const noexcept { return !is_cancelling_ && !is_exclusive_; }
  Task<void> wait_until_ready(Deadline deadline);
  Task<std::uint64_t> run_many(database::Statement statement,
                               std::vector<database::Parameters> all);
  Task<void> run_script(database::Statement script);
  /// Makes one round trip.
  Task<void> check(Deadline deadline);
  /// Waits until nothing is under way and rolls back, so that another owner can use it.
  Task<void> clean();

  // Exclusive mode.
  Task<void> enter_exclusive(Deadline deadline);
  void leave_exclusive();
  /// The owner has left before the end: cancels the statement, and leaves the mode when the server
  /// is done.
  /// @param is_copy_in  Whether the server waits for data.
  void abandon_exclusive(bool is_copy_in);
  /// The next result of what was sent; null if there are no more.
  /// @throws ConnectionError, TimeoutError
  Task<ResultPtr> next_result(Deadline deadline, std::source_location where);
  /// Waits until data arrived.
  Task<void> wait_for_input(Deadline deadline, const std::source_location& where);
  /// Sends what libpq has buffered, and reads what the server sends meanwhile.
  Task<void> flush_out(const std::source_location& where);
  void send_unprepared(const database::Statement& statement,
                       const database::Parameters& parameters);
  void send_script(const database::Statement& statement);
  [[nodiscard]] PGconn* connection() const noexcept { return connection_.get(); }
  [[noreturn]] void throw_lost(const std::source_location& where) const;
  /// Throws the failure in a result; a statement that ended at its time limit is a TimeoutError.
  [[noreturn]] void throw_failure_of(const PGresult* result, const database::Statement& statement);

  UniqueFunction<void()> on_lost;  ///< called once, from the loop
  UniqueFunction<void(const PGnotify&)> on_notify;
  // Times of the loop's coarse clock.
  std::chrono::nanoseconds made_at;
  std::chrono::nanoseconds used_at;

 private:
  struct Entry;
  class Answer;
  struct Prepared {
    std::string text;
    std::string name;
  };

  struct Sent {
    ResultPtr result;   ///< of the last statement
    ResultPtr failure;  ///< the first one
    std::uint64_t affected = 0;
    bool is_lost = false;
  };
  struct Entry {
    Answer* answer = nullptr;  ///< null if nobody waits for it
    Sent sent{};
    std::size_t skipped = 0;  ///< results that come before the statement's own: those of PREPARE
    std::string prepared{};   ///< the text that it prepares
    bool is_setting = false;  ///< it is the link's own SET
  };

  void handle(ReadyWait::Event event);
  void take_input();
  void consume();
  void wait_for_more(bool has_answered);
  void take_results();
  void take_notifications();
  void take(ResultPtr result);
  void finish_entry();
  void flush();
  void want_input(bool is_wanted);
  void lose(std::string why) noexcept;

  Entry& begin_entry(const database::Statement& statement);
  void end_entry();
  const std::string* prepared_name(Entry& entry, const database::Statement& statement);
  void forget_prepared(const std::string& text);
  void send_one(const std::string* name, const database::Statement& statement,
                const Arguments& arguments);
  void set_server_timeout(const database::Statement& statement);
  void require_sent(int is_sent, const std::source_location& where);
  void abandon() noexcept;
  Task<void> cancel();
  Task<void> cancel_exclusive(bool is_copy_in);
  Task<void> request_cancel();

  IOLoop& loop_;
  ConnectionPtr connection_;
  ConnectOptions options_;
  std::optional<ReadyWait> wait_;  ///< empty after the connection was lost
  bool wants_input_ = true;
  bool is_tls_;
  std::deque<Entry> entries_;
  std::uint64_t finished_ = 0;
  Condition ready_;     ///< notified when is_ready() may have changed
  Condition progress_;  ///< notified when an entry or the connection ended
  Condition input_;     ///< for exclusive mode
  bool is_cancelling_ = false;
  bool is_exclusive_ = false;
  std::string why_lost_;
  std::list<Prepared> prepared_;  ///< the last used is the first
  std::unordered_map<std::string_view, std::list<Prepared>::iterator> prepared_by_text_;
  std::uint64_t prepared_count_ = 0;
  std::int64_t server_timeout_ = 0;  ///< in milliseconds, as it was set; -1: not known
};

}  // namespace bora::postgres
