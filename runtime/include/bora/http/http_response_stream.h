#pragma once

#include <memory>
#include <optional>
#include <string>

#include <bora/core/task.h>
#include <bora/http/http_client_message.h>

namespace bora::http {

/// An answer whose body is read as it comes; AsyncHTTPClient::stream() gives it.
///
///     bora::http::HTTPResponseStream answer = co_await client.stream(url);
///     while (const std::optional<std::string> piece = co_await answer.read()) use(*piece);
///
/// While the program does not read, one piece is kept and the server is slowed down. Destroying it
/// before the end closes the connection.
class HTTPResponseStream {
 public:
  class State;  ///< Private to the library.

  explicit HTTPResponseStream(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
  HTTPResponseStream(HTTPResponseStream&&) noexcept = default;
  HTTPResponseStream& operator=(HTTPResponseStream&& other) noexcept;
  ~HTTPResponseStream();

  /// Status and headers; the body is empty.
  [[nodiscard]] const HTTPResponse& response() const noexcept;

  /// The next piece, decoded; nothing at the end. One call at a time.
  /// @throws HTTPFetchError  The answer did not end well.
  Task<std::optional<std::string>> read();

 private:
  std::shared_ptr<State> state_;
};

}  // namespace bora::http
