#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>
#include <bora/testing/fake_clock.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "runtime/core/log_line.h"
#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

// Filters: in which order they run, what they may do before, around and after a handler, and what
// happens when they fail.

using bora::app_log;
using bora::Task;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::RawClient;
using bora::testing::run_until;
using bora::web::AnswerHead;
using bora::web::Application;
using bora::web::filtered;
using bora::web::HTTPError;
using bora::web::Next;
using bora::web::RequestHandler;
using bora::web::RequestStats;
using bora::web::url;

namespace {

std::vector<std::string> trace;

struct Before {
  std::string name;
  void operator()(RequestHandler&) const { trace.push_back(name); }
};
struct BeforeWaiting {
  std::string name;
  Task<void> operator()(RequestHandler&) const {
    trace.push_back(name + " begins");
    Task<void> pause = bora::sleep(std::chrono::milliseconds(1));
    co_await pause;
    trace.push_back(name);
  }
};
struct Around {
  std::string name;
  Task<void> operator()(RequestHandler&, Next next) const {
    trace.push_back(name + " (");
    Task<void> rest = next();
    co_await rest;
    trace.push_back(") " + name);
  }
};

struct Page : RequestHandler {
  void prepare() { trace.push_back("prepare"); }
  Task<void> get() {
    trace.push_back("get");
    Task<void> pause = bora::sleep(std::chrono::milliseconds(1));
    co_await pause;
    write("page");
  }
  void post() { write("posted"); }
  void on_finish() override { trace.push_back("finish"); }
};

struct Fails : RequestHandler {
  void get() { throw std::runtime_error("of the handler"); }
};

using Steps = std::vector<std::string>;

}  // namespace

TEST_CASE("filters: they run in order, around or before, for plain and waiting ones", "[filters]") {
  Application app(
      filtered(
          {Before{"group"}, Around{"outer"}},
          {url<Page>("/").filtered({BeforeWaiting{"route"}, Around{"inner"}, Before{"last"}})}),
      {.filters = {Around{"app"}, Before{"app 2"}}});
  HTTPTest test(app);
  trace.clear();
  CHECK(test.fetch("/").body == "page");
  CHECK(trace == Steps{"app (", "app 2", "group", "outer (", "route begins", "route", "inner (",
                       "last", "prepare", "get", ") inner", ") outer", ") app", "finish"});
  // Where no route matches, the application's filters run; the innermost handler refuses a method
  // that it does not have.
  trace.clear();
  CHECK(test.fetch("/nowhere").status == 404);
  CHECK(trace == Steps{"app (", "app 2", ") app"});
  trace.clear();
  CHECK(test.fetch("/", {.method = "DELETE"}).status == 405);
  CHECK(trace.size() == 12);
  // OPTIONS without an options() passes through all of them.
  trace.clear();
  CHECK(test.fetch("/", {.method = "OPTIONS"}).status == 204);
  CHECK(trace.back() == ") app");
}

TEST_CASE("filters: one that finishes or throws keeps the rest from running", "[filters]") {
  const auto stop = [](RequestHandler& handler) { handler.finish("stopped"); };
  const auto refuse = [](RequestHandler&) { throw HTTPError(403, "no"); };
  const auto break_down = [](RequestHandler&) { throw std::runtime_error("of the filter"); };
  struct Refuses {
    Task<void> operator()(RequestHandler&, Next) const { throw HTTPError(409); }
  };
  struct Swallows {
    Task<void> operator()(RequestHandler& handler, Next next) const {
      Task<void> rest = next();
      bool has_failed = false;
      try {
        co_await rest;
      } catch (const std::runtime_error&) {
        has_failed = true;
      }
      if (has_failed) handler.finish("saved");
    }
  };
  struct LeavesOut {
    Task<void> operator()(RequestHandler& handler, Next) const {
      handler.write("instead");
      co_return;
    }
  };
  struct CallsTwice {
    Task<void> operator()(RequestHandler&, Next next) const {
      Task<void> rest = next();
      co_await rest;
      Task<void> again = next();
      co_await again;
    }
  };
  struct FailsAfterwards {
    Task<void> operator()(RequestHandler&, Next next) const {
      Task<void> rest = next();
      co_await rest;
      throw std::runtime_error("too late");
    }
  };
  Application app({url<Page>("/stop").filtered({stop, Before{"never"}}),
                   url<Page>("/refuse").filtered({refuse, Before{"never"}}),
                   url<Page>("/break").filtered({Around{"a"}, break_down, Before{"never"}}),
                   url<Page>("/refuses").filtered({Refuses(), Before{"never"}}),
                   url<Fails>("/saved").filtered({Swallows()}),
                   url<Fails>("/fails").filtered({Around{"a"}}),
                   url<Page>("/instead").filtered({LeavesOut(), Before{"never"}}),
                   url<Page>("/twice").filtered({CallsTwice()}),
                   url<Page>("/late").filtered({FailsAfterwards()})});
  HTTPTest test(app);
  const LogCapture log;
  trace.clear();
  CHECK(test.fetch("/stop").body == "stopped");
  CHECK(test.fetch("/refuse").status == 403);
  CHECK(test.fetch("/break").status == 500);
  CHECK(log.count(app_log, "of the filter") == 1);
  CHECK(test.fetch("/refuses").status == 409);
  CHECK(test.fetch("/saved").body == "saved");
  CHECK(test.fetch("/fails").status == 500);
  CHECK(test.fetch("/instead").body == "instead");
  CHECK(std::ranges::count(trace, "never") == 0);
  CHECK(std::ranges::count(trace, ") a") == 0);
  // The text that a plain method has written is the answer once the filters have ended.
  CHECK(test.fetch("/twice").status == 500);
  CHECK(log.count(app_log, "calls its next() once") == 1);
  CHECK(test.fetch("/late").status == 500);
  CHECK(log.count(app_log, "too late") == 1);
}

