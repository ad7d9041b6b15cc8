#include <chrono>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/redis.h>
#include <bora/testing/certificates.h>

#include "tests/support/catch.h"
#include "tests/support/free_port.h"
#include "tests/support/log_recorder.h"
#include "tests/support/server_process.h"

// TLS to a Redis that has a certificate: rediss://.

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::net::SSLContext;
using bora::redis::Client;
using bora::redis::ConnectionError;
using bora::redis::Message;
using bora::redis::Options;
using bora::redis::Subscriber;
using bora::redis::Value;
using bora::test::free_port;
using bora::testing::TestCertificates;

namespace {

/// A server that has a certificate for some names.
class TLSServer {
 public:
  explicit TLSServer(const std::vector<std::string>& names) {
    const auto made = certificates_.issue({.names = names});
    server_.emplace(false, std::vector<std::string>{
                               "--tls-port", port_, "--tls-cert-file", keys_.take(made.certfile),
                               "--tls-key-file", keys_.take(made.keyfile), "--tls-auth-clients",
                               "no", "--tls-ca-cert-file", keys_.take(certificates_.ca_certs())});
  }

  [[nodiscard]] Options options() const {
    Options made;
    made.where = "rediss://localhost:" + port_;
    made.ssl = SSLContext::client({.ca_certs = certificates_.ca_certs()});
    made.command_timeout = 60s;
    return made;
  }
  [[nodiscard]] const std::string& port() const { return port_; }
  [[nodiscard]] std::string socket() const { return server_->socket(); }

 private:
  TestCertificates certificates_;
  bora::test::ServerFolder keys_;
  std::string port_ = std::to_string(free_port());
  std::optional<bora::test::RedisServer> server_;
};

template <class Body>
void run(Body body) {
  IOLoop::current().run_sync(body(), 120s);
}

/// Why there is no connection. A command that ends before the server has answered is sent again.
Task<std::string> refusal(Options options) {
  options.command_timeout = 200ms;
  Client redis(options);
  for (;;) {
    try {
      co_await redis.command("PING");
      co_return "it did not fail";
    } catch (const ConnectionError& failure) {
      std::string what = failure.what();
      if (what.find("the server has not answered yet") == std::string::npos) co_return what;
    }
  }
}

}  // namespace

TEST_CASE("redis: commands, long values and subscriptions in TLS", "[redis]") {
  run([]() -> Task<void> {
    const TLSServer server({"localhost"});
    Client redis(server.options());
    const auto pong = co_await redis.command<std::string>("PING");
    CHECK(pong == "PONG");
    for (const std::size_t size : {1u, 16'383u, 16'384u, 16'385u, 3'000'000u}) {
      const std::string sent(size, 'x');
      co_await redis.command("SET", "key", sent);
      const auto found = co_await redis.command<std::string>("GET", "key");
      CHECK(found == sent);
    }
    std::vector<Task<std::string>> all;
    for (int i = 0; i < 1000; ++i) {
      all.push_back(redis.command<std::string>("ECHO", std::to_string(i) + std::string(500, '-')));
    }
    const auto answers = co_await bora::multi(std::move(all));
    for (std::size_t i = 0; i < answers.size(); ++i) {
      CHECK(answers[i] == std::to_string(i) + std::string(500, '-'));
    }
    Subscriber subscriber(server.options());
    co_await subscriber.subscribe("news", 30s);
    co_await redis.command("PUBLISH", "news", std::string(100'000, 'n'));
    const Message told = co_await subscriber.next(30s);
    CHECK(told.payload.size() == 100'000);
  });
}

TEST_CASE("redis: which servers are trusted", "[redis]") {
  bora::test::LogRecorder log;
  run([]() -> Task<void> {
    const TLSServer server({"localhost"});
    const TLSServer misnamed({"redis.example.org"});
    const TestCertificates others;
    Options unknown = server.options();
    unknown.ssl = SSLContext::client({.ca_certs = others.ca_certs()});
    Options by_system = server.options();
    by_system.ssl = {};
    Options in_clear = server.options();
    in_clear.where = "redis://127.0.0.1:" + server.port();
    struct Case {
      Options options;
      const char* what;
    };
    const std::vector<Case> cases = {
        {unknown, "its certificate is signed by an authority that is not trusted"},
        {by_system, "its certificate is signed by an authority that is not trusted"},
        {misnamed.options(), "its certificate is for another name (DNS:redis.example.org)"},
        {in_clear, "no connection to Redis"}};
    for (const Case& wrong : cases) {
      const std::string what = co_await refusal(wrong.options);
      INFO(what);
      CHECK(what.find("no connection to Redis") == 0);
      CHECK(what.find(wrong.what) != std::string::npos);
    }
  });
}
