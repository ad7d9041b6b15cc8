#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/task.h>
#include <bora/web/request_handler.h>
#include <bora/websocket/detail/connection_delegate.h>
#include <bora/websocket/detail/socket_calls.h>
#include <bora/websocket/websocket.h>

namespace bora::websocket {

class Connection;
namespace detail {

class ChannelState;

/// A base class, so that it lies in the bytes that RequestHandler leaves empty at its end: programs
/// have many thousands of these objects.
class SocketState {
 protected:
  bool has_request_ : 1 = true;
  bool is_at_work_ : 1 =
      false;                    ///< A call of on_message() or on_close() is on the stack, or waits.
  bool is_opened_ : 1 = false;  ///< Whether open() was called.
};

}  // namespace detail

/// The server side of a WebSocket; there is one object for each connection. A route leads to it
/// like to any handler, `live = { path = "/live/{room}", websocket = "Live" }` or
/// `url<Live>("/live/(.*)")`.
///
///     class Live : public bora::websocket::WebSocketHandler {
///      public:
///       void open(std::string_view room) { rooms().join(room, *this); }
///       bora::Task<void> on_message(std::string_view text) {
///         const Reply reply = co_await answer(text);
///         write_message(reply.text);
///       }
///       void on_close() override { rooms().leave(*this); }
///     };
///
/// A derived class defines these functions if it needs them, without `override`:
///
/// - `open(…)`: it takes the path's captures, as get() of another handler does, and
///   returns void or Task<void>. Messages that come while it waits are delivered when it has ended.
/// - `on_message(…)`: it takes `std::string_view data`, or that and `MessageType type`, or
///   `Message message`, or a type of the program's own (see MessageValue), and returns void or
///   Task<void>. While it waits, nothing more is read: a peer that sends too fast has to wait. In a
///   coroutine the data stays valid until its end. A handler without on_message() only sends: its
///   peer's messages are checked against RFC 6455, as always, and ignored.
///
/// The request lives until open() has ended. Afterwards request(), get_argument(), cookies and
/// everything else of the request throw std::logic_error: keep what is needed in members.
///
/// prepare(), filters and `authenticated` run before the handshake, and may refuse it with any HTTP
/// answer. They may also set cookies and header fields for the answer that accepts it.
///
/// An exception that leaves open() or on_message() is logged, and the connection is closed with
/// 1011; but a WebSocketClosedError of a peer that has left only ends the function. The object is destroyed when the connection is over and its last coroutine has ended.
class WebSocketHandler : public web::RequestHandler,
                         private detail::SocketState,
                         private detail::ConnectionDelegate {
 public:
  ~WebSocketHandler() override;

  // Hooks.

  /// For handlers that have no on_message() of their own, which would hide this one. It ignores the
  /// message, and logs at debug level that it came.
  void on_message(std::string_view data, MessageType type);
  /// The connection is over. It is called once for every object whose open() has ended without an
  /// exception, or with that of a peer that has left.
  /// close_code() and close_reason() return what the peer said.
  virtual void on_close() {}
  /// A ping came, and was answered.
  virtual void on_ping(std::string_view data) { (void)data; }
  virtual void on_pong(std::string_view data) { (void)data; }
  /// `messages` messages were not sent for this reason: see OverflowPolicy. Messages that wait when
  /// the connection ends are reported before on_close().
  virtual void on_drop(std::size_t messages, std::string_view reason) {
    (void)messages;
    (void)reason;
  }
  /// A message is not a value of on_message()'s type. The default closes the connection with 1007.
  virtual void on_bad_message(std::string_view data, const BadMessageError& error);

  /// Whether a page of `origin` ("https://example.com") may connect. The default refuses (403) any
  /// other than the request's own scheme, host and port, because browsers send cookies with
  /// requests from every site. Clients other than browsers send no origin, and are not checked.
  virtual bool check_origin(std::string_view origin);
  /// Chooses one of the subprotocols that the client offers, or none if it returns nothing. It is
  /// called once for each connection.
  virtual std::optional<std::string> select_subprotocol(const std::vector<std::string>& offered);
  /// Limits and times. The default is those of the application's Settings. It is called once.
  virtual WebSocketOptions websocket_options();
  /// How messages are compressed. The default is websocket_options().compression.
  virtual std::optional<CompressionOptions> get_compression_options();

  // Output.

  /// Sends a message: text, which must be UTF-8, or binary. It leaves at once; messages that are
  /// written while received ones are being handled leave together. `co_await write_message(…)` is
  /// flow control (see OverflowPolicy::wait); without it the message is sent all the same, as long
  /// as the queue has room.
  /// @throws WebSocketClosedError  The connection is closed, or close() was called.
  Sending write_message(std::string_view data, MessageType type = MessageType::text);
  Sending write_message(const Message& message) {
    return write_message(message.data, message.type);
  }

  /// @param data  At most 125 bytes, which the peer's pong returns.
  /// @throws WebSocketClosedError   As above.
  /// @throws std::invalid_argument  `data` is longer.
  void ping(std::string_view data = {});

  /// Begins the closing: a close frame is sent, and on_close() is called when the peer has
  /// answered, or when close_timeout has passed. It does nothing when the connection is closed.
  /// @param code    1000 to 1003, 1007 to 1014, or 3000 to 4999.
  /// @param reason  UTF-8 of at most 123 bytes; the rest is cut off.
  /// @throws std::invalid_argument  `code` is another.
  void close(std::uint16_t code = kCloseNormal, std::string_view reason = {});

  // State.

  /// Whether messages can be sent.
  [[nodiscard]] bool is_open() const;
  /// The code and reason of the peer's close frame; in on_close() and after it. Empty if it had
  /// none, or the connection was lost.
  [[nodiscard]] std::optional<std::uint16_t> close_code() const;
  [[nodiscard]] std::string_view close_reason() const;
  /// The result of select_subprotocol(); empty if there is none.
  [[nodiscard]] std::string_view selected_subprotocol() const;
  /// The bytes that wait for a peer that reads slowly.
  [[nodiscard]] std::size_t queue_size() const;
  /// Whether small messages leave at once (the default), or wait for others.
  void set_nodelay(bool value);

  // For generated routes and url<Handler>().

  using BoraWebSocket = void;
  template <class Handler>
  static const detail::SocketCalls& bora_calls() {
    return detail::socket_calls_of<Handler>;
  }
  /// Performs the handshake. @returns  False if it was refused and answered.
  bool bora_accept(const detail::SocketCalls& calls);
  /// Continues when open() has ended.
  Task<void> bora_opened(Task<void> opening);
  static void bora_release(web::RequestHandler& handler) noexcept;

 private:
  friend class detail::ChannelState;

  /// A channel that the handler is subscribed to, and its place there.
  struct Subscription {
    std::shared_ptr<detail::ChannelState> channel;
    std::size_t place;
  };
  /// Data that only some connections have.
  struct Extras {
    std::vector<Subscription> subscriptions;
    std::string subprotocol;
    std::string close_reason;
    std::optional<std::uint16_t> close_code;
  };

  bool message_received(MessageType type, std::string_view data) override;
  void ping_received(std::string_view data) override;
  void pong_received(std::string_view data) override;
  void messages_dropped(std::size_t count, std::string_view reason) override;
  void connection_closed() override;

  static void message_done(void* self);
  void message_ended_early(const WebSocketClosedError& error);
  void message_failed();
  void message_over();
  void refuse(int status, std::string_view text);
  void destroy_if_over();
  void leave_channels();
  Extras& socket_extras();

  Connection* connection_ = nullptr;  ///< null before the handshake and after the end
  const detail::SocketCalls* calls_ = nullptr;
  Extras* socket_extras_ = nullptr;  ///< owned
  Task<void> task_;                  ///< on_message(), while it waits
};

}  // namespace bora::websocket