namespace {

struct Visitor {
  std::string name;
};

struct Greeting : RequestHandler {
  void get() {
    CHECK(find_state<int>() == nullptr);
    write("hello " + state<Visitor>().name);
  }
  void post() { write(std::to_string(state<int>())); }
};

}  // namespace

TEST_CASE("filters: they hand typed state to the handler", "[filters]") {
  const auto find = [](RequestHandler& handler) {
    handler.set_state(Visitor{"nobody"});
    handler.set_state(Visitor{handler.get_query_argument("name", "you")});
  };
  Application app({url<Greeting>("/").filtered({find})});
  HTTPTest test(app);
  CHECK(test.fetch("/?name=Ada").body == "hello Ada");
  const LogCapture log;
  CHECK(test.fetch("/", {.method = "POST"}).status == 500);
  CHECK(log.count(app_log, "set_state() was not called for an object of this type") == 1);
}

TEST_CASE("filters: hooks see every head and every end", "[filters]") {
  static std::vector<int> ends;
  const auto mark = [](RequestHandler& handler) {
    handler.before_headers([](AnswerHead&) { throw std::runtime_error("a hook's"); });
    handler.before_headers([](AnswerHead& head) {
      head.set_header("X-Status", std::to_string(head.status()));
      if (!head.get_header("X-Own")) head.set_header("X-Own", "filter");
    });
    handler.after_answer([](const RequestStats& request) { ends.push_back(request.status); });
    handler.after_answer([](const RequestStats&) { throw std::runtime_error("an end's"); });
  };
  struct Own : RequestHandler {
    void get() {
      set_header("X-Own", "handler");
      write("x");
    }
    void post() { throw HTTPError(409); }
    Task<void> put() {
      write("first");
      Task<void> flushing = flush();
      co_await flushing;
      CHECK_THROWS_AS(before_headers([](AnswerHead&) {}), std::logic_error);
    }
  };
  Application app(
      {url<Own>("/"), url<Fails>("/fails")},
      {.filters = {mark}, .static_path = std::filesystem::absolute("tests/runtime/filters")});
  HTTPTest test(app);
  LogCapture log;
  const auto status_of = [](const bora::testing::Response& answer) {
    return answer.headers.get("X-Status") + " " + answer.headers.get("X-Own");
  };
  CHECK(status_of(test.fetch("/")) == "200 handler");
  CHECK(log.count(app_log, "a hook's") == 1);
  CHECK(log.count(app_log, "an end's") == 1);
  CHECK(status_of(test.fetch("/", {.method = "POST"})) == "409 filter");
  CHECK(status_of(test.fetch("/", {.method = "PUT"})) == "200 filter");
  CHECK(status_of(test.fetch("/fails")) == "500 filter");
  CHECK(status_of(test.fetch("/nowhere")) == "404 filter");
  CHECK(status_of(test.fetch("/", {.method = "PATCH"})) == "405 filter");
  CHECK(status_of(test.fetch("/", {.method = "POST",
                                   .body = "broken",
                                   .headers = {{"Content-Type", "multipart/form-data"}}})) ==
        "400 filter");
  CHECK(status_of(test.fetch("/static/CMakeLists.txt")) == "200 filter");
  CHECK(ends == std::vector<int>{200, 409, 200, 500, 404, 405, 400, 200});
}

