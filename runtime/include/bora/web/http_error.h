#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bora::web {

/// The exception that a handler throws so that the client gets an error page with this status.
///
///     throw HTTPError(404, "no story " + slug);
///     throw HTTPError(409).with_detail("This name is taken.").with_field("name", "taken");
///
/// The page shows the status, its phrase, and the texts of with_detail() and with_field(); for a
/// client that asks for JSON it is problem+json (RFC 9457). Nothing else reaches the client.
class HTTPError : public std::exception {
 public:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  /// @param log_message  A text for the log only, which is never sent to the client. If it is
  ///                     empty, only the access line is logged.
  /// @param reason       Replaces the standard phrase in the status line.
  explicit HTTPError(int status = 500, std::string log_message = {}, std::string reason = {});

  /// Adds a sentence for the client. It is escaped where it is shown.
  HTTPError with_detail(std::string text) &&;
  /// Tells what is wrong with one field of a form or a JSON body: a member of `errors`.
  HTTPError with_field(std::string name, std::string text) &&;
  /// Sets a header of the answer, such as `Retry-After`; otherwise it has only the default ones.
  /// @throws std::invalid_argument  When the answer is sent; see RequestHandler::set_header().
  HTTPError with_header(std::string name, std::string value) &&;

  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] const std::string& log_message() const { return log_message_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] const std::string& detail() const { return detail_; }
  [[nodiscard]] const Pairs& fields() const { return fields_; }
  [[nodiscard]] const Pairs& headers() const { return headers_; }
  /// Returns for example "HTTP 404: Not Found (no such story)".
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  int status_;
  std::string log_message_;
  std::string reason_;
  std::string text_;
  std::string detail_;
  Pairs fields_;
  Pairs headers_;
};

/// 400: the request lacks an argument that the handler asked for. The answer tells the client its
/// name.
class MissingArgumentError : public HTTPError {
 public:
  explicit MissingArgumentError(std::string argument);
  [[nodiscard]] const std::string& argument() const { return argument_; }

 private:
  std::string argument_;
};

/// 400: an argument is not of the kind that the handler asked for. The answer tells the client its
/// name and what it must be.
class BadArgumentError : public HTTPError {
 public:
  /// @param wanted  For example "must be a number".
  /// @param value   The value, for the log.
  BadArgumentError(std::string argument, const std::string& wanted, const std::string& value);
  [[nodiscard]] const std::string& argument() const { return argument_; }

 private:
  std::string argument_;
};

/// The exception that ends the request from any depth without an error: the answer is what was
/// written and set, followed by the argument given here, as finish() takes it.
///
///     throw Finish();
///     throw Finish("not today");
class Finish : public std::exception {
 public:
  explicit Finish(std::string chunk = {}) : chunk_(std::move(chunk)) {}
  /// A text of JSON with its Content-Type: `throw Finish(render::json_encode(result))`.
  template <class JSON>
    requires requires { typename JSON::bora_json; }
  explicit Finish(const JSON& json) : chunk_(json.text()), is_json_(true) {}

  [[nodiscard]] const std::string& chunk() const { return chunk_; }
  [[nodiscard]] bool is_json() const { return is_json_; }
  [[nodiscard]] const char* what() const noexcept override { return "request finished"; }

 private:
  std::string chunk_;
  bool is_json_ = false;
};

}  // namespace bora::web
