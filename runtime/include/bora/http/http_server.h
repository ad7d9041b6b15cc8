#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/detail/chrono.h>
#include <bora/http/error.h>
#include <bora/http/http_connection.h>
#include <bora/net/detail/server_front.h>
#include <bora/net/netutil.h>
#include <bora/net/process.h>
#include <bora/net/ssl_context.h>

namespace bora::http {

/// Limits and timeouts of a server. Each is enforced before memory is spent on what exceeds it; the
/// status in parentheses is the answer that the client gets before the connection closes.
///
/// Sizes are in bytes. A timeout of 0 means none, and so does one that never ends (`hours::max()`).
/// A clock of seconds measures timeouts: one may come up to two seconds late, but never early.
struct HTTPServerOptions {
  // The head of a request.
  std::size_t max_header_size = 32 * 1024;  ///< The request line and header fields (431).
  std::size_t max_header_count = 100;       ///< The number of header fields (431).
  std::size_t max_uri_size = 8 * 1024;      ///< The request target (414).
  std::chrono::seconds header_timeout{10};  ///< From its first byte to its end (408).
  /// If true, fields whose names have a '_' are handed to handlers. Otherwise they are dropped:
  /// programs that pass fields on as variables (CGI, WSGI) take Content_Length and Content-Length
  /// for the same.
  bool underscores_in_headers = false;

  // The body of a request.
  /// The longest body, checked before it is read (413). A request may set its own limit:
  /// HTTPConnection::set_max_body_size().
  std::size_t max_body_size = 10 * 1024 * 1024;
  std::size_t max_chunk_extras = 16 * 1024;  ///< Chunk extensions and trailers of a body (431).
  std::size_t chunk_size = 64 * 1024;        ///< The longest piece for data_received().
  std::chrono::seconds body_timeout{0};  ///< From the end of the head to the end of the body (408).
  std::size_t min_body_rate = 1024;      ///< Bytes a second (408), measured over each …
  std::chrono::seconds body_rate_window{10};  ///< … of this time. 0 bytes: no limit.
  FormLimits form_limits{};                   ///< The arguments and parts of forms (400).

  /// If true, bodies with `Content-Encoding: gzip` are decoded as they arrive: max_body_size also
  /// limits the decoded size, data_received() gets pieces of at most chunk_size, and a body that is
  /// damaged, cut or followed by anything is refused (400). The field is then named
  /// X-Consumed-Content-Encoding. If false, such bodies are handed over as they are, but refused as
  /// forms.
  bool decompress_request = false;

  // The answer to a request.

  /// The time from the whole request (or a pause of its reading) to write_headers() (503). It is
  /// far above what browsers and proxies wait for, so that it affects only handlers that will never
  /// answer; a server with requests that take longer has to raise it.
  std::chrono::seconds handler_timeout{300};
  std::chrono::seconds write_timeout{60};  ///< A client that takes no byte for so long is cut off.
  /// A client that takes fewer bytes a second than this, while some wait for it, is cut off. The
  /// rate is measured over each …
  std::size_t min_write_rate = 1024;
  std::chrono::seconds write_rate_window{60};  ///< … of this time. 0 bytes: no limit.

  // Connections.
  std::chrono::seconds idle_connection_timeout{75};  ///< Between requests; it then closes silently.
  bool no_keep_alive = false;                        ///< Close after each answer.
  /// On a TCP connection that is silent for this long, the system asks whether the other side is
  /// still there, four times within the same time; without a reply the connection is closed.
  /// Answers that wait for an event that may never come (a long poll, server-sent events) have no
  /// other limit.
  std::chrono::seconds tcp_keepalive{60};

  /// The most connections in all; 0 means as many as there are descriptors for. At the limit the
  /// server accepts no more, and new ones wait in the listening socket's backlog until others
  /// close.
  std::size_t max_connections = 0;
  /// The most connections of one address (IPv6: one /64 network); 0 means any number. One more is
  /// answered 503 and closed; beyond twice as many they are closed without an answer. It does not
  /// suit a server behind a proxy, whose address is that of all clients. Unix-domain sockets are
  /// not counted.
  std::size_t max_connections_per_address = 0;

  /// How long a graceful stop waits before the server stops accepting. Meanwhile /readyz (see
  /// <bora/filters/health.h>) says 503, so that a load balancer sends nothing more.
  std::chrono::seconds drain_delay{0};
  std::chrono::seconds drain_timeout{30};  ///< How long a graceful stop waits for running requests.

  // A server behind a proxy.

  /// If true, remote_ip() and protocol() of requests are taken from the proxy's headers: X-Real-Ip
  /// or else X-Forwarded-For, X-Scheme or else X-Forwarded-Proto. Anybody can send these headers:
  /// set it only if all connections come from a proxy that sets them, or name the proxies in
  /// trusted_downstream. Malformed values are ignored.
  bool xheaders = false;
  /// The same by the field Forwarded (RFC 7239), for a proxy that sets it: remote_ip() is its
  /// `for`, and protocol() is the `proto` that stands beside it. Set either this or xheaders, never
  /// both: a field that the proxy does not set itself is passed on from the client, who can write
  /// anything into it.
  bool forwarded = false;
  /// For either of the two: the addresses and networks of your proxies, "10.0.0.1", "10.0.0.0/8",
  /// "2001:db8::/32". If there are any, the headers count only on connections from them (and from
  /// Unix-domain sockets), and the client is the last address in X-Forwarded-For, or the last `for`
  /// in Forwarded, that is none of theirs. An entry that is no address throws
  /// std::invalid_argument.
  std::vector<std::string> trusted_downstream{};
  /// What protocol() says of requests, "https" where TLS ends before this server. If empty, it is
  /// the connection's own. X-Scheme and X-Forwarded-Proto, where they count, override it.
  std::string protocol{};

