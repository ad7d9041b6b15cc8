#include <chrono>
#include <climits>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "runtime/web/xsrf.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

// Cookies, users, languages and tokens against forged forms.

using bora::testing::FetchOptions;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::web::Application;
using bora::web::RequestHandler;
using bora::web::Settings;
using bora::web::url;

namespace {

std::vector<std::string> cookies_of(const bora::testing::Response& response) {
  std::vector<std::string> lines;
  for (const auto line : response.headers.get_list("Set-Cookie")) lines.emplace_back(line);
  return lines;
}

std::string only_cookie(const bora::testing::Response& response) {
  const auto lines = cookies_of(response);
  return lines.size() == 1 ? lines[0] : std::to_string(lines.size()) + " cookies";
}

struct Cookies : RequestHandler {
  void get() {
    set_cookie("a", "old");
    set_cookie("b", "2",
               {.path = "/b",
                .domain = "example.com",
                .max_age = 0,
                .httponly = true,
                .secure = true,
                .samesite = "Strict"});
    set_cookie("a", "1");
    write(get_cookie("a", "none"));
  }
  void post() {
    set_cookie("before", "1");
    throw bora::web::HTTPError(404);
  }
  void put() { clear_cookie("a", {.path = "/x"}); }
  void patch() { set_cookie(get_argument("name"), get_argument("value", "", false)); }
};

}  // namespace

TEST_CASE("set_cookie: the last of one name is sent, with its options (WEB-050, WEB-053)",
          "[web]") {
  Application app({url<Cookies>("/")});
  HTTPTest test(app);
  const auto response = test.fetch("/", {.headers = {{"Cookie", "a=\"x\\073y\""}}});
  CHECK(response.body == "x;y");
  CHECK(cookies_of(response) ==
        std::vector<std::string>{
            "b=2; Domain=example.com; HttpOnly; Max-Age=0; Path=/b; SameSite=Strict; Secure",
            "a=1; HttpOnly; Path=/; SameSite=Lax"});
}

TEST_CASE("set_cookie: an error page keeps them (WEB-106)", "[web]") {
  Application app({url<Cookies>("/")});
  HTTPTest test(app);
  const auto response = test.fetch("/", {.method = "POST"});
  CHECK(response.status == 404);
  CHECK(only_cookie(response) == "before=1; HttpOnly; Path=/; SameSite=Lax");
}

TEST_CASE("clear_cookie: an empty value that expired long ago (WEB-054)", "[web]") {
  Application app({url<Cookies>("/")});
  HTTPTest test(app);
  const std::string line = only_cookie(test.fetch("/", {.method = "PUT"}));
  CHECK(line.starts_with("a=; expires="));
  CHECK(line.ends_with(" GMT; HttpOnly; Path=/x; SameSite=Lax"));
}

TEST_CASE("set_cookie: bad names and values are refused (WEB-051, WEB-052)", "[web]") {
  Application app({url<Cookies>("/")});
  HTTPTest test(app);
  LogCapture log;
  const auto cookie = [&](const std::string& arguments) {
    return only_cookie(test.fetch("/?" + arguments, {.method = "PATCH"}));
  };
  CHECK(cookie("name=a&value=x;y%22%5C%C3%A9") ==
        R"(a="x\073y\"\\\303\251"; HttpOnly; Path=/; SameSite=Lax)");
  CHECK(cookie("name=a&value=%20") == "0 cookies");
  CHECK(cookie("name=a;b&value=1") == "0 cookies");
  CHECK(cookie("name=&value=1") == "0 cookies");
  CHECK(log.count(bora::app_log, "cookie") == 3);
}

