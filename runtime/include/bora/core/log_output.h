#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#include <bora/core/detail/chrono.h>
#include <bora/core/log.h>

// Where log lines go, and how they look. Programs that call parse_command_line() need none of this:
// its options --logging, --log-file-prefix … do the same.

namespace bora {

/// How a record becomes a line.
enum class LogFormat : unsigned char {
  pretty,  ///< [I 261122 10:16:36 access] 200 GET / (127.0.0.1) 0.31ms
  json     ///< {"time":"2026-11-22T10:16:36.124Z","level":"info","log":"access","message":"200 …"}
};

/// The reason for which a log file makes room for a new one.
enum class LogRotateMode : unsigned char { size, time };

/// Whether lines go to standard error.
enum class LogToStderr : unsigned char {
  automatic,  ///< They do if there is no log file.
  yes,
  no
};

/// Tornado's logging options.
struct LoggingOptions {
  /// The least severe records that are written. `none` leaves everything as it is, both levels and
  /// where lines go.
  LogLevel logging = LogLevel::info;
  LogToStderr log_to_stderr = LogToStderr::automatic;
  LogFormat log_format = LogFormat::pretty;

  /// The file that lines are appended to; empty means none. Several processes may share one: lines
  /// do not mix, and one of the processes rotates it.
  std::string log_file_prefix{};

  /// For the mode `size`: a file that a line would make larger than this, in bytes, becomes
  /// PREFIX.1, the old PREFIX.1 becomes PREFIX.2, and so on. 0 means never.
  std::size_t log_file_max_size = 100'000'000;
  /// The number of former files that are kept, in both modes. With 0, as in Python's handlers, the
  /// file is never rotated by size, and no file is deleted when it is rotated by time.
  int log_file_num_backups = 10;

  LogRotateMode log_rotate_mode = LogRotateMode::size;
  /// For the mode `time`: the unit of log_rotate_interval. It is S, M, H or D (seconds, minutes,
  /// hours or days since the file was begun), midnight, or W0 to W6 (the midnight that ends a
  /// Monday … a Sunday), in local time. The former file's name ends with the time that it begins
  /// with: PREFIX.2026-11-22.
  std::string log_rotate_when = "midnight";
  int log_rotate_interval = 1;
};

/// Sends log lines where `options` say, from now on and from all threads.
///
/// While the program has an IOLoop, a thread of the library does the writing, so that a full disk,
/// a pipe that nobody reads or a slow network file system can't hold a loop up. Lines that it can't
/// write yet wait in memory, one MiB at most; lines beyond that are dropped and counted. Lines wait
/// for about ten milliseconds to be written together, except errors and lines for a terminal.
/// Waiting lines are written when the program ends by exit(), abort() or a fault; SIGKILL and
/// _exit() lose them, so call flush_logs() first. Without an IOLoop each line is written at once.
///
/// @throws std::invalid_argument  An option does not have such a value.
/// @throws std::system_error  The file can't be opened; the message names it.
void enable_pretty_logging(const LoggingOptions& options = {});

/// Closes the log file; the next line opens it by its name. This is for logrotate's postrotate,
/// though the next line notices anyway that a file was moved or removed. It can be called from a
/// signal handler.
void reopen_log_files() noexcept;

/// Waits until all lines that were logged before are written.
/// @returns  Whether all are written. Returns false at once when the file or standard error takes
///           nothing.
bool flush_logs(std::chrono::milliseconds patience = std::chrono::seconds(1)) noexcept;

}  // namespace bora
