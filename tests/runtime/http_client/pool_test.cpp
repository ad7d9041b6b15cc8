// Which connection a fetch gets: by origin, number and time, for each hop and each way.

#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <bora/core/executor.h>
#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>
#include <bora/http/async_http_client.h>
#include <bora/net/resolver.h>
#include <bora/testing/catch.h>
#include <bora/testing/expect_log.h>
#include <bora/testing/fake_clock.h>

#include "tests/runtime/http_client/raw_server.h"

using namespace bora::http;
using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::net::IOStream;
using bora::test::RawServer;

namespace {

AsyncHTTPClient own_client(const AsyncHTTPClientOptions& options = {}) {
  return AsyncHTTPClient(options);
}

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// The answer to requests for a target.
struct AnswerTo {
  const char* target;
  std::string text;
};

/// Answers "ok", or what is listed, until the client leaves.
RawServer::Talk talk(std::vector<AnswerTo> answers = {}) {
  return [answers = std::move(answers)](IOStream& stream) -> Task<void> {
    for (;;) {
      Task<std::string> reading = RawServer::read_request(stream);
      const std::string request = co_await reading;
      std::string text = kOk;
      for (const AnswerTo& answer : answers) {
        if (request.find(std::string(" ") + answer.target + " ") != std::string::npos)
          text = answer.text;
      }
      Task<void> saying = RawServer::say(stream, std::move(text));
      co_await saying;
    }
  };
}

Task<std::string> body_of(AsyncHTTPClient client, HTTPRequest request) {
  Task<HTTPResponse> fetching = client.fetch(request);
  const HTTPResponse response = co_await fetching;
  co_return response.body;
}

}  // namespace

ASYNC_TEST_CASE("pool: connections of one origin serve no other", "[http_client]") {
  RawServer server(talk());
  RawServer other(talk());
  AsyncHTTPClient client = own_client();
  const HTTPRequest plain{.url = server.url()};
  HTTPRequest from{.url = server.url(), .network_interface = "127.0.0.2"};
  HTTPRequest proxied{.url = server.url(), .proxy_host = "127.0.0.1", .proxy_port = other.port()};
  HTTPRequest logged_in = proxied;
  logged_in.proxy_username = "Ada";
  const HTTPRequest elsewhere{.url = other.url()};
  // Another path, query, user or spelling makes no other origin.
  const HTTPRequest same{.url = "HTTP://u:p@127.0.0.1.:" + std::to_string(server.port()) + "/a?b"};
  for (const HTTPRequest& request : {plain, from, proxied, logged_in, elsewhere, same}) {
    Task<std::string> fetching = body_of(client, request);
    const std::string body = co_await fetching;
    CHECK(body == "ok");
  }
  CHECK(server.connections == 2);
  CHECK(other.connections == 3);
  CHECK(client.statistics().connections_reused == 1);
  CHECK(client.statistics().idle_connections == 5);
}

ASYNC_TEST_CASE("pool: how many connections are kept, and how many are used at once",
                "[http_client]") {
  RawServer first(talk());
  RawServer second(talk());
  AsyncHTTPClientOptions options;
  CHECK(options.max_connections_per_origin == 16);
  CHECK(options.max_idle_connections == 512);
  options.max_idle_connections = 1;
  AsyncHTTPClient client = own_client(options);
  for (RawServer* const server : {&first, &second, &second, &first}) {
    Task<HTTPResponse> fetching = client.fetch(server->url());
    static_cast<void>(co_await fetching);
    CHECK(client.statistics().idle_connections == 1);
  }
  CHECK(first.connections == 2);  // the one that was used longest ago has made room
  CHECK(second.connections == 1);
  options.max_idle_connections = 0;
  AsyncHTTPClient keeps_none = own_client(options);
  for (int i = 0; i < 2; ++i) {
    Task<HTTPResponse> fetching = keeps_none.fetch(first.url());
    static_cast<void>(co_await fetching);
    CHECK(keeps_none.statistics().idle_connections == 0);
  }
  CHECK(first.connections == 4);

  bora::Event may_answer;
  const RawServer::Talk say_ok = talk();
  RawServer slow([&](IOStream& stream) -> Task<void> {
    bora::Event::Wait wait = may_answer.wait();
    co_await wait;
    Task<void> answering = say_ok(stream);
    co_await answering;
  });
  AsyncHTTPClient usual = own_client();
  std::vector<Task<HTTPResponse>> fetches;
  for (int i = 0; i < 40; ++i) fetches.push_back(usual.fetch(slow.url()));
  auto all = bora::spawn(bora::multi(std::move(fetches)));
  while (slow.connections < 16) co_await bora::sleep(1ms);
  for (int i = 0; i < 20; ++i) co_await bora::moment;
  CHECK(slow.connections == 16);
  CHECK(usual.statistics().running == 16);
  CHECK(usual.statistics().waiting == 24);
  may_answer.set();
  static_cast<void>(co_await all);
  CHECK(slow.connections == 16);
  CHECK(usual.statistics().idle_connections == 16);
}

