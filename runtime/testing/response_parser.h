#pragma once

#include <llhttp.h>

#include <string>
#include <string_view>

#include <bora/testing/http_test.h>

namespace bora::testing {

/// Bytes of one answer to a Response.
class ResponseParser {
 public:
  /// @param is_head  The answer to a HEAD request: it has no body, whatever its fields say.
  explicit ResponseParser(bool is_head);
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  /// @returns  False when the bytes are no HTTP; error() tells why.
  bool feed(std::string_view bytes);
  /// The server closed the connection; an answer without a length ends there.
  bool finish();

  [[nodiscard]] bool is_complete() const { return is_complete_; }
  [[nodiscard]] bool has_started() const { return has_started_; }
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] Response take() { return std::move(response_); }

 private:
  static ResponseParser& of(llhttp_t* parser);
  static llhttp_settings_t make_settings();
  bool check(llhttp_errno_t result);
  void end_field();
  int begin_message();
  int end_message();

  llhttp_settings_t settings_;
  llhttp_t parser_;
  Response response_;
  std::string name_;
  std::string value_;
  std::string error_;
  bool is_head_;
  bool has_started_ = false;
  bool is_complete_ = false;
};

}  // namespace bora::testing
