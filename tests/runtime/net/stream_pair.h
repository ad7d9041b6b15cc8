#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <bora/core/io_loop.h>
#include <bora/core/task.h>
#include <bora/net/io_stream.h>
#include <bora/net/netutil.h>

#include "tests/support/catch.h"

namespace bora::test {

/// Two connected stream sockets of this process.
inline std::pair<net::FileDescriptor, net::FileDescriptor> unix_pair() {
  int fds[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
  return {net::FileDescriptor(fds[0]), net::FileDescriptor(fds[1])};
}

/// The same over TCP on the loopback.
inline std::pair<net::FileDescriptor, net::FileDescriptor> tcp_pair() {
  auto listeners = net::bind_sockets(0, "127.0.0.1");
  const int port = net::local_port(listeners.front().get());
  net::FileDescriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = net::Address::from_ip("127.0.0.1", port);
  REQUIRE(::connect(client.get(), static_cast<const sockaddr*>(address->native()),
                    static_cast<socklen_t>(address->native_size())) == 0);
  net::FileDescriptor server(::accept4(listeners.front().get(), nullptr, nullptr, SOCK_CLOEXEC));
  REQUIRE(server);
  return {std::move(client), std::move(server)};
}

/// A pipe: what is written to the first end is read from the second.
inline std::pair<net::FileDescriptor, net::FileDescriptor> pipe_pair() {
  int fds[2];
  REQUIRE(::pipe2(fds, O_CLOEXEC) == 0);
  return {net::FileDescriptor(fds[1]), net::FileDescriptor(fds[0])};
}

/// Runs a Task to its end; a test that hangs fails after a minute.
template <class T>
T run(Task<T> task) {
  return IOLoop::current().run_sync(std::move(task), std::chrono::seconds(60));
}

/// Runs a Task that fails because its stream is closed; returns that error.
template <class T>
std::error_code closed_by(Task<T> task) {
  try {
    static_cast<void>(run(std::move(task)));
  } catch (const net::StreamClosedError& failure) {
    return failure.real_error();
  }
  return {};
}

}  // namespace bora::test
