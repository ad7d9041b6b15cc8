// What streams cost: an echo server over TCP beside a bare epoll loop, and idle streams.
//
//   build/release/bin/net_bench [MESSAGES]     the server's CPU time for each message of 64 bytes,
//                                              with 64 connections, the servers in turn
//   build/release/bin/net_bench memory         user space for each of 10,000 idle streams
//   build/release/bin/net_bench bora|epoll N   one server alone, for callgrind or strace
//
// A server is a child process. The kernel tells what it has used when it ends, with the last
// connection.

#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/net/tcp_server.h>

namespace {

using bora::IOLoop;
using bora::Task;
using bora::net::Address;
using bora::net::FileDescriptor;
using bora::net::IOStream;

constexpr int kConnections = 64;
constexpr std::size_t kMessage = 64;
constexpr int kRounds = 5;

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

// ---- The servers ----

class Echo : public bora::net::TCPServer {
 public:
  Task<void> handle_stream(IOStream stream, Address) override {
    stream.set_nodelay(true);
    ++open_;
    try {
      for (;;) {
        const std::string message = co_await stream.read_bytes(64 * 1024, true);
        co_await stream.write(message);
      }
    } catch (const bora::net::StreamClosedError&) {
    }
    if (--open_ == 0) IOLoop::current().stop();
  }

 private:
  int open_ = 0;
};

void serve_with_bora(FileDescriptor listener) {
  Echo server;
  server.add_socket(std::move(listener));
  IOLoop::current().start();
}

void serve_with_epoll(const FileDescriptor& listener) {
  const FileDescriptor set(::epoll_create1(EPOLL_CLOEXEC));
  const auto watch = [&set](int fd) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
    event.data.fd = fd;
    if (::epoll_ctl(set.get(), EPOLL_CTL_ADD, fd, &event) != 0) die("epoll_ctl");
  };
  watch(listener.get());
  static std::array<char, 64 * 1024> buffer;
  std::array<epoll_event, 256> events;
  int open = 0;
  for (bool is_over = false; !is_over;) {
    const int count = ::epoll_wait(set.get(), events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener.get()) {
        int accepted = 0;
        while ((accepted = ::accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
          const int on = 1;
          ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
          watch(accepted);
          ++open;
        }
        continue;
      }
      const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (size > 0) {
        if (::send(fd, buffer.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) != size)
          die("send");
      } else if (size == 0 || errno != EAGAIN) {
        ::close(fd);
        is_over = --open == 0;
      }
    }
  }
}

// ---- The load ----

struct Peer {
  FileDescriptor fd;
  std::size_t received = 0;
};

void send_message(const Peer& peer) {
  static const std::string message(kMessage, 'x');
  if (::send(peer.fd.get(), message.data(), kMessage, MSG_NOSIGNAL) !=
      static_cast<ssize_t>(kMessage))
    die("send");
}

void load(int port, std::int64_t messages) {
  const auto address = *Address::from_ip("127.0.0.1", port);
  const FileDescriptor set(::epoll_create1(EPOLL_CLOEXEC));
  std::vector<Peer> peers(kConnections);
  for (Peer& peer : peers) {
    peer.fd = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(peer.fd.get(), static_cast<const sockaddr*>(address.native()),
                  static_cast<socklen_t>(address.native_size())) != 0)
      die("connect");
    const int on = 1;
    ::setsockopt(peer.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &peer;
    if (::epoll_ctl(set.get(), EPOLL_CTL_ADD, peer.fd.get(), &event) != 0) die("epoll_ctl");
  }
  for (const Peer& peer : peers) send_message(peer);
  std::array<epoll_event, kConnections> events;
  std::array<char, kMessage> buffer;
  for (std::int64_t answers = 0; answers < messages;) {
    const int count = ::epoll_wait(set.get(), events.data(), kConnections, 10'000);
    if (count == 0) die("no answer");
    for (int i = 0; i < count; ++i) {
      Peer& peer = *static_cast<Peer*>(events[static_cast<std::size_t>(i)].data.ptr);
      const ssize_t size = ::recv(peer.fd.get(), buffer.data(), kMessage - peer.received, 0);
      if (size <= 0) die("recv");
      peer.received += static_cast<std::size_t>(size);
      if (peer.received < kMessage) continue;
      peer.received = 0;
      ++answers;
      send_message(peer);
    }
  }
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// CPU microseconds for each message.
double measure(bool is_bora, std::int64_t messages) {
  auto sockets = bora::net::bind_sockets(0, "127.0.0.1");
  const int port = bora::net::local_port(sockets.front().get());
  std::fflush(stdout);  // otherwise the child would write it, too
  const pid_t child = ::fork();
  if (child < 0) die("fork");
  if (child == 0) {
    if (is_bora) {
      serve_with_bora(std::move(sockets.front()));
    } else {
      serve_with_epoll(sockets.front());
    }
    std::exit(0);
  }
  sockets.clear();
  load(port, messages);
  rusage used{};
  int status = 0;
  if (::wait4(child, &status, 0, &used) != child || status != 0) die("the server failed");
  return (seconds(used.ru_utime) + seconds(used.ru_stime)) * 1e6 / static_cast<double>(messages);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(std::int64_t messages) {
  std::vector<double> bora;
  std::vector<double> bare;
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    bare.push_back(measure(false, messages));
    bora.push_back(measure(true, messages));
    ratios.push_back(bora.back() / bare.back());
    std::printf("round %d: epoll %.2f, bora %.2f us: %.2f times\n", round + 1, bare.back(),
                bora.back(), ratios.back());
  }
  std::printf("median: epoll %.2f, bora %.2f us of CPU for each message: %.2f times\n",
              median(bare), median(bora), median(ratios));
}

// ---- Idle streams ----

std::size_t heap() {
  return ::mallinfo2().uordblks;
}

Task<void> wait_for_a_line(IOStream& stream) {
  try {
    static_cast<void>(co_await stream.read_until("\n"));
  } catch (const bora::net::StreamClosedError&) {
  }
}

void measure_memory() {
  constexpr int kStreams = 10'000;
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  IOLoop& loop = IOLoop::current();
  static_cast<void>(IOStream(bora::net::AddressFamily::unix_domain));  // what exists only once
  std::vector<IOStream> streams;
  streams.reserve(kStreams);
  const auto per_stream = [](std::size_t bytes) { return static_cast<double>(bytes) / kStreams; };
  const std::size_t empty = heap();
  for (int i = 0; i < kStreams; i += 2) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) die("socketpair");
    streams.emplace_back(FileDescriptor(ends[0]));
    streams.emplace_back(FileDescriptor(ends[1]));
  }
  const std::size_t open = heap();
  for (IOStream& stream : streams) loop.spawn(wait_for_a_line(stream));
  while (loop.run_once()) {
  }
  const std::size_t reading = heap();
  std::printf("an open stream: %.0f bytes; one in whose read a coroutine waits: %.0f bytes\n",
              per_stream(open - empty) + sizeof(IOStream),
              per_stream(reading - empty) + sizeof(IOStream));
  streams.clear();
  while (loop.run_once()) {
  }
  // Frames of coroutines go to free lists, some of which are kept.
  std::printf("after all have closed: %.0f bytes\n", static_cast<double>(heap() - empty));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "memory") {
    measure_memory();
  } else if (what == "bora" || what == "epoll") {
    const std::int64_t messages = argc > 2 ? std::atoll(argv[2]) : 100'000;
    std::printf("%.2f us of CPU for each message\n", measure(what == "bora", messages));
  } else {
    compare(argc > 1 ? std::atoll(argv[1]) : 100'000);
  }
}