TEST_CASE("set_cookie: no option can bring in another one (WEB-051)", "[http]") {
  using bora::http::format_set_cookie;
  const std::vector<std::string> bads = {"x;y", "x y", "x\ry", "x\x7f", std::string(1, '\0')};
  for (const std::string& bad : bads) {
    CHECK_THROWS_AS(format_set_cookie("a", "1", {.path = bad}, 0), std::invalid_argument);
    CHECK_THROWS_AS(format_set_cookie("a", "1", {.domain = bad}, 0), std::invalid_argument);
    CHECK_THROWS_AS(format_set_cookie("a", "1", {.samesite = bad}, 0), std::invalid_argument);
  }
  for (const std::string word : {"Laxx", "strct", "None,Lax", "lax Strict"})
    CHECK_THROWS_AS(format_set_cookie("a", "1", {.samesite = word}, 0), std::invalid_argument);
  CHECK(format_set_cookie("a", "1", {.samesite = "strict"}, 0) == "a=1; Path=/; SameSite=Strict");
  CHECK(format_set_cookie("a", "1", {.expires_days = 1}, 0) ==
        "a=1; expires=Fri, 02 Jan 1970 00:00:00 GMT; Path=/");
  CHECK(format_set_cookie("a", "1", {.path = "", .expires = 0, .expires_days = 1}, 5) ==
        "a=1; expires=Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST_CASE("set_cookie: a date beyond four digits of the year is the last that can be written",
          "[http]") {
  using bora::http::format_set_cookie;
  const std::string last = "a=1; expires=Fri, 31 Dec 9999 23:59:59 GMT; Path=/";
  CHECK(format_set_cookie("a", "1", {.expires_days = 4'000'000}, 1'800'000'000) == last);
  CHECK(format_set_cookie("a", "1", {.expires_days = INT_MAX}, INT64_MAX) == last);
  CHECK(format_set_cookie("a", "1", {.expires = INT64_MAX}, 0) == last);
  CHECK(format_set_cookie("a", "1", {.expires = INT64_MIN}, 0) ==
        "a=1; expires=Sat, 01 Jan 0000 00:00:00 GMT; Path=/");
}

namespace {

struct Defaults : RequestHandler {
  void get() {
    set_cookie("open", "1", {.httponly = false, .secure = false});
    set_cookie("elsewhere", "1", {.samesite = "None"});
    set_cookie("anywhere", "1", {.samesite = "none"});
    set_cookie("__Host-id", "1");
    set_cookie("__Secure-id", "1");
  }
  void post() {
    const auto refused = [&](const char* name, const bora::web::CookieOptions& options) {
      try {
        set_cookie(name, "1", options);
      } catch (const std::invalid_argument&) {
        return "refused ";
      }
      return "set ";
    };
    write(refused("__Host-a", {.path = "/x"}));
    write(refused("__Host-a", {.domain = "example.com"}));
    write(refused("__Host-a", {.secure = false}));
    write(refused("__Secure-a", {.secure = false}));
    write(refused("__Secure-a", {.path = "/x"}));
  }
  void put() { clear_all_cookies({.path = "/x"}); }
  void delete_() { clear_all_cookies({.domain = "example.com", .secure = false}); }
};

}  // namespace

TEST_CASE("set_cookie: what is left open is filled in safely", "[web]") {
  Application app({url<Cookies>("/"), url<Defaults>("/defaults")});
  HTTPTest test(app);
  CHECK(cookies_of(test.fetch("/defaults")) ==
        std::vector<std::string>{"open=1; Path=/; SameSite=Lax",
                                 "elsewhere=1; HttpOnly; Path=/; SameSite=None; Secure",
                                 "anywhere=1; HttpOnly; Path=/; SameSite=None; Secure",
                                 "__Host-id=1; HttpOnly; Path=/; SameSite=Lax; Secure",
                                 "__Secure-id=1; HttpOnly; Path=/; SameSite=Lax; Secure"});
  CHECK(test.fetch("/defaults", {.method = "POST"}).body == "refused refused refused refused set ");
  bora::http::HTTPServerOptions https;
  https.protocol = "https";
  HTTPTest secure(app, https);
  CHECK(only_cookie(secure.fetch("/?name=a&value=1", {.method = "PATCH"})) ==
        "a=1; HttpOnly; Path=/; SameSite=Lax; Secure");
}

TEST_CASE("clear_all_cookies: each that the request brought (WEB-055)", "[web]") {
  Application app({url<Defaults>("/")});
  HTTPTest test(app);
  const auto lines = cookies_of(
      test.fetch("/", {.method = "PUT", .headers = {{"Cookie", "a=1; =2; b=\"3\"; b=4; c d=5"}}}));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("a=; expires="));
  CHECK(lines[1].starts_with("b=; expires="));
  CHECK(lines[1].ends_with("; Path=/x; SameSite=Lax"));
  // A client can't make the call fail by a name whose prefix forbids an option.
  const auto prefixed = cookies_of(test.fetch(
      "/", {.method = "DELETE", .headers = {{"Cookie", "__Host-a=1; __Secure-b=2; c=3"}}}));
  REQUIRE(prefixed.size() == 3);
  CHECK(prefixed[0].starts_with("__Host-a=; expires="));
  CHECK(prefixed[0].ends_with("GMT; HttpOnly; Path=/; SameSite=Lax; Secure"));
  CHECK(prefixed[1].starts_with("__Secure-b=; Domain=example.com; expires="));
  CHECK(prefixed[1].ends_with("; Secure"));
  CHECK(prefixed[2].starts_with("c=; Domain=example.com; expires="));
  CHECK(prefixed[2].ends_with("; Path=/; SameSite=Lax"));
}

namespace {

struct User {
  std::string name;
};

struct Users : RequestHandler {
  int asked = 0;
  std::string get_current_user() override {
    ++asked;
    return std::string(get_cookie("user"));
  }
  void prepare() {
    if (request().method() == "PUT") set_current_user("set");
  }
  void get() {
    const std::string users = current_user() + "," + current_user();
    write(users + "," + std::to_string(asked));
  }
  void put() {
    const std::string user = current_user();
    write(user + "," + std::to_string(asked));
  }
  void post() { write(get_login_url()); }
};

}  // namespace

TEST_CASE("current_user: asked once, or set by prepare() (WEB-070)", "[web]") {
  Application app({url<Users>("/")}, {.login_url = "/login"});
  HTTPTest test(app);
  CHECK(test.fetch("/", {.headers = {{"Cookie", "user=ada"}}}).body == "ada,ada,1");
  CHECK(test.fetch("/").body == ",,1");
  CHECK(test.fetch("/", {.method = "PUT"}).body == "set,0");
  CHECK(test.fetch("/", {.method = "POST"}).body == "/login");
}

TEST_CASE("get_login_url: without the setting an error (WEB-072)", "[web]") {
  Application app({url<Users>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/", {.method = "POST"}).status == 500);
  CHECK(log.count(bora::app_log, "Settings::login_url is not set") == 1);
}

namespace {

struct Languages : RequestHandler {
  const bora::Locale* get_user_locale() override {
    const auto chosen = get_query_argument("lang", std::nullopt);
    return chosen ? &bora::locale::get(*chosen) : nullptr;
  }
  void get() { write(locale().code()); }
};

}  // namespace

TEST_CASE("locale: the user's, else the browser's best, else the default (WEB-074)", "[web]") {
  // Only the default is loaded, so its code shows which one is used.
  bora::locale::set_default_locale("pt_BR");
  Application app({url<Languages>("/")});
  HTTPTest test(app);
  const auto of = [&](const std::string& field) {
    return test.fetch("/", {.headers = {{"Accept-Language", field}}}).body;
  };
  CHECK(of("pt-br;q=0.1, de;q=0.9") == "pt_BR");
  CHECK(of("") == "pt_BR");
  CHECK(of("pt-BR;q=x,;;;,q=,") == "pt_BR");
  CHECK(test.fetch("/?lang=xx").body == "pt_BR");
  bora::locale::set_default_locale("en_US");
  CHECK(of("de") == "en_US");
}

namespace {

struct Form : RequestHandler {
  std::string get_current_user() override { return std::string(get_cookie("user")); }
  void get() {
    write(get_argument("html", "") == "1" ? std::string(xsrf_form_html().text()) : xsrf_token());
  }
  void post() { write("done"); }
  void put() { write("done"); }
};

struct Open : RequestHandler {
  void check_xsrf_cookie() override {}
  void post() { write("done"); }
};

Settings xsrf_settings() {
  Settings settings;
  settings.xsrf_cookies = true;
  return settings;
}

constexpr char kToken[] = "_xsrf=2132b2ee6e5d4e8f9a0b1c2d3e4f5a6b";
constexpr char kHex[] = "2132b2ee6e5d4e8f9a0b1c2d3e4f5a6b";

}  // namespace

TEST_CASE("xsrf: a form with this browser's token passes, others do not (WEB-064)", "[web]") {
  Application app({url<Form>("/"), url<Open>("/open")}, xsrf_settings());
  HTTPTest test(app);
  LogCapture log;
  const std::string token = test.fetch("/").body;
  HTTPTest other(app);
  const std::string stolen = other.fetch("/").body;

  CHECK(test.fetch("/", {.method = "POST", .body = "_xsrf=" + token}).body == "done");
  CHECK(test.fetch("/?_xsrf=" + token, {.method = "POST"}).body == "done");
  CHECK(test.fetch("/", {.method = "POST", .headers = {{"X-XSRFToken", token}}}).body == "done");
  CHECK(test.fetch("/", {.method = "PUT", .headers = {{"x-csrftoken", token}}}).body == "done");
  CHECK(log.count(bora::gen_log, "_xsrf") == 0);

  CHECK(test.fetch("/", {.method = "POST"}).status == 403);
  CHECK(log.count(bora::gen_log, "'_xsrf' argument missing from POST") == 1);
  CHECK(test.fetch("/", {.method = "PUT"}).status == 403);
  CHECK(test.fetch("/", {.method = "POST", .body = "_xsrf=" + stolen}).status == 403);
  CHECK(log.count(bora::gen_log, "XSRF cookie does not match POST argument") == 1);
  CHECK(test.fetch("/", {.method = "POST", .body = "_xsrf=2%7Czz%7C00%7C1"}).status == 403);
  CHECK(log.count(bora::gen_log, "'_xsrf' argument has invalid format") == 1);
  test.clear_cookies();
  CHECK(test.fetch("/", {.method = "POST", .body = "_xsrf=" + token}).status == 403);
  CHECK(test.fetch("/open", {.method = "POST"}).body == "done");
}

TEST_CASE("xsrf: without the setting nothing is asked for", "[web]") {
  Application app({url<Form>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/", {.method = "POST"}).body == "done");
}

TEST_CASE("xsrf: each page's token looks different and means the same (WEB-065)", "[web]") {
  Application app({url<Form>("/")}, xsrf_settings());
  HTTPTest test(app);
  const std::string first = test.fetch("/").body;
  const auto again = test.fetch("/");
  CHECK(first != again.body);
  CHECK(cookies_of(again).empty());  // the cookie of the first answer holds (WEB-067)
  const auto a = bora::web::decode_xsrf_token(first, 0);
  const auto b = bora::web::decode_xsrf_token(again.body, 0);
  REQUIRE((a && b));
  CHECK(a->bytes == b->bytes);
  CHECK(a->bytes.size() == 16);
  CHECK(a->timestamp == b->timestamp);
}

TEST_CASE("xsrf: tokens of version 1 are understood, and written if asked for (WEB-066)", "[web]") {
  Settings settings = xsrf_settings();
  settings.xsrf_cookie_version = 1;
  Application app({url<Form>("/")}, settings);
  HTTPTest test(app);
  CHECK(test.fetch("/", {.headers = {{"Cookie", kToken}}}).body == kHex);
  const auto post = [&](const std::string& cookie, const std::string& token) {
    return test
        .fetch("/", {.method = "POST", .body = "_xsrf=" + token, .headers = {{"Cookie", cookie}}})
        .status;
  };
  LogCapture log;
  CHECK(post(kToken, kHex) == 200);
  CHECK(post("_xsrf=short", "short") == 200);
  CHECK(post("_xsrf=short", "shorT") == 403);
  CHECK(post("_xsrf=", "") == 403);
}

TEST_CASE("xsrf: the cookie's name and options (WEB-067)", "[web]") {
  Settings settings = xsrf_settings();
  settings.xsrf_cookie_name = "__Host-x";
  settings.xsrf_cookie_kwargs = {.httponly = true, .secure = true};
  Application app({url<Form>("/")}, settings);
  {
    HTTPTest test(app);
    const auto response = test.fetch("/");
    CHECK(only_cookie(response) ==
          "__Host-x=" + response.body + "; HttpOnly; Path=/; SameSite=Lax; Secure");
    CHECK(test.fetch("/", {.method = "POST", .body = "_xsrf=" + response.body}).status == 200);
  }
  HTTPTest test(app);
  const std::string line = only_cookie(test.fetch("/", {.headers = {{"Cookie", "user=ada"}}}));
  CHECK(line.find("; expires=") != std::string::npos);
  // The change for that user left the application's setting alone (D-23).
  CHECK(app.settings().xsrf_cookie_kwargs.expires_days == std::nullopt);
}

TEST_CASE("xsrf_form_html: a hidden field (WEB-069)", "[web]") {
  Application app({url<Form>("/")}, xsrf_settings());
  HTTPTest test(app);
  const std::string html = test.fetch("/?html=1").body;
  CHECK(html.starts_with("<input type=\"hidden\" name=\"_xsrf\" value=\"2|"));
  CHECK(html.ends_with("\"/>"));
}

TEST_CASE("xsrf token: damaged ones are nothing, never an error", "[web]") {
  using bora::web::decode_xsrf_token;
  for (const char* text :
       {"", "2|", "2||", "2|||", "2|00|00|1", "2|00000000||1", "2|0000000g|00|1", "2|00000000|0|1",
        "2|00000000|00|", "2|00000000|00|1|", "2|00000000|00|x", "3|00000000|00|1",
        "22|00000000|00|1", "999999999999999999999|1"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_xsrf_token(text, 7));
  }
  const auto token = decode_xsrf_token("2|0f0f0f0f|3132333435|12", 7);
  REQUIRE(token);
  CHECK(token->bytes == ">=<;:");
  CHECK(token->timestamp == 12);
  CHECK(decode_xsrf_token("0|a", 7)->bytes == "0|a");
  CHECK(decode_xsrf_token("4142", 7)->bytes == "AB");
}
