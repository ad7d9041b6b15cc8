#include <bora/web/routing.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>
#include <bora/web/urls.h>

#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using bora::Task;
using bora::http::HTTPServerRequest;
using bora::testing::HTTPTest;
using bora::web::AnyMatches;
using bora::web::Application;
using bora::web::DefaultHostMatches;
using bora::web::HostMatches;
using bora::web::PathArgs;
using bora::web::PathMatches;
using bora::web::RequestHandler;
using bora::web::ReversibleRuleRouter;
using bora::web::RuleRouter;
using bora::web::url;

namespace {

template <int number>
struct Says : RequestHandler {
  void get() { write("application " + std::to_string(number)); }
};

struct Item : RequestHandler {
  void get(std::string_view text) { write(text); }
};

Task<void> answer(HTTPServerRequest& request, std::string text) {
  bora::http::ResponseHead head;
  head.content_length = static_cast<std::int64_t>(text.size());
  request.connection().write_headers(head, text);
  request.connection().finish();
  return {};
}

bora::web::RequestCallable says(std::string text) {
  return [text](HTTPServerRequest& request, const PathArgs& arguments) {
    std::string all = text;
    for (std::size_t i = 0; i < arguments.size(); ++i)
      all.append(" [").append(arguments.text(i)).append("]");
    return answer(request, all);
  };
}

/// Serves a router, which is an HTTPServerConnectionDelegate; HTTPTest wants an Application.
struct Served {
  explicit Served(bora::web::Router& router) : server(router) { server.listen(0, "127.0.0.1"); }

  std::string get(const std::string& path, const std::string& fields = "Host: localhost\r\n") {
    return ask("GET " + path + " HTTP/1.1\r\n" + fields + "Connection: close\r\n\r\n");
  }
  std::string ask(const std::string& request) {
    bora::testing::RawClient client(server.port());
    REQUIRE(client.send(request));
    REQUIRE(client.receive_all());
    return client.received;
  }

