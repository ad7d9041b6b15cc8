#include <bora/testing/http_test.h>

#include <chrono>
#include <string>

#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/net/ssl_context.h>
#include <bora/testing/certificates.h>
#include <bora/web.h>

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using namespace std::chrono_literals;
using bora::Task;
using bora::testing::FetchError;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::web::Application;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

/// Answers with what it was asked.
struct Echo : RequestHandler {
  void get() { tell(); }
  void post() { tell(); }
  void put() { tell(); }
  void tell() {
    write(request().method());
    write(" ");
    write(request().uri());
    for (const auto& [name, value] : request().headers()) {
      if (name == "Host" || name == "Connection") continue;
      write(" " + std::string(name) + "=" + std::string(value));
    }
    write(" [" + std::string(request().body()) + "]");
  }
};

struct Redirects : RequestHandler {
  void get(std::string_view where) {
    const bool is_second = where == "query" && !request().query().empty();
    redirect(is_second ? "/echo?" + std::string(request().query()) : target(where));
  }
  void post(std::string_view where) { redirect(target(where), false, where == "307" ? 307 : 303); }
  static std::string target(std::string_view where) {
    if (where == "relative") return "../echo?x=1";
    if (where == "query") return "?y=1";
    if (where == "away") return "http://example.com/";
    if (where == "round") return "/to/round";
    return "/echo";
  }
};

struct Waits : RequestHandler {
  Task<void> get(int milliseconds) {
    co_await bora::sleep(std::chrono::milliseconds(milliseconds));
    write("waited");
  }
};

struct Breaks : RequestHandler {
  bora::Task<void> get() {
    set_header("Content-Length", 100);
    write("short");
    co_await flush();
  }
};

struct Cookies : RequestHandler {
  void get(std::string_view value) {
    write(request().headers().get("Cookie", "none"));
    add_header("Set-Cookie", "a=" + std::string(value == "gone" ? "" : value) + "; Path=/");
    add_header("Set-Cookie", "b=2");
  }
};

std::string message_of(HTTPTest& test, std::string_view target, std::chrono::milliseconds timeout) {
  try {
    test.fetch(target, {.timeout = timeout});
  } catch (const FetchError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("HTTPTest: sends what it is asked to", "[testing]") {
  Application app({url<Echo>("/echo")});
  HTTPTest test(app);
  CHECK(test.fetch("/echo?a=%20b").body == "GET /echo?a=%20b []");
  CHECK(test.fetch("/echo", {.headers = {{"X-A", "1"}, {"X-A", "2"}}}).body ==
        "GET /echo X-A=1 X-A=2 []");
  CHECK(test.fetch("/echo", {.method = "POST", .body = "a=1"}).body ==
        "POST /echo Content-Length=3 Content-Type=application/x-www-form-urlencoded [a=1]");
  CHECK(
      test.fetch("/echo",
                 {.method = "PUT", .body = "{}", .headers = {{"content-type", "application/json"}}})
          .body == "PUT /echo content-type=application/json Content-Length=2 [{}]");
}

TEST_CASE("HTTPTest: an answer has status, reason, headers and body", "[testing]") {
  Application app({url<Echo>("/echo")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/nowhere");
  CHECK(response.status == 404);
  CHECK(response.reason == "Not Found");
  CHECK(response.headers.get("content-type") == "text/html; charset=UTF-8");
  CHECK(!response.body.empty());
}

TEST_CASE("HTTPTest: redirects are followed only when asked", "[testing]") {
  Application app({url<Echo>("/echo"), url<Redirects>("/to/{where}")});
  HTTPTest test(app);
  CHECK(test.fetch("/to/echo").status == 302);
  CHECK(test.fetch("/to/echo", {.follow_redirects = true}).body == "GET /echo []");
  CHECK(test.fetch("/to/relative", {.follow_redirects = true}).body == "GET /echo?x=1 []");
  CHECK(test.fetch("/to/query", {.follow_redirects = true}).body == "GET /echo?y=1 []");
  CHECK(test.fetch("/to/echo", {.method = "POST", .body = "a=1", .follow_redirects = true}).body ==
        "GET /echo []");
  CHECK(test.fetch("/to/307", {.method = "POST", .body = "a=1", .follow_redirects = true})
            .body.starts_with("POST /echo "));
  CHECK_THROWS_AS(test.fetch("/to/away", {.follow_redirects = true}), FetchError);
  CHECK_THROWS_AS(test.fetch("/to/round", {.follow_redirects = true}), FetchError);
}

TEST_CASE("HTTPTest: waits for handlers, but not without end", "[testing]") {
  Application app({url<Waits>("/wait/{ms:int}"), url<Breaks>("/break")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/wait/1").body == "waited");
  CHECK(message_of(test, "/wait/100", 10ms) == "GET /wait/100: no answer in time");
  CHECK(message_of(test, "/break", 5000ms) ==
        "GET /break: the server closed the connection within the answer");
  CHECK(message_of(test, "/wait/1", 5000ms) == "no error");
}

TEST_CASE("HTTPTest: its end waits for handlers", "[testing]") {
  static bora::Event* released = nullptr;
  struct WaitsForRelease : RequestHandler {
    Task<void> get() { co_await released->wait(); }
  };
  bora::Event event;
  released = &event;
  Application app({url<WaitsForRelease>("/wait")});
  {
    HTTPTest test(app);
    // On a busy machine a client may have given up before its request arrived.
    while (app.running_requests() == 0) {
      CHECK_THROWS_AS(test.fetch("/wait", {.timeout = 5ms}), FetchError);
    }
    bora::IOLoop::current().call_later(30ms, [&] { event.set(); });
  }
  CHECK(event.is_set());
  CHECK(app.running_requests() == 0);
}

TEST_CASE("HTTPTest: cookies are carried", "[testing]") {
  Application app({url<Cookies>("/{value}")});
  HTTPTest test(app);
  CHECK(test.fetch("/1").body == "none");
  CHECK(test.fetch("/2").body == "a=1; b=2");
  REQUIRE(test.cookies().size() == 2);
  CHECK(test.fetch("/gone").body == "a=2; b=2");
  CHECK(test.fetch("/1").body == "b=2");
  test.clear_cookies();
  CHECK(test.fetch("/1").body == "none");
}

TEST_CASE("TST-05 HTTPTest: over TLS", "[testing]") {
  struct Big : bora::web::RequestHandler {
    void get() { write(std::string(300'000, 'x')); }
    void post() { write(std::to_string(request().body().size()) + request().protocol().data()); }
  };
  bora::testing::TestCertificates certificates;
  const auto made = certificates.issue({});
  bora::http::HTTPServerOptions options;
  options.ssl_options =
      bora::net::SSLContext::server({.certfile = made.certfile, .keyfile = made.keyfile});
  bora::web::Application app({bora::web::url<Big>("/big")});
  bora::testing::HTTPTest test(app, options);
  CHECK(test.url("/big") == "https://127.0.0.1:" + std::to_string(test.port()) + "/big");
  CHECK(test.fetch("/big").body.size() == 300'000);
  CHECK(test.fetch("/big", {.method = "HEAD"}).body.empty());
  CHECK(test.fetch("/big", {.method = "POST", .body = std::string(400'000, 'y')}).body ==
        "400000https");
  CHECK(test.fetch("/none").status == 404);
}
