// What a WebSocket server costs: the CPU time of the server's process for each message of an echo,
// for each ping, and for each delivery of a broadcast to many subscribers, always beside code that
// only receives and sends; how long answers take, and how much memory an idle connection takes. The
// clients are in a process of their own, which is not counted. The kernel's work on the loopback to
// bring a packet to them is counted.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <bora/web.h>
#include <bora/websocket.h>

namespace {

constexpr std::size_t kMessage = 100;

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

// ---- The servers ----

class Echo : public bora::websocket::WebSocketHandler {
 public:
  void on_message(std::string_view data, bora::websocket::MessageType type) {
    write_message(data, type);
  }
};

class Pinged : public Echo {
 public:
  bora::websocket::WebSocketOptions websocket_options() override {
    bora::websocket::WebSocketOptions options;
    options.ping_interval = std::chrono::seconds(1);
    return options;
  }
};

class CompressedEcho : public Echo {
 public:
  std::optional<bora::websocket::CompressionOptions> get_compression_options() override {
    return bora::websocket::CompressionOptions{.threshold = 1};
  }
};

/// Each connection keeps its compression windows.
class DedicatedEcho : public Echo {
 public:
  std::optional<bora::websocket::CompressionOptions> get_compression_options() override {
    return bora::websocket::CompressionOptions{
        .server_context_takeover = true, .client_context_takeover = true, .threshold = 1};
  }
};

class SmallDedicatedEcho : public Echo {
 public:
  std::optional<bora::websocket::CompressionOptions> get_compression_options() override {
    return bora::websocket::CompressionOptions{.mem_level = 1,
                                               .server_context_takeover = true,
                                               .client_context_takeover = true,
                                               .server_max_window_bits = 9,
                                               .client_max_window_bits = 9,
                                               .threshold = 1};
  }
};

class Subscriber : public bora::websocket::WebSocketHandler {
 public:
  static bora::websocket::Channel channel() { return bora::websocket::Channel("bench"); }
  void open() { channel().subscribe(*this); }
};

class CompressedSubscriber : public Subscriber {
 public:
  std::optional<bora::websocket::CompressionOptions> get_compression_options() override {
    return bora::websocket::CompressionOptions{.threshold = 1};
  }
};

/// The descriptors of the TCP connections that this process has.
std::vector<int> connected_sockets() {
  std::vector<int> found;
  const auto end = static_cast<int>(sysconf(_SC_OPEN_MAX));
  for (int fd = 0; fd < end; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof(peer);
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
        peer.sin_family == AF_INET)
      found.push_back(fd);
  }
  return found;
}

/// Sends the bytes to each socket, and does nothing else.
void send_to_all(const std::vector<int>& sockets, std::string_view bytes) {
  for (const int fd : sockets) {
    if (send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) fail("send");
  }
}

std::string text_frame(std::string_view payload) {
  return std::string("\x81") + static_cast<char>(payload.size()) + std::string(payload);
}

constexpr char kPublish = 'p';
constexpr char kSendBare = 'b';

/// An order is a message for all subscribers, by the channel or by a bare send() to the same
/// sockets.
void serve(int port_out, int orders) {
  using bora::web::url;
  bora::access_log.set_level(bora::LogLevel::error);
  bora::app_log.set_level(bora::LogLevel::error);  // bare sends to all block the loop for long
  bora::web::Application app(
      {url<Echo>("/echo"), url<Pinged>("/pinged"), url<CompressedEcho>("/compressed-echo"),
       url<DedicatedEcho>("/dedicated-echo"), url<SmallDedicatedEcho>("/small-dedicated-echo"),
       url<Subscriber>("/subscribe"), url<CompressedSubscriber>("/compressed")});
  bora::http::HTTPServer server(app);
  server.listen(0, "127.0.0.1");
  const std::uint16_t port = static_cast<std::uint16_t>(server.port());
  if (write(port_out, &port, sizeof(port)) != sizeof(port)) fail("write");
  const std::string text(kMessage, 'x');
  const std::string frame = text_frame(text);
  std::vector<int> sockets;
  bora::IOLoop& loop = bora::IOLoop::current();
  loop.add_handler(
      orders,
      [&](int fd, unsigned) {
        char bytes[256];
        ssize_t count = 0;
        while ((count = read(fd, bytes, sizeof(bytes))) > 0) {
          for (ssize_t i = 0; i < count; ++i) {
            if (bytes[i] == kPublish) {
              Subscriber::channel().publish(text);
            } else {
              if (sockets.empty()) sockets = connected_sockets();
              send_to_all(sockets, frame);
            }
          }
        }
        if (count == 0) loop.stop();
      },
      bora::IOLoop::READ);
  loop.start();
  std::_Exit(0);
}

