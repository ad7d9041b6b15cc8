#pragma once

#include <memory>
#include <optional>
#include <string>

#include <bora/core/task.h>
#include <bora/http/http_client_message.h>
#include <bora/net/resolver.h>
#include <bora/net/ssl_context.h>

#include "runtime/http/client/connection_pool.h"
#include "runtime/http/client/digest_auth.h"

namespace bora::http {

/// A proxy between the client and a server.
struct ProxyRoute {
  enum class Kind : std::uint8_t { none, http, socks5 };

  Kind kind = Kind::none;
  std::string host{};
  int port = 0;
  std::string username{};
  std::string password{};
  /// The last Digest challenge of an HTTP proxy, if it has sent one; shared by all fetches that use
  /// these credentials. Null if the credentials are sent by Basic authentication.
  std::shared_ptr<std::optional<DigestChallenge>> digest{};

  /// A text that differs from that of other proxies and credentials.
  [[nodiscard]] std::string key() const;
};

/// The way to an origin.
struct ClientRoute {
  std::string host{};
  int port = 0;
  net::SSLContext tls{};  ///< empty for clear text
  ProxyRoute proxy{};
  bool allow_ipv6 = true;
  std::string source_ip{};
  bool is_no_http = false;  ///< an HTTP proxy connects in clear text, too

  /// Whether an HTTP proxy connects (CONNECT), and the request goes to the server itself.
  [[nodiscard]] bool has_tunnel() const noexcept {
    return proxy.kind == ProxyRoute::Kind::http && (tls || is_no_http);
  }
  /// Whether an HTTP proxy gets the whole request.
  [[nodiscard]] bool asks_proxy() const noexcept {
    return proxy.kind == ProxyRoute::Kind::http && !has_tunnel();
  }
  /// A text that differs from that of other routes, for their connections.
  [[nodiscard]] std::string key() const;
};

/// The value of Proxy-Authorization for a request to `target`; empty if there is none, or none yet
/// because the proxy has not sent its challenge.
std::string proxy_authorization(const ProxyRoute& proxy, std::string_view method,
                                std::string_view target);

/// Receives the phase in which a connection is.
class ConnectProgress {
 public:
  virtual void enter(FetchPhase phase) = 0;
  virtual void connected(std::string address) = 0;

 protected:
  ~ConnectProgress() = default;
};

/// A proxy's answer other than success.
class ProxyRefusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Opens a connection. Arguments must outlive the Task.
/// @throws net::ResolveError, net::StreamClosedError, net::SSLError, ProxyRefusal
Task<std::unique_ptr<ClientConnection>> open_connection(const ClientRoute& route,
                                                        std::shared_ptr<net::Resolver> resolver,
                                                        ConnectProgress& progress);

}  // namespace bora::http
