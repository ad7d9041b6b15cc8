#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <bora/http/http_connection.h>
#include <bora/http/http_headers.h>
#include <bora/render/output.h>

namespace bora::web {

/// The memory in which an answer is written. It is taken from a free list of the thread when the
/// first byte or field needs it, so a handler that waits before it writes holds none, and a warm
/// server allocates none.
struct ResponseBuffers {
  render::Output body;
  http::HTTPHeaders headers;
  std::string content_type;
  std::string reason;
};

/// The status phrase, fields and body that a handler has set and written and that were not sent
/// yet.
class Response {
 public:
  static constexpr std::string_view kHTML = "text/html; charset=UTF-8";

  Response() = default;
  ~Response() { release_buffers(); }
  Response(const Response&) = delete;
  Response& operator=(const Response&) = delete;

  /// Restores the beginning: default fields, empty body.
  void clear();

  /// If empty, the standard phrase is used. A text that RFC 9112 does not allow, or with '<',
  /// becomes "Unknown".
  void set_reason(std::string_view reason);
  /// The phrase; if empty, the standard phrase is used.
  [[nodiscard]] std::string_view reason() const;

  /// As RequestHandler's functions of these names.
  void set_header(std::string_view name, std::string_view value);
  void add_header(std::string_view name, std::string_view value);
  void clear_header(std::string_view name);
  [[nodiscard]] bool has_header(std::string_view name) const;
  /// Whether there are any, except the default ones and those of the content.
  [[nodiscard]] bool has_headers() const {
    return buffers_ != nullptr && !buffers_->headers.empty();
  }
  /// The value of a field, including Content-Type and Content-Length.
  [[nodiscard]] std::optional<std::string> find_header(std::string_view name) const;

  /// Removes the fields that an answer without a body (204, 304) must not have.
  void drop_body_headers();

  [[nodiscard]] render::Output& body() { return buffers().body; }
  [[nodiscard]] std::string_view body_text() const;
  void clear_body();

  /// The argument of set_header("Content-Length"); -1 if there was none.
  [[nodiscard]] std::int64_t content_length() const { return content_length_; }

  /// For HTTPConnection::write_headers; its views are valid until this object changes.
  [[nodiscard]] http::ResponseHead head(int status, std::int64_t content_length) const;

  /// Frees the memory; the answer was sent.
  void release_buffers() {
    if (buffers_ != nullptr) give_back_buffers();
  }

 private:
  ResponseBuffers& buffers();
  void give_back_buffers();
  bool set_own_field(std::string_view name, std::string_view value);
  [[gnu::noinline]] void set_other_field(std::string_view name, std::string_view value);
  void keep_content_type(std::string_view name, std::string_view value);
  [[gnu::noinline]] void replace_content_type(std::string_view name, std::string_view value);

  ResponseBuffers* buffers_ = nullptr;
  std::string_view content_type_ = kHTML;
  std::int64_t content_length_ = -1;
  bool server_ = true;
  bool date_ = true;
};

}  // namespace bora::web
