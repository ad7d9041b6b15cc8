#pragma once

#include <string>
#include <string_view>

namespace bora::websocket {

/// The place where a client connects.
struct WebSocketURL {
  bool is_secure = false;
  std::string host;  ///< a name or an address; IPv6 without brackets
  int port = 80;
  std::string
      host_field;      ///< the value of Host: with brackets, and the port unless it is the default
  std::string target;  ///< "/live?room=1"
  std::string credentials;  ///< "name:password", decoded; empty if there are none
};

/// @throws std::invalid_argument  It is not a URL of ws, wss, http or https; the message is one
///                                sentence.
WebSocketURL parse_websocket_url(std::string_view url);

}  // namespace bora::websocket
