#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include <bora/http/http_connection.h>

namespace bora::http {

/// Limits and timeouts of a server. Each is enforced before memory is spent on what exceeds it.
struct HTTPServerOptions {
  std::size_t max_header_size = 32 * 1024;           ///< Request line and header fields: else 431.
  std::size_t max_header_count = 100;                ///< Fields: else 431.
  std::size_t max_uri_size = 8 * 1024;               ///< Request target: else 414.
  std::size_t max_body_size = 10 * 1024 * 1024;      ///< Body: else 413, before it is read.
  std::size_t chunk_size = 64 * 1024;                ///< Longest piece for data_received().
  std::chrono::seconds header_timeout{10};           ///< First byte to end of the head: else 408.
  std::chrono::seconds idle_connection_timeout{75};  ///< Between requests: closed silently.
  std::chrono::seconds body_timeout{60};   ///< End of the head to end of the body: else 408.
  std::chrono::seconds write_timeout{60};  ///< A client that takes nothing is closed.
  std::chrono::seconds drain_timeout{30};  ///< What a graceful stop waits for requests.
  bool no_keep_alive = false;              ///< Close after each answer.
  FormLimits form_limits;                  ///< Arguments and parts of forms.
};

/// An HTTP/1.1 server on the current thread's IOLoop.
///
/// Serves from listen() on, as soon as the loop runs, and takes part in the loop's graceful stop:
/// on SIGINT or SIGTERM it stops accepting, closes idle connections, lets running requests finish,
/// and only then the loop ends.
class HTTPServer {
 public:
  /// @param delegate  Answers the requests; must outlive the server.
  explicit HTTPServer(HTTPServerConnectionDelegate& delegate, HTTPServerOptions options = {});
  ~HTTPServer();
  HTTPServer(const HTTPServer&) = delete;
  HTTPServer& operator=(const HTTPServer&) = delete;

  /// Listens on `port` of every address that `address` names.
  ///
  /// @param port     0 takes a free one; see port().
  /// @param address  "127.0.0.1", "::1", "localhost"; empty is every interface, IPv4 and IPv6.
  /// @throws net::BindError  One sentence: which address and port, why, and what to do.
  void listen(int port, std::string_view address = {});

  /// Takes over a connected stream socket as if it had been accepted.
  void add_connection(int fd);

  /// The port of the first listening socket; 0 before listen().
  [[nodiscard]] int port() const;

  /// Stops accepting. Open connections go on.
  void stop();

  /// Closes every connection, also those in the middle of an answer.
  void close_all_connections();

  /// Stops accepting, closes idle connections, answers running requests with `Connection: close`.
  /// Done when the last connection is closed, at the latest after options.drain_timeout.
  Task<void> drain();

  [[nodiscard]] std::size_t connection_count() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bora::http
