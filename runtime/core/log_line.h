#pragma once

#include <cstddef>
#include <string_view>

#include <bora/core/log.h>
#include <bora/core/log_output.h>

namespace bora::detail {

/// A line is no longer than a pipe takes whole (PIPE_BUF), so lines of several processes don't mix.
inline constexpr std::size_t kMaxLogLine = 4096;

/// Writes a record as one line, '\n' at its end, and returns its length. A longer one is cut, with
/// "..." at its end.
std::size_t format_log_line(LogFormat format, const LogRecord& record,
                            char (&line)[kMaxLogLine]) noexcept;

/// The length of the front part of `lines`, "[I 261122 10:16:36 access]", which a terminal shows in
/// colour; 0 for a line without one.
std::size_t log_line_front(std::string_view line) noexcept;

/// The colour's escape sequence for a line with such a front.
std::string_view log_line_colour(std::string_view line) noexcept;

}  // namespace bora::detail
