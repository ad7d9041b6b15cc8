// AsyncHTTPClient beside a client that uses only epoll, send and recv, and knows the answers: both
// ask the same server, in a process of its own, over the same number of connections. The client's
// CPU time for each request is compared.
//
//   build/release/bin/client_bench [REQUESTS] [CONNECTIONS]
//
// It then prints the memory of a pooled connection that is idle.
//
//   build/release/bin/client_bench --soak [REQUESTS]
//
// fetches a million times from a server that closes one connection in eight after an answer, just
// when the next request may be on its way. GET is safe to repeat, so none may fail.

#include <arpa/inet.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/http/async_http_client.h>
#include <bora/version.h>

namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    "Content-Type: text/html; charset=utf-8\r\nContent-Length: 13\r\n\r\nHello, world!";

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

/// The server: it answers each piece that it receives, whatever it is.
/// @param closes  Whether it closes some of the connections after an answer.
[[noreturn]] void serve(int listener, bool closes) {
  std::uint32_t random = 1;
  const int poller = epoll_create1(0);
  epoll_event event{.events = EPOLLIN, .data = {.fd = listener}};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  std::vector<epoll_event> events(256);
  char buffer[4096];
  for (;;) {
    const int count = epoll_wait(poller, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener) {
        const int client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        const int on = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        event.data.fd = client;
        epoll_ctl(poller, EPOLL_CTL_ADD, client, &event);
      } else if (recv(fd, buffer, sizeof buffer, 0) <= 0) {
        close(fd);
      } else if (send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL) < 0 ||
                 (closes && (random = random * 1664525 + 1013904223) >> 29 == 0)) {
        close(fd);
      }
    }
  }
}

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void run_bare(int port, std::size_t requests, std::size_t connections) {
  const std::string request = "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                              "\r\nUser-Agent: Bora/" + std::string(bora::version) +
                              "\r\nAccept-Encoding: gzip\r\n\r\n";
  const int poller = epoll_create1(0);
  std::vector<std::size_t> received(connections + 1024);
  std::size_t sent = 0;
  std::size_t done = 0;
  const auto ask = [&](int fd) {
    if (sent == requests) return;
    ++sent;
    if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) fail("send");
  };
  for (std::size_t i = 0; i < connections; ++i) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("connect");
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    ask(fd);
  }
  std::vector<epoll_event> events(256);
  char buffer[65536];
  while (done < requests) {
    const int count = epoll_wait(poller, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      const ssize_t size = recv(fd, buffer, sizeof buffer, 0);
      if (size <= 0) fail("recv");
      std::size_t& so_far = received[static_cast<std::size_t>(fd)];
      so_far += static_cast<std::size_t>(size);
      if (so_far < kAnswer.size()) continue;
      so_far = 0;
      ++done;
      ask(fd);
    }
  }
  close(poller);
}

bora::Task<void> ask_again(bora::http::AsyncHTTPClient client, std::string url, std::size_t* left) {
  while (*left > 0) {
    --*left;
    bora::Task<bora::http::HTTPResponse> fetching = client.fetch(url);
    const bora::http::HTTPResponse response = co_await fetching;
    if (response.body.size() != 13) throw std::runtime_error("another answer");
  }
}

bora::Task<void> run_client(bora::http::AsyncHTTPClient client, std::string url,
                            std::size_t requests, std::size_t connections) {
  std::vector<bora::Task<void>> tasks;
  for (std::size_t i = 0; i < connections; ++i) tasks.push_back(ask_again(client, url, &requests));
  auto all = bora::multi(std::move(tasks));
  co_await all;
}

}  // namespace

int main(int argc, char** argv) try {
  const bool is_soak = argc > 1 && std::string_view(argv[1]) == "--soak";
  if (is_soak) {
    --argc;
    ++argv;
  }
  const std::size_t requests = argc > 1 ? std::stoul(argv[1]) : is_soak ? 1'000'000 : 200'000;
  const std::size_t connections = argc > 2 ? std::stoul(argv[2]) : 16;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, 4096) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    fail("listen");
  const int port = ntohs(address.sin_port);
  const pid_t server = fork();
  if (server == 0) serve(listener, is_soak);
  close(listener);

  bora::http::AsyncHTTPClientOptions options;
  options.max_connections_per_origin = connections;
  options.max_idle_connections = connections;
  bora::http::AsyncHTTPClient client(options);
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + "/";
  bora::IOLoop& loop = bora::IOLoop::current();
  if (is_soak) {
    loop.run_sync(run_client(client, url, requests, connections));
    const bora::http::HTTPClientStatistics counts = client.statistics();
    std::printf(
        "%zu fetches, none failed: %llu connections, %llu used again, %llu requests sent a second "
        "time\n",
        requests, static_cast<unsigned long long>(counts.connections_made),
        static_cast<unsigned long long>(counts.connections_reused),
        static_cast<unsigned long long>(counts.retries));
    client.close();
    kill(server, SIGKILL);
    waitpid(server, nullptr, 0);
    return 0;
  }
  const std::size_t warm = requests / 10 + 1;
  double best_ratio = 1e9;
  for (int round = 0; round < 3; ++round) {
    run_bare(port, warm, connections);
    double began = processor_seconds();
    run_bare(port, requests, connections);
    const double bare = processor_seconds() - began;
    loop.run_sync(run_client(client, url, warm, connections));
    began = processor_seconds();
    loop.run_sync(run_client(client, url, requests, connections));
    const double ours = processor_seconds() - began;
    const double each = 1e6 / static_cast<double>(requests);
    std::printf(
        "%zu requests over %zu connections: bare epoll %.2f us each, AsyncHTTPClient %.2f us each: "
        "%.2f times\n",
        requests, connections, bare * each, ours * each, ours / bare);
    best_ratio = std::min(best_ratio, ours / bare);
  }
  std::printf("best of three: %.2f times a bare epoll client's processor time\n", best_ratio);

  bora::http::AsyncHTTPClientOptions many;
  many.max_clients = many.max_connections_per_origin = many.max_idle_connections = 1000;
  {
    // The memory that fetches leave to the next ones (frames of coroutines) belongs to no
    // connection.
    bora::http::AsyncHTTPClient first(many);
    loop.run_sync(run_client(first, url, 1000, 1000));
    first.close();
  }
  bora::http::AsyncHTTPClient crowd(many);
  const auto before = mallinfo2();
  loop.run_sync(run_client(crowd, url, 1000, 1000));
  const auto after = mallinfo2();
  std::printf("%zu idle connections: %.0f bytes of heap each\n",
              crowd.statistics().idle_connections,
              static_cast<double>(after.uordblks - before.uordblks) /
                  static_cast<double>(crowd.statistics().idle_connections));
  crowd.close();
  client.close();
  kill(server, SIGKILL);
  waitpid(server, nullptr, 0);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "client_bench: %s\n", error.what());
  return 1;
}
