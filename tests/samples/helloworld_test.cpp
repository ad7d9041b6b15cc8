#include <csignal>
#include <string>

#include "tests/samples/running_program.h"
#include "tests/support/catch.h"

using bora::testing::ask;
using bora::testing::RunningProgram;

TEST_CASE("helloworld: says so, and stops at SIGTERM with status 0", "[samples]") {
  RunningProgram program("helloworld", {"--port=0"});
  const int port = program.port();
  const std::string answer =
      ask(port, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(answer.ends_with("\r\n\r\nHello, world"));
  const std::string missing =
      ask(port, "GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  CHECK(missing.starts_with("HTTP/1.1 404 Not Found\r\n"));

  program.signal(SIGTERM);
  CHECK(program.wait() == 0);
  const std::string log = program.errors();
  CHECK(log.find("200 GET / (127.0.0.1) ") != std::string::npos);
  CHECK(log.find("404 GET /nothing (127.0.0.1) ") != std::string::npos);
}

TEST_CASE("helloworld: a port in use is one sentence and status 1", "[samples]") {
  RunningProgram first("helloworld", {"--port=0"});
  const int port = first.port();
  RunningProgram second("helloworld", {"--port=" + std::to_string(port)});
  CHECK(second.wait() == 1);
  const std::string error = second.errors();
  CHECK(error.starts_with("helloworld: "));
  CHECK(error.find(std::to_string(port)) != std::string::npos);
}

TEST_CASE("helloworld: a misspelled option is status 2", "[samples]") {
  RunningProgram program("helloworld", {"--prot=1"});
  CHECK(program.wait() == 2);
  CHECK(program.errors().find("prot") != std::string::npos);
}
