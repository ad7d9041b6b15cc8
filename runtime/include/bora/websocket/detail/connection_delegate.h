#pragma once

#include <cstddef>
#include <string_view>

#include <bora/websocket/websocket.h>

namespace bora::websocket::detail {

/// Who has a connection: a handler, or a client. Private to Bora. None of the calls may throw.
class ConnectionDelegate {
 public:
  /// @param data  Valid during the call only.
  /// @returns  False: it is at work on the message, and nothing more is read before
  ///           Connection::resume().
  virtual bool message_received(MessageType type, std::string_view data) = 0;
  virtual void ping_received(std::string_view data) = 0;
  virtual void pong_received(std::string_view data) = 0;
  /// Messages were not sent: the peer reads too slowly, or has gone.
  virtual void messages_dropped(std::size_t count, std::string_view reason) = 0;
  /// The connection is over; comes once, and is the last call. Connection::close_code() and
  /// close_reason() may be asked within it; then the connection is gone.
  virtual void connection_closed() = 0;

 protected:
  ~ConnectionDelegate() = default;
};

}  // namespace bora::websocket::detail
