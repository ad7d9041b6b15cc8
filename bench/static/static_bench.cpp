// What a static file costs a server: Bora's whole web stack beside a bare epoll loop.
//
//   build/release/bin/static_bench [SECONDS]     how long it runs; 10
//
// Both are one worker, a child process. A client asks them in turn and the kernel tells the CPU
// time that each used; a ratio is the median over all rounds. The bare loop answers with the very
// bytes that Bora was seen to answer with. It does not parse: it knows the requests and has all
// files open. It sends small files from memory and large ones by sendfile.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <bora/core/log.h>
#include <bora/net/netutil.h>
#include <bora/web.h>

#include "routes.h"

namespace {

namespace fs = std::filesystem;
using bora::net::FileDescriptor;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxKept = 64 << 10;  ///< a larger file is sent by sendfile

void require(bool is_fine, const char* what) {
  if (!is_fine) throw std::runtime_error(what);
}

/// One row of the table.
struct Case {
  const char* name;
  const char* file;
  std::size_t size;  ///< of the file
  bool is_known;     ///< the client has it: 304
  /// How many connections the client uses at the same time. For large files it is one, because the
  /// figures of several differ from run to run by more than the servers differ.
  int connections;
  int requests;  ///< in one round; a multiple of `connections`

  std::string request{};
  std::string head{};    ///< of the answer, as Bora was seen to write it
  std::string answer{};  ///< all of it; empty for a large file

  [[nodiscard]] bool is_large() const { return size > kMaxKept; }
  [[nodiscard]] std::size_t answer_size() const { return head.size() + (is_known ? 0 : size); }
  /// Figures are divided by this: the MiB for large files, the number of requests for others.
  [[nodiscard]] double unit() const { return is_large() ? static_cast<double>(size >> 20) : 1; }
};
using Cases = std::array<Case, 4>;

Cases all_cases() {
  return {Case{"4 KiB", "small", 4 << 10, false, 16, 4096},
          Case{"4 KiB, 304", "small", 4 << 10, true, 16, 4096},
          Case{"1 MiB", "medium", 1 << 20, false, 1, 64},
          Case{"64 MiB", "large", 64 << 20, false, 1, 2}};
}

// ---- The servers ----

class BareServer {
 public:
  BareServer(const FileDescriptor& listener, const Cases& cases, const fs::path& folder)
      : listener_(listener), epoll_(::epoll_create1(EPOLL_CLOEXEC)), cases_(cases) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      std::FILE* const file = std::fopen((folder / cases[i].file).c_str(), "rb");
      require(file != nullptr, "open a file");
      files_[i] = ::fileno(file);
    }
    watch(listener_.get(), EPOLLIN);
  }

  void run() {
    std::array<epoll_event, 64> events{};
    while (true) {
      const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.fd == listener_.get()) {
          accept();
          continue;
        }
        Connection& connection = connections_[static_cast<std::size_t>(event.data.fd)];
        if (connection.file >= 0) {
          send_file(event.data.fd, connection);
        } else if ((event.events & EPOLLIN) != 0) {
          answer(event.data.fd, connection);
        }
      }
    }
  }

 private:
  struct Connection {
    int file = -1;  ///< the file that is being sent
    off_t offset = 0;
    off_t end = 0;
  };

  void watch(int fd, std::uint32_t events) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    require(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
  }

  void accept() {
    const int client = ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0) return;
    const int on = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connections_.size() <= static_cast<std::size_t>(client)) {
      connections_.resize(static_cast<std::size_t>(client) + 1);
    }
    watch(client, EPOLLIN | EPOLLOUT | EPOLLET);
  }

  void answer(int client, Connection& connection) {
    char bytes[16 * 1024];
    const ssize_t count = ::recv(client, bytes, sizeof bytes, 0);
    if (count == 0) ::close(client);
    if (count <= 0) return;
    const std::string_view request(bytes, static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      const Case& one = cases_[i];
      if (request != one.request) continue;
      if (!one.is_large()) {
        ::send(client, one.answer.data(), one.answer.size(), MSG_NOSIGNAL);
        return;
      }
      ::send(client, one.head.data(), one.head.size(), MSG_NOSIGNAL | MSG_MORE);
      connection = {files_[i], 0, static_cast<off_t>(one.size)};
      send_file(client, connection);
      return;
    }
  }

  static void send_file(int client, Connection& connection) {
    while (connection.offset < connection.end) {
      const auto left = static_cast<std::size_t>(connection.end - connection.offset);
      if (::sendfile(client, connection.file, &connection.offset, left) <= 0) return;
    }
    connection.file = -1;
  }

  const FileDescriptor& listener_;
  FileDescriptor epoll_;
  const Cases& cases_;
  std::array<int, std::tuple_size_v<Cases>> files_{};
  std::vector<Connection> connections_;  ///< by descriptor
};

