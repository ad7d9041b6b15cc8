#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#include <bora/core/detail/chrono.h>
#include <bora/core/log.h>

// Where log lines go, and how they look. Programs that call parse_command_line() need nothing of
// this: its options --logging, --log-file-prefix … do the same.

namespace bora {

/// How a record becomes a line.
enum class LogFormat : unsigned char {
  pretty,  ///< [I 261122 10:16:36 access] 200 GET / (127.0.0.1) 0.31ms
  json     ///< {"time":"2026-11-22T10:16:36.124Z","level":"info","log":"access","message":"200 …"}
};

/// When a log file makes room for a new one.
enum class LogRotateMode : unsigned char { size, time };

/// Whether lines go to standard error.
enum class LogToStderr : unsigned char {
  automatic,  ///< If there is no log file.
  yes,
  no
};

/// Tornado's logging options.
struct LoggingOptions {
  /// The least severe records that are written. `none` changes nothing at all, neither levels nor
  /// where lines go.
  LogLevel logging = LogLevel::info;
  LogToStderr log_to_stderr = LogToStderr::automatic;
  LogFormat log_format = LogFormat::pretty;

  /// The file that lines are appended to; empty: none. Several processes may share one: lines do
  /// not mix, and one of them rotates it.
  std::string log_file_prefix{};

  /// Mode `size`: a file that a line would make larger than this, in bytes, becomes PREFIX.1, what
  /// was PREFIX.1 becomes PREFIX.2, and so on. 0: never.
  std::size_t log_file_max_size = 100'000'000;
  /// How many former files are kept, in both modes. If it is 0, the file is never rotated by size,
  /// and by time none is deleted, as in Python's handlers.
  int log_file_num_backups = 10;

  LogRotateMode log_rotate_mode = LogRotateMode::size;
  /// Mode `time`: the unit of log_rotate_interval. S, M, H, D (seconds, minutes, hours, days since
  /// the file was begun), midnight, or W0 to W6 (the midnight that ends a Monday … a Sunday); local
  /// time. The former file is named by the time that it begins with: PREFIX.2026-11-22.
  std::string log_rotate_when = "midnight";
  int log_rotate_interval = 1;
};

/// Sends log lines where `options` say, from now on and from all threads.
///
/// While the program has an IOLoop, a thread of the library's own does the writing, so that a full
/// disk, a pipe that nobody reads or a slow network file system can't hold a loop up; lines that it
/// can't write yet wait in memory, one MiB at most, and what comes on top is dropped and counted.
/// Lines wait for about ten milliseconds to be written together, errors and lines for a terminal
/// don't. What waits is written when the program ends by exit(), abort() or a fault; SIGKILL and
/// _exit() lose it: call flush_logs() first. Without an IOLoop each line is written at once.
///
/// @throws std::invalid_argument  An option has no such value.
/// @throws std::system_error  The file can't be opened; the sentence names it.
void enable_pretty_logging(const LoggingOptions& options = {});

/// Closes the log file; the next line opens it by its name. For logrotate's postrotate: a file that
/// was moved or removed is noticed anyway, with the next line. Can be called from a signal handler.
void reopen_log_files() noexcept;

/// Waits until all lines that were logged before are written.
/// @returns  Whether they are. False, at once, when the file or standard error takes nothing.
bool flush_logs(std::chrono::milliseconds patience = std::chrono::seconds(1)) noexcept;

}  // namespace bora
