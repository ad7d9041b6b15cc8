#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/deadline.h>
#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>
#include <bora/net/ssl_context.h>
#include <bora/redis/value.h>

namespace bora::redis {

/// How to reach a server.
struct Options {
  /// "redis://user:password@host:6379/0", "rediss://…" (TLS) or "unix:///run/redis.sock?db=0".
  std::string where = "redis://127.0.0.1:6379/0";
  std::string client_name = "bora";  ///< As CLIENT LIST shows it; empty: none.
  std::chrono::milliseconds connect_timeout{5'000};
  /// How long a command without a deadline may take, waiting for a connection included.
  std::chrono::milliseconds command_timeout{5'000};
  std::size_t max_pending = 10'000;  ///< Commands that wait for their reply; more are refused.
  std::size_t max_idle = 4;          ///< Connections for blocking commands that are kept.
  net::SSLContext ssl{};             ///< For rediss; none: the system's authorities.
};

/// A command with its arguments: texts and numbers.
class Command {
 public:
  template <class... Arguments>
  explicit Command(std::string_view name, const Arguments&... arguments) {
    add(name);
    (add(arguments), ...);
  }

  Command& add(std::string_view text);
  Command& add(const std::string& text) { return add(std::string_view(text)); }
  Command& add(const char* text) { return add(std::string_view(text)); }
  template <class Number>
    requires(std::integral<Number> || std::floating_point<Number>)
  Command& add(Number number) {
    if constexpr (std::floating_point<Number>) {
      return add_real(number);
    } else {
      return add(std::to_string(number));
    }
  }
  /// Each element, one after the other.
  template <class Text>
  Command& add(const std::vector<Text>& several) {
    for (const Text& one : several) add(one);
    return *this;
  }
  /// Until when it may take.
  Command&& within(const Deadline& deadline) && {
    deadline_ = deadline;
    return std::move(*this);
  }

  [[nodiscard]] const Deadline& deadline() const noexcept { return deadline_; }
  /// How it goes to the server.
  [[nodiscard]] std::string to_wire() const;

 private:
  Command& add_real(double number);

  std::size_t count_ = 0;
  std::string arguments_;
  Deadline deadline_;
};

/// A Lua script, which is sent once and then named by its hash.
class Script {
 public:
  explicit Script(std::string text);
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] const std::string& hash() const noexcept { return hash_; }

 private:
  std::string text_;
  std::string hash_;
};

class Link;

/// A connection of one's own: for WATCH, and for commands that block.
class Connection {
 public:
  class Core;
  Connection(std::shared_ptr<Core> core, std::shared_ptr<Link> link) noexcept;
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  /// It is kept for the next one if nothing is under way and all was unwatched.
  ~Connection();

  Task<Value> run(Command command);
  template <class T = Value, class... Arguments>
  Task<T> command(std::string_view name, const Arguments&... arguments) {
    return as<T>(run(Command(name, arguments...)));
  }
  /// MULTI, the commands, EXEC. Empty: a key that was watched has changed.
  Task<std::optional<std::vector<Value>>> transaction(std::vector<Command> commands);

 private:
  template <class T>
  static Task<T> as(Task<Value> running) {
    const Value value = co_await running;
    co_return value.template as<T>();
  }
  std::shared_ptr<Core> core_;
  std::shared_ptr<Link> link_;
};

/// Redis for one loop, over one connection that all commands share: those of one turn of the loop
/// go out together, and their replies come in order. It is made with the first command, and made
/// anew when it is lost; meanwhile commands wait, those that had been sent end with
/// ConnectionError.
///
///     redis::Client redis({.where = "redis://127.0.0.1"});
///     co_await redis.command("SET", "name", name, "EX", 60);
///     const auto found = co_await redis.command<std::optional<std::string>>("GET", "name");
///
/// A command that is cancelled or late is carried out all the same; its reply is dropped. Commands
/// that wait in the server (BLPOP, XREAD with BLOCK) would hold up all others: see blocking().
class Client {
 public:
  explicit Client(Options options);
  explicit Client(std::string where);
  /// What is pending ends with ConnectionError.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// @throws Error, ConnectionError, TimeoutError, and, with a T, ConversionError
  template <class T = Value, class... Arguments>
  Task<T> command(std::string_view name, const Arguments&... arguments) {
    return as<T>(run(Command(name, arguments...)));
  }
  Task<Value> run(Command command);
  /// MULTI, the commands, EXEC: all of them without another client's between them. An error of one
  /// is a Value in the result.
  Task<std::vector<Value>> transaction(std::vector<Command> commands);
  /// Runs a script, by its hash if the server has it.
  template <class T = Value>
  Task<T> eval(Script script, std::vector<std::string> keys = {},
               std::vector<std::string> arguments = {}) {
    return as<T>(run_script(std::move(script), std::move(keys), std::move(arguments)));
  }
  /// A command that may wait in the server, on a connection of its own, without command_timeout.
  /// Cancelling it closes that connection.
  template <class T = Value>
  Task<T> blocking(Command command) {
    return as<T>(run_blocking(std::move(command)));
  }
  /// A connection for oneself.
  Task<Connection> acquire(Deadline deadline = {});
  /// A round trip: for /readyz.
  Task<void> ping(Deadline deadline);

  [[nodiscard]] bool is_connected() const noexcept;
  /// Commands that wait for their reply.
  [[nodiscard]] std::size_t pending() const noexcept;
  [[nodiscard]] const Options& options() const noexcept;

 private:
  template <class T>
  static Task<T> as(Task<Value> running) {
    const Value value = co_await running;
    co_return value.template as<T>();
  }
  Task<Value> run_script(Script script, std::vector<std::string> keys,
                         std::vector<std::string> arguments);
  Task<Value> run_blocking(Command command);

  std::shared_ptr<Connection::Core> core_;
};

}  // namespace bora::redis
