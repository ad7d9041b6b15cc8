#include <bora/web/application.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/render/output.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using bora::access_log;
using bora::LogLevel;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::RawClient;
using bora::web::Application;
using bora::web::HTTPError;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

struct WithStatus : RequestHandler {
  void get(int status) {
    set_status(status);
    if (status != 204) write("text");
  }
};

struct Page {
  std::string_view name;
  void bora_render(bora::render::Output& out) const {
    out.append("<p>");
    out.append_escaped(name);
  }
};

struct BrokenPage {
  void bora_render(bora::render::Output& out) const {
    out.append("half a page");
    throw std::runtime_error("broken");
  }
};

struct Renders : RequestHandler {
  void get(std::string_view which) {
    if (which == "broken") return render(BrokenPage{});
    write("before ");
    render(Page{.name = which});
    if (which == "twice") render(Page{.name = which});
  }
};

struct SendsError : RequestHandler {
  void get() {
    write("dropped");
    send_error(403);
    log_text = "went on";
  }
  void post() { finish(); }
  static inline std::string log_text;
};

struct OwnErrorPage : RequestHandler {
  void get() { throw HTTPError(418, "secret", "I'm a teapot"); }
  void write_error(int status, std::exception_ptr error) override {
    set_header("X-Page", "own");
    write(std::to_string(status) + " " + std::string(get_reason()) + (error ? " thrown" : ""));
  }
};

}  // namespace

TEST_CASE("access log: one line for each request, its level by the status (WEB-015)", "[web]") {
  Application app({url<WithStatus>("/{status:int}")});
  HTTPTest test(app);
  LogCapture log;
  for (const int status : {200, 302, 404, 503}) test.fetch("/" + std::to_string(status) + "?a=1");
  REQUIRE(log.records.size() == 4);
  CHECK(log.records[0].level == LogLevel::info);
  CHECK(log.records[1].level == LogLevel::info);
  CHECK(log.records[2].level == LogLevel::warning);
  CHECK(log.records[3].level == LogLevel::error);
  const std::string& line = log.records[0].text;
  CHECK(line.starts_with("200 GET /200?a=1 (127.0.0.1) "));
  CHECK(line.ends_with("ms"));
  const std::string time = line.substr(line.rfind(' ') + 1);
  CHECK(time.find('.') == time.size() - 5);
}

TEST_CASE("access log: log_function replaces the line (WEB-016)", "[web]") {
  std::vector<std::string> lines;
  Application app({url<WithStatus>("/{status:int}")},
                  {.log_function = [&](RequestHandler& handler) {
                    lines.push_back(std::to_string(handler.get_status()) + " " +
                                    std::string(handler.request().uri()));
                    if (lines.size() == 2) throw std::runtime_error("full");
                  }});
  HTTPTest test(app);
  LogCapture log;
  test.fetch("/200");
  CHECK(test.fetch("/nowhere").status == 404);
  CHECK(lines == std::vector<std::string>{"200 /200", "404 /nowhere"});
  CHECK(log.count(access_log) == 0);
  CHECK(log.count(bora::app_log, "full") == 1);
}

TEST_CASE("application: a pattern that cannot be read is refused at once", "[web]") {
  CHECK_THROWS_AS(Application({url<WithStatus>("no slash")}), std::invalid_argument);
  CHECK_THROWS_AS(Application({url<WithStatus>("/no/capture")}), std::invalid_argument);
}

