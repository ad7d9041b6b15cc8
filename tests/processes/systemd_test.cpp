#include <bora/net/systemd.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/processes/child_program.h"
#include "tests/processes/load.h"
#include "tests/support/catch.h"

using bora::net::FileDescriptor;
using bora::test::ChildProgram;
using bora::test::Client;
using bora::test::kPatience;

namespace {

/// The socket on which systemd would listen. `name` is the value of $NOTIFY_SOCKET.
class NotifySocket {
 public:
  explicit NotifySocket(std::string name)
      : name_(std::move(name)), socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(name_.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, name_.data(), name_.size());
    std::size_t size = offsetof(sockaddr_un, sun_path) + name_.size();
    if (name_[0] == '@') {
      address.sun_path[0] = '\0';
    } else {
      std::filesystem::remove(name_);
      ++size;
    }
    REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address),
                   static_cast<socklen_t>(size)) == 0);
  }
  ~NotifySocket() {
    if (name_[0] != '@') std::filesystem::remove(name_);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

  std::string next() const {
    pollfd readable{socket_.get(), POLLIN, 0};
    const auto limit = std::chrono::milliseconds(kPatience).count();
    if (::poll(&readable, 1, static_cast<int>(limit)) != 1) throw std::runtime_error("not told");
    char text[4096];
    const ssize_t size = ::recv(socket_.get(), text, sizeof text, 0);
    return std::string(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  }
  /// Returns the next message that starts with `text`.
  std::string next_with(const std::string& text) const {
    for (;;) {
      std::string message = next();
      if (message.starts_with(text)) return message;
    }
  }

 private:
  std::string name_;
  FileDescriptor socket_;
};

std::string temporary_path() {
  return (std::filesystem::temp_directory_path() / ("bora_notify_" + std::to_string(::getpid())))
      .string();
}

std::string abstract_name() {
  return "@bora_notify_" + std::to_string(::getpid());
}

/// Returns how many sockets were passed, by the first line that the program writes about them.
int count_passed(const std::vector<ChildProgram::Variable>& environment,
                 const std::vector<int>& pass) {
  ChildProgram program({"--deed=take passed sockets"}, environment, pass);
  const int count = program.number_after("passed ");
  CHECK(program.wait() == 0);
  return count;
}

}  // namespace

TEST_CASE("systemd: a server tells that it is ready, and that it stops", "[processes]") {
  for (const std::string& name : {temporary_path(), abstract_name()}) {
    CAPTURE(name);
    const NotifySocket socket(name);
    ChildProgram program({"--deed=serve", "--workers=1"}, {{"NOTIFY_SOCKET", name}});
    CHECK(socket.next() == "READY=1");
    program.signal(SIGTERM);
    CHECK(socket.next() == "STOPPING=1\nSTATUS=stopping");
    CHECK(program.wait() == 0);
  }
}

