#include <bora/web/stock_handlers.h>

#include <memory>
#include <optional>
#include <string>

#include <bora/core/io_loop.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>
#include <bora/web/routing.h>

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using bora::Task;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::web::Application;
using bora::web::ErrorHandler;
using bora::web::FallbackHandler;
using bora::web::RedirectHandler;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

std::string where(const bora::testing::Response& response) {
  return std::to_string(response.status) + " " + response.headers.get("Location");
}

}  // namespace

TEST_CASE("ErrorHandler: its status for every method, the token is not asked for (WEB-017)",
          "[web]") {
  Application app({url<ErrorHandler<410>>("/old/{x:path}")},
                  {.default_handler_class = bora::web::error_handler<ErrorHandler<418>>(),
                   .cross_origin_protection = true,
                   .xsrf_cookies = true});
  HTTPTest test(app);
  LogCapture log;
  for (const std::string method : {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"}) {
    CAPTURE(method);
    CHECK(test.fetch("/old/a/b", {.method = method}).status == 410);
    CHECK(test.fetch("/new", {.method = method}).status == 418);
  }
  CHECK(log.count(bora::app_log) == 0);
}

TEST_CASE("RedirectHandler: captures and the query go along (WEB-093)", "[web]") {
  Application app({url<RedirectHandler<"/users/{0}/{1}">>("/people/{name}/{page:int}"),
                   url<RedirectHandler<"https://example.com/", false>>("/away"),
                   url<RedirectHandler<"/{0}">>("/to/{x:path}")});
  HTTPTest test(app);
  CHECK(where(test.fetch("/people/ad%C3%A9/7?a=b")) == "301 /users/ad%C3%A9/7?a=b");
  CHECK(where(test.fetch("/people/a/7", {.method = "HEAD"})) == "301 /users/a/7");
  CHECK(test.fetch("/people/a/7", {.method = "POST"}).status == 405);
  CHECK(where(test.fetch("/away")) == "302 https://example.com/");
  CHECK(where(test.fetch("/to/a/b")) == "301 /a/b");
  CHECK(test.fetch("/to//evil.example").status == 404);
}

namespace {

struct Echo : RequestHandler {
  void get(std::string_view rest) { write("old " + std::string(rest)); }
  void post(std::string_view) { write("old got " + get_body_argument("a")); }
};
struct Counts : RequestHandler {
  static constexpr bool stream_request_body = true;
  void data_received(std::string_view piece) { size += piece.size(); }
  void put(std::string_view) { write(size); }
  std::size_t size = 0;
};
struct Home : RequestHandler {
  void get() { write("home"); }
};

struct Legacy {
  Application app{{url<Echo>("/legacy/{x:path}"), url<Counts>("/legacy/up/{x:path}")}};
};
using Old = std::unique_ptr<Legacy>;

Task<void> answer_ping(bora::http::HTTPServerRequest& request, const bora::web::PathArgs&) {
  bora::http::ResponseHead head;
  head.content_length = 4;
  request.connection().write_headers(head, "pong");
  request.connection().finish();
  co_return;
}

bora::web::RuleRouter& pings() {
  static bora::web::RuleRouter router{
      {bora::web::PathMatches("/ping/{x}"), bora::web::RequestCallable(answer_ping)}};
  return router;
}

using OldRoutes =
    FallbackHandler<[](Application& app) -> Application& { return app.state<Old>()->app; }>;
using Pings = FallbackHandler<[](Application&) -> bora::web::RuleRouter& { return pings(); }>;

}  // namespace

TEST_CASE("FallbackHandler: another delegate has the whole request (WEB-094)", "[web]") {
  Application app(
      {url<Home>("/"), url<OldRoutes>("/legacy/{x:path}"), url<Pings>("/ping/{x:path}")},
      {.cross_origin_protection = true});
  app.set_state(std::make_unique<Legacy>());
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/").body == "home");
  CHECK(test.fetch("/legacy/a/b").body == "old a/b");
  CHECK(test.fetch("/legacy/a", {.form = {{"a", "1"}}}).body == "old got 1");
  CHECK(
      test.fetch("/legacy/a", {.form = {{"a", "1"}}, .headers = {{"Sec-Fetch-Site", "cross-site"}}})
          .status == 200);
  CHECK(test.fetch("/legacy/up/x", {.method = "PUT", .body = std::string(200'000, 'x')}).body ==
        "200000");
  CHECK(test.fetch("/legacy/a", {.method = "DELETE"}).status == 405);
  CHECK(test.fetch("/ping/1").body == "pong");
  CHECK(test.fetch("/ping/a/b").status == 404);
  CHECK(app.running_requests() == 0);
  CHECK(log.count(bora::app_log) == 0);
}

TEST_CASE("HTTPTest: a router without an application", "[web]") {
  HTTPTest test(pings());
  CHECK(test.fetch("/ping/1").body == "pong");
  CHECK_THROWS_AS(test.set_signed_cookie("a", "b"), std::logic_error);
}

namespace {

struct Person {
  std::string name;
};

struct People : bora::web::UserHandler<Person> {
  void get() {
    const Person& me = authenticated(current_user());
    write("hello " + me.name);
  }
  void post() {
    write(get_current_user());
    set_current_user(Person{"eve"});
    write(current_user()->name);
  }

 protected:
  Task<std::optional<Person>> find_current_user() override {
    co_await bora::sleep(std::chrono::seconds(0));
    const std::string_view name = get_cookie("user");
    if (name.empty()) co_return std::nullopt;
    if (name == "broken") throw std::runtime_error("no database");
    co_return Person{std::string(name)};
  }
};

/// Asks the base class, as a filter does.
struct Guarded : People {
  void get() {
    RequestHandler::authenticated();
    write("inside");
  }
};

}  // namespace

TEST_CASE("UserHandler: a user of a type of one's own, looked for by a coroutine (WEB-070)",
          "[web]") {
  Application app({url<People>("/")}, {.login_url = "/login"});
  HTTPTest test(app);
  LogCapture log;
  CHECK(where(test.fetch("/")) == "302 /login?next=%2F");
  CHECK(test.fetch("/", {.method = "POST"}).body == "eve");
  test.set_cookie("user", "ada");
  CHECK(test.fetch("/").body == "hello ada");
  CHECK(test.fetch("/", {.method = "POST"}).body == "somebodyeve");
  test.set_cookie("user", "broken");
  CHECK(test.fetch("/").status == 500);
  CHECK(log.count(bora::app_log, "no database") == 1);
}

TEST_CASE("UserHandler: a filter that asks for the user first finds nobody, and hides nobody",
          "[web]") {
  const auto ask = [](RequestHandler& handler) {
    handler.set_header("X-User", "'" + handler.current_user() + "'");
  };
  Application app({url<Guarded>("/").filtered({ask})}, {.login_url = "/login"});
  HTTPTest test(app);
  CHECK(where(test.fetch("/")) == "302 /login?next=%2F");
  test.set_cookie("user", "ada");
  const auto answer = test.fetch("/");
  CHECK(answer.body == "inside");
  CHECK(answer.headers.get("X-User") == "''");
}
