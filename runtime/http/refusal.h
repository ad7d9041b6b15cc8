#pragma once

#include <string>
#include <string_view>

namespace bora::http {

/// The first bytes of a message for a line in the log: those of its first line (of a request that
/// is the request line), 80 at most, in quotes. A byte that is not printable is written `\r` or
/// `\x16`, so that no client can forge a line, or change what a terminal shows.
///
/// @param taken  The bytes of the message that were taken.
/// @param rest   The bytes after them.
[[nodiscard]] std::string quote_beginning(std::string_view taken, std::string_view rest);

}  // namespace bora::http
