#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <bora/net/netutil.h>

#include "tests/processes/child_program.h"
#include "tests/processes/load.h"
#include "tests/support/catch.h"
#include "tests/support/sanitizer.h"

using bora::test::ChildProgram;
using bora::test::Client;
using bora::test::Load;
using bora::test::ServingProgram;

namespace {

/// Clients whose answers have begun.
std::vector<Client> begin_requests(int port, const std::string& path, std::size_t count) {
  std::vector<Client> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.emplace_back(port);
    clients.back().send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
    REQUIRE(clients.back().receive_until("begun ").find("begun ") != std::string::npos);
  }
  return clients;
}

std::size_t count_ended(const std::vector<Client>& clients) {
  std::size_t ended = 0;
  for (const Client& client : clients) {
    if (client.receive_until("0\r\n\r\n").find("ended") != std::string::npos) ++ended;
  }
  return ended;
}

}  // namespace

TEST_CASE("workers: TSV-03 HSV-20: bind and start(n) serve in all of them", "[processes]") {
  ServingProgram program(3);
  Load load(program.port, 6);
  for (const int pid : program.pids) load.wait_for_answer_of(pid);
  load.stop();
  CHECK(load.lost == 0);
  CHECK(load.refused == 0);
  CHECK(program.stop() == 0);
}

TEST_CASE("workers: SIGKILL of one under load loses at most its own connections", "[processes]") {
  ServingProgram program;
  constexpr int kClients = 8;
  Load load(program.port, kClients);
  load.wait_for_answer_of(program.pids[0]);
  load.wait_for_answer_of(program.pids[1]);
  ::kill(program.pids[1], SIGKILL);
  const int successor = program.number_after(" pid ");
  load.wait_for_answer_of(successor);
  load.wait_for_answers(100);
  load.stop();
  INFO("sent " << load.sent << ", answered " << load.answered << ", lost " << load.lost);
  CHECK(load.lost <= kClients);
  CHECK(load.refused == 0);
  CHECK(::kill(program.pids[0], 0) == 0);
  CHECK(program.stop() == 0);
}

TEST_CASE("workers: while one is not restarted, its siblings get what comes", "[processes]") {
  ServingProgram program(3, {"--restart-delay=1m", "--max-restart-delay=1m"});
  ::kill(program.pids[1], SIGKILL);
  program.line_with("restarting it in 60000 ms");
  for (int i = 0; i < 30; ++i) {
    const Client client(program.port);
    client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    REQUIRE(client.receive().starts_with("HTTP/1.1 200 OK\r\n"));
  }
  program.signal(SIGHUP);  // this does not wait for the end of the minute
  program.line_with("the reload is over");
  Load load(program.port, 6);
  load.wait_for_answers(300);
  load.stop();
  CHECK(load.lost == 0);
  CHECK(program.stop() == 0);
}

TEST_CASE("workers: reloads under load lose no request", "[processes]") {
  ServingProgram program;
  Load load(program.port, 6);
  for (int i = 0; i < 5; ++i) {
    load.wait_for_answers(100);
    program.signal(SIGHUP);
    for (const int pid : program.pids_of_ready()) load.wait_for_answer_of(pid);
    program.line_with("the reload is over");
  }
  load.wait_for_answers(100);
  load.stop();
  INFO("sent " << load.sent << ", answered " << load.answered << ", lost " << load.lost
               << ", asked again " << load.asked_again);
  CHECK(load.lost == 0);
  CHECK(load.refused == 0);
  CHECK(load.answered == load.sent);
  CHECK(program.stop() == 0);
}

TEST_CASE("workers: SIGTERM answers what was begun, and listens no more", "[processes]") {
  ServingProgram program(3);
  const std::vector<Client> clients = begin_requests(program.port, "/hold", 60);
  program.signal(SIGTERM);
  CHECK(count_ended(clients) == 60);
  CHECK(program.wait() == 0);
  CHECK_FALSE(Client(program.port).is_connected());
}

TEST_CASE("workers: SIGTERM in the middle of a reload answers what was begun", "[processes]") {
  ServingProgram program(3);
  const std::vector<Client> clients = begin_requests(program.port, "/hold", 30);
  program.signal(SIGHUP);
  program.number_after(" pid ");
  program.signal(SIGTERM);
  CHECK(count_ended(clients) == 30);
  CHECK(program.wait() == 0);
}

