#pragma once

#include <string>
#include <string_view>

namespace bora::websocket {

/// Where a client connects to.
struct WebSocketURL {
  bool is_secure = false;
  std::string host;  ///< A name or an address; of IPv6 without brackets.
  int port = 80;
  std::string
      host_field;      ///< What Host says: with brackets, and the port unless it is the default.
  std::string target;  ///< "/live?room=1"
  std::string credentials;  ///< "name:password", decoded; empty: none.
};

/// @throws std::invalid_argument  It is no URL of ws, wss, http or https; one sentence.
WebSocketURL parse_websocket_url(std::string_view url);

}  // namespace bora::websocket
