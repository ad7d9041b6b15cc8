#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace bora::web {

class Finish;
class HTTPError;

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
  // What was thrown, as long as somebody keeps the exception_ptr; null: something else.
  const HTTPError* http_error = nullptr;
  const Finish* finish = nullptr;
};

/// @param error  Null counts as `other`.
/// @param body   The request's: whoever reads it as JSON and finds that it is none has a client
///               that is wrong (400), and not an error of the program.
[[nodiscard]] Failure inspect(const std::exception_ptr& error, std::string_view body = {});

/// "std::runtime_error: out of paper"; only the type of what is no std::exception.
[[nodiscard]] std::string describe(const std::exception_ptr& error);

}  // namespace bora::web