/// Reports its port and accepts `clients` connections, as if they were WebSockets.
std::vector<int> accept_bare(int port_out, std::size_t clients) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, 4096) != 0)
    fail("listen");
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const std::uint16_t port = ntohs(address.sin_port);
  if (write(port_out, &port, sizeof(port)) != sizeof(port)) fail("write");
  std::vector<int> sockets;
  while (sockets.size() < clients) {
    const int fd = accept(listener, nullptr, nullptr);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    char request[1024];
    if (recv(fd, request, sizeof(request), 0) <= 0) fail("recv");
    constexpr std::string_view kAnswer = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
    if (send(fd, kAnswer.data(), kAnswer.size(), 0) < 0) fail("send");
    sockets.push_back(fd);
  }
  return sockets;
}

/// The least that an echo and a ping can cost: epoll_wait(), recv() and send(). An order is a ping
/// to everybody. Frames other than pongs are sent back, without the key, which changes nothing.
void serve_bare_echo(int port_out, int orders, std::size_t clients) {
  const std::vector<int> sockets = accept_bare(port_out, clients);
  const int set = epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  for (const int fd : sockets) {
    event.data.fd = fd;
    epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
  }
  event.data.fd = orders;
  epoll_ctl(set, EPOLL_CTL_ADD, orders, &event);
  std::vector<epoll_event> events(256);
  std::vector<char> memory(65536);
  std::vector<char> answer(65536);
  for (;;) {
    const int count = epoll_wait(set, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == orders) {
        char order = 0;
        if (read(orders, &order, 1) != 1) std::_Exit(0);
        send_to_all(sockets, {"\x89\0", 2});
        continue;
      }
      const ssize_t size = recv(fd, memory.data(), memory.size(), MSG_DONTWAIT);
      if (size <= 0) {
        if (size == 0) epoll_ctl(set, EPOLL_CTL_DEL, fd, nullptr);
        continue;
      }
      std::size_t end = 0;
      for (ssize_t at = 0; at + 6 <= size;) {
        const auto length =
            static_cast<std::size_t>(memory[static_cast<std::size_t>(at) + 1] & 127);
        const char* const frame = memory.data() + at;
        if (frame[0] == '\x81') {
          answer[end] = frame[0];
          answer[end + 1] = static_cast<char>(length);
          std::memcpy(answer.data() + end + 2, frame + 6, length);
          end += 2 + length;
        }
        at += static_cast<ssize_t>(6 + length);
      }
      if (end > 0 && send(fd, answer.data(), end, MSG_NOSIGNAL) < 0) fail("send");
    }
  }
}

/// A server in a process of its own.
class Server {
 public:
  explicit Server(const std::function<void(int port_out, int orders)>& run) {
    int port_ends[2];
    int order_ends[2];
    if (pipe(port_ends) != 0 || pipe(order_ends) != 0) fail("pipe");
    pid_ = fork();
    if (pid_ == 0) {
      ::close(order_ends[1]);
      try {
        run(port_ends[1], order_ends[0]);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "websocket_bench: %s\n", error.what());
      }
      std::_Exit(1);
    }
    ::close(order_ends[0]);
    orders_ = order_ends[1];
    if (read(port_ends[0], &port_, sizeof(port_)) != sizeof(port_)) fail("no server");
    ::close(port_ends[0]);
    ::close(port_ends[1]);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    ::close(orders_);
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void order(std::size_t messages, char what = kPublish) const {
    const std::string bytes(messages, what);
    if (write(orders_, bytes.data(), bytes.size()) < 0) fail("write");
  }
  [[nodiscard]] double cpu_us() const {
    clockid_t clock = 0;
    timespec time{};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) fail("clock");
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
  }
  /// The memory that the process has, in bytes.
  [[nodiscard]] double resident() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
    double size = 0;
    double pages = 0;
    file >> size >> pages;
    return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
  }

 private:
  pid_t pid_ = 0;
  int orders_ = -1;
  std::uint16_t port_ = 0;
};

// ---- The clients ----