void serve_bora(FileDescriptor listener, const fs::path& folder) {
  bora::set_log_level(bora::LogLevel::none);
  bora::web::Application app(routes::table, {.static_path = folder.string()});
  bora::http::HTTPServer server(app);
  std::vector<FileDescriptor> sockets;
  sockets.push_back(std::move(listener));
  server.add_sockets(std::move(sockets));
  bora::IOLoop::current().start();
}

/// A server in a process of its own, which ends with this object.
class Server {
 public:
  explicit Server(const std::function<void(FileDescriptor)>& serve) {
    FileDescriptor listener = std::move(bora::net::bind_sockets(0, "127.0.0.1").front());
    port_ = bora::net::local_port(listener.get());
    pid_ = ::fork();
    require(pid_ >= 0, "fork");
    if (pid_ > 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
      serve(std::move(listener));
    } catch (const std::exception& error) {
      std::fprintf(stderr, "static_bench: %s\n", error.what());
    }
    std::_Exit(1);
  }
  ~Server() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] int port() const { return port_; }
  /// The CPU time of all its threads.
  [[nodiscard]] double cpu_microseconds() const {
    clockid_t clock = 0;
    timespec time{};
    require(::clock_getcpuclockid(pid_, &clock) == 0 && ::clock_gettime(clock, &time) == 0,
            "read the server's CPU time");
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) * 1e-3;
  }

 private:
  int port_ = 0;
  pid_t pid_ = -1;
};

// ---- The client ----

/// Some connections, made again for each figure, because how TCP fares on one is a matter of luck.
class Client {
 public:
  Client(const Server& server, int connections) : server_(server) {
    for (int i = 0; i < connections; ++i) sockets_.push_back(connect(server.port()));
  }

  /// Asks once. @returns  Head and body, as they arrived.
  [[nodiscard]] std::string fetch(const std::string& request) const {
    send(sockets_.front(), request);
    std::string answer;
    std::size_t wanted = 1;
    while (answer.size() < wanted) {
      std::array<char, 64 << 10> bytes{};
      const ssize_t count = ::recv(sockets_.front().get(), bytes.data(), bytes.size(), 0);
      require(count > 0, "receive an answer");
      answer.append(bytes.data(), static_cast<std::size_t>(count));
      const std::size_t end = answer.find("\r\n\r\n");
      wanted = end == std::string::npos ? answer.size() + 1 : end + 4 + body_size(answer, end);
    }
    return answer;
  }

  /// @returns  The server's CPU microseconds for each request.
  [[nodiscard]] double measure(const Case& one) const {
    const double before = server_.cpu_microseconds();
    for (int done = 0; done < one.requests; done += one.connections) {
      for (int i = 0; i < one.connections; ++i) send(socket(i), one.request);
      for (int i = 0; i < one.connections; ++i) receive(socket(i), one);
    }
    return (server_.cpu_microseconds() - before) / one.requests;
  }

 private:
  static FileDescriptor connect(int port) {
    FileDescriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{20, 0};
    ::setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    require(
        ::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
        "connect");
    return client;
  }

  /// Returns 0 for a 304, which has no Content-Length.
  static std::size_t body_size(const std::string& answer, std::size_t head_end) {
    static constexpr std::string_view kField = "Content-Length: ";
    const std::size_t field = answer.find(kField);
    return field < head_end ? std::strtoull(answer.c_str() + field + kField.size(), nullptr, 10)
                            : 0;
  }

  static void send(const FileDescriptor& client, const std::string& request) {
    const ssize_t sent = ::send(client.get(), request.data(), request.size(), MSG_NOSIGNAL);
    require(sent == static_cast<ssize_t>(request.size()), "send a request");
  }

