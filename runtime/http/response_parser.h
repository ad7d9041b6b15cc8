#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <bora/http/http_headers.h>

#include "runtime/http/chunk_decoder.h"

namespace bora::http {

/// The reason for which an answer can't be used.
enum class ResponseFault : std::uint8_t {
  none,
  not_http,               ///< An answer begins with other bytes than "HTTP/".
  unsupported_version,    ///< HTTP, but not 1.x.
  bad_status_line,        ///< Not "HTTP/1.x SP three digits [SP reason] CRLF".
  bad_header,             ///< A malformed, folded or wrongly ended field line.
  headers_too_large,      ///< More bytes or fields than allowed, trailers among them.
  too_many_interim,       ///< A stream of 1xx answers without an end.
  bad_content_length,     ///< Not one plain number, or several that differ.
  bad_transfer_encoding,  ///< Other than one "chunked", with Content-Length, or in HTTP/1.0.
  unexpected_body,        ///< 1xx or 204, which have no body, have a length of one.
  bad_chunk,              ///< Chunked coding that is broken.
  body_too_large,         ///< More than Limits::max_body_size, or promised to be.
  incomplete,             ///< The server closed the connection before the end of the answer.
};

/// A sentence's second half: "the answer's Content-Length is no plain number".
[[nodiscard]] std::string_view describe(ResponseFault fault) noexcept;

/// The first part of an answer.
struct AnswerHead {
  int code = 0;
  int minor_version = 1;  ///< Of HTTP/1.x.
  std::string reason;     ///< May be empty.
  HTTPHeaders headers;
};

/// Parses the bytes of a connection into the answers of a server: RFC 9112, as strictly as the
/// parser of requests.
///
/// Everything that separates one answer from the next (line ends, lengths, chunks) must be beyond
/// doubt, so forms that other programs might read in another way are refused: folded lines, a bare
/// LF or CR, two lengths, a length beside a coding, blanks before a colon.
class ResponseParser {
 public:
  struct Limits {
    std::size_t max_header_size = 64 * 1024;  ///< Of all heads of an answer together.
    std::size_t max_header_count = 1000;
    std::uint64_t max_body_size = UINT64_MAX;
  };
  /// The kind of the request: it decides whether the answer has a body.
  enum class For : std::uint8_t { request, head, connect };
  enum class Step : std::uint8_t {
    more,      ///< All bytes were taken.
    interim,   ///< head() is a 1xx; the answer itself comes later.
    head,      ///< head() is complete.
    data,      ///< data() is a piece of the body.
    complete,  ///< The answer has ended; bytes that were not taken do not belong to it.
    failed,    ///< See fault().
  };

  ResponseParser() = default;
  explicit ResponseParser(For kind) : kind_(kind) {}

  /// Begins the next answer, of the same or another connection.
  void begin(For kind, const Limits& limits);

  /// Takes bytes up to the end of one part.
  /// @param taken  Set to the number of bytes.
  Step feed(std::string_view bytes, std::size_t& taken);

  /// Tells that the server has ended its side.
  /// @returns  complete or failed.
  Step finish();

  [[nodiscard]] AnswerHead& head() noexcept { return head_; }
  /// A part of the bytes that feed() was given.
  [[nodiscard]] std::string_view data() const noexcept { return data_; }
  [[nodiscard]] ResponseFault fault() const noexcept { return fault_; }

  /// Whether any byte of an answer was read.
  [[nodiscard]] bool has_started() const noexcept { return has_started_; }
  [[nodiscard]] bool has_head() const noexcept { return stage_ > Stage::head; }
  [[nodiscard]] bool is_complete() const noexcept { return stage_ == Stage::complete; }
  /// The length of the body, if the head has it.
  [[nodiscard]] std::optional<std::uint64_t> content_length() const noexcept;
  /// Whether the connection may carry another request after this answer. The head must be complete.
  [[nodiscard]] bool may_keep_alive() const noexcept { return may_keep_alive_; }
  /// How long the server keeps the connection, if it says so: `Keep-Alive: timeout=5`.
  [[nodiscard]] std::optional<std::chrono::seconds> keep_alive_timeout() const;

 private:
  enum class Stage : std::uint8_t { head, body, chunks, until_close, complete };

  Step fail(ResponseFault fault) noexcept {
    fault_ = fault;
    return Step::failed;
  }
  Step feed_head(std::string_view bytes, std::size_t& taken);
  ResponseFault find_head_end(std::string_view bytes, std::size_t& end);
  Step take_head(std::string_view text);
  ResponseFault read_status_line(std::string_view line);
  ResponseFault read_fields(std::string_view text);
  ResponseFault choose_framing();
  Step feed_body(std::string_view bytes, std::size_t& taken);
  Step give(std::string_view data);

  Limits limits_;
  For kind_ = For::request;
  Stage stage_ = Stage::head;
  ResponseFault fault_ = ResponseFault::none;
  bool has_started_ = false;
  bool may_keep_alive_ = false;
  bool has_length_ = false;
  std::uint8_t interim_count_ = 0;
  std::uint8_t line_length_ = 0;  ///< of the present line: 0, 1 or "more"
  bool was_cr_ = false;           ///< whether the last byte was CR
  std::size_t head_bytes_ = 0;
  std::uint64_t left_ = 0;   ///< of a body whose length is known
  std::uint64_t given_ = 0;  ///< of the body
  std::uint64_t length_ = 0;
  AnswerHead head_;
  std::string gathered_;  ///< of a head that arrives in pieces
  std::string_view data_;
  ChunkDecoder chunks_;
};

}  // namespace bora::http
