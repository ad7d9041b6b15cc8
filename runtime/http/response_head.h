#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <bora/http/http_connection.h>

namespace bora::http {

/// How the client finds the end of an answer's body.
enum class Framing : std::uint8_t { none, length, chunked, until_close };

/// What an answer says about the connection. HTTP/1.1 keeps it open by default.
enum class ConnectionOption : std::uint8_t { nothing, close, keep_alive };

/// A ResponseHead with the decisions of the connection: the form on the wire.
struct WireHead {
  const ResponseHead& head;
  std::string_view common;  ///< "Server: …\r\nDate: …\r\n", as cached.
  std::size_t server_size;  ///< Bytes of the Server line in `common`.
  Framing framing;
  std::uint64_t length;
  ConnectionOption option;
};

/// @throws std::invalid_argument  The status is outside 200 to 999, or the Content-Type can't be
///                                the value of a field.
void check_response_head(const ResponseHead& head);

/// Whether a field belongs to the connection, which decides about it: Connection, Content-Length,
/// Transfer-Encoding, Keep-Alive, Upgrade. Such fields of a ResponseHead are not written, except
/// the Upgrade of a 426.
[[nodiscard]] bool is_connection_field(std::string_view name);

/// The upper bound of the bytes that write_response_head() writes.
[[nodiscard]] std::size_t response_head_bound(const WireHead& wire);

/// Writes the head with its empty line. @returns  The end.
char* write_response_head(char* to, const WireHead& wire);

/// Writes decimal digits. @returns  The end.
char* write_decimal(char* to, std::uint64_t value);
/// Writes "1f\r\n", the line before a chunk. @returns  The end.
char* write_chunk_size(char* to, std::size_t size);

/// Appends "Date: Tue, 15 Nov 1994 08:12:31 GMT\r\n".
void append_date_line(std::string& text, std::int64_t epoch_seconds);

/// "Sun, 06 Nov 1994 08:49:37 GMT" of seconds since the Epoch (RFC 9110, 5.6.7).
[[nodiscard]] std::string format_http_date(std::int64_t epoch_seconds);

/// The small HTML page of an error that no handler has seen.
[[nodiscard]] std::string error_page(int status);

}  // namespace bora::http
