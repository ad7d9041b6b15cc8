#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>
#include <bora/net/address.h>
#include <bora/net/detail/server_front.h>
#include <bora/net/io_stream.h>
#include <bora/net/netutil.h>
#include <bora/net/process.h>
#include <bora/net/ssl_context.h>

namespace bora::net {

/// Settings of a TCPServer.
struct TCPServerOptions {
  StreamOptions stream{};  ///< Options of each connection.
  /// A context such as `SSLContext::server({.certfile = …})` makes the server speak TLS. The
  /// handshake runs beside handle_stream(), whose first read or write waits for it; nobody else
  /// waits for a slow client.
  SSLContext ssl_options{};
  int backlog = 1024;       ///< The number of connections that may wait to be accepted.
  bool reuse_port = false;  ///< Whether several processes may listen on the same port.
  /// How long a graceful stop waits for connections before it cancels their handlers.
  std::chrono::seconds drain_timeout{30};
};

/// A server for a protocol of your own: derive from it, and override handle_stream().
///
///     class Echo : public bora::net::TCPServer {
///       bora::Task<void> handle_stream(bora::net::IOStream stream,
///                                      bora::net::Address) override {
///         for (;;) {
///           const std::string line = co_await stream.read_until("\n", 4096);
///           co_await stream.write(line);
///         }
///       }
///     };
///
///     Echo server;
///     server.listen(8888);
///     bora::IOLoop::current().start();
///
/// It belongs to the loop of the thread that calls listen(), add_sockets() or start(); until then
/// it needs none, so that the program can still fork. It takes part in the loop's graceful stop: on
/// SIGINT or SIGTERM it stops accepting and waits for its handlers.
class TCPServer {
 public:
  explicit TCPServer(TCPServerOptions options = {});
  TCPServer(const TCPServer&) = delete;
  TCPServer& operator=(const TCPServer&) = delete;
  /// Stops accepting, and cancels the handlers that still run. They end in a later turn of the
  /// loop, and must not use the server any more: to be sure of that, await drain() first.
  virtual ~TCPServer();

  /// Binds a port and accepts connections. May be called several times.
  ///
  /// @param port     0 chooses a free port; see port().
  /// @param address  As in bind_sockets().
  /// @throws BindError
  void listen(int port, std::string_view address = {},
              AddressFamily family = AddressFamily::unspecified);
  /// The same for an address in one piece: "unix:/run/echo.sock", "127.0.0.1:8888"; see
  /// bind_address().
  void listen(std::string_view address);

  /// The same in two steps: takes the address now, accepts from start() on.
  void bind(int port, std::string_view address = {},
            AddressFamily family = AddressFamily::unspecified);
  void bind(std::string_view address);
  /// The same with sockets that are listening already: `bind(systemd::listen_fds())`.
  /// @throws std::invalid_argument  One of them is not a listening stream socket.
  void bind(std::vector<FileDescriptor> sockets);

  /// Accepts on what was bound, in `num_processes` workers: it forks them, and returns in each of
  /// them; the parent stays inside and supervises them, see fork_processes(). 1 forks nothing; 0
  /// and negative numbers mean cpu_count(). A worker that replaces another reads the files of
  /// ssl_options again.
  void start(int num_processes = 1, ForkOptions options = {});

  /// Accepts on sockets that are listening already, such as those of bind_sockets() or
  /// systemd::listen_fds().
  /// @throws std::invalid_argument  One of them is not a listening stream socket.
  void add_sockets(std::vector<FileDescriptor> sockets);
  void add_socket(FileDescriptor socket);

  /// Reads the files of ssl_options again; open connections keep theirs. If something is wrong with
  /// the files, it is logged, and the former ones stay in use.
  void reload_certificates();

  /// Stops accepting. Connections go on. It may be called from within handle_stream(), and twice.
  void stop();

  /// Stops accepting and waits for the handlers; those that still run after options.drain_timeout
  /// are cancelled, and have ended when this Task ends. The server must outlive it.
  Task<void> drain();

  /// Asks all handlers to end (Task::cancel).
  void cancel_handlers();

  /// The port of the first listening or bound socket; 0 before.
  [[nodiscard]] int port() const;
  /// The number of handlers that have not ended.
  [[nodiscard]] std::size_t connection_count() const noexcept;

 protected:
  /// Called for each connection. The stream closes at the latest when the Task ends. An exception
  /// of the Task is logged as an error, except when the peer has gone (StreamClosedError with
  /// closed_by_peer or a reset) or a read's max_bytes was exceeded, and except CancelledError.
  ///
  /// @param address  The peer's address.
  virtual Task<void> handle_stream(IOStream stream, Address address) = 0;

 private:
  class Impl;
  Impl& impl();

  TCPServerOptions options_;
  detail::ServerFront front_;
  std::shared_ptr<Impl> impl_;  // made when a loop is needed; shared with the handlers
};

}  // namespace bora::net
