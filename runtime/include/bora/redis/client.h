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

/// The server's address and the client's limits.
struct Options {
  /// "redis://user:password@host:6379/0", "rediss://…" (TLS) or "unix:///run/redis.sock?db=0".
  std::string where = "redis://127.0.0.1:6379/0";
  std::string client_name = "bora";  ///< The name in CLIENT LIST; if empty, there is none.
  std::chrono::milliseconds connect_timeout{5'000};
  /// How long a command without a deadline may take, including the wait for a connection.
  std::chrono::milliseconds command_timeout{5'000};
  std::size_t max_pending = 10'000;  ///< The most that wait for a reply; more are refused.
  std::size_t max_idle = 4;          ///< Idle connections for blocking commands to keep.
  net::SSLContext ssl{};             ///< For rediss; empty trusts the system's authorities.
};

/// A command with its arguments, which are texts and numbers.
class Command {
 public:
  template <class... Arguments>
  explicit Command(std::string_view name, const Arguments&... arguments) {
    arguments_.reserve(kUsualBytes);
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
  /// Adds each element, one after the other.
  template <class Text>
  Command& add(const std::vector<Text>& several) {
    for (const Text& one : several) add(one);
    return *this;
  }
  /// Limits how long it may take.
  Command&& within(const Deadline& deadline) && {
    deadline_ = deadline;
    return std::move(*this);
  }

  [[nodiscard]] const Deadline& deadline() const noexcept { return deadline_; }
  /// The command in the form in which it is sent.
  [[nodiscard]] std::string to_wire() const;
  /// Appends the command in that form to `wire`.
  void append_to(std::string& wire) const;

 private:
  static constexpr std::size_t kUsualBytes = 62;
  Command& add_real(double number);

  std::size_t count_ = 0;
  std::string arguments_;
  Deadline deadline_;
};

/// A Lua script, which is sent once and then called by its hash.
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

/// A connection of its own: for WATCH, and for commands that block.
class Connection {
 public:
  class Core;
  Connection(std::shared_ptr<Core> core, std::shared_ptr<Link> link) noexcept;
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  /// Keeps the connection for the next use, if nothing is under way and no key is watched; else
  /// closes it.
  ~Connection();

  /// Runs a command; throws as Client::command().
  Task<Value> run(Command command);
  template <class T = Value, class... Arguments>
  Task<T> command(std::string_view name, const Arguments&... arguments) {
    if constexpr (std::same_as<T, Value>) {
      return run(Command(name, arguments...));
    } else {
      return as<T>(run(Command(name, arguments...)));
    }
  }
  /// Runs MULTI, the commands, EXEC. The result is empty if a watched key has changed.
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

/// Redis for one loop, over one connection that all commands share. The commands of one turn of the
/// loop are sent together, and their replies come in order. The connection is made with the first
/// command, and made again when it is lost; meanwhile commands wait, and those that were sent end
/// with ConnectionError.
///
///     redis::Client redis({.where = "redis://127.0.0.1"});
///     co_await redis.command("SET", "name", name, "EX", 60);
///     const auto found = co_await redis.command<std::optional<std::string>>("GET", "name");
///
/// A command that is cancelled or late still has its effect; its reply is dropped. Commands that
/// wait in the server (BLPOP, XREAD with BLOCK) would hold up all others: use blocking() for them.
class Client {
 public:
  /// Makes no connection yet.
  explicit Client(Options options);
  explicit Client(std::string where);
  /// Commands that are pending end with ConnectionError.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// @throws Error, ConnectionError, TimeoutError, and, with a T, ConversionError
  template <class T = Value, class... Arguments>
  Task<T> command(std::string_view name, const Arguments&... arguments) {
    if constexpr (std::same_as<T, Value>) {
      return run(Command(name, arguments...));
    } else {
      return as<T>(run(Command(name, arguments...)));
    }
  }
  Task<Value> run(Command command);
  /// Runs MULTI, the commands, EXEC: no command of another client comes between them. An error of
  /// one command is a Value in the result.
  Task<std::vector<Value>> transaction(std::vector<Command> commands);
  /// Runs a script, by its hash if the server has it.
  template <class T = Value>
  Task<T> eval(Script script, std::vector<std::string> keys = {},
               std::vector<std::string> arguments = {}) {
    return as<T>(run_script(std::move(script), std::move(keys), std::move(arguments)));
  }
  /// Runs a command that may wait in the server, on a connection of its own, without
  /// command_timeout. Cancelling it closes that connection.
  template <class T = Value>
  Task<T> blocking(Command command) {
    return as<T>(run_blocking(std::move(command)));
  }
  /// Takes a connection that only the caller uses.
  Task<Connection> acquire(Deadline deadline = {});
  /// Makes a round trip to the server, for /readyz.
  Task<void> ping(Deadline deadline);

  /// Whether there is a connection at this moment.
  [[nodiscard]] bool is_connected() const noexcept;
  /// The number of commands that wait for their reply.
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
