// http_bench [SECONDS [CONNECTIONS]]: what a request costs the server, as a ratio to a server that
// does nothing.
//
// bench_server runs the whole web stack. Beside it, in turns of a fraction of a second, runs a bare
// epoll server that answers with the same bytes without looking at what it is sent: this is the
// cost of Linux itself. The servers run on one processor, the client on another. A ratio is taken
// between two turns that follow each other, and the median of all turns is shown: absolute times
// depend on what else the machine does.

#include <arpa/inet.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "limit_server.h"
#include "load_client.h"

namespace {

using namespace bench;

constexpr int kRounds = 7;
constexpr int kServerCPU = 1;
constexpr int kClientCPU = 0;

struct Scenario {
  std::string_view name;
  std::string request;
  std::size_t depth = 1;
  std::size_t connections = 0;  ///< 0 means as many as the command line says
  bool is_logged = false;       ///< the server's access log is on
};

std::string get(std::string_view path, std::string_view more = {}) {
  std::string request = "GET ";
  return request.append(path)
      .append(" HTTP/1.1\r\nHost: localhost:8888\r\n")
      .append(more)
      .append("\r\n");
}

std::string post(std::string_view path, std::size_t size) {
  std::string request = "POST ";
  return request.append(path)
      .append(" HTTP/1.1\r\nHost: localhost:8888\r\nContent-Length: ")
      .append(std::to_string(size))
      .append("\r\n\r\n")
      .append(size, 'x');
}

std::vector<Scenario> scenarios() {
  constexpr std::string_view kBrowser =
      "Connection: keep-alive\r\n"
      "sec-ch-ua: \"Chromium\";v=\"130\", \"Google Chrome\";v=\"130\", \"Not?A_Brand\";v=\"99\"\r\n"
      "sec-ch-ua-mobile: ?0\r\n"
      "sec-ch-ua-platform: \"Linux\"\r\n"
      "Upgrade-Insecure-Requests: 1\r\n"
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
      "Chrome/130.0.0.0 Safari/537.36\r\n"
      "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;"
      "q=0.8\r\n"
      "Sec-Fetch-Site: same-origin\r\n"
      "Sec-Fetch-Mode: navigate\r\n"
      "Accept-Encoding: gzip, deflate, br, zstd\r\n"
      "Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n"
      "Cookie: session=\"2|1:0|10:1730000000|4:user|16:c29tZWJvZHk=|0123456789abcdef0123456789\"; "
      "theme=dark\r\n";
  return {{"keep-alive", get("/plaintext")},
          {"pipelined x16", get("/plaintext"), 16},
          {"browser's fields", get("/plaintext", kBrowser)},
          {"JSON", get("/json")},
          {"one parameter", get("/users/123")},
          {"compiled page", get("/fortunes")},
          {"with access log", get("/plaintext"), 1, 0, true},
          {"16 MiB sent to it", post("/upload", std::size_t{16} << 20), 1, 4}};
}

void run_on(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (std::thread::hardware_concurrency() > 1) sched_setaffinity(0, sizeof(set), &set);
}

/// A socket that listens on a free port of 127.0.0.1.
int make_listener(int& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 1024) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("can't listen on 127.0.0.1");
  }
  port = ntohs(address.sin_port);
  return fd;
}

/// A child process, which ends with this object.
class Server {
 public:
  template <class Function>
  explicit Server(Function run) : pid_(::fork()) {
    if (pid_ < 0) throw std::runtime_error("can't start a process");
    if (pid_ > 0) return;
    run_on(kServerCPU);
    run();
    std::_Exit(1);
  }
  ~Server() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

/// bench_server, on a port that was free a moment ago. Its log goes to a file that has no name.
class BenchServer {
 public:
  BenchServer(const std::filesystem::path& program, const std::string& level)
      : port_(free_port()), server_([&] {
          const std::string port = "--port=" + std::to_string(port_);
          const std::string logging = "--logging=" + level;
          if (level == "info") ::dup2(::fileno(std::tmpfile()), STDERR_FILENO);
          ::execl(program.c_str(), program.c_str(), port.c_str(), logging.c_str(), nullptr);
          std::perror(program.c_str());
        }) {}

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return server_.pid(); }

 private:
  static int free_port() {
    int port = 0;
    ::close(make_listener(port));
    return port;
  }

  int port_;
  Server server_;
};

std::string fetch_when_ready(int port, const std::string& request) {
  using namespace std::chrono_literals;
  for (int tries = 0;; ++tries) {
    try {
      return fetch(port, request);
    } catch (const std::exception&) {
      if (tries == 500) throw;
      std::this_thread::sleep_for(10ms);
    }
  }
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(const Scenario& scenario, int port, pid_t server, std::size_t connections,
             std::chrono::milliseconds turn) {
  if (scenario.connections > 0) connections = scenario.connections;
  const std::string reply = fetch_when_ready(port, scenario.request);
  const Exchange exchange{scenario.request, reply.size(), scenario.depth};
  int limit_port = 0;
  const int listener = make_listener(limit_port);
  const Server limit([&] { run_limit_server(listener, scenario.request.size(), reply); });
  std::vector<double> ratios, limits, costs, rates, tails;
  double longest_us = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Load least = measure_load(limit_port, limit.pid(), exchange, connections, turn);
    const Load load = measure_load(port, server, exchange, connections, turn);
    ratios.push_back(load.cpu_us / least.cpu_us);
    limits.push_back(least.cpu_us);
    costs.push_back(load.cpu_us);
    rates.push_back(load.requests_per_second);
    tails.push_back(load.p99_us / load.p50_us);
    longest_us = std::max(longest_us, load.longest_us);
  }
  ::close(listener);
  std::printf("  %-18s %6.2f %10.3f %10.3f %12.0f %9.1f %12.1f\n",
              std::string(scenario.name).c_str(), median(ratios), median(costs), median(limits),
              median(rates), median(tails), longest_us / 1e3);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) try {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 15;
  const std::size_t connections = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 64;
  const std::vector<Scenario> all = scenarios();
  const std::chrono::milliseconds turn(
      static_cast<int>(seconds * 1000 / (2.0 * kRounds * static_cast<double>(all.size()))));
  const auto program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "bench_server";
  const BenchServer quiet(program, "warning");
  const BenchServer logging(program, "info");
  run_on(kClientCPU);
  std::printf("%zu connections; CPU time of the server for one request, in microseconds\n\n",
              connections);
  std::printf("  %-18s %6s %10s %10s %12s %9s %12s\n", "", "ratio", "bora", "bare epoll",
              "bora's req/s", "p99/p50", "longest, ms");
  for (const Scenario& scenario : all) {
    const BenchServer& server = scenario.is_logged ? logging : quiet;
    compare(scenario, server.port(), server.pid(), connections, turn);
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "http_bench: %s\n", error.what());
  return 1;
}
