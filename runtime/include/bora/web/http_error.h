#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace bora::web {

/// Thrown by a handler: the client gets an error page with this status.
class HTTPError : public std::exception {
 public:
  /// @param log_message  For the log only, never sent to the client. May be empty: nothing is
  /// logged
  ///                     but the access line.
  /// @param reason       Replaces the standard phrase in the status line.
  explicit HTTPError(int status = 500, std::string log_message = {}, std::string reason = {});

  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] const std::string& log_message() const { return log_message_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// "HTTP 404: Not Found (no such story)"
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  int status_;
  std::string log_message_;
  std::string reason_;
  std::string text_;
};

/// 400: the request lacks an argument that the handler asked for.
class MissingArgumentError : public HTTPError {
 public:
  explicit MissingArgumentError(std::string argument);
  [[nodiscard]] const std::string& argument() const { return argument_; }

 private:
  std::string argument_;
};

/// Thrown to end the request from any depth, without an error: what was written and set is sent.
class Finish : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "request finished"; }
};

}  // namespace bora::web
