#pragma once

#include <memory>
#include <optional>
#include <string>

#include <bora/core/task.h>
#include <bora/http/http_client_message.h>

namespace bora::http {

/// An answer whose body is read as it arrives. AsyncHTTPClient::stream() returns it.
///
///     bora::http::HTTPResponseStream answer = co_await client.stream(url);
///     while (const std::optional<std::string> piece = co_await answer.read()) use(*piece);
///
/// While the program does not read, one piece is kept and the server has to wait. Destroying the
/// object before the end closes the connection.
class HTTPResponseStream {
 public:
  class State;  ///< Private to the library.

  explicit HTTPResponseStream(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
  HTTPResponseStream(HTTPResponseStream&&) noexcept = default;
  HTTPResponseStream& operator=(HTTPResponseStream&& other) noexcept;
  ~HTTPResponseStream();

  /// The status and headers; the body is empty.
  [[nodiscard]] const HTTPResponse& response() const noexcept;

  /// The next decoded piece of the body, or nothing at the end. Only one call may be pending.
  /// @throws HTTPFetchError  The answer was not complete.
  Task<std::optional<std::string>> read();

 private:
  std::shared_ptr<State> state_;
};

}  // namespace bora::http
