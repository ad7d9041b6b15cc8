#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <llhttp.h>

#include "runtime/http/request_parser.h"

namespace bora::test {

/// Does the same as RequestParser in another way, to compare with: llhttp (strict) finds the head's
/// end, and a second look at its lines refuses what llhttp accepts and RFC 9112 does not.
class ReferenceParser {
 public:
  explicit ReferenceParser(const http::RequestParser::Limits& limits);
  ReferenceParser(const ReferenceParser&) = delete;
  ReferenceParser& operator=(const ReferenceParser&) = delete;

  /// As RequestParser::feed().
  std::size_t feed(std::string_view bytes, http::Error& error);

  [[nodiscard]] bool is_complete() const { return stage_ == Stage::complete; }
  /// Its views are valid as long as this object.
  [[nodiscard]] const http::RequestHead& head() const { return head_; }
  [[nodiscard]] const std::vector<std::pair<std::string_view, std::string_view>>& fields() const {
    return fields_;
  }

 private:
  enum class Stage : std::uint8_t { start, blank_cr, blank_line, head, unknown_method, complete };

  static const llhttp_settings_t& settings();
  static int on_url(llhttp_t* parser, const char* at, std::size_t size);
  static int on_headers_complete(llhttp_t* parser);

  std::size_t skip_blank_line(std::string_view bytes, http::Error& error);
  std::size_t feed_head(std::string_view bytes, http::Error& error);
  std::size_t feed_unknown_method(std::string_view bytes, http::Error& error);
  http::Error classify(llhttp_errno code);
  [[nodiscard]] bool has_whole_version() const;

  http::Error read_head();
  http::Error read_request_line(std::size_t& line_end);
  http::Error read_fields(std::size_t position);
  http::Error read_field(std::string_view name, std::string_view value);
  http::Error read_target(std::string_view target);
  http::Error read_absolute_target(std::string_view target);
  http::Error split_target(std::string_view target);
  http::Error read_connection(std::string_view value);
  http::Error read_expect(std::string_view value);
  http::Error read_content_length(std::string_view value);
  http::Error read_transfer_encoding(std::string_view value);
  http::Error check_head();
  [[nodiscard]] std::uint32_t offset_of(const char* at) const;

  llhttp_t parser_;
  Stage stage_ = Stage::start;
  bool host_seen_ = false;
  bool close_seen_ = false;
  bool keep_alive_seen_ = false;
  http::Error callback_error_ = http::Error::none;
  std::uint32_t url_offset_ = 0;
  std::uint32_t url_size_ = 0;
  const char* piece_ = nullptr;   ///< The piece that is being parsed …
  std::size_t piece_offset_ = 0;  ///< … and where in the head it begins.
  http::RequestParser::Limits limits_;
  std::string block_;
  std::vector<std::pair<std::string_view, std::string_view>> fields_;
  std::string_view target_host_;
  http::RequestHead head_;
};

}  // namespace bora::test