TEST_CASE("application: listens on several ports", "[web]") {
  Application app({url<Renders>("/{which}")});
  const int first = app.listen(0, "127.0.0.1").port();
  const int second = app.listen(0, "127.0.0.1").port();
  CHECK(first != second);
  for (const int port : {first, second}) {
    RawClient client(port);
    REQUIRE(client.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    REQUIRE(client.receive_all());
    CHECK(client.received.ends_with("before <p>a"));
  }
}

namespace {

/// Gives a signal its default action as long as it lives: Catch has a handler of its own, and the
/// loop respects that.
struct DefaultSignal {
  explicit DefaultSignal(int number) : number(number) {
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    ::sigaction(number, &action, &before);
  }
  ~DefaultSignal() { ::sigaction(number, &before, nullptr); }

  int number;
  struct sigaction before{};
};

struct Slow : RequestHandler {
  static inline int ended = 0;
  bora::Task<void> get() {
    co_await bora::sleep(std::chrono::milliseconds(30));
    ++ended;
    finish("answered");
    co_await bora::sleep(std::chrono::milliseconds(30));
    ++ended;
  }
};

}  // namespace

TEST_CASE("application: a graceful stop waits for handlers whose client has left", "[web]") {
  Slow::ended = 0;
  Application app({url<Slow>("/")});
  const int port = app.listen(0, "127.0.0.1").port();
  LogCapture log;
  const DefaultSignal default_signal(SIGTERM);
  RawClient client(port);
  REQUIRE(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(bora::testing::run_until([&] { return app.running_requests() == 1; }));
  client.leave();
  bora::IOLoop::current().call_later(std::chrono::milliseconds(1), [] { ::raise(SIGTERM); });
  bora::IOLoop::current().start();
  CHECK(app.running_requests() == 0);
  CHECK(Slow::ended == 2);
}

TEST_CASE("render: writes the page after what was written, and finishes (WEB-075)", "[web]") {
  Application app({url<Renders>("/{which}")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/%3Cb%3E").body == "before <p>&lt;b&gt;");
  CHECK(test.fetch("/twice").body == "before <p>twice");
  CHECK(log.count(bora::app_log, "render() after the answer was finished") == 1);
}

TEST_CASE("render: of a page that throws nothing is sent", "[web]") {
  Application app({url<Renders>("/{which}")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/broken");
  CHECK(response.status == 500);
  CHECK(response.body.find("half") == std::string::npos);
}

TEST_CASE("send_error: answers at once; the method goes on (WEB-011)", "[web]") {
  Application app({url<SendsError>("/")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/");
  CHECK(response.status == 403);
  CHECK(response.body == "<html><title>403: Forbidden</title><body>403: Forbidden</body></html>");
  CHECK(SendsError::log_text == "went on");
}

TEST_CASE("write_error: a class's own page (WEB-012)", "[web]") {
  Application app({url<OwnErrorPage>("/")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/");
  CHECK(response.status == 418);
  CHECK(response.body == "418 I'm a teapot thrown");
  CHECK(response.headers.get("X-Page") == "own");
  const auto refused = test.fetch("/", {.method = "POST"});
  CHECK(refused.status == 405);
  CHECK(refused.body == "405 Method Not Allowed");
}

namespace {

struct Mess : RequestHandler {
  void get() {
    set_status(299, "Odd");
    set_header("X-Mess", "1");
    set_header("Content-Type", "text/odd");
    set_header("Content-Length", 4);
    clear_header("Server");
    write("mess");
  }
};

struct Tidy : RequestHandler {
  void get() { write("tidy"); }
};

}  // namespace

TEST_CASE("application: nothing of an answer shows in the next one", "[web]") {
  Application app({url<Mess>("/mess"), url<Tidy>("/tidy")});
  HTTPTest test(app);
  RawClient client(test.port());
  for (int i = 0; i < 2; ++i) {
    client.received.clear();
    REQUIRE(client.send("GET /mess HTTP/1.1\r\nHost: x\r\n\r\n"));
    REQUIRE(client.receive_until("mess"));
    CHECK(client.received.find("Server:") == std::string::npos);
    client.received.clear();
    REQUIRE(client.send("GET /tidy HTTP/1.1\r\nHost: x\r\n\r\n"));
    REQUIRE(client.receive_until("tidy"));
    CHECK(client.received.starts_with("HTTP/1.1 200 OK\r\nServer: "));
    CHECK(client.received.find("X-Mess") == std::string::npos);
    CHECK(client.received.find("text/odd") == std::string::npos);
  }
}
