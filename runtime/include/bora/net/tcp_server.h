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
  StreamOptions stream{};  ///< Of each connection.
  /// Speak TLS: `SSLContext::server({.certfile = …})`. The handshake goes on beside
  /// handle_stream(), whose first read or write waits for it; nobody else waits for a slow client.
  SSLContext ssl_options{};
  int backlog = 1024;       ///< Connections that may wait to be accepted.
  bool reuse_port = false;  ///< Several processes may listen on the same port.
  /// What a graceful stop waits for connections, before it cancels their handlers.
  std::chrono::seconds drain_timeout{30};
};

/// A server for a protocol of one's own: derive from it, and say what is to be done with a
/// connection.
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
/// Belongs to the loop of the thread that calls listen(), add_sockets() or start(); until then it
/// needs none, so that the program can still fork. Takes part in the loop's graceful stop: on
/// SIGINT or SIGTERM it stops accepting and waits for its handlers.
class TCPServer {
 public:
  explicit TCPServer(TCPServerOptions options = {});
  TCPServer(const TCPServer&) = delete;
  TCPServer& operator=(const TCPServer&) = delete;
  /// Stops accepting, and cancels the handlers that still run. They end in a later turn of the
  /// loop, and must not use the server any more: to be sure of that, await drain() first.
  virtual ~TCPServer();

  /// Binds and accepts. May be called several times.
  ///
  /// @param port     0 takes a free one; see port().
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
  /// The same with sockets that listen already: `bind(systemd::listen_fds())`.
  /// @throws std::invalid_argument  One of them is no listening stream socket.
  void bind(std::vector<FileDescriptor> sockets);

  /// Accepts on what was bound, in `num_processes` workers: forks them, and returns in each; the
  /// parent stays inside and supervises them, see fork_processes(). 1 forks nothing; 0 and less is
  /// cpu_count(). A worker that replaces another reads the files of ssl_options anew.
  void start(int num_processes = 1, ForkOptions options = {});

  /// Accepts on sockets that are listening already: of bind_sockets(), of systemd::listen_fds().
  /// @throws std::invalid_argument  One of them is no listening stream socket.
  void add_sockets(std::vector<FileDescriptor> sockets);
  void add_socket(FileDescriptor socket);

  /// Reads the files of ssl_options anew; connections go on with what they have. What is wrong with
  /// the files is logged, and the former ones are used on.
  void reload_certificates();

  /// Stops accepting. Connections go on. Allowed from within handle_stream(); harmless twice.
  void stop();

  /// Stops accepting and waits for the handlers; those that still run after options.drain_timeout
  /// are cancelled, and have ended when this does. The server must outlive it.
  Task<void> drain();

  /// Asks all handlers to end (Task::cancel).
  void cancel_handlers();

  /// The port of the first listening or bound socket; 0 before.
  [[nodiscard]] int port() const;
  /// Handlers that have not ended.
  [[nodiscard]] std::size_t connection_count() const noexcept;

 protected:
  /// Called for each connection. The stream closes at the latest when the Task ends. What the Task
  /// throws is logged as an error, except that the peer has gone (StreamClosedError with
  /// closed_by_peer or a reset, or a read's max_bytes), and CancelledError.
  ///
  /// @param address  The peer's.
  virtual Task<void> handle_stream(IOStream stream, Address address) = 0;

 private:
  class Impl;
  Impl& impl();

  TCPServerOptions options_;
  detail::ServerFront front_;
  std::shared_ptr<Impl> impl_;  // made when a loop is needed; shared with the handlers
};

}  // namespace bora::net