class Clients {
 public:
  Clients(std::uint16_t port, std::size_t count, std::string_view path,
          std::string_view fields = {})
      : set_(epoll_create1(0)) {
    const std::string request = "GET " + std::string(path) +
                                " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: "
                                "Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                                "dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                                std::string(fields) + "\r\n";
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (std::size_t i = 0; i < count; ++i) {
      const int fd = socket(AF_INET, SOCK_STREAM, 0);
      if (fd < 0 || connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
        fail("connect");
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      if (send(fd, request.data(), request.size(), 0) < 0) fail("send");
      char answer[1024];
      const ssize_t size = recv(fd, answer, sizeof(answer), 0);
      if (size < 12 || std::string_view(answer, 12) != "HTTP/1.1 101") fail("no WebSocket");
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.fd = fd;
      epoll_ctl(set_, EPOLL_CTL_ADD, fd, &event);
      sockets_.push_back(fd);
    }
  }
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;
  ~Clients() {
    for (const int fd : sockets_) ::close(fd);
    ::close(set_);
  }

  /// Reads until `bytes` bytes have arrived, and calls `heard` for each socket that had some.
  void read_bytes(std::size_t bytes, const std::function<void(int fd)>& heard = nullptr) const {
    std::vector<epoll_event> events(1024);
    char memory[65536];
    for (std::size_t got = 0; got < bytes;) {
      const int count = epoll_wait(set_, events.data(), static_cast<int>(events.size()), 10'000);
      if (count <= 0) fail("the server says nothing");
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        const ssize_t size = recv(fd, memory, sizeof(memory), MSG_DONTWAIT);
        if (size <= 0) fail("the server has closed");
        got += static_cast<std::size_t>(size);
        if (heard) heard(fd);
      }
    }
  }
  [[nodiscard]] const std::vector<int>& sockets() const { return sockets_; }

 private:
  int set_;
  std::vector<int> sockets_;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Broadcast {
  double cpu_us;   ///< of the server, for one message to one subscriber
  double bare_us;  ///< the same by send() alone, to the same sockets
  double ratio;    ///< the median of the ratios of neighbouring rounds
};

/// @param together  Messages that are published in one turn of the loop.
Broadcast broadcast(const Server& server, const Clients& clients, std::size_t frame_size,
                    std::size_t together) {
  const std::size_t subscribers = clients.sockets().size();
  const auto cost = [&](char what, std::size_t messages, std::size_t size) {
    const double before = server.cpu_us();
    for (int i = 0; i < 3; ++i) {
      server.order(messages, what);
      clients.read_bytes(subscribers * messages * size);
    }
    return (server.cpu_us() - before) / static_cast<double>(3 * messages * subscribers);
  };
  const auto publish = [&] { return cost(kPublish, together, frame_size); };
  const auto send_bare = [&] { return cost(kSendBare, 1, kMessage + 2); };
  publish();
  send_bare();
  std::vector<double> costs;
  std::vector<double> bare_costs;
  std::vector<double> ratios;
  for (int round = 0; round < 9; ++round) {
    costs.push_back(publish());
    bare_costs.push_back(send_bare());
    ratios.push_back(costs.back() / bare_costs.back());
  }
  return {median(costs), median(bare_costs), median(ratios)};
}

void print_broadcast(const char* name, const Broadcast& cost) {
  std::printf("  %-24s %6.2f   send() alone %.2f   (%.2f times, %+.2f)\n", name, cost.cpu_us,
              cost.bare_us, cost.ratio, cost.cpu_us - cost.bare_us);
}

struct Echoed {
  double cpu_us;  ///< of the server, for one message
  double p50_us;  ///< from a message to its answer
  double p99_us;
  double cpu_ratio;  ///< the same ratio, by the time that the server ran: how it treats one
                     ///< connection while it serves others, however the machine is shared
};

/// @param depth  Messages that each connection has under way.
Echoed echo(const Server& server, std::size_t connections, std::size_t size, std::size_t depth) {
  const Clients clients(server.port(), connections, "/echo");
  std::string frame("\x81", 1);
  frame += static_cast<char>(0x80 | size);
  frame.append(4, '\0');  // a key that changes nothing
  frame.append(size, 'x');
  std::string frames;
  for (std::size_t i = 0; i < depth; ++i) frames += frame;
  using Clock = std::chrono::steady_clock;
  struct Sent {
    Clock::time_point at;
    double cpu_us = 0;
  };
  std::vector<Sent> sent(65536);
  std::vector<double> times;
  std::vector<double> cpu_times;
  const auto send_all = [&](int fd) {
    sent[static_cast<std::size_t>(fd)] = {Clock::now(), server.cpu_us()};
    if (send(fd, frames.data(), frames.size(), 0) < 0) fail("send");
  };
  // An answer of so few bytes arrives in one piece.
  const auto answered = [&](int fd) {
    const Sent& before = sent[static_cast<std::size_t>(fd)];
    const std::chrono::duration<double, std::micro> time = Clock::now() - before.at;
    times.push_back(time.count());
    cpu_times.push_back(server.cpu_us() - before.cpu_us);
    send_all(fd);
  };
  for (const int fd : clients.sockets()) send_all(fd);
  const std::size_t messages = 40'000 * depth;
  clients.read_bytes(messages / 10 * (size + 2), answered);
  times.clear();
  cpu_times.clear();
  std::vector<double> rounds;
  for (int round = 0; round < 5; ++round) {
    const double before = server.cpu_us();
    clients.read_bytes(messages * (size + 2), answered);
    rounds.push_back((server.cpu_us() - before) / static_cast<double>(messages));
  }
  const auto percentile = [](std::vector<double>& values, std::size_t percent) {
    std::sort(values.begin(), values.end());
    return values[values.size() * percent / 100];
  };
  return {median(rounds), percentile(times, 50), percentile(times, 99),
          percentile(cpu_times, 99) / percentile(cpu_times, 50)};
}

void print_echo(const char* name, const Server& server, std::size_t depth) {
  const Echoed echoed = echo(server, 64, 20, depth);
  std::printf("  %-24s %6.2f   p50 %5.0f  p99 %5.0f  (%.1f times; %.1f by the server's CPU)\n",
              name, echoed.cpu_us, echoed.p50_us, echoed.p99_us, echoed.p99_us / echoed.p50_us,
              echoed.cpu_ratio);
}

/// Returns the microseconds of the server for a ping and its pong.
/// @param ping_all  Pings everybody; if null, the server does it once a second.
double pings(const Server& server, const Clients& clients, const std::function<void()>& ping_all) {
  const auto answer = [](int fd) {
    if (send(fd, "\x8a\x80\0\0\0\0", 6, 0) < 0) fail("send");
  };
  const std::size_t bytes = 2 * clients.sockets().size();
  const auto once = [&] {
    if (ping_all) ping_all();
    clients.read_bytes(bytes, answer);
  };
  once();
  const double before = server.cpu_us();
  constexpr int kRounds = 4;
  for (int i = 0; i < kRounds; ++i) once();
  usleep(300'000);  // the last pongs
  return (server.cpu_us() - before) / static_cast<double>(kRounds * clients.sockets().size());
}

/// A client's frame with a key that changes nothing.
std::string client_frame(char first, std::string_view payload) {
  std::string frame(1, first);
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += {static_cast<char>(0x80 | 126), static_cast<char>(payload.size() >> 8),
              static_cast<char>(payload.size() & 0xff)};
  }
  return frame.append(4, '\0').append(payload);
}

/// Makes bytes that can't be compressed, as permessage-deflate sends them: in a stored block.
std::string incompressible(std::size_t size) {
  std::string payload{'\0', static_cast<char>(size & 0xff), static_cast<char>(size >> 8),
                      static_cast<char>(~size & 0xff), static_cast<char>(~size >> 8 & 0xff)};
  std::minstd_rand random(1);
  for (std::size_t i = 0; i < size; ++i) payload += static_cast<char>(random() >> 8);
  return payload += '\0';
}

/// Sends each client's frame one after the other, and reads the answer, which is one frame.
void echo_once(const Clients& clients, std::string_view frame) {
  std::vector<char> memory(65536 + 16);
  const auto read_exactly = [&](int fd, std::size_t size) {
    if (recv(fd, memory.data(), size, MSG_WAITALL) != static_cast<ssize_t>(size)) fail("recv");
  };
  const auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(memory[i]));
  };
  for (const int fd : clients.sockets()) {
    if (send(fd, frame.data(), frame.size(), 0) < 0) fail("send");
    read_exactly(fd, 2);
    std::size_t size = byte(1);
    if (size == 126) {
      read_exactly(fd, 2);
      size = byte(0) << 8 | byte(1);
    }
    read_exactly(fd, size);
  }
}

