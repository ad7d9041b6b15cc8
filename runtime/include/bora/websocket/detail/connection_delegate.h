#pragma once

#include <cstddef>
#include <string_view>

#include <bora/websocket/websocket.h>

namespace bora::websocket::detail {

/// The owner of a connection: a handler, or a client. It is private to Bora. None of the calls may
/// throw.
class ConnectionDelegate {
 public:
  /// @param data  Valid during the call only.
  /// @returns  False while it works on the message: nothing more is read before
  ///           Connection::resume().
  virtual bool message_received(MessageType type, std::string_view data) = 0;
  virtual void ping_received(std::string_view data) = 0;
  virtual void pong_received(std::string_view data) = 0;
  /// Messages were not sent, because the peer reads too slowly or has left.
  virtual void messages_dropped(std::size_t count, std::string_view reason) = 0;
  /// The connection is over. This comes once, and is the last call. Connection::close_code() and
  /// close_reason() may be called within it; then the connection is destroyed.
  virtual void connection_closed() = 0;

 protected:
  ~ConnectionDelegate() = default;
};

}  // namespace bora::websocket::detail
