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

/// What one fetch was; views are valid during the call only.
struct FetchReport {
  std::string_view method;
  std::string_view url;  ///< The last one, without user and password. Not for labels of metrics.
  std::string_view host;
  int code = 0;            ///< 599: no answer came.
  std::string_view error;  ///< Empty: an answer came, of whatever status.
  int redirects = 0;
  bool was_retried = false;
  TimeInfo time_info;
};

/// Limits and habits of a client.
struct AsyncHTTPClientOptions {
  /// Requests under way at once; others wait for their turn, first come first served.
  std::size_t max_clients = 512;
  /// Connections to one origin: scheme, host, port, proxy and TLS settings.
  std::size_t max_connections_per_origin = 16;
  /// Connections that are kept open with nothing to do, in all. 0: none.
  std::size_t max_idle_connections = 512;
  /// How long, if the server does not tell a shorter time (`Keep-Alive: timeout=5`).
  TimeLimit idle_timeout = std::chrono::seconds(60);
  std::size_t max_header_size = 64 * 1024;  ///< Of an answer.
  std::uint64_t max_body_size = 100 * 1024 * 1024;
  /// Null: a DefaultLoopResolver. An OverrideResolver is Tornado's hostname_mapping.
  std::shared_ptr<net::Resolver> resolver{};
  /// Use the proxies that http_proxy, https_proxy, all_proxy and no_proxy of the environment name.
  bool proxies_from_environment = false;
  /// What requests leave out.
  HTTPRequest defaults{};
  /// Told of each fetch when it has ended. What it throws is logged.
  std::function<void(const FetchReport& report)> observer{};
};

/// Counts of a client, at this moment.
struct HTTPClientStatistics {
  std::size_t running = 0;  ///< Requests that have a connection, or are about to.
  std::size_t waiting = 0;  ///< For their turn.
  std::size_t idle_connections = 0;
  std::uint64_t connections_made = 0;
  std::uint64_t connections_reused = 0;
  std::uint64_t retries = 0;
};

/// Asks other servers, without blocking; connections are kept and used again.
///
///     bora::http::AsyncHTTPClient client;
///     const bora::http::HTTPResponse response = co_await client.fetch("https://example.com/");
///
/// A handle, cheap to copy. `AsyncHTTPClient()` is the one that all code of the loop shares, with
/// the options of configure(); one with options of its own has connections of its own. Belongs to
/// the loop of the thread on which it was made.
///
/// A fetch holds its connection until its answer has been read or it has ended; cancelling its Task
/// closes the connection.
///
/// docs/client.md shows how; docs/tls.md what is checked of certificates.
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

  /// The options of shared clients that are made from now on, on any thread.
  static void configure(AsyncHTTPClientOptions options);

  /// Fetches a URL. The Task may outlive this object.
  ///
  /// g++ before 13 can't await a call that is given a request in braces, and refuses it: give the
  /// request a name first (docs/coroutines.md).
  ///
  /// @throws HTTPClientError  Another status than 2xx came, after redirects, and raise_error is
  ///                          set; with code() 599, one of the classes below it: nothing came.
  /// @throws std::invalid_argument  The request is none: a URL of another scheme, an unknown
  ///                                method, a body where none belongs …
  Task<HTTPResponse> fetch(std::string url);
  Task<HTTPResponse> fetch(const HTTPRequest& request);
  bora::detail::AwaitByNameIf<bora::detail::LostTemporary<HTTPRequest>, Task<HTTPResponse>> fetch(
      HTTPRequest&& request);

  /// Fetches a URL, and returns when the head of its answer is there; the body is read from what
  /// it gives. Redirects are followed, and raise_error counts, as with fetch();
  /// streaming_callback is not looked at. request_timeout goes on until the body has been read.
  /// @throws HTTPClientError, std::invalid_argument  As fetch().
  Task<HTTPResponseStream> stream(std::string url);
  Task<HTTPResponseStream> stream(const HTTPRequest& request);
  bora::detail::AwaitByNameIf<bora::detail::LostTemporary<HTTPRequest>, Task<HTTPResponseStream>>
  stream(HTTPRequest&& request);

  /// Ends all fetches with HTTPClientClosedError and closes all connections. A later fetch() throws
  /// std::logic_error; the next AsyncHTTPClient() is another one.
  void close();

  [[nodiscard]] HTTPClientStatistics statistics() const;

 private:
  std::shared_ptr<Core> core_;
};

/// The same for scripts: blocks until the answer is there. Not to be used while the loop runs.
///
///     bora::http::HTTPClient client;
///     std::cout << client.fetch("https://example.com/").body;
class HTTPClient {
 public:
  HTTPClient() : HTTPClient(AsyncHTTPClientOptions()) {}
  explicit HTTPClient(AsyncHTTPClientOptions options);
  /// Closes it.
  ~HTTPClient();
  HTTPClient(const HTTPClient&) = delete;
  HTTPClient& operator=(const HTTPClient&) = delete;

  /// @throws HTTPClientError, std::invalid_argument  As AsyncHTTPClient::fetch().
  /// @throws std::logic_error  The loop runs: await an AsyncHTTPClient's fetch() there.
  HTTPResponse fetch(const std::string& url);
  HTTPResponse fetch(const HTTPRequest& request);
  void close();

 private:
  AsyncHTTPClient client_;
};

}  // namespace bora::http
