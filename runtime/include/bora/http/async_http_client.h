#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bora/core/detail/await_by_name.h>
#include <bora/core/detail/function.h>
#include <bora/core/task.h>
#include <bora/http/http_client_message.h>
#include <bora/http/http_response_stream.h>
#include <bora/net/resolver.h>

namespace bora::http {

/// The report of one fetch. Its views are valid during the call only.
struct FetchReport {
  std::string_view method;
  std::string_view url;  ///< The last URL, without user and password; not for labels of metrics.
  std::string_view host;
  int code = 0;            ///< The status; 599 if no answer came.
  std::string_view error;  ///< Empty if an answer came, of whatever status.
  int redirects = 0;
  bool was_retried = false;
  TimeInfo time_info;
};

/// Limits and defaults of a client.
struct AsyncHTTPClientOptions {
  /// The most requests that are under way at once; others wait for their turn in the order of the
  /// calls.
  std::size_t max_clients = 512;
  /// The most connections to one origin: scheme, host, port, proxy and TLS settings.
  std::size_t max_connections_per_origin = 16;
  /// The most idle connections that are kept open, in all. 0 means that none is kept.
  std::size_t max_idle_connections = 512;
  /// How long they are kept, unless the server tells a shorter time (`Keep-Alive: timeout=5`).
  TimeLimit idle_timeout = std::chrono::seconds(60);
  std::size_t max_header_size = 64 * 1024;  ///< In bytes, of an answer.
  std::uint64_t max_body_size = 100 * 1024 * 1024;
  /// Null means a DefaultLoopResolver. An OverrideResolver is Tornado's hostname_mapping.
  std::shared_ptr<net::Resolver> resolver{};
  /// If true, uses the proxies that http_proxy, https_proxy, all_proxy and no_proxy of the
  /// environment name.
  bool proxies_from_environment = false;
  /// The values of the fields that requests leave out.
  HTTPRequest defaults{};
  /// Called with each fetch when it has ended. An exception that it throws is logged.
  std::function<void(const FetchReport& report)> observer{};
};

/// The counts of a client at this moment.
struct HTTPClientStatistics {
  std::size_t running = 0;  ///< Requests that have a connection, or will have one soon.
  std::size_t waiting = 0;  ///< Requests that wait for their turn.
  std::size_t idle_connections = 0;
  std::uint64_t connections_made = 0;
  std::uint64_t connections_reused = 0;
  std::uint64_t retries = 0;
};

/// Sends requests to other servers without blocking; connections are kept and used again.
///
///     bora::http::AsyncHTTPClient client;
///     const bora::http::HTTPResponse response = co_await client.fetch("https://example.com/");
///
/// It is a handle, cheap to copy. `AsyncHTTPClient()` is the one that all code of the loop shares,
/// with the options of configure(); a client with options of its own has connections of its own. It
/// belongs to the loop of the thread on which it was made.
///
/// A fetch holds its connection until its answer has been read or it has failed; cancelling its
/// Task closes the connection.
///
/// docs/client.md shows the use; docs/tls.md tells what is checked of certificates.
class AsyncHTTPClient {
 public:
  class Core;  ///< Private to the library.

  AsyncHTTPClient();
  explicit AsyncHTTPClient(AsyncHTTPClientOptions options);
  AsyncHTTPClient(const AsyncHTTPClient&) = default;
  AsyncHTTPClient(AsyncHTTPClient&&) noexcept = default;
  AsyncHTTPClient& operator=(const AsyncHTTPClient&) = default;
  AsyncHTTPClient& operator=(AsyncHTTPClient&&) noexcept = default;
  ~AsyncHTTPClient();

  /// Sets the options of the shared clients that are made from now on, on any thread.
  static void configure(AsyncHTTPClientOptions options);

  /// Fetches a URL. The Task may outlive this object.
  ///
  /// g++ before 13 can't await a call that is given a request in braces, and refuses it: give the
  /// request a name first (docs/coroutines.md).
  ///
  /// @throws HTTPClientError  A status other than 2xx came, after redirects, and raise_error is
  ///                          set. If no answer came, code() is 599, and the exception is one of
  ///                          the classes below HTTPClientError.
  /// @throws std::invalid_argument  The request is invalid: a URL of another scheme, an unknown
  ///                                method, a body that the method does not have …
  Task<HTTPResponse> fetch(std::string url);
  Task<HTTPResponse> fetch(const HTTPRequest& request);
  bora::detail::AwaitByNameIf<bora::detail::LostTemporary<HTTPRequest>, Task<HTTPResponse>> fetch(
      HTTPRequest&& request);

  /// Fetches a URL, and returns when the head of its answer is there; the body is read from the
  /// result. Redirects are followed, and raise_error counts, as with fetch(); streaming_callback is
  /// ignored. request_timeout runs until the body has been read.
  /// @throws HTTPClientError, std::invalid_argument  As fetch().
  Task<HTTPResponseStream> stream(std::string url);
  Task<HTTPResponseStream> stream(const HTTPRequest& request);
  bora::detail::AwaitByNameIf<bora::detail::LostTemporary<HTTPRequest>, Task<HTTPResponseStream>>
  stream(HTTPRequest&& request);

  /// Ends all fetches with HTTPClientClosedError and closes all connections. A later fetch() throws
  /// std::logic_error; the next AsyncHTTPClient() is a new client.
  void close();

  [[nodiscard]] HTTPClientStatistics statistics() const;

 private:
  std::shared_ptr<Core> core_;
};

/// The same for scripts: fetch() blocks until the answer is there. It must not be used while the
/// loop runs.
///
///     bora::http::HTTPClient client;
///     std::cout << client.fetch("https://example.com/").body;
class HTTPClient {
 public:
  HTTPClient() : HTTPClient(AsyncHTTPClientOptions()) {}
  explicit HTTPClient(AsyncHTTPClientOptions options);
  /// Closes the client.
  ~HTTPClient();
  HTTPClient(const HTTPClient&) = delete;
  HTTPClient& operator=(const HTTPClient&) = delete;

  /// @throws HTTPClientError, std::invalid_argument  As AsyncHTTPClient::fetch().
  /// @throws std::logic_error  The loop is running: await an AsyncHTTPClient's fetch() instead.
  HTTPResponse fetch(const std::string& url);
  HTTPResponse fetch(const HTTPRequest& request);
  void close();

 private:
  AsyncHTTPClient client_;
};

}  // namespace bora::http
