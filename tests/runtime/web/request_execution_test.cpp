#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/net/error.h>
#include <bora/net/io_stream.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

// The order in which a request's functions run, and what happens after exceptions and when clients
// leave.

using namespace std::chrono_literals;
using bora::app_log;
using bora::gen_log;
using bora::Task;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::RawClient;
using bora::testing::run_until;
using bora::web::Application;
using bora::web::Finish;
using bora::web::HTTPError;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

std::vector<std::string> trace;

struct Traced : RequestHandler {
  Traced() { trace.push_back("constructor"); }
  ~Traced() override { trace.push_back("destructor"); }
  void set_default_headers() override { trace.push_back("set_default_headers"); }
  void initialize() { trace.push_back("initialize"); }
  void prepare() { trace.push_back("prepare " + std::string(path_args().text(0))); }
  void get(std::string_view name) {
    trace.push_back("get " + std::string(name));
    write("got");
  }
  void on_finish() override { trace.push_back("on_finish"); }
};

using Steps = std::vector<std::string>;

}  // namespace

TEST_CASE("request: the order of a handler's functions is Tornado's (WEB-003)", "[web]") {
  trace.clear();
  Application app({url<Traced>("/x/{name}")});
  HTTPTest test(app);
  CHECK(test.fetch("/x/a%20b").body == "got");
  CHECK(trace == Steps{"constructor", "set_default_headers", "initialize", "prepare a b", "get a b",
                       "on_finish", "destructor"});
}

TEST_CASE("request: one that keeps the loop is logged with its route", "[web]") {
  /// A clock that advances only in the handler.
  struct WorkClock final : bora::Clock {
    std::chrono::nanoseconds monotonic() const noexcept override { return now; }
    std::chrono::nanoseconds since_epoch() const noexcept override { return now; }
    std::chrono::nanoseconds now = 1h;
  };
  static WorkClock* clock = nullptr;
  struct Slow : RequestHandler {
    void get(int milliseconds) { clock->now += std::chrono::milliseconds(milliseconds); }
  };
  WorkClock work_clock;
  clock = &work_clock;
  bora::IOLoop::current().set_clock(clock);
  {
    Application app({url<Slow>("/work/{milliseconds:int}", "work")});
    HTTPTest test(app);
    bora::IOLoop::current().set_slow_callback_limit(100ms);
    const LogCapture log;
    test.fetch("/work/100");
    CHECK(log.count(app_log) == 0);
    test.fetch("/work/101?q=1");
    CHECK(log.count(app_log, "the loop was kept for 101 ms by GET /work/101?q=1 (route work)") ==
          1);
    CHECK(log.count(app_log) == 1);
  }
  bora::IOLoop::current().set_clock(nullptr);
}

TEST_CASE("request: an undefined method is refused before prepare() (WEB-002, WEB-003)", "[web]") {
  trace.clear();
  Application app({url<Traced>("/x/{name}")});
  HTTPTest test(app);
  const auto response = test.fetch("/x/a", {.method = "POST", .body = "a=1"});
  CHECK(response.status == 405);
  CHECK(response.headers.get("Allow") == "GET, HEAD, OPTIONS");
  CHECK(trace == Steps{"constructor", "set_default_headers", "initialize", "set_default_headers",
                       "on_finish", "destructor"});
}

namespace {

struct AllMethods : RequestHandler {
  void get() { write("get"); }
  void post() { write("post"); }
  void put() { write("put"); }
  void patch() { write("patch"); }
  void delete_() { write("delete"); }
  void options() { write("options"); }
  void head() { set_header("X-Head", "own"); }
};

struct OnlyPost : RequestHandler {
  void post() {}
};

}  // namespace

