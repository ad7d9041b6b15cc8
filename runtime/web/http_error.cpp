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

MissingArgumentError::MissingArgumentError(std::string argument)
    : HTTPError(400, "Missing argument " + argument), argument_(std::move(argument)) {}

}  // namespace bora::web
