#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <bora/core/task.h>
#include <bora/http/async_http_client.h>

#include "runtime/http/client/client_url.h"
#include "runtime/http/client/connection_pool.h"
#include "runtime/http/client/proxies.h"

namespace bora::http {

class Fetch;

/// The state that the handles of one client share. Its connections belong to a loop: when that
/// ends, it is closed.
class AsyncHTTPClient::Core : public std::enable_shared_from_this<Core> {
 public:
  explicit Core(AsyncHTTPClientOptions options);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  /// @param on_head  Called with the head of the last answer before its body comes; may be empty.
  Task<HTTPResponse> fetch(std::shared_ptr<const HTTPRequest> request,
                           std::function<void(const HTTPResponse&)> on_head = {});
  void close() noexcept;
  [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }

  /// The TLS settings of a request, made once for each combination.
  /// @param is_at_home  Whether it is the origin that the request names: others get no client
  ///                    certificate.
  net::SSLContext tls_for(const HTTPRequest& request, bool is_at_home);

  /// The last Digest challenge of a proxy for these credentials. All fetches share it, because a
  /// nonce and its count outlive them.
  std::shared_ptr<std::optional<DigestChallenge>> proxy_digest(const ProxyRoute& proxy);

  /// Memory to receive into, for all fetches that do not run other code while they use it.
  [[nodiscard]] std::span<char> scratch();

  AsyncHTTPClientOptions options;
  std::shared_ptr<net::Resolver> resolver;
  EnvironmentProxies proxies;
  ConnectionPool pool;
  HTTPClientStatistics counts;
  std::list<Fetch*> running;  ///< those that close() ends
  HTTPHeaders spare;          ///< Memory for the next fetch to gather fields in.
  std::string last_url;       ///< the last one that was parsed, without a password in it
  ClientURL last_parsed;

 private:
  std::map<std::string, net::SSLContext> contexts_;
  std::map<std::string, std::shared_ptr<std::optional<DigestChallenge>>> proxy_digests_;
  std::unique_ptr<char[]> scratch_;
  bool is_closed_ = false;
};

}  // namespace bora::http