TEST_CASE("systemd: a supervisor tells for its workers", "[processes]") {
  const NotifySocket socket(abstract_name());
  ChildProgram program({"--deed=serve", "--workers=2"}, {{"NOTIFY_SOCKET", socket.name()}});
  CHECK(socket.next() == "READY=1\nMAINPID=" + std::to_string(program.pid()));
  CHECK(socket.next().starts_with("STATUS=workers: "));
  program.signal(SIGHUP);
  const std::string reloading = socket.next();
  REQUIRE(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="));
  CHECK(std::stoll(reloading.substr(reloading.rfind('=') + 1)) > 0);
  CHECK(socket.next_with("READY=1") == "READY=1");
  program.signal(SIGTERM);
  CHECK(socket.next_with("STOPPING=1") == "STOPPING=1\nSTATUS=stopping");
  CHECK(program.wait() == 0);
}

TEST_CASE("systemd: the watchdog is fed as long as the loop turns", "[processes]") {
  const NotifySocket socket(abstract_name());
  struct Kind {
    const char* workers;
    const char* interval;
    int times;
  };
  // The loops of workers are watched too, with an interval that even a busy machine does not
  // exceed.
  for (const Kind& kind : {Kind{"--workers=1", "20000", 3}, Kind{"--workers=2", "20000000", 1}}) {
    ChildProgram program({"--deed=serve", kind.workers},
                         {{"NOTIFY_SOCKET", socket.name()}, {"WATCHDOG_USEC", kind.interval}});
    for (int i = 0; i < kind.times; ++i) CHECK(socket.next_with("WATCHDOG=1") == "WATCHDOG=1");
    program.line_with("ready");
    CHECK(program.stop() == 0);
  }
}

TEST_CASE("systemd: a worker that hangs is replaced before the watchdog bites", "[processes]") {
  const NotifySocket socket(abstract_name());
  ChildProgram program({"--deed=hang", "--workers=1", "--max-restarts=1"},
                       {{"NOTIFY_SOCKET", socket.name()}, {"WATCHDOG_USEC", "50000"}});
  program.line_with("hangs: its loop has not turned for 50 ms");
  program.line_with("was killed by SIGABRT");
  CHECK(program.wait() == 1);
}

TEST_CASE("systemd: a watchdog of nonsense, or of another process, is none", "[processes]") {
  const NotifySocket socket(abstract_name());
  const std::vector<ChildProgram::Variable> kinds[] = {
      {{"WATCHDOG_USEC", "soon"}},
      {{"WATCHDOG_USEC", "-5"}},
      {{"WATCHDOG_USEC", "99999999999999999999"}},
      {{"WATCHDOG_USEC", "20000"}, {"WATCHDOG_PID", "1"}},
  };
  for (std::vector<ChildProgram::Variable> environment : kinds) {
    environment.push_back({"NOTIFY_SOCKET", socket.name()});
    ChildProgram program({"--deed=serve", "--workers=1"}, environment);
    CHECK(socket.next() == "READY=1");
    program.signal(SIGTERM);
    CHECK(socket.next().starts_with("STOPPING=1"));
    CHECK(program.wait() == 0);
  }
}

TEST_CASE("systemd: a NOTIFY_SOCKET that is none does no harm", "[processes]") {
  for (const std::string& name :
       {std::string("x"), std::string("/"), std::string("@"), std::string("relative/path"),
        std::string("/no/such/socket"), "/" + std::string(200, 'a'), "@" + std::string(200, 'a')}) {
    CAPTURE(name);
    ChildProgram program({"--deed=serve", "--workers=1"}, {{"NOTIFY_SOCKET", name}});
    program.line_with("ready");
    CHECK(program.stop() == 0);
  }
}

TEST_CASE("systemd: TSV-04: sockets that are passed are served", "[processes]") {
  auto sockets = bora::net::bind_sockets(0, "127.0.0.1");
  const int port = bora::net::local_port(sockets[0].get());
  const std::pair<const char*, const char*> kinds[] = {
      {"--deed=serve passed sockets", "--workers=1"},
      {"--deed=serve passed sockets", "--workers=2"},
      {"--deed=serve shared sockets", "--workers=2"},
  };
  for (const auto& [deed, workers] : kinds) {
    ChildProgram program({deed, workers}, {{"LISTEN_FDS", "1"}}, {sockets[0].get()});
    program.line_with("ready");
    const Client client(port);
    client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    CHECK(client.receive().starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(program.stop() == 0);
  }
}

TEST_CASE("systemd: passed sockets are told apart by name", "[processes]") {
  const auto first = bora::net::bind_sockets(0, "127.0.0.1");
  const auto second = bora::net::bind_sockets(0, "127.0.0.1");
  ChildProgram program({"--deed=take named sockets"},
                       {{"LISTEN_FDS", "3"}, {"LISTEN_FDNAMES", "web:admin:web"}},
                       {first[0].get(), second[0].get(), first[0].get()});
  program.line_with("web 2");
  program.line_with("other 0");
  program.line_with("rest 1");
  program.line_with("again 0");
  CHECK(program.wait() == 0);
}

TEST_CASE("systemd: hostile values pass no sockets", "[processes]") {
  const auto sockets = bora::net::bind_sockets(0, "127.0.0.1");
  const std::vector<int> one = {sockets[0].get()};
  CHECK(count_passed({{"LISTEN_FDS", "1"}}, one) == 1);
  for (const char* number : {"", "0", "-1", "1x", " 1", "0x1", "one", "99999999999999999999"}) {
    CAPTURE(number);
    CHECK(count_passed({{"LISTEN_FDS", number}}, one) == 0);
  }
  for (const char* pid : {"", "1", "0", "-1", "self", "99999999999999999999"}) {
    CAPTURE(pid);
    CHECK(count_passed({{"LISTEN_FDS", "1"}, {"LISTEN_PID", pid}}, one) == 0);
  }
  // Here the count is too large, or there are too many names.
  CHECK(count_passed({{"LISTEN_FDS", "4000000000"}}, one) == 1);
  CHECK(count_passed({{"LISTEN_FDS", "1"}, {"LISTEN_FDNAMES", ":::"}}, one) == 1);
}

TEST_CASE("systemd: a descriptor that can't be accepted from is one sentence", "[processes]") {
  const FileDescriptor file(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const FileDescriptor datagrams(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const FileDescriptor idle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  for (const int fd : {file.get(), datagrams.get(), idle.get()}) {
    ChildProgram program({"--deed=serve passed sockets", "--workers=1"}, {{"LISTEN_FDS", "1"}},
                         {fd});
    program.line_with("descriptor 3 is no listening stream socket");
    CHECK(program.wait() == 1);
  }
}