TEST_CASE("pool: an idle connection ends after its time, a second before the server's",
          "[http_client]") {
  struct Row {
    const char* field;
    std::chrono::seconds option;
    std::chrono::seconds life;
  };
  const Row rows[] = {{"", 60s, 60s},
                      {"", 5s, 5s},
                      {"Keep-Alive: timeout=9\r\n", 60s, 8s},
                      {"Keep-Alive: max=100, timeout=30\r\n", 60s, 29s},
                      {"Keep-Alive: timeout=900\r\n", 60s, 60s},
                      {"Keep-Alive: timeout=-1\r\n", 60s, 60s}};
  bora::testing::FakeClock clock;
  for (const Row& row : rows) {
    INFO(row.field << row.option.count());
    RawServer server(talk(
        {{"/", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + std::string(row.field) + "\r\nok"}}));
    AsyncHTTPClientOptions options;
    options.idle_timeout = row.option;
    AsyncHTTPClient client = own_client(options);
    IOLoop& loop = IOLoop::current();
    static_cast<void>(loop.run_sync(client.fetch(server.url())));
    clock.advance(row.life - 10ms);
    CHECK(client.statistics().idle_connections == 1);
    static_cast<void>(loop.run_sync(client.fetch(server.url())));
    CHECK(server.connections == 1);  // and its time begins again
    clock.advance(row.life + 10ms);
    static_cast<void>(loop.run_sync(client.fetch(server.url())));
    CHECK(server.connections == 2);
    // It ends also if nobody asks.
    for (auto passed = 0s; passed < row.life + 2s; passed += 1s) clock.advance(1s);
    CHECK(client.statistics().idle_connections == 0);
    client.close();
  }
}

ASYNC_TEST_CASE("retry: not a second time, and not with a body that is gone", "[http_client]") {
  // The first connection answers once; later requests get no answer, on any connection.
  const auto make = [](int& asked) {
    return RawServer::Talk([&asked](IOStream& stream) -> Task<void> {
      for (;;) {
        Task<std::string> reading = stream.read_until("\r\n\r\n");
        static_cast<void>(co_await reading);
        if (++asked > 1) co_return;
        Task<void> saying = RawServer::say(stream, kOk);
        co_await saying;
      }
    });
  };
  for (const bool has_producer : {false, true}) {
    INFO(has_producer);
    int asked = 0;
    RawServer server(make(asked));
    AsyncHTTPClient client = own_client();
    Task<HTTPResponse> first = client.fetch(server.url());
    static_cast<void>(co_await first);
    HTTPRequest request{.url = server.url()};
    if (has_producer) {
      request.method = "PUT";
      request.body_producer = [](BodyWriter& writer) -> Task<void> {
        Task<void> writing = writer.write("x");
        co_await writing;
      };
    }
    bool is_told = false;
    try {
      Task<HTTPResponse> second = client.fetch(request);
      static_cast<void>(co_await second);
    } catch (const HTTPStreamClosedError&) {
      is_told = true;
    }
    CHECK(is_told);
    CHECK(server.connections == (has_producer ? 1 : 2));
    CHECK(client.statistics().retries == (has_producer ? 0 : 1));
    CHECK(client.statistics().idle_connections == 0);
  }
}

ASYNC_TEST_CASE("redirects: their bodies are read up to 64 KiB, and not decoded", "[http_client]") {
  struct Row {
    std::size_t size;
    const char* field;
    bool is_kept;
  };
  const Row rows[] = {{0, "", true},
                      {64 * 1024, "", true},
                      {64 * 1024 + 1, "", false},
                      {1000, "Content-Encoding: gzip\r\n", true},
                      {1000, "Content-Encoding: gzip, gzip, gzip\r\n", true}};
  for (const Row& row : rows) {
    INFO(row.size << row.field);
    const std::string redirect =
        "HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: " + std::to_string(row.size) +
        "\r\n" + row.field + "\r\n" + std::string(row.size, 'x');
    RawServer server(talk({{"/from", redirect}}));
    AsyncHTTPClient client = own_client();
    // The limit for the bodies of answers does not matter here.
    HTTPRequest request{.url = server.url("/from"), .max_body_size = 2};
    Task<HTTPResponse> fetching = client.fetch(request);
    const HTTPResponse response = co_await fetching;
    CHECK(response.body == "ok");
    CHECK(response.effective_url == server.url("/to"));
    CHECK(server.connections == (row.is_kept ? 1 : 2));
  }
}

