#include <stdlib.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <bora/testing/certificates.h>

#include "tests/samples/running_program.h"
#include "tests/support/catch.h"

namespace fs = std::filesystem;
using bora::testing::ask;
using bora::testing::RunningProgram;

namespace {

/// Sends one request over a connection of its own. Each of the `fields` ends in CRLF.
std::string fetch(int port, std::string_view method, std::string_view target,
                  std::string_view fields = {}, std::string_view body = {}) {
  std::string request = std::string(method) + " " + std::string(target) +
                        " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                        std::string(fields);
  if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return ask(port, request + "\r\n" + std::string(body));
}

std::string body_of(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

bool has(const std::string& answer, std::string_view text) {
  return answer.find(text) != std::string::npos;
}

/// A folder with one file.
struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "bora-conformance-XXXXXX").string();
    path = ::mkdtemp(name.data());
    std::ofstream(path / "hello.txt") << "a file";
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

}  // namespace

TEST_CASE("conformance: /ws sends messages back, within its limits", "[samples]") {
  RunningProgram program("conformance", {"--port=0", "--ws-max-message=10"});
  const std::string handshake =
      "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  // "hello" as text, then eleven bytes; the mask is zero.
  const std::string answer =
      ask(program.port(), handshake + std::string("\x81\x85\0\0\0\0hello", 11) +
                              std::string("\x82\x8b\0\0\0\0hello world", 17));
  CHECK(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(body_of(answer) == std::string("\x81\x05hello\x88\x11\x03\xf1message too big", 26));
}

TEST_CASE("conformance: echoes any method and path", "[samples]") {
  RunningProgram program("conformance", {"--port=0"});
  const int port = program.port();
  for (const char* method :
       {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "REPORT"}) {
    INFO(method);
    const std::string answer =
        fetch(port, method, "/some/path?q=1", "Content-Type: text/x\r\n", "a body");
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(has(answer, "\r\nContent-Type: text/x\r\n"));
    CHECK(body_of(answer) == "a body");
  }
  CHECK(body_of(fetch(port, "GET", "/")).empty());
  CHECK(fetch(port, "HEAD", "/").starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(fetch(port, "OPTIONS", "*").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("conformance: plaintext and JSON as TechEmpower's benchmarks want them", "[samples]") {
  RunningProgram program("conformance", {"--port=0"});
  const int port = program.port();
  const std::string plain = fetch(port, "GET", "/plaintext");
  CHECK(has(plain, "\r\nContent-Type: text/plain\r\n"));
  CHECK(has(plain, "\r\nContent-Length: 13\r\n"));
  CHECK(has(plain, "\r\nServer: "));
  CHECK(has(plain, "\r\nDate: "));
  CHECK(body_of(plain) == "Hello, World!");
  const std::string json = fetch(port, "GET", "/json");
  CHECK(has(json, "\r\nContent-Type: application/json\r\n"));
  CHECK(has(json, "\r\nContent-Length: 28\r\n"));
  CHECK(body_of(json) == R"({"message": "Hello, World!"})");
}

TEST_CASE("conformance: tells fields, cookies, parameters and the sum of a body", "[samples]") {
  RunningProgram program("conformance", {"--port=0"});
  const int port = program.port();
  CHECK(body_of(fetch(port, "GET", "/headers", "X-One:  a b \r\nx-two: 2\r\n")) ==
        "Host: localhost\nConnection: close\nX-One: a b\nx-two: 2\n");
  CHECK(body_of(fetch(port, "GET", "/cookie", "Cookie: a=1; b=\"x y\"\r\n")) == "a=1\nb=x y\n");
  CHECK(body_of(fetch(port, "GET", "/users/-7")) == "-7");
  CHECK(body_of(fetch(port, "POST", "/upload", {}, "abc")) ==
        "3 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n");
  // This body is longer than the most that is kept in memory.
  CHECK(body_of(fetch(port, "PUT", "/upload", {}, std::string(12'000'000, 'x'))) ==
        "12000000 4582bbf171449bd1ee6062b482fd89791cf44eaf44d8346f66cd70a9dacc120a\n");
}

TEST_CASE("conformance: serves a folder, and answers late", "[samples]") {
  const Folder folder;
  RunningProgram program("conformance", {"--port=0", "--static=" + folder.path.string()});
  const int port = program.port();
  CHECK(body_of(fetch(port, "GET", "/static/hello.txt")) == "a file");
  CHECK(fetch(port, "GET", "/static/nothing").starts_with("HTTP/1.1 404 "));
  CHECK(body_of(fetch(port, "GET", "/sleep")) == "slept\n");
  program.signal(SIGTERM);
  CHECK(program.wait() == 0);
}

TEST_CASE("conformance: the same over TLS", "[samples]") {
  bora::testing::TestCertificates certificates;
  const auto made = certificates.issue({});
  const auto context = bora::net::SSLContext::client({.ca_certs = certificates.ca_certs()});
  RunningProgram program("conformance", {"--port=0", "--tls-port=0", "--cert=" + made.certfile,
                                         "--key=" + made.keyfile});
  int answers = 0;
  for (const int port : program.ports(2)) {
    constexpr std::string_view kGet =
        "GET /plaintext HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    if (ask(port, kGet).starts_with("HTTP/1.1 200 ")) continue;
    CHECK(body_of(ask(port, kGet, context)) == "Hello, World!");
    ++answers;
  }
  CHECK(answers == 1);
}

TEST_CASE("conformance: a certificate that is missing is one sentence and status 1", "[samples]") {
  RunningProgram program("conformance", {"--port=0", "--cert=/nowhere/cert.pem"});
  CHECK(program.wait() == 1);
  CHECK(program.errors().find("/nowhere/cert.pem") != std::string::npos);
}
