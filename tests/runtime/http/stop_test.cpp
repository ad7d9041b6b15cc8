#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include <bora/net/netutil.h>

#include "tests/support/catch.h"
#include "tests/support/sanitizer.h"

// SIGTERM to a server in a process of its own, over TCP. This program's calls block until something
// happens; nothing waits for a fixed time.

extern char** environ;

namespace {

using bora::net::FileDescriptor;

class StopServer {
 public:
  StopServer() {
    std::vector<FileDescriptor> sockets = bora::net::bind_sockets(0, "127.0.0.1", 2048);
    port_ = bora::net::local_port(sockets[0].get());
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, sockets[0].get(), 3);
    char path[] = BORA_STOP_SERVER;
    char* argv[] = {path, nullptr};
    REQUIRE(posix_spawn(&pid_, path, &actions, nullptr, argv, environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
  }
  ~StopServer() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }
  StopServer(const StopServer&) = delete;
  StopServer& operator=(const StopServer&) = delete;

  /// Returns an invalid descriptor if nobody listens.
  [[nodiscard]] FileDescriptor connect() const {
    FileDescriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{20, 0};
    setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      client.close();
    }
    return client;
  }

  void signal(int number) const { kill(pid_, number); }

  /// Waits until connections are refused, which means that the signal has arrived.
  void wait_until_closed() const {
    for (int i = 0; i < 10'000; ++i) {
      if (connect().get() < 0) return;
      ::poll(nullptr, 0, 1);
    }
    FAIL("it still listens");
  }

  /// Returns the exit status; after a signal, 128 plus its number.
  int wait() {
    int status = 0;
    REQUIRE(waitpid(pid_, &status, 0) == pid_);
    pid_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t pid_ = -1;
  int port_ = 0;
};

void send_request(const FileDescriptor& client, std::string_view path) {
  const std::string request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  REQUIRE(::send(client.get(), request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size()));
}

/// Returns the bytes of one answer, or all bytes until the connection ends.
std::string receive(const FileDescriptor& client, bool is_to_end) {
  std::string all;
  char bytes[4096];
  ssize_t count = 0;
  do {
    count = ::recv(client.get(), bytes, sizeof(bytes), 0);
    if (count > 0) all.append(bytes, static_cast<std::size_t>(count));
  } while (count > 0 && is_to_end);
  return count < 0 ? all + "(failed)" : all;
}

std::string body_of(std::string_view answer) {
  return std::string(answer.substr(std::min(answer.find("\r\n\r\n"), answer.size() - 4) + 4));
}

/// Returns `count` connections whose requests wait for their answers, and a last one that is idle.
std::vector<FileDescriptor> requests_in_flight(const StopServer& server, std::size_t count) {
  std::vector<FileDescriptor> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(server.connect());
    REQUIRE(clients.back().get() >= 0);
    send_request(clients.back(), "/wait");
  }
  clients.push_back(server.connect());
  std::string waiting;
  while (waiting != std::to_string(count)) {
    send_request(clients.back(), "/count");
    waiting = body_of(receive(clients.back(), false));
    REQUIRE(!waiting.empty());
  }
  return clients;
}

}  // namespace

TEST_CASE("stop: SIGTERM with 1,000 requests in flight and 100 idle connections loses no answer",
          "[http]") {
  StopServer server;
  std::vector<FileDescriptor> idle;
  for (int i = 0; i < 100; ++i) {
    idle.push_back(server.connect());
    if (i % 2 == 0) continue;  // half of them never asked for anything
    send_request(idle.back(), "/");
    REQUIRE(body_of(receive(idle.back(), false)) == "answer");
  }
  std::vector<FileDescriptor> busy = requests_in_flight(server, 1000);
  server.signal(SIGTERM);
  server.wait_until_closed();
  // The last connection is idle, and gets a request before the server gives it up.
  send_request(busy.back(), "/open");
  int answered = 0;
  int lost = 0;
  for (FileDescriptor& client : busy) {
    const std::string answer = receive(client, true);
    client.close();
    const bool is_whole = answer.starts_with("HTTP/1.1 200 OK\r\n") &&
                          answer.find("\r\nConnection: close\r\n") != std::string::npos &&
                          body_of(answer) == "answer";
    ++(is_whole ? answered : lost);
  }
  CHECK(answered == 1001);
  CHECK(lost == 0);
  for (const FileDescriptor& client : idle) CHECK(receive(client, true).empty());
  CHECK(server.wait() == 0);
}

TEST_CASE("stop: a second SIGTERM ends the loop at once; the status is main()'s", "[http]") {
  StopServer server;
  const std::vector<FileDescriptor> busy = requests_in_flight(server, 10);
  server.signal(SIGTERM);
  server.wait_until_closed();
  server.signal(SIGTERM);
  // What the requests held is left to the end of the process. A sanitizer takes that for a leak and
  // reports it in the status.
  [[maybe_unused]] const int status = server.wait();
  if (!BORA_TEST_HAS_SANITIZER) CHECK(status == 0);
  for (const FileDescriptor& client : busy) {
    char byte = 0;
    CHECK(::recv(client.get(), &byte, 1, 0) <= 0);
  }
}

TEST_CASE("stop: SIGKILL is the only way to lose answers, and clients see it", "[http]") {
  StopServer server;
  const std::vector<FileDescriptor> busy = requests_in_flight(server, 10);
  server.signal(SIGKILL);
  CHECK(server.wait() == 128 + SIGKILL);
  for (const FileDescriptor& client : busy) {
    char byte = 0;
    CHECK(::recv(client.get(), &byte, 1, 0) <= 0);
  }
}