TEST_CASE("request: all seven methods reach their functions", "[web]") {
  Application app({url<AllMethods>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/").body == "get");
  CHECK(test.fetch("/", {.method = "POST"}).body == "post");
  CHECK(test.fetch("/", {.method = "PUT"}).body == "put");
  CHECK(test.fetch("/", {.method = "PATCH"}).body == "patch");
  CHECK(test.fetch("/", {.method = "DELETE"}).body == "delete");
  CHECK(test.fetch("/", {.method = "OPTIONS"}).body == "options");
  const auto head = test.fetch("/", {.method = "HEAD"});
  CHECK(head.status == 200);
  CHECK(head.headers.get("X-Head") == "own");
}

TEST_CASE("request: 405 names what is allowed, HEAD only where GET is", "[web]") {
  Application app({url<OnlyPost>("/")});
  HTTPTest test(app);
  for (const char* method : {"GET", "HEAD", "PUT"}) {
    const auto response = test.fetch("/", {.method = method});
    CHECK(response.status == 405);
    CHECK(response.headers.get("Allow") == "POST, OPTIONS");
  }
}

TEST_CASE("request: OPTIONS without options() is 204 with Allow", "[web]") {
  Application app({url<OnlyPost>("/")});
  HTTPTest test(app);
  const auto response = test.fetch("/", {.method = "OPTIONS"});
  CHECK(response.status == 204);
  CHECK(response.headers.get("Allow") == "POST, OPTIONS");
  CHECK(response.body.empty());
}

namespace {

struct ForGet : RequestHandler {
  void get() { write("one"); }
};
struct ForPost : RequestHandler {
  void post() { write("other"); }
  void put() { throw HTTPError(405); }
};

}  // namespace

TEST_CASE("request: two classes share a path by method", "[web]") {
  Application app({url<ForGet>("/"), url<ForPost>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/").body == "one");
  CHECK(test.fetch("/", {.method = "POST"}).body == "other");
  const auto refused = test.fetch("/", {.method = "DELETE"});
  CHECK(refused.status == 405);
  CHECK(refused.headers.get("Allow") == "GET, HEAD, POST, PUT, OPTIONS");
  CHECK(test.fetch("/", {.method = "PUT"}).headers.get("Allow") == refused.headers.get("Allow"));
}

namespace {

struct ForHead : RequestHandler {
  void head() { set_header("X-Head", "own"); }
};

}  // namespace

TEST_CASE("request: HEAD of a shared path goes to its own class, else to the one with GET",
          "[web]") {
  {
    Application app({url<ForPost>("/"), url<ForGet>("/")});
    HTTPTest test(app);
    const auto head = test.fetch("/", {.method = "HEAD"});
    CHECK(head.status == 200);
    CHECK(head.headers.get("Content-Length") == "3");
  }
  Application app({url<ForGet>("/"), url<ForHead>("/"), url<ForPost>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/", {.method = "HEAD"}).headers.get("X-Head") == "own");
  CHECK(test.fetch("/").body == "one");
  const auto refused = test.fetch("/", {.method = "PATCH"});
  CHECK(refused.status == 405);
  CHECK(refused.headers.get("Allow") == "GET, HEAD, POST, PUT, OPTIONS");
}

TEST_CASE("request: HEAD runs get() and sends its length without a body (WEB-039)", "[web]") {
  Application app({url<ForGet>("/")});
  HTTPTest test(app);
  RawClient client(test.port());
  REQUIRE(client.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  REQUIRE(client.receive_all());
  CHECK(client.received.find("Content-Length: 3\r\n") != std::string::npos);
  CHECK(client.received.ends_with("\r\n\r\n"));
}

namespace {

struct FinishesInPrepare : RequestHandler {
  void prepare() { finish("prepared"); }
  void get() { trace.push_back("get"); }
};

struct AsyncPrepare : RequestHandler {
  Task<void> prepare() {
    co_await bora::sleep(0ms);
    user = "Ada";
  }
  Task<void> get() {
    co_await bora::sleep(0ms);
    write("hello " + user);
  }
  std::string user;
};

struct AsyncPrepareThrows : RequestHandler {
  Task<void> prepare() {
    co_await bora::sleep(0ms);
    throw HTTPError(403);
  }
  void get() { trace.push_back("get"); }
};

struct NeverWaits : RequestHandler {
  Task<void> get() {
    write("at once");
    co_return;
  }
};

}  // namespace

TEST_CASE("request: what prepare() finishes needs no method (WEB-005)", "[web]") {
  trace.clear();
  Application app({url<FinishesInPrepare>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/").body == "prepared");
  CHECK(trace.empty());
}

TEST_CASE("request: prepare() and the method may wait", "[web]") {
  Application app({url<AsyncPrepare>("/"), url<NeverWaits>("/now")});
  HTTPTest test(app);
  CHECK(test.fetch("/").body == "hello Ada");
  CHECK(test.fetch("/now").body == "at once");
}

TEST_CASE("request: prepare() that throws after a wait skips the method", "[web]") {
  trace.clear();
  Application app({url<AsyncPrepareThrows>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/").status == 403);
  CHECK(trace.empty());
}

namespace {

/// Throws what the path names, at once or after a wait, before or after a flush.
struct Thrower : RequestHandler {
  static void raise(std::string_view what) {
    if (what == "http") throw HTTPError(404, "no such story");
    if (what == "quiet") throw HTTPError(410);
    if (what == "reason") throw HTTPError(682, {}, "Foo <b>");
    if (what == "own-reason") throw HTTPError(404, {}, "Gone fishing");
    if (what == "204") throw HTTPError(204);
    if (what == "304") throw HTTPError(304);
    if (what == "finish") throw Finish();
    if (what == "std") throw std::runtime_error("out of paper");
    if (what == "int") throw 42;
    if (what == "text") throw "text";
    if (what == "status") throw HTTPError(42);
  }
};

struct ThrowsAtOnce : Thrower {
  void get(std::string_view what) {
    set_status(201);
    set_header("X-Before", "1");
    write("written before");
    raise(what);
  }
};

struct ThrowsLater : Thrower {
  Task<void> get(std::string what) {
    set_status(201);
    set_header("X-Before", "1");
    write("written before");
    co_await bora::sleep(0ms);
    raise(what);
  }
};

struct ThrowsAfterFlush : Thrower {
  Task<void> get(std::string what) {
    write("written before");
    co_await flush();
    raise(what);
  }
};

struct ThrowsAfterFinish : Thrower {
  void get(std::string_view what) {
    finish("done");
    raise(what);
  }
};

}  // namespace

TEST_CASE("request: an exception replaces what was written (WEB-008, WEB-014)", "[web]") {
  Application app({url<ThrowsAtOnce>("/now/{what}"), url<ThrowsLater>("/later/{what}")});
  HTTPTest test(app);
  for (const std::string when : {"/now/", "/later/"}) {
    LogCapture log;
    auto response = test.fetch(when + "http");
    CHECK(response.status == 404);
    CHECK(response.body == "<html><title>404: Not Found</title><body>404: Not Found</body></html>");
    CHECK(!response.headers.contains("X-Before"));
    CHECK(log.count(gen_log, "404 GET " + when + "http (127.0.0.1): no such story") == 1);

    response = test.fetch(when + "std");
    CHECK(response.status == 500);
    CHECK(response.body.find("out of paper") == std::string::npos);
    CHECK(log.count(app_log, "std::runtime_error: out of paper") == 1);

    CHECK(test.fetch(when + "int").status == 500);
    CHECK(log.count(app_log, "GET " + when + "int (127.0.0.1): int") == 1);
    CHECK(test.fetch(when + "text").status == 500);
    CHECK(test.fetch(when + "status").status == 500);
    CHECK(log.count(app_log, "42 is no HTTP status") == 1);
  }
}

TEST_CASE("request: an HTTPError without a message leaves only the access line (WEB-013)",
          "[web]") {
  Application app({url<ThrowsAtOnce>("/{what}")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/quiet").status == 410);
  CHECK(log.records.size() == 1);
  CHECK(log.count(bora::access_log, "410 GET /quiet (127.0.0.1) ") == 1);
}

TEST_CASE("request: an HTTPError's reason is sent if it is one (WEB-008, WEB-032)", "[web]") {
  Application app({url<ThrowsAtOnce>("/{what}")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/own-reason").reason == "Gone fishing");
  const auto response = test.fetch("/reason");
  CHECK(response.status == 682);
  CHECK(response.reason == "Unknown");
  CHECK(response.body.find("<b>") == std::string::npos);
}

TEST_CASE("request: errors of statuses without a body have none (WEB-011, WEB-037)", "[web]") {
  Application app({url<ThrowsAtOnce>("/{what}")});
  HTTPTest test(app);
  LogCapture log;
  for (const int status : {204, 304}) {
    const auto response = test.fetch("/" + std::to_string(status));
    CHECK(response.status == status);
    CHECK(response.body.empty());
    CHECK(!response.headers.contains("Content-Type"));
  }
}

TEST_CASE("request: Finish keeps status, headers and text (WEB-009)", "[web]") {
  Application app({url<ThrowsAtOnce>("/now/{what}"), url<ThrowsLater>("/later/{what}")});
  HTTPTest test(app);
  for (const std::string path : {"/now/finish", "/later/finish"}) {
    LogCapture log;
    const auto response = test.fetch(path);
    CHECK(response.status == 201);
    CHECK(response.headers.get("X-Before") == "1");
    CHECK(response.body == "written before");
    CHECK(log.count(app_log) == 0);
  }
}

TEST_CASE("request: after a flush an exception only ends the answer (WEB-014)", "[web]") {
  Application app({url<ThrowsAfterFlush>("/{what}")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/std");
  CHECK(response.status == 200);
  CHECK(response.body == "written before");
  CHECK(log.count(app_log, "out of paper") == 1);
  CHECK(log.count(gen_log, "headers were already sent") == 1);
}

TEST_CASE("request: after finish() an exception is only logged", "[web]") {
  Application app({url<ThrowsAfterFinish>("/{what}")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/std");
  CHECK(response.status == 200);
  CHECK(response.body == "done");
  CHECK(log.count(app_log, "out of paper") == 1);
}

namespace {

struct ConstructorThrows : RequestHandler {
  ConstructorThrows() { throw std::runtime_error("no memory of it"); }
  void get() {}
};

struct InitializeThrows : RequestHandler {
  void initialize() { throw HTTPError(503, "starting"); }
  void get() {}
};

struct DefaultHeadersThrow : RequestHandler {
  void set_default_headers() override { throw std::runtime_error("headers"); }
  void get() {}
};

struct BuggyErrorPage : RequestHandler {
  void get() { throw HTTPError(409); }
  void write_error(int, std::exception_ptr) override {
    write("half a ");
    throw std::runtime_error("page");
  }
};

struct BuggyHooks : RequestHandler {
  void get() { throw std::runtime_error("first"); }
  void log_exception(std::exception_ptr) override { throw std::runtime_error("second"); }
  void on_finish() override { throw std::runtime_error("third"); }
};

}  // namespace

TEST_CASE("request: a constructor that throws is a 500 page", "[web]") {
  Application app({url<ConstructorThrows>("/")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/");
  CHECK(response.status == 500);
  CHECK(response.body.find("500: Internal Server Error") != std::string::npos);
  CHECK(log.count(app_log, "no memory of it") == 1);
}

TEST_CASE("request: initialize() may throw an HTTPError", "[web]") {
  Application app({url<InitializeThrows>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/").status == 503);
  CHECK(log.count(gen_log, "starting") == 1);
}

TEST_CASE("request: when even the error page fails, a bare 500 is left", "[web]") {
  Application app({url<DefaultHeadersThrow>("/")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/");
  CHECK(response.status == 500);
  CHECK(response.body.empty());
  CHECK(log.count(app_log) >= 1);
}

TEST_CASE("request: an exception in write_error() is logged, what it wrote is sent (WEB-012)",
          "[web]") {
  Application app({url<BuggyErrorPage>("/")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/");
  CHECK(response.status == 409);
  CHECK(response.body == "half a ");
  CHECK(log.count(app_log, "write_error() threw") == 1);
}

TEST_CASE("request: exceptions in hooks are logged and change nothing (WEB-013)", "[web]") {
  Application app({url<BuggyHooks>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/").status == 500);
  CHECK(log.count(app_log, "second") == 1);
  CHECK(log.count(app_log, "third") == 1);
}

namespace {

struct Form : RequestHandler {
  void prepare() { trace.push_back("prepare"); }
  void post() { write(get_argument("a")); }
};

}  // namespace

TEST_CASE("request: a malformed form is 400 before prepare() (WEB-111)", "[web]") {
  Application app({url<Form>("/")});
  HTTPTest test(app);
  LogCapture log;
  trace.clear();
  const auto response =
      test.fetch("/", {.method = "POST",
                       .body = "no boundary in here",
                       .headers = {{"Content-Type", "multipart/form-data; boundary=x"}}});
  CHECK(response.status == 400);
  CHECK(trace.empty());
  CHECK(test.fetch("/", {.method = "POST", .body = "a=%C3%A9"}).body == "\u00e9");
}

TEST_CASE("request: escapes in a path are decoded after matching (WEB-025)", "[web]") {
  trace.clear();
  Application app({url<Traced>("/x/{name}")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/x/a%2Fb%3Fc+d").status == 200);
  CHECK(trace[4] == "get a/b?c+d");
}

TEST_CASE("request: a path that is no UTF-8 is 400 before prepare() (WEB-024)", "[web]") {
  trace.clear();
  Application app({url<Traced>("/x/{name}")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/x/%FF%FE").status == 400);
  CHECK(trace == Steps{"constructor", "set_default_headers", "initialize", "set_default_headers",
                       "on_finish", "destructor"});
  CHECK(log.count(gen_log, "Invalid unicode") == 1);
}

TEST_CASE("request: a path without a route is 404, whatever the method", "[web]") {
  Application app({url<ForGet>("/")});
  HTTPTest test(app);
  LogCapture log;
  for (const char* method : {"GET", "HEAD", "POST", "DELETE", "OPTIONS"}) {
    CHECK(test.fetch("/nothing", {.method = method, .body = "x=1"}).status == 404);
  }
}

namespace {

struct NotFound : RequestHandler {
  void prepare() { throw HTTPError(404); }
  void write_error(int status, std::exception_ptr) override {
    write("nothing here, " + std::to_string(status));
  }
};

struct OnlyGetWhereNothingIs : RequestHandler {
  void get() {
    set_status(404);
    write("own page");
  }
  void write_error(int, std::exception_ptr) override { write("own error page"); }
};

}  // namespace

TEST_CASE("request: default_handler_class answers what no route matches (WEB-018)", "[web]") {
  Application app({url<ForGet>("/")},
                  {.default_handler_class = bora::web::error_handler<NotFound>()});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/x", {.method = "POST", .body = "a=1"});
  CHECK(response.status == 404);
  CHECK(response.body == "nothing here, 404");

  Application other({url<ForGet>("/")},
                    {.default_handler_class = bora::web::error_handler<OnlyGetWhereNothingIs>()});
  HTTPTest other_test(other);
  CHECK(other_test.fetch("/x").body == "own page");
  const auto refused = other_test.fetch("/x", {.method = "POST"});
  CHECK(refused.status == 404);
  CHECK(refused.body == "own error page");
}

namespace {

/// Waits for the test to go on, and records what happened to it.
struct Suspended : RequestHandler {
  static inline bool is_waiting = false;
  static inline bool may_go_on = false;
  static inline bool was_told = false;
  static inline bool has_ended = false;
  static inline bool is_destroyed = false;
  static inline bool flush_threw = false;
  static inline int finished = 0;

  static void reset() {
    is_waiting = may_go_on = was_told = has_ended = is_destroyed = flush_threw = false;
    finished = 0;
  }

  ~Suspended() override { is_destroyed = true; }
  void on_connection_close() override { was_told = true; }
  void on_finish() override { ++finished; }

  Task<void> get() {
    const std::string kept = "this string is too long for the frame's own bytes";
    is_waiting = true;
    while (!may_go_on) co_await bora::sleep(1ms);
    write(kept);  // dropped when the client has left
    has_ended = true;
  }

  Task<void> post() {
    is_waiting = true;
    while (!may_go_on) co_await bora::sleep(1ms);
    write("text");
    try {
      co_await flush();
    } catch (const bora::net::StreamClosedError&) {
      flush_threw = true;
      throw;
    }
    has_ended = true;
  }
};

}  // namespace

TEST_CASE("request: a handler outlives its client until its coroutine ends (WEB-007, WEB-108)",
          "[web]") {
  for (const bool reset : {false, true}) {
    Suspended::reset();
    Application app({url<Suspended>("/")});
    HTTPTest test(app);
    LogCapture log;
    {
      RawClient client(test.port());
      REQUIRE(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
      REQUIRE(run_until([] { return Suspended::is_waiting; }));
      client.leave(reset);
    }
    REQUIRE(run_until([] { return Suspended::was_told; }));
    CHECK(!Suspended::is_destroyed);
    CHECK(!Suspended::has_ended);
    Suspended::may_go_on = true;
    REQUIRE(run_until([] { return Suspended::is_destroyed; }));
    CHECK(Suspended::has_ended);
    CHECK(Suspended::finished == 1);
    CHECK(log.count(app_log) == 0);
  }
}

TEST_CASE("request: flush() throws when the client has left, without a 500 in the log (WEB-041)",
          "[web]") {
  Suspended::reset();
  Application app({url<Suspended>("/")});
  HTTPTest test(app);
  LogCapture log;
  {
    RawClient client(test.port());
    REQUIRE(client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"));
    REQUIRE(run_until([] { return Suspended::is_waiting; }));
    client.leave(true);
  }
  REQUIRE(run_until([] { return Suspended::was_told; }));
  Suspended::may_go_on = true;
  REQUIRE(run_until([] { return Suspended::is_destroyed; }));
  CHECK(Suspended::flush_threw);
  CHECK(!Suspended::has_ended);
  CHECK(log.count(app_log) == 0);
}

TEST_CASE("request: a client that leaves within its body never reaches a handler", "[web]") {
  trace.clear();
  Application app({url<Form>("/")});
  HTTPTest test(app);
  {
    RawClient client(test.port());
    REQUIRE(client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"));
    for (int i = 0; i < 5; ++i) bora::IOLoop::current().run_once(1ms);
    client.leave();
  }
  for (int i = 0; i < 5; ++i) bora::IOLoop::current().run_once(1ms);
  CHECK(trace.empty());
  CHECK(test.fetch("/", {.method = "POST", .body = "a=1"}).body == "1");
}

namespace {

struct GoesOnAfterFinish : RequestHandler {
  Task<void> get() {
    finish("early");
    co_await bora::sleep(1ms);
    trace.push_back("still here: " + std::string(request().uri()));
  }
  ~GoesOnAfterFinish() override { trace.push_back("destroyed"); }
};

}  // namespace

TEST_CASE("request: a coroutine may go on after finish(); its request stays", "[web]") {
  trace.clear();
  Application app({url<GoesOnAfterFinish>("/a"), url<ForGet>("/b")});
  HTTPTest test(app);
  RawClient client(test.port());
  REQUIRE(
      client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
                  "GET /b HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(client.receive_until("\r\n\r\none"));
  REQUIRE(run_until([] { return trace.size() == 2; }));
  CHECK(trace == Steps{"still here: /a", "destroyed"});
}

namespace {

struct Dav : RequestHandler {
  void get(std::string path) { write("get " + path); }
  Task<void> propfind(std::string path) {
    co_await bora::sleep(1ms);
    write("found " + path + " " + std::string(request().body()));
  }
  void report(const std::string& path) { write("report " + path); }
  using SupportedMethods =
      bora::web::SupportedMethods<bora::web::Supports<"PROPFIND", &Dav::propfind>,
                                  bora::web::Supports<"REPORT", &Dav::report>>;
};
class Tasks : public Dav {
  void brew(std::string_view path) { write("tea of " + std::string(path)); }

 public:
  using SupportedMethods =
      bora::web::SupportedMethods<Dav::SupportedMethods, bora::web::Supports<"BREW", &Tasks::brew>>;
};
struct Puts : RequestHandler {
  void put(std::string_view) { write("put"); }
};

}  // namespace

TEST_CASE("request: methods beyond the seven (WEB-002)", "[web]") {
  Application app({url<Dav>("/dav/{path:path}"), url<Puts>("/dav/{other:path}")});
  HTTPTest test(app);
  CHECK(test.fetch("/dav/a/b").body == "get a/b");
  CHECK(test.fetch("/dav/a%20b", {.method = "PROPFIND", .body = "<all/>"}).body ==
        "found a b <all/>");
  CHECK(test.fetch("/dav/a", {.method = "REPORT"}).body == "report a");
  CHECK(test.fetch("/dav/a", {.method = "PUT"}).body == "put");
  const auto refused = test.fetch("/dav/a", {.method = "LOCK"});
  CHECK(refused.status == 405);
  CHECK(refused.headers.get("Allow") == "GET, HEAD, PUT, OPTIONS, PROPFIND, REPORT");
  const auto options = test.fetch("/dav/a", {.method = "OPTIONS"});
  CHECK(options.status == 204);
  CHECK(options.headers.get("Allow") == "GET, HEAD, PUT, OPTIONS, PROPFIND, REPORT");
  CHECK(test.fetch("/none", {.method = "PROPFIND"}).status == 404);
  CHECK(test.fetch("/dav/a", {.method = "BREW"}).status == 501);

  Application more({url<Tasks>("/{path}")});
  HTTPTest other(more);
  CHECK(other.fetch("/x", {.method = "BREW"}).body == "tea of x");
  CHECK(other.fetch("/x", {.method = "REPORT"}).body == "report x");
  CHECK(other.fetch("/x", {.method = "BREWS"}).status == 501);
  CHECK(other.fetch("/x", {.method = "POST"}).headers.get("Allow") ==
        "GET, HEAD, OPTIONS, PROPFIND, REPORT, BREW");
  CHECK_THROWS_WITH(
      Application({url<Dav>("/{a}/{b}")}),
      "route pattern '/{a}/{b}' captures 2 arguments, but its handler's get() takes 1");
  CHECK_THROWS_WITH(Application({url<Dav>("/{a}"), url<Tasks>("/{b}")}),
                    "route pattern '/{b}' matches the same paths as '/{a}', for the same method");
}

namespace {

/// Records when its answer was sent.
struct AwaitsItsEnd : RequestHandler {
  Task<void> get(std::size_t size) {
    const std::string body(size, 'x');
    try {
      co_await finish(body);
      trace.push_back("sent " + std::to_string(size));
    } catch (const bora::net::StreamClosedError&) {
      trace.push_back("left");
      throw;
    }
  }
  /// Awaits the answer later, twice, and with a limit.
  Task<void> post(std::size_t) {
    const bora::web::FinishedAnswer answer = finish(7);
    co_await bora::sleep(1ms);
    co_await answer;
    co_await bora::with_timeout(10s, answer);
    trace.push_back("posted");
  }
  /// An answer without a body.
  Task<void> put(std::size_t) {
    set_status(204);
    co_await finish();
    trace.push_back("put");
  }
};

struct AnswersEarly : RequestHandler {
  static constexpr bool stream_request_body = true;
  void data_received(std::string_view) {}
  Task<void> prepare() {
    co_await finish("early");
    trace.push_back("sent early");
  }
  void post() {}
};

}  // namespace

TEST_CASE("request: co_await finish() goes on when the answer was sent (WEB-037)", "[web]") {
  trace.clear();
  Application app({url<AwaitsItsEnd>("/{size:uint}"), url<AnswersEarly>("/early")});
  HTTPTest test(app);
  LogCapture log;
  const auto few_turns = [] {
    for (int i = 0; i < 20; ++i) bora::IOLoop::current().run_once(1ms);
  };
  {
    RawClient client(test.port());
    REQUIRE(
        client.send("GET /3 HTTP/1.1\r\nHost: x\r\n\r\n"
                    "POST /0 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
                    "PUT /0 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
                    "GET /12000000 HTTP/1.1\r\nHost: x\r\n\r\n"));
    few_turns();
    CHECK(run_until([] { return trace.size() == 3; }));
    CHECK(trace == Steps{"sent 3", "put", "posted"});
    CHECK(app.running_requests() == 1);  // nobody reads it
    CHECK(run_until([&] {
      client.receive();
      return trace.size() == 4;
    }));
    CHECK(trace.back() == "sent 12000000");
    CHECK(client.receive_until("x"));
    CHECK(test.fetch("/1").body == "x");
    REQUIRE(client.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(client.receive_until("\r\n\r\nxx"));
  }
  for (const bool reset : {false, true}) {
    trace.clear();
    RawClient client(test.port());
    REQUIRE(client.send("GET /12000000 HTTP/1.1\r\nHost: x\r\n\r\n"));
    few_turns();
    CHECK(trace.empty());
    client.leave(reset);
    CHECK(run_until([] { return trace == Steps{"left"}; }));
    CHECK(run_until([&] { return app.running_requests() == 0; }));
  }
  {
    trace.clear();
    RawClient client(test.port());
    REQUIRE(client.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc"));
    CHECK(client.receive_until("\r\n\r\nearly"));
    CHECK(run_until([] { return trace == Steps{"sent early"}; }));
  }
  CHECK(log.count(app_log, "xception") == 0);  // a busy machine may have logged a slow turn
}

namespace {

/// Echoes lines up to an empty one.
struct TakesOver : RequestHandler {
  Task<void> get() {
    bora::net::IOStream stream = detach();
    co_await stream.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
    std::string line;
    do {
      line = co_await stream.read_until("\n");
      co_await stream.write(line);
    } while (line != "\n");
  }
  Task<void> post() {
    write("begun");
    co_await flush();
    CHECK_THROWS_AS(detach(), std::logic_error);
    finish();
    CHECK_THROWS_AS(detach(), std::logic_error);
  }
  ~TakesOver() override { trace.push_back("destroyed"); }
};

}  // namespace

TEST_CASE("request: detach() hands the connection to the handler", "[web]") {
  trace.clear();
  LogCapture log;
  Application app({url<TakesOver>("/")});
  HTTPTest test(app);
  RawClient client(test.port());
  REQUIRE(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\none\n"));
  CHECK(client.receive_until("Protocols\r\n\r\none\n"));
  CHECK(app.running_requests() == 1);
  REQUIRE(client.send("two\n\n"));
  CHECK(client.receive_all());
  CHECK(client.received.ends_with("one\ntwo\n\n"));
  CHECK(trace == Steps{"destroyed"});
  CHECK(app.running_requests() == 0);
  CHECK(log.count(app_log) == 0);
  CHECK(test.fetch("/", {.method = "POST"}).body == "begun");
}
