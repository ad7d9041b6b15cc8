#pragma once

#include <string>
#include <string_view>

#include "runtime/http/client/client_url.h"
#include "runtime/http/client/connect.h"

namespace bora::http {

/// The proxies that a process's environment names, read once.
class EnvironmentProxies {
 public:
  EnvironmentProxies() = default;
  /// Reads http_proxy, https_proxy, all_proxy, no_proxy, and the same in capitals except
  /// HTTP_PROXY: under CGI that is a request's field "Proxy", which anybody can send.
  static EnvironmentProxies read();

  [[nodiscard]] ProxyRoute proxy_for(const ClientURL& url) const;

  std::string http;
  std::string https;
  std::string none;  ///< no_proxy: "example.com, .internal, 10.0.0.0/8, *".
};

/// Parses "http://user:password@host:port", "socks5://host" or "host:port".
/// @throws std::invalid_argument  It is not such a text.
ProxyRoute parse_proxy(std::string_view text);

/// Whether no_proxy excludes the host.
bool is_excepted(std::string_view exceptions, const ClientURL& url);

}  // namespace bora::http
