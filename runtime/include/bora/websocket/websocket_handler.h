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

/// A base, so that it lies in the bytes that RequestHandler leaves empty at its end: programs have
/// many thousands of these objects.
class SocketState {
 protected:
  bool has_request_ : 1 = true;
  bool is_at_work_ : 1 =
      false;                    ///< A call of on_message() or on_close() is on the stack, or waits.
  bool is_opened_ : 1 = false;  ///< open() was called.
};

}  // namespace detail

/// A WebSocket's server side: one object for each connection. A route leads to it like to any
/// handler, `live = { path = "/live/{room}", websocket = "Live" }` or `url<Live>("/live/(.*)")`.
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
/// A derived class defines, without `override`:
///
/// - `open(…)`, if it needs it: takes the path's captures as get() of another handler does; void or
///   Task<void>. Messages that come while it waits are handed out when it has ended.
/// - `on_message(…)`: takes `std::string_view data`, or that and `MessageType type`, or `Message
///   message`, or a type of the program's own (see MessageValue); void or Task<void>. While it
///   waits, nothing more is read: a peer that sends faster than it is served is slowed down. In a
///   coroutine the data stays valid until its end.
///
/// The request lives until open() has ended. Afterwards request(), get_argument(), cookies and what
/// else belongs to it throw std::logic_error: keep what is needed in members.
///
/// prepare(), filters and `authenticated` run before the handshake, and may refuse it with any
/// answer of HTTP. They may also set cookies and header fields for the answer that accepts it.
///
/// An exception that leaves open() or on_message() is logged, and the connection is closed with
/// 1011. The object is destroyed when the connection is over and its last coroutine has ended.
class WebSocketHandler : public web::RequestHandler,
                         private detail::SocketState,
                         private detail::ConnectionDelegate {
 public:
  ~WebSocketHandler() override;

  // Hooks.

  /// The connection is over; called once for every one whose open() was called. close_code() and
  /// close_reason() tell what the peer said.
  virtual void on_close() {}
  /// A ping came, and was answered.
  virtual void on_ping(std::string_view data) { (void)data; }
  virtual void on_pong(std::string_view data) { (void)data; }
  /// So many messages were not sent, and why: see OverflowPolicy. Messages that wait when the
  /// connection ends are told before on_close().
  virtual void on_drop(std::size_t messages, std::string_view reason) {
    (void)messages;
    (void)reason;
  }
  /// A message is no value of on_message()'s type. Closes with 1007 unless overridden.
  virtual void on_bad_message(std::string_view data, const BadMessageError& error);

  /// Whether a page of `origin` ("https://example.com") may connect. Any other than the request's
  /// own scheme, host and port is refused (403) unless this is overridden: browsers send cookies
  /// along from everywhere. Clients that are no browsers send no origin, and are not asked.
  virtual bool check_origin(std::string_view origin);
  /// Chooses one of the subprotocols that the client offers, none if it returns nothing; called
  /// once for each connection.
  virtual std::optional<std::string> select_subprotocol(const std::vector<std::string>& offered);
  /// Limits and times; those of the application's Settings unless overridden. Asked once.
  virtual WebSocketOptions websocket_options();
  /// How messages are compressed; websocket_options().compression unless overridden.
  virtual std::optional<CompressionOptions> get_compression_options();

  // Output.

  /// Sends a message: text, which must be UTF-8, or binary. It leaves at once or with the answers
  /// to what else was read. `co_await write_message(…)` is flow control (see OverflowPolicy::wait);
  /// without it the message is sent all the same, as long as the queue has room.
  /// @throws WebSocketClosedError  The connection is closed, or close() was called.
  Sending write_message(std::string_view data, MessageType type = MessageType::text);
  Sending write_message(const Message& message) {
    return write_message(message.data, message.type);
  }

  /// @param data  At most 125 bytes, which the peer's pong brings back.
  /// @throws WebSocketClosedError   As above.
  /// @throws std::invalid_argument  It is longer.
  void ping(std::string_view data = {});

  /// Begins the end: the peer is told, and on_close() is called when it has answered, or when
  /// close_timeout is over. Harmless when the connection is closed.
  /// @param code    1000 to 1003, 1007 to 1014, or 3000 to 4999.
  /// @param reason  UTF-8; at most 123 bytes, more are cut off.
  /// @throws std::invalid_argument  Another code.
  void close(std::uint16_t code = kCloseNormal, std::string_view reason = {});

  // State.

  /// Messages can be sent.
  [[nodiscard]] bool is_open() const;
  /// What the peer's close frame named; in on_close() and after. Empty: it named nothing, or the
  /// connection was lost.
  [[nodiscard]] std::optional<std::uint16_t> close_code() const;
  [[nodiscard]] std::string_view close_reason() const;
  /// What select_subprotocol() returned; empty: none.
  [[nodiscard]] std::string_view selected_subprotocol() const;
  /// Bytes that wait for a peer that reads slowly.
  [[nodiscard]] std::size_t queue_size() const;
  /// Small messages leave at once (the default), or wait for others.
  void set_nodelay(bool value);

  // What generated routes and url<Handler>() use.

  using BoraWebSocket = void;
  template <class Handler>
  static const detail::SocketCalls& bora_calls() {
    return detail::socket_calls_of<Handler>;
  }
  /// Shakes hands. @returns  False: refused, and answered.
  bool bora_accept(const detail::SocketCalls& calls);
  /// Goes on when open() has ended.
  Task<void> bora_opened(Task<void> opening);
  static void bora_release(web::RequestHandler& handler) noexcept;

 private:
  friend class detail::ChannelState;

  /// A channel that the handler is subscribed to, and its place there.
  struct Subscription {
    std::shared_ptr<detail::ChannelState> channel;
    std::size_t place;
  };
  /// What only some connections have.
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
  void message_failed();
  void message_over();
  void refuse(int status, std::string_view text);
  void destroy_if_over();
  void leave_channels();
  Extras& socket_extras();

  Connection* connection_ = nullptr;  ///< Null before the handshake and after the end.
  const detail::SocketCalls* calls_ = nullptr;
  Extras* socket_extras_ = nullptr;  ///< Owned.
  Task<void> task_;                  ///< on_message(), while it waits.
};

}  // namespace bora::websocket
