#include <bora/web/http_error.h>

#include <stdexcept>
#include <utility>

#include <bora/http/status.h>

namespace bora::web {

HTTPError::HTTPError(int status, std::string log_message, std::string reason)
    : status_(status), log_message_(std::move(log_message)), reason_(std::move(reason)) {
  if (status < 100 || status > 999) {
    throw std::invalid_argument("HTTPError: " + std::to_string(status) + " is no HTTP status");
  }
  text_ = "HTTP " + std::to_string(status_) + ": ";
  text_ += reason_.empty() ? http::reason_phrase(status_) : std::string_view(reason_);
  if (!log_message_.empty()) text_ += " (" + log_message_ + ")";
}

HTTPError HTTPError::with_detail(std::string text) && {
  detail_ = std::move(text);
  return std::move(*this);
}

HTTPError HTTPError::with_field(std::string name, std::string text) && {
  fields_.emplace_back(std::move(name), std::move(text));
  return std::move(*this);
}

HTTPError HTTPError::with_header(std::string name, std::string value) && {
  headers_.emplace_back(std::move(name), std::move(value));
  return std::move(*this);
}

MissingArgumentError::MissingArgumentError(std::string argument)
    : HTTPError(HTTPError(400, "Missing argument " + argument)
                    .with_detail("The argument '" + argument + "' is missing.")
                    .with_field(argument, "is missing")),
      argument_(std::move(argument)) {}

BadArgumentError::BadArgumentError(std::string argument, const std::string& wanted,
                                   const std::string& value)
    : HTTPError(HTTPError(400, "Argument " + argument + " " + wanted + ": " + value)
                    .with_detail("The argument '" + argument + "' " + wanted + ".")
                    .with_field(argument, wanted)),
      argument_(std::move(argument)) {}

}  // namespace bora::web
