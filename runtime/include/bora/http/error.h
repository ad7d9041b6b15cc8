#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <system_error>

namespace bora::http {

/// The reason for which a message was refused or an answer failed.
enum class Error {
  none = 0,

  // Errors of requests. Each is answered with status_of() and an error page, then the connection
  // closes: after a message that can't be trusted, the place where the next one begins is not
  // known.
  bad_request_line,       ///< The line is not "METHOD SP target SP HTTP/x.y CRLF".
  unknown_method,         ///< The method is well-formed, but no resource here can have it (501).
  bad_target,             ///< The target has a wrong form, or characters that need escaping.
  target_too_long,        ///< The target is longer than HTTPServerOptions::max_uri_size (414).
  unsupported_version,    ///< The version is HTTP, but neither 1.0 nor 1.1 (505).
  bad_header,             ///< A malformed, folded or wrongly ended header line.
  headers_too_large,      ///< More than max_header_size or max_header_count, or trailers (431).
  bad_host,               ///< Host is missing, doubled, malformed, or not the target's.
  bad_content_length,     ///< It is not one plain number, or stands beside Transfer-Encoding.
  bad_transfer_encoding,  ///< It is malformed, doubled, or in HTTP/1.0.
  unsupported_transfer_coding,  ///< The coding is not chunked (501).
  unsupported_expectation,      ///< Expect has a value other than 100-continue (417).
  bad_chunk,                    ///< A chunk's size, extension, line end or trailer is malformed.
  bad_content_coding,           ///< The body is not the gzip that it should be.
  body_too_large,               ///< The body is larger than max_body_size (413).
  header_timeout,               ///< The head did not arrive in time (408).
  body_timeout,                 ///< The body did not arrive in time, or too slowly (408).
  incomplete_body,              ///< The client ended its side before the end of the body (400).

  // Errors that the server causes; they are answered and the connection closed in the same way.
  handler_timeout,       ///< No answer was given within HTTPServerOptions::handler_timeout (503).
  too_many_connections,  ///< One address has more than max_connections_per_address (503).

  // Errors of answers; they are logged. While nothing of the answer was sent, the client gets 500
  // in its place; else the connection closes before the promised length is reached, so that the
  // client sees that the answer is not complete.
  output_too_long,   ///< The body has more bytes than Content-Length promised.
  output_too_short,  ///< It has fewer.
};

/// The number of values that Error has.
inline constexpr std::size_t kErrorCount = static_cast<std::size_t>(Error::output_too_short) + 1;

/// The category of http::Error; its name is "bora.http".
const std::error_category& error_category() noexcept;

std::error_code make_error_code(Error error) noexcept;

/// The status of the answer to a request that was refused for `error`; 500 for errors of answers.
[[nodiscard]] int status_of(Error error) noexcept;

/// A text from the peer is malformed. Functions that parse such texts throw it; in a handler it
/// becomes an answer of 400.
class HTTPInputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace bora::http

template <>
struct std::is_error_code_enum<bora::http::Error> : std::true_type {};
