#include "runtime/websocket/websocket_url.h"

#include <charconv>
#include <stdexcept>

#include <bora/core/escape.h>
#include <bora/http/http_headers.h>

#include "runtime/http/characters.h"

namespace bora::websocket {

namespace {

[[noreturn]] void refuse(std::string_view url, std::string_view why) {
  throw std::invalid_argument("websocket_connect(): \"" + std::string(url) + "\" " +
                              std::string(why));
}

}  // namespace

WebSocketURL parse_websocket_url(std::string_view url) {
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f)
      refuse("…", "has a blank or a control character in it: percent-encode it");
  }
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) refuse(url, "has no scheme: begin it with ws:// or wss://");
  WebSocketURL result;
  const std::string_view scheme = url.substr(0, colon);
  if (http::equals_ignoring_case(scheme, "wss") || http::equals_ignoring_case(scheme, "https")) {
    result.is_secure = true;
    result.port = 443;
  } else if (!http::equals_ignoring_case(scheme, "ws") &&
             !http::equals_ignoring_case(scheme, "http")) {
    refuse(url, "is no URL of ws or wss");
  }
  if (url.find('#') != std::string_view::npos)
    refuse(url, "has a fragment, which no WebSocket has");

  std::string_view rest = url.substr(colon + 3);
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, end);
  result.target = rest.substr(end);
  if (!result.target.starts_with('/')) result.target.insert(0, "/");

  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    result.credentials = url_unescape(authority.substr(0, at), false);
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) refuse(url, "has no ']' after its address");
    result.host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
  } else {
    const std::size_t separator = std::min(authority.find(':'), authority.size());
    result.host = authority.substr(0, separator);
    port = authority.substr(separator);
    for (const char c : result.host) {
      if (!http::has_class(c, http::detail::kHostByte)) refuse(url, "has no valid host");
    }
  }
  if (result.host.empty()) refuse(url, "names no host");
  result.host_field = authority.substr(0, authority.size() - port.size());
  if (port.empty() || port == ":") return result;
  const int default_port = result.port;
  const auto [at, error] = std::from_chars(port.data() + 1, port.data() + port.size(), result.port);
  if (port.front() != ':' || error != std::errc() || at != port.data() + port.size() ||
      result.port < 1 || result.port > 65535)
    refuse(url, "has no valid port");
  if (result.port != default_port) result.host_field += ":" + std::to_string(result.port);
  return result;
}

}  // namespace bora::websocket
