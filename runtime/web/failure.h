#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace bora::web {

class Finish;
class HTTPError;

/// An exception of a handler, as far as the answer and the log depend on it.
struct Failure {
  enum class Kind {
    finish,         ///< Finish: it is no error.
    http_error,     ///< HTTPError.
    stream_closed,  ///< The client left, and the handler did not catch it.
    other,
  };
  Kind kind = Kind::other;
  int status = 500;         ///< The status of the answer.
  std::string reason;       ///< If empty, the standard phrase.
  std::string log_message;  ///< from an HTTPError
  // The exception, valid as long as the exception_ptr is kept; null if it is something else.
  const HTTPError* http_error = nullptr;
  const Finish* finish = nullptr;
};

/// @param error  Null counts as `other`.
/// @param body   The request's: if a handler reads it as JSON and it is not, the client is wrong
///               (400), and the program has no error.
[[nodiscard]] Failure inspect(const std::exception_ptr& error, std::string_view body = {});

/// Throws an HTTPError for a request that is not as it should be: `what` ("too many fields") is in
/// the log, and is told to the client as a sentence.
[[noreturn]] void refuse_request(int status, const std::string& what);

/// Returns "std::runtime_error: out of paper"; only the type if it is not a std::exception.
[[nodiscard]] std::string describe(const std::exception_ptr& error);

}  // namespace bora::web
