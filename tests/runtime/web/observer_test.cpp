#include <bora/web/observer.h>

#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/locks.h>
#include <bora/testing/fake_clock.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using bora::Task;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::RawClient;
using bora::testing::run_until;
using bora::web::Application;
using bora::web::RequestHandler;
using bora::web::RequestStats;
using bora::web::url;

namespace {

bora::Event* gate = nullptr;

struct Echo : RequestHandler {
  void get() { write("hello"); }
  void post() { write(request().body()); }
};

struct Waits : RequestHandler {
  Task<void> get() {
    co_await gate->wait();
    write("waited");
  }
};

struct Streams : RequestHandler {
  static constexpr bool stream_request_body = true;
  void data_received(std::string_view) {}
  Task<void> post() {
    write("one");
    Task<void> flushing = flush();
    co_await flushing;
    write("three");
  }
};

struct Fails : RequestHandler {
  void get() { throw std::runtime_error("failed"); }
};

struct Records : bora::web::Observer {
  struct Record {
    std::string route, pattern, method, uri, remote_ip;
    const std::type_info* handler;
    int status;
    std::uint64_t received, sent;
    std::chrono::nanoseconds duration;
  };
  void on_request(const RequestStats& stats) override {
    records.push_back({std::string(stats.route), std::string(stats.pattern),
                       std::string(stats.method), std::string(stats.uri),
                       std::string(stats.remote_ip), &stats.handler, stats.status,
                       stats.bytes_received, stats.bytes_sent, stats.duration});
    if (throws) throw std::runtime_error("in the observer");
  }
  std::vector<Record> records;
  bool throws = false;
};

struct Observed {
  Observed() { gate = &event; }
  ~Observed() { gate = nullptr; }

  bora::Event event;
  LogCapture log;
  Records observer;
  Application app{{url<Echo>("/echo/", "echo"), url<Waits>("/waits"), url<Streams>("/streams"),
                   url<Fails>("/fails")},
                  {.observer = &observer}};
  HTTPTest test{app};
};

}  // namespace

TEST_CASE("observer: route, class, status and bytes of each request", "[web]") {
  Observed site;
  (void)site.test.fetch("/echo/?x=1");
  (void)site.test.fetch("/echo/", {.method = "POST", .body = "1234567"});
  (void)site.test.fetch("/echo/", {.method = "HEAD"});
  (void)site.test.fetch("/streams", {.method = "POST", .body = "123"});
  (void)site.test.fetch("/fails");
  (void)site.test.fetch("/nothing");
  const auto& records = site.observer.records;
  REQUIRE(records.size() == 6);
  CHECK(records[0].route == "echo");
  CHECK(records[0].pattern == "/echo/");
  CHECK(records[0].method == "GET");
  CHECK(records[0].uri == "/echo/?x=1");
  CHECK(records[0].remote_ip == "127.0.0.1");
  CHECK(*records[0].handler == typeid(Echo));
  CHECK(records[0].status == 200);
  CHECK(records[0].received == 0);
  CHECK(records[0].sent == 5);
  CHECK(records[1].received == 7);
  CHECK(records[1].sent == 7);
  CHECK(records[2].method == "HEAD");
  CHECK(records[2].sent == 0);
  CHECK(records[3].received == 3);
  CHECK(records[3].sent == 8);
  CHECK(records[4].status == 500);
  CHECK(records[5].status == 404);
  CHECK(records[5].pattern.empty());
}

TEST_CASE("observer: the duration is the request's", "[web]") {
  bora::testing::FakeClock clock;
  Observed site;
  RawClient client(site.test.port());
  REQUIRE(client.send("GET /waits HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(run_until([&] { return site.event.waiters() == 1; }));
  clock.advance(std::chrono::milliseconds(1500));
  site.event.set();
  CHECK(client.receive_until("waited"));
  REQUIRE(site.observer.records.size() == 1);
  const auto duration = site.observer.records[0].duration;
  CHECK(duration >= std::chrono::milliseconds(1499));
  CHECK(duration < std::chrono::milliseconds(1600));
}

TEST_CASE("observer: a client that leaves is reported once", "[web]") {
  Observed site;
  SECTION("while the handler waits; its answer goes nowhere") {
    RawClient client(site.test.port());
    REQUIRE(client.send("GET /waits HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(run_until([&] { return site.event.waiters() == 1; }));
    client.leave(true);
    bora::IOLoop::current().run_once(std::chrono::milliseconds(5));
    site.event.set();
    CHECK(run_until([&] { return site.app.running_requests() == 0; }));
    REQUIRE(site.observer.records.size() == 1);
    CHECK(site.observer.records[0].pattern == "/waits");
  }
  SECTION("within the body: there is no status") {
    const std::string target = GENERATE("/echo/", "/streams");
    RawClient client(site.test.port());
    REQUIRE(client.send("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"));
    CHECK(run_until([&] { return site.app.running_requests() == 1; }));
    bora::IOLoop::current().run_once(std::chrono::milliseconds(5));
    client.leave(true);
    CHECK(run_until([&] { return site.app.running_requests() == 0; }));
    REQUIRE(site.observer.records.size() == 1);
    CHECK(site.observer.records[0].status == 0);
    CHECK(site.observer.records[0].received == 3);
  }
}

TEST_CASE("observer: what it throws is logged, and changes nothing", "[web]") {
  Observed site;
  site.observer.throws = true;
  CHECK(site.test.fetch("/echo/").body == "hello");
  CHECK(site.log.count(bora::app_log, "in the observer") == 1);
}
