#include <optional>
#include <stdexcept>
#include <string>

#include <bora/core/io_loop.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

// Who must log in, and where clients are sent.

using bora::Task;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::web::Application;
using bora::web::is_local_url;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

struct ByName : RequestHandler {
  std::string get_current_user() override { return std::string(get_cookie("user")); }
  void prepare() { authenticated(); }
  void get() { write("hello " + current_user()); }
  void post() { write("posted"); }
};

struct User {
  std::string name;
};

/// The user is an object that another coroutine finds.
struct ByObject : RequestHandler {
  const User* current_user() { return user ? &*user : nullptr; }
  Task<std::optional<User>> find_user() {
    co_await bora::sleep(std::chrono::seconds(0));
    if (get_cookie("user").empty()) co_return std::nullopt;
    co_return User{std::string(get_cookie("user"))};
  }
  Task<void> prepare() { user = co_await find_user(); }
  void get() {
    const User& me = authenticated(current_user());
    write("hello " + me.name);
  }
  Task<void> post() {
    const User me = authenticated(co_await find_user());
    write("posted by " + me.name);
  }
  void put() { write("put by " + authenticated(std::string(get_cookie("user")))); }
  std::optional<User> user;
};

struct Absolute : ByName {
  std::string get_login_url() override { return "https://login.example/in"; }
};
struct HasQuery : ByName {
  std::string get_login_url() override { return "/login?lang=de"; }
};

std::string where(const bora::testing::Response& response) {
  return std::to_string(response.status) + " " + response.headers.get("Location");
}

}  // namespace

TEST_CASE("authenticated: strangers are sent to log in, or refused (WEB-071)", "[web]") {
  Application app({url<ByName>("/name"), url<ByObject>("/object"), url<Absolute>("/absolute"),
                   url<HasQuery>("/query")},
                  {.login_url = "/login"});
  HTTPTest test(app);
  LogCapture log;
  for (const std::string path : {"/name", "/object"}) {
    CAPTURE(path);
    CHECK(where(test.fetch(path + "?a=%2F&b=2")) ==
          "302 /login?next=%2F" + path.substr(1) + "%3Fa%3D%252F%26b%3D2");
    CHECK(where(test.fetch(path, {.method = "HEAD"})) == "302 /login?next=%2F" + path.substr(1));
    CHECK(test.fetch(path, {.method = "POST"}).status == 403);
    CHECK(test.fetch(path, {.headers = {{"Cookie", "user=ada"}}}).body == "hello ada");
  }
  CHECK(test.fetch("/object", {.method = "PUT"}).status == 403);
  CHECK(test.fetch("/object", {.method = "PUT", .headers = {{"Cookie", "user=ada"}}}).body ==
        "put by ada");
  CHECK(test.fetch("/object", {.method = "POST", .headers = {{"Cookie", "user=ada"}}}).body ==
        "posted by ada");
  CHECK(where(test.fetch("/absolute", {.headers = {{"Host", "shop.example"}}})) ==
        "302 https://login.example/in?next=http%3A%2F%2Fshop.example%2Fabsolute");
  CHECK(where(test.fetch("/query")) == "302 /login?lang=de");
  CHECK(log.count(bora::app_log) == 0);
}