  /// Looks at the first line of the answer and counts the rest.
  static void receive(const FileDescriptor& client, const Case& one) {
    static constexpr std::size_t kLine = 12;  // "HTTP/1.1 200"
    char line[kLine];
    const ssize_t first = ::recv(client.get(), line, kLine, MSG_WAITALL);
    require(first == kLine && one.head.starts_with(std::string_view(line, kLine)),
            "get the answer that was expected");
    std::size_t left = one.answer_size() - kLine;
    while (left > 0) {
      const std::size_t part = std::min<std::size_t>(left, 1 << 20);
      const ssize_t count = ::recv(client.get(), nullptr, part, MSG_TRUNC);
      require(count > 0, "receive a whole answer");
      left -= static_cast<std::size_t>(count);
    }
  }

  [[nodiscard]] const FileDescriptor& socket(int i) const {
    return sockets_[static_cast<std::size_t>(i)];
  }

  const Server& server_;
  std::vector<FileDescriptor> sockets_;
};

// ---- The run ----

std::string content_of_size(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
  return text;
}

/// Asks Bora for everything once. The answers must be right, and the bare loop will give the same
/// ones.
void learn(Cases& cases, const Client& client) {
  std::string etag;
  for (Case& one : cases) {
    one.request =
        std::string("GET /") + one.file + " HTTP/1.1\r\nHost: localhost\r\n" +
        "User-Agent: static_bench\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate, br\r\n";
    if (one.is_known) one.request += "If-None-Match: " + etag + "\r\n";
    one.request += "\r\n";
    // A large file has a weak Etag until another thread has read it to its end.
    constexpr int kPatience = 500;
    for (int tries = 0; tries < kPatience; ++tries) {
      one.answer = client.fetch(one.request);
      if (one.answer.substr(0, one.answer.find("\r\n\r\n")).find("\r\nEtag: \"") !=
          std::string::npos)
        break;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    const std::size_t body = one.answer.find("\r\n\r\n") + 4;
    one.head = one.answer.substr(0, body);
    const bool is_right =
        one.is_known ? one.head.starts_with("HTTP/1.1 304 ") && one.answer.size() == body
                     : one.head.starts_with("HTTP/1.1 200 ") &&
                           std::string_view(one.answer).substr(body) == content_of_size(one.size);
    require(is_right, "get the right answer from Bora");
    if (one.is_large()) one.answer.clear();
    const std::size_t field = one.head.find("Etag: ");
    if (field != std::string::npos) {
      etag = one.head.substr(field + 6, one.head.find("\r\n", field) - field - 6);
    }
  }
}

/// @returns  Microseconds of the server's CPU time, for a request or a MiB.
double measure(const Server& server, const Case& one) {
  return Client(server, one.connections).measure(one) / one.unit();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Figures {
  std::vector<double> bare, bora, ratio;
};

void run(const fs::path& folder, std::chrono::duration<double> time) {
  Cases cases = all_cases();
  for (const Case& one : cases) {
    std::ofstream(folder / one.file, std::ios::binary) << content_of_size(one.size);
  }
  // A file that was changed a moment ago may be changed again, so its Etag is not kept.
  std::this_thread::sleep_for(std::chrono::seconds(5));
  const Server bora([&](FileDescriptor listener) { serve_bora(std::move(listener), folder); });
  learn(cases, Client(bora, 1));
  const Server bare(
      [&](const FileDescriptor& listener) { BareServer(listener, cases, folder).run(); });
  for (const Case& one : cases) {  // warm up
    measure(bare, one);
    measure(bora, one);
  }

  std::array<Figures, std::tuple_size_v<Cases>> figures;
  std::size_t rounds = 0;
  const auto end = Clock::now() + time;
  for (; rounds == 0 || Clock::now() < end; ++rounds) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      figures[i].bare.push_back(measure(bare, cases[i]));
      figures[i].bora.push_back(measure(bora, cases[i]));
      figures[i].ratio.push_back(figures[i].bora.back() / figures[i].bare.back());
    }
  }

  std::printf("static files: the server's CPU time in us, median of %zu rounds\n\n", rounds);
  std::printf("%-12s %-12s %10s %10s %8s\n", "file", "per", "bare epoll", "bora", "ratio");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    std::printf("%-12s %-12s %10.2f %10.2f %8.2f\n", cases[i].name,
                cases[i].is_large() ? "MiB" : "request", median(figures[i].bare),
                median(figures[i].bora), median(figures[i].ratio));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 10;
  std::string folder = (fs::temp_directory_path() / "bora-static-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    std::perror("static_bench: mkdtemp");
    return 1;
  }
  int status = 0;
  try {
    run(folder, std::chrono::duration<double>(seconds));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "static_bench: could not %s\n", error.what());
    status = 1;
  }
  fs::remove_all(folder);
  return status;
}