TEST_CASE("workers: a second SIGTERM ends requests that never end", "[processes]") {
  ServingProgram program;
  const std::vector<Client> clients = begin_requests(program.port, "/never", 4);
  program.signal(SIGTERM);
  program.line_with("SIGTERM: stopping 2 workers");
  program.signal(SIGTERM);
  program.line_with("SIGTERM again: stopping at once");
  // The memory of the requests is released only by the end of the process. A sanitizer reports that
  // as a leak, by the worker's status.
  [[maybe_unused]] const int status = program.wait();
  if (!BORA_TEST_HAS_SANITIZER) CHECK(status == 0);
}

TEST_CASE("workers: requests that never end do not outlive stop_timeout", "[processes]") {
  ChildProgram program({"--deed=hang at stop", "--stop-timeout=20ms"});
  program.line_with("ready");
  program.line_with("ready");
  program.signal(SIGTERM);
  program.line_with("takes too long to stop: killing it");
  CHECK(program.wait() == 1);
}

TEST_CASE("workers: when the supervisor is killed they answer, and end", "[processes]") {
  ServingProgram program;
  const std::vector<Client> clients = begin_requests(program.port, "/hold", 20);
  program.signal(SIGKILL);
  CHECK(count_ended(clients) == 20);
  CHECK(program.wait() == 128 + SIGKILL);
  program.read_to_end();
  CHECK_FALSE(Client(program.port).is_connected());
}

TEST_CASE("workers: TSV-04: add_sockets after fork_processes, reloaded under load", "[processes]") {
  const auto sockets = bora::net::bind_sockets(0, "127.0.0.1", 1024);
  ChildProgram program({"--deed=serve shared sockets"}, {{"LISTEN_FDS", "1"}}, {sockets[0].get()});
  program.pids_of_ready();
  Load load(bora::net::local_port(sockets[0].get()), 6);
  load.wait_for_answers(100);
  program.signal(SIGHUP);
  program.pids_of_ready();
  program.line_with("the reload is over");
  load.wait_for_answers(100);
  load.stop();
  CHECK(load.lost == 0);
  CHECK(load.refused == 0);
  CHECK(program.stop() == 0);
}

TEST_CASE("workers: HSV-06 NET-02: on a Unix-domain socket", "[processes]") {
  const auto path =
      std::filesystem::temp_directory_path() / ("bora_workers_" + std::to_string(::getpid()));
  ServingProgram program(2, {"--address=unix:" + path.string()});
  CHECK(program.port == 0);
  for (int i = 0; i < 4; ++i) {
    const Client client(path.string());
    REQUIRE(client.is_connected());
    client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    CHECK(client.receive().starts_with("HTTP/1.1 200 OK\r\n"));
  }
  CHECK(program.stop() == 0);
  std::filesystem::remove(path);
}

TEST_CASE("workers: who share a socket take turns", "[processes]") {
  const auto sockets = bora::net::bind_sockets(0, "127.0.0.1", 1024);
  const int port = bora::net::local_port(sockets[0].get());
  ChildProgram program({"--deed=serve shared sockets", "--workers=3"}, {{"LISTEN_FDS", "1"}},
                       {sockets[0].get()});
  program.pids_of_ready(3);
  constexpr std::size_t kConnections = 60;
  std::vector<Client> clients;
  std::map<std::string, std::size_t> connections;  // by the body, which is a pid
  for (std::size_t i = 0; i < kConnections; ++i) {
    clients.emplace_back(port);
    clients.back().send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
    const std::string answer = clients.back().receive();
    ++connections[answer.substr(answer.find("\r\n\r\n"))];
  }
  CHECK(connections.size() == 3);
  for (const auto& [pid, count] : connections) CHECK(count >= kConnections / 10);
  CHECK(program.stop() == 0);
}

TEST_CASE("workers: a socket that somebody holds for the program survives its restart",
          "[processes]") {
  // A socket unit of systemd does this.
  auto sockets = bora::net::bind_sockets(0, "127.0.0.1", 1024);
  const int port = bora::net::local_port(sockets[0].get());
  const auto start = [&] {
    return std::make_unique<ChildProgram>(std::vector<std::string>{"--deed=serve passed sockets"},
                                          std::vector<ChildProgram::Variable>{{"LISTEN_FDS", "1"}},
                                          std::vector{sockets[0].get()});
  };
  auto program = start();
  CHECK(program->number_after("passed ") == 1);
  program->pids_of_ready();
  Load load(port, 6);
  for (int i = 0; i < 3; ++i) {
    load.wait_for_answers(100);
    CHECK(program->stop() == 0);
    program = start();
    program->pids_of_ready();
  }
  load.wait_for_answers(100);
  load.stop();
  INFO("sent " << load.sent << ", answered " << load.answered << ", lost " << load.lost
               << ", asked again " << load.asked_again);
  CHECK(load.lost == 0);
  CHECK(load.refused == 0);
  CHECK(program->stop() == 0);
}