  bora::http::HTTPServer server;
};

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

TEST_CASE("routing: RTE-01: what no rule takes is a 404 without a body", "[web]") {
  RuleRouter router;
  Served served(router);
  const std::string answer = served.get("/");
  CHECK(answer.rfind("HTTP/1.1 404 Not Found", 0) == 0);
  CHECK(ends_with(answer, "\r\n\r\n"));
}

TEST_CASE(
    "routing: RTE-02, RTE-03: rules are tried in order, a router that declines is passed over",
    "[web]") {
  Application first({url<Says<1>>("/one")});
  RuleRouter nested({{PathMatches("/nested/only"), says("nested")}});
  RuleRouter router({{PathMatches("/one"), first},
                     {AnyMatches(), nested},
                     {PathMatches("/nested/{rest:path}"), says("behind")}});
  Served served(router);
  CHECK(ends_with(served.get("/one"), "application 1"));
  CHECK(ends_with(served.get("/nested/only"), "nested"));
  CHECK(ends_with(served.get("/nested/a/b"), "behind [a/b]"));
  CHECK(served.get("/two").rfind("HTTP/1.1 404", 0) == 0);
}

TEST_CASE("routing: RTE-04: a matcher of the program's own", "[web]") {
  struct MethodMatches : bora::web::Matcher {
    bool match(HTTPServerRequest& request, PathArgs& arguments) const override {
      arguments.push(request.method());
      return request.method() == "PATCH";
    }
  };
  RuleRouter router({{MethodMatches(), says("matched")}});
  Served served(router);
  CHECK(ends_with(served.ask("PATCH / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
                  "matched [PATCH]"));
  CHECK(served.get("/").rfind("HTTP/1.1 404", 0) == 0);
}

TEST_CASE("routing: RTE-05, RTE-06: paths match raw and whole, captures are decoded", "[web]") {
  RuleRouter router(
      {{PathMatches("/a/{x}"), says("text")}, {PathMatches("/n/{n:int}"), says("n")}});
  Served served(router);
  CHECK(ends_with(served.get("/a/b%2Fc+d?q=1"), "text [b/c+d]"));
  CHECK(ends_with(served.get("/n/7"), "n [7]"));
  CHECK(served.get("/n/x").rfind("HTTP/1.1 404", 0) == 0);
  CHECK(served.get("/a/b/").rfind("HTTP/1.1 404", 0) == 0);
  CHECK_THROWS_AS(PathMatches("a/{x"), std::invalid_argument);
}

TEST_CASE("routing: RTE-07, RTE-08: hosts match without case and port", "[web]") {
  RuleRouter router({{HostMatches("www.Example.com.:80"), says("www")},
                     {HostMatches("{any}.example.com"), says("any")},
                     {DefaultHostMatches("www.example.com.", "{x}.example.com"), says("default")},
                     {AnyMatches(), says("other")}});
  Served served(router);
  CHECK(ends_with(served.get("/", "Host: WWW.example.com:8888\r\n"), "www"));
  CHECK(ends_with(served.get("/", "Host: www.example.com.\r\n"), "www"));
  CHECK(ends_with(served.get("/", "Host: api.Example.com.:80\r\n"), "any"));
  CHECK(ends_with(served.get("/", "Host: api.example.com\r\n"), "any"));
  CHECK(ends_with(served.get("/", "Host: elsewhere.org\r\n"), "default"));
  CHECK(ends_with(served.get("/", "Host: elsewhere.org\r\nX-Real-Ip: 1.2.3.4\r\n"), "other"));
}

TEST_CASE("routing: RTE-10, RTE-11, RTE-14: rules are reversed by name, nested ones too", "[web]") {
  ReversibleRuleRouter inner({{PathMatches("/in/{n:int}/{rest:path}"), says("in"), "inner"}});
  ReversibleRuleRouter middle({{AnyMatches(), inner}});
  ReversibleRuleRouter router(
      {{PathMatches("/plain"), says("plain"), "plain"}, {AnyMatches(), middle}});
  CHECK(router.reverse_url("plain") == "/plain");
  CHECK(router.reverse_url("inner", {7, "a b/c?"}) == "/in/7/a%20b/c%3F");
  CHECK_THROWS_WITH(router.reverse_url("none"), "there is no rule 'none'");
  CHECK_THROWS_WITH(router.reverse_url(""), "there is no rule ''");
  CHECK_THROWS_AS(router.reverse_url("inner", {7}), std::invalid_argument);

  Application app({url<Says<0>>("/"), url<Item>("/item/{x}", "item")});
  app.add_handlers("www.example.com", {url<Says<1>>("/of-host", "of_host")});
  middle.add_rules({{AnyMatches(), app}});
  CHECK(router.reverse_url("item", {"a b"}) == "/item/a%20b");
  CHECK(router.reverse_url("of_host") == "/of-host");
  CHECK_THROWS_WITH(router.reverse_url("none"), "there is no rule 'none'");

  bora::testing::LogCapture log;
  router.add_rules({{PathMatches("/later"), says("later"), "plain"}});
  CHECK(log.count(bora::app_log, "two rules named 'plain'") == 1);
  CHECK(router.reverse_url("plain") == "/later");
}

namespace {

struct Named : RequestHandler {
  struct Init {
    std::string greeting = "hello";
  };
  void initialize(const Init& init) { greeting_ = init.greeting; }
  void get(std::string name, int age) {
    const PathArgs& arguments = path_args();
    write(greeting_ + " " + name + std::to_string(age) + " ");
    for (std::size_t i = 0; i < arguments.size(); ++i)
      write(std::string(arguments.name(i)) + "=" + std::string(arguments.text(i)) + ";");
    write(" " + std::string(arguments.text("age")) + (arguments.has("nobody") ? "!" : "?"));
    if (arguments.index_of("name") != 0 || arguments.index_of("x") != 2) write("wrong");
  }
  Task<void> link(std::string name, int) {
    co_await bora::sleep(std::chrono::milliseconds(1));
    write("linked " + name);
  }
  using SupportedMethods = bora::web::SupportedMethods<bora::web::Supports<"COUPLE", &Named::link>>;

  std::string greeting_;
};

struct Optional : RequestHandler {
  void get(std::optional<std::string_view> page) {
    write(path_args().has("page") ? "has" : "has not");
    write(page ? " one" : " none");
    try {
      write(path_args().text("pages"));
    } catch (const std::out_of_range& error) {
      write(std::string(" ") + error.what());
    }
  }
};

}  // namespace

TEST_CASE("routing: RTE-03: rules lead to handler classes of an application", "[web]") {
  struct TwoOf : bora::web::Matcher {
    bool match(HTTPServerRequest& request, PathArgs& arguments) const override {
      arguments.push(request.method());
      if (request.path() != "/one") arguments.push("7");
      return request.path().size() == 4;
    }
  };
  Application app({url<Says<1>>("/one")});
  ReversibleRuleRouter router(
      {{PathMatches("/users/{name}/{age:int}"), app.handler<Named>(), "named"},
       {HostMatches("plain.example.com"), app.handler<Says<2>>()},
       {TwoOf(), app.handler<Named>({.greeting = "matched"})},
       {AnyMatches(), app}});
  Served served(router);
  CHECK(ends_with(served.get("/users/a%2Fb/7?x=1"), "\r\n\r\nhello a/b7 name=a/b;age=7; 7?"));
  CHECK(served.get("/users/%ff/7").rfind("HTTP/1.1 400", 0) == 0);
  CHECK(served.get("/users/a/99999999999").rfind("HTTP/1.1 404", 0) == 0);
  CHECK(ends_with(served.ask("COUPLE /users/a/7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
                  "\r\n\r\nlinked a"));
  CHECK(served.ask("COUPL /users/a/7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .rfind("HTTP/1.1 501", 0) == 0);
  const std::string refused = served.ask(
      "POST /users/a/7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
      "Content-Length: 0\r\n\r\n");
  CHECK(refused.rfind("HTTP/1.1 405", 0) == 0);
  CHECK(refused.find("Allow: GET, HEAD, OPTIONS, COUPLE\r\n") != std::string::npos);
  CHECK(ends_with(served.get("/", "Host: plain.example.com\r\n"), "application 2"));
  CHECK(served.get("/two").rfind("HTTP/1.1 500", 0) == 0);  // its captures have no names
  CHECK(router.reverse_url("named", {"a b", 7}) == "/users/a%20b/7");
  CHECK(app.running_requests() == 0);
  {
    bora::testing::LogCapture log;
    CHECK(served.get("/one").rfind("HTTP/1.1 500", 0) == 0);  // one capture, and get() takes two
  }
  CHECK_THROWS_WITH(bora::web::Rule(PathMatches("/{a}"), app.handler<Named>()),
                    "route pattern '/{a}' captures 1 argument, but its handler's get() takes 2");
  CHECK_THROWS_WITH(bora::web::Rule(AnyMatches(), app.handler<Item>()),
                    "a rule captures 0 arguments, but its handler's get() takes 1");
}

TEST_CASE("routing: RTE-04: captures have the names of the pattern", "[web]") {
  Application app({url<Named>("/{name}/{age:int}"), url<Optional>("/pages/{page?}")});
  app.add_handlers("{any}.example.com", {url<Named>("/other/{name:[a-z]{1,3}}/x/{age}")});
  HTTPTest test(app);
  CHECK(test.fetch("/ann/7").body == "hello ann7 name=ann;age=7; 7?");
  CHECK(test.fetch("/other/abc/x/8", {.headers = {{"Host", "a.example.com"}}}).body ==
        "hello abc8 name=abc;age=8; 8?");
  CHECK(test.fetch("/pages").body == "has not none no capture of the path is called 'pages'");
  CHECK(test.fetch("/pages/3").body ==
        "has one no capture of the path is called 'pages'; there is page");
}

TEST_CASE("routing: RTE-15: a function gets the whole message, may wait, and may fail", "[web]") {
  RuleRouter router;
  router.add_rules({{PathMatches("/echo"),
                     [](HTTPServerRequest& request, const PathArgs&) {
                       return answer(request, std::string(request.body()));
                     }},
                    {PathMatches("/slow"),
                     [](HTTPServerRequest& request, const PathArgs&) -> Task<void> {
                       co_await bora::sleep(std::chrono::milliseconds(1));
                       co_await answer(request, "slow");
                     }},
                    {PathMatches("/fails"), [](HTTPServerRequest&, const PathArgs&) -> Task<void> {
                       throw std::runtime_error("broken");
                     }}});
  bora::testing::LogCapture log;
  Served served(router);
  CHECK(ends_with(served.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                             "Connection: close\r\n\r\nhello"),
                  "hello"));
  CHECK(ends_with(served.get("/slow"), "slow"));
  CHECK(served.get("/fails").rfind("HTTP/1.1 500", 0) == 0);
  CHECK(log.count(bora::app_log, "broken") == 1);
}

TEST_CASE("routing: WEB-088, WEB-089: an application has routes for one host", "[web]") {
  Application app({url<Says<0>>("/"), url<Item>("/item/{x}", "item")},
                  {.default_host = "WWW.example.com."});
  app.add_handlers("{any}.example.com", {url<Says<1>>("/", "home")});
  app.add_handlers("WWW.example.com.", {url<Says<2>>("/"), url<Says<3>>("/three")});
  HTTPTest test(app);
  const auto body = [&test](const char* host, const char* path, bool is_behind_proxy = false) {
    std::vector<std::pair<std::string, std::string>> headers{{"Host", host}};
    if (is_behind_proxy) headers.emplace_back("X-Real-Ip", "1.2.3.4");
    const auto answer = test.fetch(path, {.headers = headers});
    return answer.status == 200 ? answer.body : std::to_string(answer.status);
  };
  CHECK(body("www.example.com:80", "/") == "application 1");
  CHECK(body("WWW.example.com", "/three") == "application 3");
  CHECK(body("www.example.com.", "/three") == "application 3");
  CHECK(body("www.example.com.:8888", "/three") == "application 3");
  CHECK(body("www.example.com", "/item/a%2Fb") == "a/b");
  CHECK(body("elsewhere.org", "/") == "application 0");
  CHECK(body("elsewhere.org", "/three") == "application 3");
  CHECK(body("elsewhere.org", "/three", true) == "404");
  CHECK(app.reverse_url("home") == "/");
  CHECK(app.reverse_url("item", {"x"}) == "/item/x");
  CHECK_THROWS_AS(app.reverse_url("none"), std::invalid_argument);
}

TEST_CASE("urls: a URL is made absolute by its request", "[web]") {
  struct Absolute : RequestHandler {
    void get() {
      for (const char* url : {"/a?x=//y", "//api.example.com/b", "https://c.org/d"})
        write(bora::web::absolute_url(request(), url) + " ");
    }
  };
  Application app({url<Absolute>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/", {.headers = {{"Host", "shop.org:80"}}}).body ==
        "http://shop.org:80/a?x=//y http://api.example.com/b https://c.org/d ");
}

TEST_CASE("routing: RTE-12, RTE-13: what no route takes goes to the default handler", "[web]") {
  struct Nothing : RequestHandler {
    void prepare() {
      set_status(404);
      finish("nothing here");
    }
  };
  Application app({url<Says<0>>("/")},
                  {.default_handler_class = bora::web::error_handler<Nothing>()});
  HTTPTest test(app);
  CHECK(test.fetch("/unknown").body == "nothing here");
  CHECK(test.fetch(test.url("/")).body == "application 0");
}

namespace {

struct Database {
  std::string name;
};

struct WithObject : RequestHandler {
  struct Init {
    Database* db = nullptr;
    std::string title = "none";
  };
  void initialize(const Init& init) { init_ = init; }
  void get() { write((init_.db == nullptr ? "no db" : init_.db->name) + ", " + init_.title); }

  Init init_;
};

}  // namespace

TEST_CASE("routing: a route gives objects to its handler", "[web]") {
  Database db{"first"};
  Application app({url<WithObject>("/", {.db = &db, .title = "home"}, "home"),
                   url<WithObject>("/plain", "plain"), url<WithObject>("/b", {.db = &db})});
  HTTPTest test(app);
  CHECK(test.fetch("/").body == "first, home");
  db.name = "second";
  CHECK(test.fetch("/b").body == "second, none");
  CHECK(test.fetch("/plain").body == "no db, none");
  CHECK(app.reverse_url("home") == "/");
}

TEST_CASE("routing: static_path without a manifest (WEB-094)", "[web]") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("bora_static_path_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "css");
  std::ofstream(folder / "css" / "a.css") << "a{}";
  std::ofstream(folder / "robots.txt") << "User-agent: *";
  {
    Application app({url<Says<0>>("/"), url<Item>("/{x}")}, {.static_path = folder.string()});
    HTTPTest test(app);
    CHECK(test.fetch("/static/css/a.css").body == "a{}");
    CHECK(test.fetch("/robots.txt").body == "User-agent: *");
    CHECK(test.fetch("/robots").body == "robots");
    CHECK(test.fetch("/static/none.css").status == 404);
    CHECK(test.fetch("/").body == "application 0");
  }
  {
    Application app({url<Item>("/files/{x:path}"), url<Item>("/robots.txt/{x?}")},
                    {.static_path = folder.string(), .static_url_prefix = "/files/"});
    HTTPTest test(app);
    CHECK(test.fetch("/files/css/a.css").body == "css/a.css");
  }
  std::filesystem::remove_all(folder);
}
