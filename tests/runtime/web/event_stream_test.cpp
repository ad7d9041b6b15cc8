#include <bora/web/event_stream.h>

#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/locks.h>
#include <bora/core/queues.h>
#include <bora/testing/fake_clock.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "runtime/web/open_event_streams.h"
#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using namespace std::chrono_literals;
using bora::Task;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::RawClient;
using bora::testing::run_until;
using bora::web::Application;
using bora::web::EventStream;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

std::string ended;

std::vector<std::string> bad_names() {
  return {"a\nb", "a\rb", std::string("a\0b", 3)};
}

struct Few : RequestHandler {
  Task<void> get() {
    EventStream events(*this, {.retry = 2500ms});
    co_await events.send("one");
    co_await events.send("two\nlines\r\nand\rmore\n", "note", "7");
    co_await events.send("");
    ended = "last: " + events.last_event_id();
  }
  Task<void> post() {
    EventStream events(*this);
    std::string refused;
    const std::vector<std::string> bads = bad_names();
    for (const std::string& bad : bads) {
      try {
        co_await events.send("x", bad);
      } catch (const std::invalid_argument&) {
        refused += "event ";
      }
      try {
        co_await events.send("x", "", bad);
      } catch (const std::invalid_argument&) {
        refused += "id ";
      }
    }
    co_await events.send(refused);
  }
  Task<void> put() {
    write("begun");
    co_await flush();
    EventStream events(*this);
  }
};

bora::Queue<std::string>* queue = nullptr;

struct Endless : RequestHandler {
  Task<void> get() {
    EventStream events(*this, {.heartbeat = 10s});
    co_await events.closed().wait();
    ended = events.is_closed() ? "closed" : "open";
  }
  Task<void> post() {
    EventStream events(*this);
    while (true) {
      const std::string text = co_await queue->get();
      co_await events.send(text);
    }
  }
  Task<void> put() {
    EventStream events(*this);
    bora::IOLoop::current().add_callback([] { bora::web::end_event_streams(); });
    co_await events.closed().wait();
    ended = "a successor is there";
  }
  void on_finish() override { ended += ", finished"; }
};

}  // namespace

TEST_CASE("EventStream: events as the HTML standard has them", "[web]") {
  Application app({url<Few>("/")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/", {.headers = {{"Last-Event-ID", "6"}}});
  CHECK(response.headers.get("Content-Type") == "text/event-stream; charset=utf-8");
  CHECK(response.headers.get("Cache-Control") == "no-cache");
  CHECK(response.headers.get("X-Accel-Buffering") == "no");
  CHECK(response.body ==
        "retry: 2500\n\n:\n\ndata: one\n\n"
        "id: 7\nevent: note\ndata: two\ndata: lines\ndata: and\ndata: more\ndata: \n\n"
        "data: \n\n");
  CHECK(ended == "last: 6");
  CHECK(test.fetch("/", {.method = "POST"}).body == ":\n\ndata: event id event id event id \n\n");
  CHECK(test.fetch("/", {.method = "PUT"}).body == "begun");
  CHECK(log.count(bora::app_log, "the headers were already sent") == 1);
}

TEST_CASE("EventStream: a beat when nothing was sent, and an end when the client leaves", "[web]") {
  Application app({url<Endless>("/")});
  bora::testing::FakeClock clock;
  HTTPTest test(app);
  LogCapture log;
  ended.clear();
  RawClient client(test.port());
  REQUIRE(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(client.receive_until("3\r\n:\n\n\r\n"));
  client.received.clear();
  clock.advance(9s);
  client.receive();
  CHECK(client.received.empty());
  clock.advance(1s);
  REQUIRE(client.receive_until("3\r\n:\n\n\r\n"));
  client.received.clear();
  clock.advance(10s);
  REQUIRE(client.receive_until("3\r\n:\n\n\r\n"));
  CHECK(app.running_requests() == 1);
  client.leave();
  CHECK(run_until([&] { return app.running_requests() == 0; }));
  CHECK(ended.starts_with("closed"));
  CHECK(log.count(bora::app_log) == 0);
}

TEST_CASE("EventStream: a HEAD has its fields, and does not wait for events", "[web]") {
  Application app({url<Endless>("/")});
  HTTPTest test(app);
  ended.clear();
  const auto head = test.fetch("/", {.method = "HEAD"});
  CHECK(head.headers.get("Content-Type") == "text/event-stream; charset=utf-8");
  CHECK(head.body.empty());
  CHECK(ended == "closed, finished");
}

TEST_CASE("EventStream: a development server that is replaced ends it", "[web]") {
  Application app({url<Endless>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/", {.method = "PUT", .body = "x"}).body == ":\n\n");
  CHECK(ended == "a successor is there, finished");
  // A browser may come again on a connection that it has kept.
  CHECK(test.fetch("/").body == ":\n\n");
  CHECK(ended == "closed, finished");
  bora::web::allow_event_streams();
}

TEST_CASE("EventStream: send() ends the handler when the client has left, without a word",
          "[web]") {
  Application app({url<Endless>("/")});
  HTTPTest test(app);
  LogCapture log;
  bora::Queue<std::string> texts;
  queue = &texts;
  RawClient client(test.port());
  REQUIRE(client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"));
  texts.put_nowait("a");
  REQUIRE(client.receive_until("data: a\n\n\r\n"));
  client.leave(true);
  CHECK(run_until([&] {
    if (texts.empty() && app.running_requests() == 1) texts.put_nowait("b");
    return app.running_requests() == 0;
  }));
  queue = nullptr;
  CHECK(log.count(bora::app_log) == 0);
}