  /// If true, requests that the server itself refuses get a line in the access log as well: "400 -
  /// (203.0.113.7) malformed request line". The general log has a line in any case.
  bool log_refusals = false;

  int backlog = 1024;       ///< Connections that may wait; net.core.somaxconn limits it.
  bool reuse_port = false;  ///< Other processes of this user may listen on the port.
  /// A context makes the server speak TLS on all ports: `.ssl_options =
  /// net::SSLContext::server({.certfile = "cert.pem", .keyfile = "key.pem"})`. Keep a copy to
  /// reload() renewed certificates.
  net::SSLContext ssl_options{};
};

/// The counts of a server since it was made. Bytes are those of HTTP; with TLS, those inside of it.
struct HTTPServerStatistics {
  std::size_t connections = 0;       ///< The connections that are open now.
  std::uint64_t accepted = 0;        ///< The connections so far.
  std::uint64_t requests = 0;        ///< The requests whose head was read.
  std::uint64_t bytes_received = 0;  ///< Heads and bodies.
  std::uint64_t bytes_sent = 0;      ///< Heads and bodies.

  // Requests that the server itself has refused.
  std::uint64_t malformed = 0;    ///< Breaks of the RFCs, or not supported: 400, 417, 501, 505.
  std::uint64_t too_large = 0;    ///< Head, target or body: 413, 414, 431.
  std::uint64_t timed_out = 0;    ///< Head or body too slow (408), or no answer in time (503).
  std::uint64_t turned_away = 0;  ///< Too many connections of one address: 503.
  std::array<std::uint64_t, kErrorCount> by_reason{};  ///< The count of each reason; see refused().

  /// The number of requests that were refused for `reason`.
  [[nodiscard]] std::uint64_t refused(Error reason) const {
    return by_reason[static_cast<std::size_t>(reason)];
  }
};

/// An HTTP/1.1 server on the current thread's IOLoop.
///
/// It serves from listen(), start() or add_sockets() on, as soon as the loop runs, and takes part
/// in the loop's graceful stop: on SIGINT or SIGTERM it stops accepting, closes idle connections
/// and lets running requests finish; then the loop ends. Until it serves it does not need a loop,
/// so that the program can still fork.
///
///     server.listen(8888);                       // one process
///
///     server.bind(8888);                         // or as many as there are processors
///     server.start(0);
///
///     auto sockets = net::bind_sockets(8888);    // or by hand
///     net::fork_processes(0);
///     server.add_sockets(std::move(sockets));
class HTTPServer {
 public:
  /// @param delegate  Answers the requests; it must outlive the server.
  explicit HTTPServer(HTTPServerConnectionDelegate& delegate, HTTPServerOptions options = {});
  ~HTTPServer();
  HTTPServer(const HTTPServer&) = delete;
  HTTPServer& operator=(const HTTPServer&) = delete;

  /// Listens on `port` of every address that `address` names.
  ///
  /// @param port     0 chooses a free port; see port().
  /// @param address  "127.0.0.1", "::1", "localhost"; empty means every interface, IPv4 and IPv6.
  /// @throws net::BindError  The message is one sentence: which address and port, why, and what to
  ///                         do.
  void listen(int port, std::string_view address = {});

  /// The same for an address in one piece: "unix:/run/app.sock", "127.0.0.1:8888"; see
  /// net::bind_address(). The remote_ip of a request over a Unix-domain socket is "0.0.0.0".
  void listen(std::string_view address);

  /// The same in two steps: takes the address now, serves from start() on. May be called several
  /// times before it.
  void bind(int port, std::string_view address = {});
  void bind(std::string_view address);
  /// The same with sockets that are listening already: `bind(net::systemd::listen_fds())`.
  /// @throws std::invalid_argument  One of them is not a listening stream socket.
  void bind(std::vector<net::FileDescriptor> sockets);

  /// Serves what was bound, in `num_processes` workers: it forks them, and returns in each of them;
  /// the parent stays inside and supervises them, see net::fork_processes(). 1 serves in this
  /// process without a fork; 0 and negative numbers mean net::cpu_count().
  ///
  /// Each worker has a socket of its own for each address, among which the kernel spreads
  /// connections; all of them belong to the parent, so that none is lost when a worker is replaced.
  /// A worker that replaces another reads the files of ssl_options again.
  ///
  /// @param options  For the supervisor. Its stop_timeout is made at least five seconds longer than
  ///                 drain_timeout.
  /// @throws std::logic_error  As net::fork_processes().
  void start(int num_processes = 1, net::ForkOptions options = {});

  /// Serves at once on sockets that are listening already.
  /// @throws std::invalid_argument  One of them is not a listening stream socket.
  void add_sockets(std::vector<net::FileDescriptor> sockets);

  /// Takes over a connected stream socket as if it had been accepted.
  void add_connection(int fd);

  /// The port of the first listening or bound socket; 0 before.
  [[nodiscard]] int port() const;

  /// Stops accepting. Open connections go on.
  void stop();

  /// Closes every connection, also those in the middle of an answer.
  void close_all_connections();

  /// Stops accepting, answers running requests with `Connection: close`, and closes idle
  /// connections half a second later, because a client may be sending its next request just then.
  /// The Task ends when the last connection is closed, at the latest after options.drain_timeout.
  Task<void> drain();

  [[nodiscard]] std::size_t connection_count() const;
  [[nodiscard]] HTTPServerStatistics statistics() const;

 private:
  class Impl;
  Impl& impl();
  void reload_certificates();

  HTTPServerConnectionDelegate& delegate_;
  HTTPServerOptions options_;
  net::detail::ServerFront front_;
  std::unique_ptr<Impl> impl_;  // made when a loop is needed
};

}  // namespace bora::http
