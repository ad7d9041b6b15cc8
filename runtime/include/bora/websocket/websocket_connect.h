#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/detail/chrono.h>
#include <bora/core/detail/function.h>
#include <bora/core/task.h>
#include <bora/http/http_headers.h>
#include <bora/net/resolver.h>
#include <bora/net/ssl_context.h>
#include <bora/websocket/websocket.h>

namespace bora::websocket {

/// The server did not open a WebSocket: it answered with another status than 101, or with a 101
/// that breaks the rules of RFC 6455, 4.1. Or a proxy did not connect to it.
class WebSocketHandshakeError : public std::runtime_error {
 public:
  WebSocketHandshakeError(const std::string& sentence, int the_status,
                          http::HTTPHeaders the_headers)
      : std::runtime_error(sentence), status(the_status), headers(std::move(the_headers)) {}

  int status;  ///< Of the answer; 0: the proxy refused.
  http::HTTPHeaders headers;
};

/// How websocket_connect() connects.
struct WebSocketConnectOptions {
  /// Further fields of the request. Those of the handshake itself can't be changed.
  std::vector<std::pair<std::string, std::string>> headers{};
  /// Offered, the one that is liked best first; the server may choose one.
  std::vector<std::string> subprotocols{};
  /// Limits, pings and compression.
  WebSocketOptions options{};
  /// Called with each message, and once with nothing when the connection is over. read_message()
  /// is not to be used then, and messages are not held back.
  std::function<void(std::optional<Message> message)> on_message_callback{};

  /// For wss: URLs. Default: the system's authorities, and the server's name is checked.
  net::SSLContext ssl_options{};
  /// "http://user:password@host:port" (CONNECT), "socks5://host:port". Empty: none; what the
  /// environment names is not looked at.
  std::string proxy{};
  /// Null: a DefaultLoopResolver.
  std::shared_ptr<net::Resolver> resolver{};
  /// Finding the server's address, TCP, proxy and TLS.
  std::chrono::nanoseconds connect_timeout = std::chrono::seconds(20);
  /// The time from there to the answer. Afterwards no time limit runs but those of `options`.
  std::chrono::nanoseconds request_timeout = std::chrono::seconds(20);
};

/// The client's side of a WebSocket.
///
/// Belongs to the loop on which it was made. Destroying it closes the connection: with 1001, unless
/// close() was called.
class WebSocketClientConnection {
 public:
  WebSocketClientConnection(WebSocketClientConnection&& other) noexcept;
  WebSocketClientConnection& operator=(WebSocketClientConnection&& other) noexcept;
  ~WebSocketClientConnection();

  /// The next message; nothing when the connection is over. One call at a time.
  ///
  /// While nobody calls it at most one message is kept, and no more is read: a server that sends
  /// faster than it is read is slowed down.
  Task<std::optional<Message>> read_message();

  /// Sends as WebSocketHandler::write_message() does.
  /// @throws WebSocketClosedError
  Sending write_message(std::string_view data, MessageType type = MessageType::text);
  Sending write_message(const Message& message) {
    return write_message(message.data, message.type);
  }

  /// @param data  At most 125 bytes.
  /// @throws WebSocketClosedError, std::invalid_argument
  void ping(std::string_view data = {});

  /// Begins the end: the server is told, and read_message() returns nothing when it has answered,
  /// or when close_timeout is over.
  /// @throws std::invalid_argument  A code that no endpoint may send.
  void close(std::uint16_t code = kCloseNormal, std::string_view reason = {});

  [[nodiscard]] bool is_open() const;
  /// What the server's close frame named, when the connection is over. Empty: nothing, or the
  /// connection was lost.
  [[nodiscard]] std::optional<std::uint16_t> close_code() const;
  [[nodiscard]] std::string_view close_reason() const;
  /// Empty: none.
  [[nodiscard]] std::string_view selected_subprotocol() const;
  /// The fields of the answer to the handshake.
  [[nodiscard]] const http::HTTPHeaders& headers() const;

 private:
  class Impl;
  explicit WebSocketClientConnection(std::unique_ptr<Impl> impl) noexcept;
  friend Task<WebSocketClientConnection> websocket_connect(std::string url,
                                                           WebSocketConnectOptions options);

  std::unique_ptr<Impl> impl_;
};

/// Opens a WebSocket:
///
///     auto socket = co_await websocket_connect("ws://127.0.0.1:8888/live");
///     socket.write_message("hello");
///     while (std::optional<Message> message = co_await socket.read_message()) …
///
/// @param url  ws: or wss:, also http: or https:; a name and password in it are sent as Basic
///             authentication. A fragment is refused (RFC 6455, 3). Redirects are not followed.
/// @throws std::invalid_argument    The URL, a field or a subprotocol can't be sent.
/// @throws WebSocketHandshakeError  The server answered, but opened no WebSocket.
/// @throws net::ResolveError, net::ConnectError, net::StreamClosedError, TimeoutError
Task<WebSocketClientConnection> websocket_connect(std::string url,
                                                  WebSocketConnectOptions options = {});

}  // namespace bora::websocket
