#pragma once

#include <exception>
#include <string>

namespace bora::web {

/// What left a handler, as far as the answer and the log depend on it.
struct Failure {
  enum class Kind {
    finish,         ///< Finish: no error.
    http_error,     ///< HTTPError.
    stream_closed,  ///< The client left, and the handler did not care.
    other,
  };
  Kind kind = Kind::other;
  int status = 500;         ///< What the client gets.
  std::string reason;       ///< Empty: the standard phrase.
  std::string log_message;  ///< Of an HTTPError.
};

/// @param error  Null counts as `other`.
[[nodiscard]] Failure inspect(const std::exception_ptr& error);

/// "std::runtime_error: out of paper"; only the type of what is no std::exception.
[[nodiscard]] std::string describe(const std::exception_ptr& error);

}  // namespace bora::web
