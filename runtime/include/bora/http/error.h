#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <system_error>

namespace bora::http {

/// Why a message was refused or an answer went wrong.
enum class Error {
  none = 0,

  // Requests. Each is answered with status_of() and an error page, then the connection closes:
  // after a message that can't be trusted, the place where the next one begins is not known.
  bad_request_line,       ///< Not "METHOD SP target SP HTTP/x.y CRLF".
  unknown_method,         ///< A well-formed method that no resource here can have (501).
  bad_target,             ///< A target of a wrong form, or with characters that need escaping.
  target_too_long,        ///< More than HTTPServerOptions::max_uri_size (414).
  unsupported_version,    ///< HTTP, but neither 1.0 nor 1.1 (505).
  bad_header,             ///< A malformed, folded or wrongly ended header line.
  headers_too_large,      ///< More than max_header_size or max_header_count, or trailers (431).
  bad_host,               ///< Host missing, doubled, malformed, or not the target's.
  bad_content_length,     ///< Not one plain number, or together with Transfer-Encoding.
  bad_transfer_encoding,  ///< Malformed, doubled, or in HTTP/1.0.
  unsupported_transfer_coding,  ///< A coding other than chunked (501).
  unsupported_expectation,      ///< Expect with anything but 100-continue (417).
  bad_chunk,                    ///< Chunked coding broken in size, extension, line end or trailer.
  bad_content_coding,           ///< A body that is not the gzip that it says it is.
  body_too_large,               ///< More than max_body_size (413).
  header_timeout,               ///< The head did not arrive in time (408).
  body_timeout,                 ///< The body did not arrive in time, or too slowly (408).
  incomplete_body,              ///< The client ended its side within the body (400).

  // Ends that are the server's doing: answered and closed the same way.
  handler_timeout,       ///< No answer was given within HTTPServerOptions::handler_timeout (503).
  too_many_connections,  ///< More than max_connections_per_address (503).

  // Answers. Logged. While nothing of the answer was sent, the client gets 500 in its place; else
  // the connection closes before the promised length is reached, so that the client sees that the
  // answer is not whole.
  output_too_long,   ///< More bytes of body than Content-Length promised.
  output_too_short,  ///< Fewer.
};

/// How many values Error has.
inline constexpr std::size_t kErrorCount = static_cast<std::size_t>(Error::output_too_short) + 1;

/// The category of http::Error; its name is "bora.http".
const std::error_category& error_category() noexcept;

std::error_code make_error_code(Error error) noexcept;

/// The status that a request refused for `error` is answered with; 500 for errors of answers.
[[nodiscard]] int status_of(Error error) noexcept;

/// Thrown by functions that take a peer's text apart: it is not what it should be. In a handler an
/// answer of 400.
class HTTPInputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace bora::http

template <>
struct std::is_error_code_enum<bora::http::Error> : std::true_type {};
