#pragma once

#include <chrono>
#include <string_view>

#include <bora/core/log_output.h>

// Takes formatted lines to their place. Without an IOLoop in the process, the thread that logs a
// line writes it. With one, the line is put into a buffer that a thread writes
// (docs/decisions/0007).

namespace bora::detail {

/// Takes a line, which ends with '\n'.
void write_log_line(std::string_view line, LogLevel level) noexcept;

/// The format of lines.
LogFormat log_format() noexcept;

/// Called by each IOLoop: from now on, no line may hold a thread up.
void keep_logs_from_blocking() noexcept;

/// See bora::flush_logs.
bool flush_log_lines(std::chrono::milliseconds patience) noexcept;

/// Writes the waiting lines without taking locks that may be held; for a process that is about to
/// die.
void rescue_log_lines() noexcept;

}  // namespace bora::detail