ASYNC_TEST_CASE("proxies: from the environment, chosen for each hop", "[http_client]") {
  RawServer origin({kOk});
  RawServer proxy({"HTTP/1.1 302 Found\r\nLocation: " + origin.url("/direct") +
                   "\r\nContent-Length: 0\r\n\r\n"});
  ::setenv("http_proxy", ("127.0.0.1:" + std::to_string(proxy.port())).c_str(), 1);
  ::setenv("no_proxy", "127.0.0.0/8", 1);
  AsyncHTTPClientOptions options;
  options.proxies_from_environment = true;
  AsyncHTTPClient client = own_client(options);
  AsyncHTTPClient not_asked = own_client();
  ::unsetenv("http_proxy");
  ::unsetenv("no_proxy");
  Task<HTTPResponse> fetching = client.fetch("http://far.example/through");
  const HTTPResponse response = co_await fetching;
  CHECK(response.body == "ok");
  REQUIRE(proxy.requests.size() == 1);
  CHECK(proxy.requests[0].starts_with("GET http://far.example/through HTTP/1.1\r\n"));
  REQUIRE(origin.requests.size() == 1);
  CHECK(origin.requests[0].starts_with("GET /direct HTTP/1.1\r\n"));

  bool is_unknown = false;
  try {
    Task<HTTPResponse> direct = not_asked.fetch("http://far.invalid/");
    static_cast<void>(co_await direct);
  } catch (const HTTPResolveError&) {
    is_unknown = true;
  }
  CHECK(is_unknown);
}

TEST_CASE("time: an address that is found too late", "[http_client]") {
  class Late final : public bora::net::Resolver {
   public:
    Late(std::shared_future<void> may_answer, std::atomic<bool>& has_answered)
        : may_answer_(std::move(may_answer)), has_answered_(&has_answered) {}
    Task<std::vector<bora::net::Address>> resolve(std::string, int port,
                                                  bora::net::AddressFamily) override {
      auto job = [may_answer = may_answer_, has_answered = has_answered_, port] {
        may_answer.wait();
        std::vector<bora::net::Address> found{*bora::net::Address::from_ip("127.0.0.1", port)};
        has_answered->store(true);
        return found;
      };
      auto looking = bora::run_in_executor(job);
      std::vector<bora::net::Address> found = co_await looking;
      co_return found;
    }

   private:
    std::shared_future<void> may_answer_;
    std::atomic<bool>* has_answered_;
  };
  bora::testing::FakeClock clock;
  std::promise<void> answer;
  std::atomic<bool> has_answered = false;
  IOLoop& loop = IOLoop::current();
  {
    AsyncHTTPClientOptions options;
    options.resolver = std::make_shared<Late>(answer.get_future().share(), has_answered);
    AsyncHTTPClient client = own_client(options);
    HTTPRequest request{.url = "http://late.example/", .connect_timeout = 3s};
    auto fetching = bora::spawn(client.fetch(request));
    clock.advance(2900ms);
    CHECK_FALSE(fetching.done());
    clock.advance(200ms);
    REQUIRE(fetching.done());
    std::string what;
    try {
      static_cast<void>(fetching.result());
    } catch (const HTTPTimeoutError& error) {
      what = error.what();
      CHECK(error.place().phase == FetchPhase::dns);
    }
    CHECK(what.find("Timeout while connecting") != std::string::npos);
    CHECK(what.find("late.example:80") != std::string::npos);
    CHECK(client.statistics().running == 0);
    client.close();
  }
  // Nobody waits any more for what it finds.
  answer.set_value();
  while (!has_answered) loop.run_once(1ms);
  for (int i = 0; i < 10; ++i) loop.run_once(1ms);
}

ASYNC_TEST_CASE("log: a line for each fetch at debug", "[http_client]") {
  RawServer server({kOk, kOk, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"});
  AsyncHTTPClient client = own_client();
  const std::string url = "http://Ada:secret@127.0.0.1:" + std::to_string(server.port()) + "/p";
  const char* const expected[] = {"fetch: GET http://127[^ ]*/p 200 [0-9.e-]+ms$",
                                  "fetch: GET http://127[^ ]*/p 200 [0-9.e-]+ms reused$",
                                  "fetch: GET http://127[^ ]*/p 404 [0-9.e-]+ms reused$"};
  for (const char* const line : expected) {
    const bora::testing::ExpectLog log(bora::gen_log, line, {.level = bora::LogLevel::debug});
    HTTPRequest request{.url = url, .raise_error = false};
    Task<HTTPResponse> fetching = client.fetch(request);
    static_cast<void>(co_await fetching);
    CHECK(log.count() == 1);
  }
}
