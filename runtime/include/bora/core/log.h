#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

// Tornado's three logs. Each record becomes one line on standard error, or where
// <bora/core/log_output.h> says:
//
//   [I 261122 10:16:36 application] signed the guestbook
//
// The further lines of a message are indented by four spaces. Control characters and bytes that are
// not UTF-8 are written escaped (\r, \x1b), so that no input can forge a line or reach the
// terminal. Logging never throws, and never holds an IOLoop up: lines that can't be written wait,
// and lines beyond the limit are dropped and counted.

namespace bora {

/// The severity of a record, from least to most; `none` is above all of them.
enum class LogLevel : unsigned char { debug, info, warning, error, none };

namespace detail {

/// One piece of a log line: text, or a number that is not yet text.
class LogPiece {
 public:
  constexpr LogPiece(std::string_view text) noexcept : text_(text), kind_(Kind::text) {}  // NOLINT
  constexpr LogPiece(const char* text) noexcept                                           // NOLINT
      : text_(text == nullptr ? std::string_view("(null)") : std::string_view(text)),
        kind_(Kind::text) {}
  template <std::integral T>
  constexpr LogPiece(T value) noexcept  // NOLINT
      : kind_(kind_of<T>()) {
    if constexpr (std::is_signed_v<T> || std::same_as<T, char>) {
      signed_ = value;
    } else {
      unsigned_ = value;
    }
  }
  constexpr LogPiece(double value) noexcept : double_(value), kind_(Kind::real) {}  // NOLINT
  template <class T>
    requires(!std::is_arithmetic_v<T> && std::convertible_to<const T&, std::string_view>)
  constexpr LogPiece(const T& text) noexcept  // NOLINT
      : LogPiece(static_cast<std::string_view>(text)) {}

  /// Writes at most `room` bytes; returns how many.
  std::size_t write(char* to, std::size_t room) const noexcept;

 private:
  enum class Kind : unsigned char {
    text,
    boolean,
    character,
    signed_integer,
    unsigned_integer,
    real
  };

  template <class T>
  static constexpr Kind kind_of() noexcept {
    if constexpr (std::same_as<T, bool>) return Kind::boolean;
    if constexpr (std::same_as<T, char>) return Kind::character;
    return std::is_signed_v<T> ? Kind::signed_integer : Kind::unsigned_integer;
  }

  union {
    std::string_view text_;
    std::int64_t signed_;
    std::uint64_t unsigned_;
    double double_;
  };
  Kind kind_;
};

}  // namespace detail

/// One of the logs. It is safe to use from any thread.
class Logger {
 public:
  constexpr explicit Logger(std::string_view name) noexcept : name_(name) {}
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Whether a record of this level is written. The default level is `warning`;
  /// parse_command_line(), set_level() and set_log_level() change it.
  [[nodiscard]] bool is_enabled(LogLevel level) const noexcept {
    return level >= level_.load(std::memory_order_relaxed);
  }
  void set_level(LogLevel level) noexcept { level_.store(level, std::memory_order_relaxed); }
  [[nodiscard]] LogLevel level() const noexcept { return level_.load(std::memory_order_relaxed); }

  /// Writes its arguments (text, numbers) one after the other: `app_log.info("took ", ms, " ms")`.
  template <class... Pieces>
  void debug(const Pieces&... pieces) noexcept {
    write(LogLevel::debug, pieces...);
  }
  template <class... Pieces>
  void info(const Pieces&... pieces) noexcept {
    write(LogLevel::info, pieces...);
  }
  template <class... Pieces>
  void warning(const Pieces&... pieces) noexcept {
    write(LogLevel::warning, pieces...);
  }
  template <class... Pieces>
  void error(const Pieces&... pieces) noexcept {
    write(LogLevel::error, pieces...);
  }
  template <class... Pieces>
  void write(LogLevel level, const Pieces&... pieces) noexcept {
    if (!is_enabled(level)) return;
    const detail::LogPiece list[] = {detail::LogPiece(pieces)...};
    write_pieces(level, list, sizeof...(pieces));
  }

  /// Writes `what`, then the type and text of the exception that is being handled. Call it within a
  /// catch block.
  void exception(std::string_view what) noexcept;

 private:
  void write_pieces(LogLevel level, const detail::LogPiece* pieces, std::size_t count) noexcept;

  std::string_view name_;
  std::atomic<LogLevel> level_{LogLevel::warning};
};

extern Logger access_log;  ///< One record for each request.
extern Logger app_log;  ///< Errors of the program's own code: exceptions in handlers and callbacks.
extern Logger gen_log;  ///< The library's own errors and warnings.

/// Sets the level of all three logs.
void set_log_level(LogLevel level) noexcept;

/// One record on its way to standard error or to a LogSink. It is valid during the call.
struct LogRecord {
  LogLevel level;
  std::string_view log;    ///< The log's name.
  std::string_view text;   ///< The text as given: it is not escaped.
  std::string_view tag{};  ///< See <bora/core/log_tag.h>; empty if there is none.
};

/// Takes the records instead of standard error; for tests.
class LogSink {
 public:
  virtual void write(const LogRecord& record) noexcept = 0;

 protected:
  ~LogSink() = default;
};

/// Sets where records go; null means standard error. Returns the previous sink. The sink must
/// outlive its use by every thread that logs.
LogSink* set_log_sink(LogSink* sink) noexcept;

/// Gives `record` to `sink`, the one that set_log_sink() returned; for a sink that takes some
/// records and passes the others on.
void pass_log_record(LogSink* sink, const LogRecord& record) noexcept;

}  // namespace bora
