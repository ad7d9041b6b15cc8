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
/// that breaks the rules of RFC 6455, 4.1. Or a proxy did not connect to the server.
class WebSocketHandshakeError : public std::runtime_error {
 public:
  WebSocketHandshakeError(const std::string& sentence, int the_status,
                          http::HTTPHeaders the_headers)
      : std::runtime_error(sentence), status(the_status), headers(std::move(the_headers)) {}

  int status;  ///< The status of the answer; 0 if there was none, or its head was too long.
  http::HTTPHeaders headers;
};

/// How websocket_connect() connects.
struct WebSocketConnectOptions {
  /// Further fields of the request. Those of the handshake itself can't be changed.
  std::vector<std::pair<std::string, std::string>> headers{};
  /// The subprotocols to offer, in order of preference; the server may choose one.
  std::vector<std::string> subprotocols{};
  /// Limits, pings and compression.
  WebSocketOptions options{};
  /// Called with each message, and once with nothing when the connection is over. Then
  /// read_message() must not be used, and messages are not held back.
  std::function<void(std::optional<Message> message)> on_message_callback{};

  /// For wss: URLs. The default trusts the system's authorities and checks the server's name.
  net::SSLContext ssl_options{};
  /// "http://user:password@host:port" (CONNECT) or "socks5://host:port". Empty means none; the
  /// proxies of the environment are ignored.
  std::string proxy{};
  /// Null means a DefaultLoopResolver.
  std::shared_ptr<net::Resolver> resolver{};
  /// The limit for finding the server's address, TCP, proxy and TLS together.
  std::chrono::nanoseconds connect_timeout = std::chrono::seconds(20);
  /// The time from then to the answer. Afterwards only the time limits of `options` apply.
  std::chrono::nanoseconds request_timeout = std::chrono::seconds(20);
};

/// The client's side of a WebSocket.
///
/// It belongs to the loop on which it was made. Destroying it closes the connection, with 1001
/// unless close() was called.
class WebSocketClientConnection {
 public:
  WebSocketClientConnection(WebSocketClientConnection&& other) noexcept;
  WebSocketClientConnection& operator=(WebSocketClientConnection&& other) noexcept;
  ~WebSocketClientConnection();

  /// The next message, or nothing when the connection is over. Only one call may be pending.
  ///
  /// While nobody calls it, at most one message is kept, and no more is read, so that a server that
  /// sends too fast has to wait.
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

  /// Begins the closing: a close frame is sent, and read_message() returns nothing when the server
  /// has answered, or when close_timeout has passed.
  /// @throws std::invalid_argument  `code` is one that no endpoint may send.
  void close(std::uint16_t code = kCloseNormal, std::string_view reason = {});

  [[nodiscard]] bool is_open() const;
  /// The code and reason of the server's close frame, when the connection is over. Empty if it had
  /// none, or the connection was lost.
  [[nodiscard]] std::optional<std::uint16_t> close_code() const;
  [[nodiscard]] std::string_view close_reason() const;
  /// The subprotocol that the server chose; empty if there is none.
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
/// @param url  A URL of ws: or wss:, or of http: or https:; a name and password in it are sent as
///             Basic authentication. A fragment is refused (RFC 6455, 3). Redirects are not
///             followed.
/// @throws std::invalid_argument    The URL, a field or a subprotocol can't be sent.
/// @throws WebSocketHandshakeError  The server answered, but opened no WebSocket.
/// @throws net::ResolveError, net::ConnectError, net::StreamClosedError, TimeoutError
Task<WebSocketClientConnection> websocket_connect(std::string url,
                                                  WebSocketConnectOptions options = {});

}  // namespace bora::websocket