/// Prints the memory of connections that have echoed messages and are now idle.
void print_idle(const char* name, std::size_t count, std::string_view path,
                const std::vector<std::string>& messages) {
  const bool is_compressed = (messages.front().front() & 0x40) != 0;
  const std::string_view fields =
      is_compressed ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
                    : "";
  const Server server(serve);
  {
    const Clients first(server.port(), 64, path, fields);
    for (const std::string& message : messages) echo_once(first, message);
  }
  usleep(200'000);
  const double before = server.resident();
  const Clients clients(server.port(), count, path, fields);
  for (const std::string& message : messages) echo_once(clients, message);
  usleep(200'000);
  std::printf("  %-40s %8.0f bytes, of %zu\n", name,
              (server.resident() - before) / static_cast<double>(count), count);
}

}  // namespace

int main(int argc, char** argv) try {
  std::size_t subscribers = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < subscribers + 100)
    subscribers = static_cast<std::size_t>(limit.rlim_cur) - 100;
  signal(SIGPIPE, SIG_IGN);

  std::printf("the server's CPU and the answers' times, in microseconds\n");
  for (const std::size_t depth : {1, 16}) {
    std::printf("echo, 64 connections, 20 bytes, %zu under way, for each message:\n", depth);
    {
      const Server server([](int out, int orders) { serve_bare_echo(out, orders, 64); });
      print_echo("recv() and send() alone", server, depth);
    }
    const Server server(serve);
    print_echo("WebSocketHandler", server, depth);
  }
  std::printf("an idle connection, after a message and its echo:\n");
  // This is the example of RFC 7692, 7.2.3.1.
  const std::string hello = client_frame('\xc1', {"\xf2\x48\xcd\xc9\xc9\x07\x00", 7});
  print_idle("not compressed", subscribers, "/echo", {client_frame('\x81', "Hello")});
  print_idle("compressed, nothing kept", subscribers, "/compressed-echo", {hello});
  // Memory that was never used is not resident, so the windows are filled.
  const std::string large = client_frame('\xc2', incompressible(60'000));
  const std::vector<std::string> filling(4, large);
  const std::size_t some = std::min<std::size_t>(subscribers, 500);
  print_idle("windows of 15 bits, little was sent", some, "/dedicated-echo", {hello});
  print_idle("windows of 15 bits, much was sent", some, "/dedicated-echo", filling);
  print_idle("windows of 9 bits, mem_level 1, little", some, "/small-dedicated-echo", {hello});
  print_idle("windows of 9 bits, mem_level 1, much", some, "/small-dedicated-echo", filling);
  std::printf("a ping to each of %zu, and its pong:\n", subscribers);
  double bare_ping = 0;
  {
    const Server server([&](int out, int orders) { serve_bare_echo(out, orders, subscribers); });
    const Clients clients(server.port(), subscribers, "/");
    bare_ping = pings(server, clients, [&] { server.order(1); });
    std::printf("  %-24s %6.2f\n", "recv() and send() alone", bare_ping);
  }
  {
    const Server server(serve);
    const Clients clients(server.port(), subscribers, "/pinged");
    const double cost = pings(server, clients, nullptr);
    std::printf("  %-24s %6.2f   (%.2f times)   10,000 a second: %.1f %% of a core\n",
                "ping_interval", cost, cost / bare_ping, cost);
  }
  std::printf("broadcast to %zu subscribers, %zu bytes, for each delivery:\n", subscribers,
              kMessage);
  {
    const Server server(serve);
    const Clients clients(server.port(), subscribers, "/subscribe");
    print_broadcast("channel", broadcast(server, clients, kMessage + 2, 1));
    print_broadcast("channel, 10 at a time", broadcast(server, clients, kMessage + 2, 10));
  }
  {
    const Server server(serve);
    const Clients clients(server.port(), subscribers, "/compressed",
                          "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    // The letters are equal, so the frames are short.
    server.order(1);
    clients.read_bytes(1);
    usleep(300'000);
    std::size_t frame_size = 0;
    char memory[256];
    for (const int fd : clients.sockets()) {
      const ssize_t size = recv(fd, memory, sizeof(memory), MSG_DONTWAIT);
      if (size > 0) frame_size = static_cast<std::size_t>(size);
    }
    print_broadcast("channel, compressed", broadcast(server, clients, frame_size, 1));
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "websocket_bench: %s\n", error.what());
  return 1;
}
