#pragma once

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <bora/http/error.h>
#include <bora/http/http_headers.h>

namespace bora::http {

/// What a request's head says. The views point into the block of the HTTPHeaders that was filled
/// with it, and stay valid until that is cleared.
struct RequestHead {
  std::string_view method;
  std::string_view uri;    ///< As sent; of an absolute-form target the part after the host.
  std::string_view path;   ///< uri before '?'.
  std::string_view query;  ///< uri behind '?'.
  std::string_view version;
  std::string_view host;  ///< Empty for an HTTP/1.0 request without one.

  std::uint64_t content_length = 0;  ///< 0 also when the field is absent.
  bool has_content_length = false;
  bool is_chunked = false;
  bool is_http_1_1 = false;
  bool keep_alive = false;        ///< The client's wish, by version and Connection.
  bool expects_continue = false;  ///< Waits for "100 Continue" before it sends the body.
};

/// Reads one request's head, in as many pieces as it comes in.
///
/// llhttp finds methods, fields and their ends; what it lets through and RFC 9112 does not is
/// refused here, by a second look at the whole head once it is complete. That look goes over
/// contiguous bytes, so how the head was cut into pieces can't change the verdict.
///
/// Framing of the body is the caller's: the head says which, ChunkDecoder reads chunks.
class RequestParser {
 public:
  struct Limits {
    std::size_t max_header_size;
    std::size_t max_header_count;
    std::size_t max_uri_size;
  };

  RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Prepares for a new head, which goes to `headers` (cleared by the caller).
  void begin(HTTPHeaders& headers, const Limits& limits);

  /// Takes bytes of the head.
  /// @returns  How many belonged to the head: fewer than all only when it is complete or refused.
  std::size_t feed(std::string_view bytes, Error& error);

  [[nodiscard]] bool is_complete() const { return stage_ == Stage::complete; }
  /// False while only the blank line that may precede a request has come.
  [[nodiscard]] bool has_begun() const { return stage_ > Stage::blank_line; }
  [[nodiscard]] const RequestHead& head() const { return head_; }

 private:
  enum class Stage : std::uint8_t { start, blank_cr, blank_line, head, unknown_method, complete };

  static const llhttp_settings_t& settings();
  static int on_url(llhttp_t* parser, const char* at, std::size_t size);
  static int on_headers_complete(llhttp_t* parser);

  std::size_t skip_blank_line(std::string_view bytes, Error& error);
  std::size_t feed_head(std::string_view bytes, Error& error);
  std::size_t feed_unknown_method(std::string_view bytes, Error& error);
  Error classify(llhttp_errno code);
  [[nodiscard]] bool has_whole_version() const;

  Error read_head();
  Error read_request_line(std::size_t& line_end);
  Error read_fields(std::size_t position);
  Error read_field(std::string_view name, std::string_view value);
  Error read_target(std::string_view target);
  Error read_absolute_target(std::string_view target);
  Error split_target(std::string_view target);
  Error read_connection(std::string_view value);
  Error read_content_length(std::string_view value);
  Error read_transfer_encoding(std::string_view value);
  Error check_head();
  [[nodiscard]] std::uint32_t offset_of(const char* at) const;

  llhttp_t parser_;
  Stage stage_ = Stage::start;
  bool host_seen_ = false;
  bool close_seen_ = false;
  bool keep_alive_seen_ = false;
  Error callback_error_ = Error::none;
  std::uint32_t url_offset_ = 0;
  std::uint32_t url_size_ = 0;
  const char* piece_ = nullptr;   ///< The piece that is being parsed …
  std::size_t piece_offset_ = 0;  ///< … and where in the head it begins.
  HTTPHeaders* headers_ = nullptr;
  Limits limits_{};
  std::string_view target_host_;
  RequestHead head_;
};

}  // namespace bora::http
