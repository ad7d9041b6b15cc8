#include "load_client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>
#include <vector>

namespace bench {
namespace {

std::int64_t read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::int64_t now() {
  return read_clock(CLOCK_MONOTONIC);
}

class Connection {
 public:
  explicit Connection(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int yes = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      ::close(fd_);
      throw std::runtime_error("nobody listens on the port");
    }
  }
  ~Connection() {
    if (fd_ >= 0) ::close(fd_);
  }
  Connection(Connection&& other) noexcept
      : expected(other.expected), sent_at(other.sent_at), fd_(std::exchange(other.fd_, -1)) {}
  Connection& operator=(Connection&&) = delete;

  [[nodiscard]] int fd() const { return fd_; }

  void send(const std::string& text) const {
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t count = ::send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (count < 0) throw std::runtime_error("the server closed a connection");
      sent += static_cast<std::size_t>(count);
    }
  }

  std::size_t receive(char* to, std::size_t room) const {
    const ssize_t count = ::recv(fd_, to, room, 0);
    if (count <= 0) throw std::runtime_error("the server closed a connection");
    return static_cast<std::size_t>(count);
  }

  std::size_t expected = 0;  ///< bytes of replies that have not arrived yet
  std::int64_t sent_at = 0;

 private:
  int fd_;
};

double percentile(std::vector<std::int64_t>& times, double part) {
  if (times.empty()) return 0;
  const auto index = static_cast<std::ptrdiff_t>(part * static_cast<double>(times.size() - 1));
  std::nth_element(times.begin(), times.begin() + index, times.end());
  return static_cast<double>(times[static_cast<std::size_t>(index)]) / 1e3;
}

}  // namespace

Load measure_load(int port, pid_t server, const Exchange& exchange, std::size_t connections,
                  std::chrono::milliseconds duration) {
  std::string batch;
  for (std::size_t i = 0; i < exchange.depth; ++i) batch += exchange.request;
  const std::size_t batch_reply = exchange.reply_size * exchange.depth;
  clockid_t server_clock{};
  if (clock_getcpuclockid(server, &server_clock) != 0) throw std::runtime_error("no such server");

  std::vector<Connection> all;
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  const auto send_batch = [&](Connection& connection) {
    connection.expected = batch_reply;
    connection.sent_at = now();
    connection.send(batch);
  };
  for (std::size_t i = 0; i < connections; ++i) {
    Connection& connection = all.emplace_back(port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    ::epoll_ctl(set, EPOLL_CTL_ADD, connection.fd(), &event);
  }
  for (Connection& connection : all) send_batch(connection);

  // The first tenth is for warming up.
  const std::int64_t begin = now();
  const std::int64_t length = std::chrono::nanoseconds(duration).count();
  std::int64_t measured_from = 0;
  std::int64_t cpu_from = 0;
  std::vector<std::int64_t> times;
  std::vector<char> input(256 * 1024);
  std::array<epoll_event, 256> events;
  for (std::int64_t time = begin; time < begin + length;) {
    const int count = ::epoll_wait(set, events.data(), static_cast<int>(events.size()), 1000);
    time = now();
    if (measured_from == 0 && time >= begin + length / 10) {
      measured_from = time;
      cpu_from = read_clock(server_clock);
    }
    for (int i = 0; i < count; ++i) {
      Connection& connection = all[events[static_cast<std::size_t>(i)].data.u64];
      const std::size_t size = connection.receive(input.data(), input.size());
      if (size > connection.expected) throw std::runtime_error("more came than was asked for");
      connection.expected -= size;
      if (connection.expected > 0) continue;
      if (measured_from != 0) times.push_back(now() - connection.sent_at);
      send_batch(connection);
    }
  }
  const double cpu = static_cast<double>(read_clock(server_clock) - cpu_from);
  const double seconds = static_cast<double>(now() - measured_from) / 1e9;
  ::close(set);
  const double requests = static_cast<double>(times.size() * exchange.depth);
  return {cpu / 1e3 / requests, requests / seconds, percentile(times, 0.5), percentile(times, 0.99),
          percentile(times, 1)};
}

std::string fetch(int port, const std::string& request) {
  const Connection connection(port);
  connection.send(request);
  std::string reply;
  std::vector<char> input(64 * 1024);
  for (;;) {
    reply.append(input.data(), connection.receive(input.data(), input.size()));
    const std::size_t head_size = reply.find("\r\n\r\n") + 4;
    if (head_size == std::string::npos + 4) continue;
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t field = reply.find(kLength);
    if (!reply.starts_with("HTTP/1.1 200 ") || field > head_size) {
      throw std::runtime_error("not the reply that is measured: " + reply);
    }
    std::size_t body_size = 0;
    std::from_chars(reply.data() + field + kLength.size(), reply.data() + head_size, body_size);
    if (reply.size() >= head_size + body_size) return reply;
  }
}

}  // namespace bench