namespace {

struct Takes : RequestHandler {
  static constexpr bool stream_request_body = true;
  Task<void> data_received(std::string_view piece) {
    size += piece.size();
    Task<void> pause = bora::sleep(std::chrono::milliseconds(1));
    co_await pause;
  }
  void put() { write(std::to_string(size)); }
  std::size_t size = 0;
};

}  // namespace

TEST_CASE("filters: around a streamed body, also of a client that leaves", "[filters]") {
  static std::vector<std::string> steps;
  struct Guard {
    ~Guard() { steps.push_back("guard"); }
  };
  struct Watches {
    Task<void> operator()(RequestHandler&, Next next) const {
      const Guard guard;
      Task<void> rest = next();
      try {
        co_await rest;
      } catch (const std::exception& error) {
        steps.push_back("left");
        throw;
      }
      steps.push_back("done");
    }
  };
  Application app({url<Takes>("/").filtered({Watches()})});
  HTTPTest test(app);
  steps.clear();
  CHECK(test.fetch("/", {.method = "PUT", .body = std::string(300'000, 'x')}).body == "300000");
  CHECK(steps == Steps{"done", "guard"});
  steps.clear();
  {
    RawClient client(test.port());
    REQUIRE(client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nsome"));
    REQUIRE(run_until([&] { return app.running_requests() == 1; }));
  }
  CHECK(run_until([&] { return app.running_requests() == 0; }));
  CHECK(steps == Steps{"left", "guard"});
}

TEST_CASE("filters: log lines of a request carry its tag, also after it has waited", "[filters]") {
  struct Sink final : bora::LogSink {
    void write(const bora::LogRecord& record) noexcept override {
      lines.push_back(std::string(record.tag) + ": " +
                      std::string(record.text.substr(0, record.text.find(' '))));
    }
    std::vector<std::string> lines;
  };
  struct Logs : RequestHandler {
    Task<void> get(std::string name) {
      app_log.warning(name, " 1");
      Task<void> pause = bora::sleep(std::chrono::milliseconds(5));
      co_await pause;
      app_log.warning(name, " 2");
      bora::IOLoop::current().add_callback([] { app_log.warning("callback"); });
    }
  };
  const auto tag = [](RequestHandler& handler) {
    handler.set_log_tag(bora::LogTag("id-" + std::string(handler.path_args().text(0))));
  };
  Application app({url<Logs>("/{name}").filtered({tag})});
  HTTPTest test(app);
  Sink sink;
  bora::LogSink* const before = bora::set_log_sink(&sink);
  RawClient a(test.port());
  RawClient b(test.port());
  REQUIRE(a.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(b.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(run_until([&] { return sink.lines.size() >= 6; }));
  bora::set_log_sink(before);
  for (const char* line : {"id-a: a", "id-b: b"}) CHECK(std::ranges::count(sink.lines, line) == 2);
  CHECK(std::ranges::count(sink.lines, ": callback") == 2);
  CHECK(bora::LogTag::current().is_none());
  CHECK(bora::LogTag("a b]\n\"").text() == "a?b??\"");
}

TEST_CASE("log line: the tag, and bytes that stand after eight plain ones", "[core]") {
  using bora::LogFormat;
  using bora::LogLevel;
  const auto shown = [](LogFormat format, std::string_view text, std::string_view tag = {}) {
    char line[bora::detail::kMaxLogLine];
    const bora::LogRecord record{LogLevel::info, "access", text, tag};
    return std::string(line, bora::detail::format_log_line(format, record, line));
  };
  CHECK(shown(LogFormat::pretty, "200 GET /", "id-1").ends_with(" access id-1] 200 GET /\n"));
  CHECK(shown(LogFormat::json, "x", "a\"b").find(R"("request":"a\"b","message":"x")") !=
        std::string::npos);
  const std::string eight(8, 'a');
  for (const LogFormat format : {LogFormat::pretty, LogFormat::json}) {
    for (int byte = 0; byte < 256; ++byte) {
      CAPTURE(byte);
      const std::string one(1, static_cast<char>(byte));
      const std::string alone = shown(format, one + eight);
      std::string behind = shown(format, eight + one + eight);
      const std::size_t at = behind.find(eight, behind.find("access"));
      REQUIRE(at != std::string::npos);
      behind.erase(at, 8);
      CHECK(behind.substr(behind.find("access")) == alone.substr(alone.find("access")));
    }
  }
}
