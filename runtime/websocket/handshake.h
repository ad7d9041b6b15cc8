#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bora/http/http_headers.h>
#include <bora/http/http_server_request.h>

// RFC 6455, 4: how a connection stops being HTTP.

namespace bora::websocket {

/// The reason for which a request does not become a WebSocket.
struct Refusal {
  int status = 400;
  std::string_view text;  ///< one sentence for the author of the client
};

/// Checks everything but the origin: RFC 6455, 4.2.1.
std::optional<Refusal> check_upgrade(const http::HTTPServerRequest& request);

/// The default rule for origins: scheme and host of `origin` are the request's own, including the
/// port. They are compared in lower case; a default port may be named or not.
bool is_same_origin(std::string_view origin, const http::HTTPServerRequest& request);

/// The subprotocols in Sec-WebSocket-Protocol, in the client's order; nothing if the field is
/// malformed or names one twice (RFC 6455, 4.1).
std::optional<std::vector<std::string>> offered_subprotocols(const http::HTTPHeaders& headers);

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455, 4.2.2).
std::string accept_key(std::string_view key);

/// A new Sec-WebSocket-Key.
std::string new_key();

}  // namespace bora::websocket