TEST_CASE("authenticated: without a login_url it is an error that names it (WEB-072)", "[web]") {
  Application app({url<ByName>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/").status == 500);
  CHECK(log.count(bora::app_log,
                  "Settings::login_url is not set, and is needed for get_login_url()") == 1);
}

TEST_CASE("is_local_url: a path of this site, as browsers read it", "[web]") {
  for (const char* url : {"/", "/a", "/a/b?c=//d#e", "/a//b", "/%5Cevil.example", "/:80", "/@x"}) {
    CAPTURE(url);
    CHECK(is_local_url(url));
  }
  for (const std::string url :
       {"", "a", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "/a\\b", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
        "https://evil.example", "javascript:alert(1)", "?a", "#a", "./a", "/\x7f",
        "https:/evil.example", "/\r"}) {
    CAPTURE(url);
    CHECK_FALSE(is_local_url(url));
  }
  CHECK_FALSE(is_local_url(std::string("/\0/evil.example", 15)));
}

namespace {

struct Goes : RequestHandler {
  void get() { redirect_local(get_argument("to")); }
  void post() { redirect(get_next_url("/home")); }
  void put() { redirect_local("https://evil.example", "/fallback"); }
};

}  // namespace

TEST_CASE("redirect_local: URLs from outside lead nowhere else", "[web]") {
  Application app({url<Goes>("/")});
  HTTPTest test(app);
  CHECK(where(test.fetch("/?to=/a%3Fb=1")) == "302 /a?b=1");
  CHECK(where(test.fetch("/?to=//evil.example")) == "302 /");
  CHECK(where(test.fetch("/?to=https%3A%2F%2Fevil.example")) == "302 /");
  CHECK(where(test.fetch("/?to=/%5Cevil.example")) == "302 /");
  CHECK(where(test.fetch("/?next=/inbox", {.method = "POST"})) == "302 /inbox");
  CHECK(where(test.fetch("/?next=//evil.example", {.method = "POST"})) == "302 /home");
  CHECK(where(test.fetch("/", {.method = "POST"})) == "302 /home");
  CHECK(where(test.fetch("/", {.method = "PUT"})) == "302 /fallback");
}

namespace {

struct Slash : RequestHandler {
  void prepare() { addslash(); }
  void get(std::string_view) { write("with"); }
  void post(std::string_view) { write("posted"); }
};
struct NoSlash : RequestHandler {
  void get(std::string_view) {
    removeslash();
    write("without");
  }
  void post(std::string_view) {
    removeslash();
    write("posted");
  }
};

}  // namespace

TEST_CASE("addslash, removeslash: GET and HEAD are sent on, others are 404 (WEB-073)", "[web]") {
  Application app(
      {url<Slash>("/with/{x:path}"), url<NoSlash>("/without/{x:path}"), url<NoSlash>("/{x:path}")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/with/a/").body == "with");
  CHECK(where(test.fetch("/with/a?b=1")) == "301 /with/a/?b=1");
  CHECK(where(test.fetch("/with/a", {.method = "HEAD"})) == "301 /with/a/");
  CHECK(test.fetch("/with/a", {.method = "POST"}).status == 404);
  CHECK(test.fetch("/with/a/", {.method = "POST"}).body == "posted");
  CHECK(test.fetch("/without/a").body == "without");
  CHECK(where(test.fetch("/without/a//?b=1")) == "301 /without/a?b=1");
  CHECK(test.fetch("/without/a/", {.method = "POST"}).status == 404);
  CHECK(test.fetch("/").body == "without");
  CHECK(test.fetch("//evil.example/").status == 404);
  CHECK(log.count(bora::app_log) == 0);
}

namespace {

struct NeedsSettings : RequestHandler {
  void get() {
    try {
      require_setting(get_argument("name"), "the basket");
      write("set");
    } catch (const std::logic_error& error) {
      write(error.what());
    }
  }
};

struct Counter {
  int count = 0;
};
struct Counts : RequestHandler {
  void get() { write(++application().state<Counter>().count); }
  void post() { write(application().state<std::string>()); }
};

}  // namespace

TEST_CASE("require_setting: names the setting and the feature (WEB-020)", "[web]") {
  Application app({url<NeedsSettings>("/")}, {.login_url = "/login"});
  HTTPTest test(app);
  CHECK(test.fetch("/?name=login_url").body == "set");
  CHECK(
      test.fetch("/?name=cookie_secret").body ==
      "Settings::cookie_secret is not set, and is needed for the basket; `bora secret` makes one");
  CHECK(test.fetch("/?name=static_path").body ==
        "Settings::static_path is not set, and is needed for the basket");
  CHECK(test.fetch("/?name=nonsense").body ==
        "require_setting(): there is no setting 'nonsense' that may be empty");
}

TEST_CASE("Application::state: an object for each type, shared by all requests (WEB-117)",
          "[web]") {
  Application app({url<Counts>("/")});
  app.set_state(Counter{5});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/").body == "6");
  CHECK(test.fetch("/").body == "7");
  CHECK(test.fetch("/", {.method = "POST"}).status == 500);
  CHECK(log.count(bora::app_log, "set_state() was not called") == 1);
  app.set_state(std::string("a"));
  app.set_state(std::string("b"));
  CHECK(test.fetch("/", {.method = "POST"}).body == "b");
}
