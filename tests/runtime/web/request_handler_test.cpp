#include <bora/web/request_handler.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/render/json.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

// What a handler can call: arguments, status, headers, output.

using namespace std::chrono_literals;
using bora::Task;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::RawClient;
using bora::web::Application;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

/// The exception of the handler's code, as text, or "nothing".
template <class Code>
std::string thrown_by(Code code) {
  try {
    code();
  } catch (const std::invalid_argument& error) {
    return std::string("invalid_argument: ") + error.what();
  } catch (const std::logic_error& error) {
    return std::string("logic_error: ") + error.what();
  }
  return "nothing";
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += "[" + value + "]";
  return text;
}

struct Arguments : RequestHandler {
  void get() { write("<" + get_argument("a") + ">"); }
  void post() {
    write(joined(get_arguments("a")) + "|" + joined(get_query_arguments("a")) + "|" +
          joined(get_body_arguments("a")) + "|" + get_argument("a"));
  }
  void put() { write(get_argument("a", "none") + "|" + get_argument("b", std::string("nil"))); }
  void patch() { write("<" + get_argument("a", false) + ">"); }
  void delete_() {
    write(get_query_argument("a", std::nullopt).value_or("no query") + "|" +
          get_body_argument("a", "no body"));
  }
};

}  // namespace

TEST_CASE("get_argument: the last value wins, the form's over the query's (WEB-021, WEB-022)",
          "[web]") {
  Application app({url<Arguments>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/?a=1&a=2").body == "<2>");
  CHECK(test.fetch("/?a=q1&a=q2", {.method = "POST", .body = "a=b1&a=b2&c=3"}).body ==
        "[q1][q2][b1][b2]|[q1][q2]|[b1][b2]|b2");
  CHECK(test.fetch("/?a=q", {.method = "POST", .body = "c=3"}).body == "[q]|[q]||q");
  CHECK(test.fetch("/?b=2", {.method = "PUT"}).body == "none|2");
  CHECK(test.fetch("/?a=2", {.method = "DELETE"}).body == "2|no body");
}

TEST_CASE("get_argument: a missing one is 400 with its name (WEB-010)", "[web]") {
  Application app({url<Arguments>("/")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/?b=1");
  CHECK(response.status == 400);
  CHECK(response.body.find("<p>The argument &#x27;a&#x27; is missing.</p>") != std::string::npos);
  CHECK(log.count(bora::gen_log, "400 GET /?b=1 (127.0.0.1): Missing argument a") == 1);
}

namespace {

struct Price {
  int cents;
  static std::optional<Price> parse(std::string_view text) {
    if (text == "free") return Price{0};
    if (!text.ends_with(" EUR")) return std::nullopt;
    return Price{100 * std::stoi(std::string(text.substr(0, text.size() - 4)))};
  }
};

std::string shown(std::optional<int> value) {
  return value ? std::to_string(*value) : "none";
}

/// One form of get_argument() for each path, of get_query_argument() and get_body_argument() too.
struct Typed : RequestHandler {
  void get(std::string_view form) {
    if (form == "int") write(get_argument<int>("a"));
    if (form == "default") write(get_argument("a", 7));
    if (form == "double") write(get_argument<double>("a", 1));
    if (form == "byte") write(static_cast<int>(get_argument<std::uint8_t>("a")));
    if (form == "bool") write(get_argument<bool>("a"));
    if (form == "bool-default") write(get_argument<bool>("a", true));
    if (form == "text") write("<" + get_argument<std::string>("a") + ">");
    if (form == "optional") write(shown(get_argument<std::optional<int>>("a")));
    if (form == "nullopt") write(get_argument("a", std::nullopt).value_or("none"));
    if (form == "price") write(get_argument<Price>("a").cents);
    if (form == "list") {
      for (const int value : get_arguments<int>("a")) write(value + 1);
    }
    if (form == "query") write(get_query_argument("a"));
    if (form == "query-int") write(get_query_argument("a", 3));
    if (form == "query-list") write(get_query_arguments<int>("a").size());
  }
  void post(std::string_view form) {
    if (form == "required") write(get_body_argument("a"));
    if (form == "default") write(get_body_argument("a", "none"));
    if (form == "optional") write(get_body_argument("a", std::nullopt).value_or("nil"));
    if (form == "int") write(get_body_argument<int>("a"));
    if (form == "int-default") write(get_body_argument("a", 5L));
    if (form == "list") write(get_body_arguments<double>("a").at(1));
    if (form == "query") write(get_query_argument("a", "none"));
  }
};

}  // namespace

TEST_CASE("get_argument: typed, with and without a default", "[web]") {
  Application app({url<Typed>("/{form}")});
  HTTPTest test(app);
  LogCapture log;
  const auto get = [&](const std::string& target) { return test.fetch(target).body; };
  CHECK(get("/int?a=-12") == "-12");
  CHECK(get("/int?a=%20+12%20") == "12");
  CHECK(get("/default?a=9") == "9");
  CHECK(get("/default") == "7");
  CHECK(get("/double?a=2.5e3") == "2500.0");
  CHECK(get("/double") == "1.0");
  CHECK(get("/byte?a=255") == "255");
  CHECK(get("/bool?a=on") == "true");
  CHECK(get("/bool?a=0") == "false");
  CHECK(get("/bool-default") == "true");
  CHECK(get("/text?a=%20x") == "<x>");
  CHECK(get("/optional?a=1") == "1");
  CHECK(get("/optional") == "none");
  CHECK(get("/nullopt") == "none");
  CHECK(get("/nullopt?a=") == "");
  CHECK(get("/price?a=3+EUR") == "300");
  CHECK(get("/list?a=1&a=2") == "23");
  CHECK(get("/query?a=q") == "q");
  CHECK(get("/query-int") == "3");
  CHECK(get("/query-list?a=1&a=2") == "2");
  CHECK(log.count(bora::app_log) == 0);
}

TEST_CASE("get_argument: one of another type is 400 with its name, not an error", "[web]") {
  Application app({url<Typed>("/{form}")});
  HTTPTest test(app);
  LogCapture log;
  const std::vector<std::string> bad = {"/int?a=x",           "/int?a=",          "/int?a=1.5",
                                        "/int?a=2147483648",  "/int?a=0x1",       "/int?a=1%002",
                                        "/int?a=--1",         "/int?a=%2B-1",     "/default?a=",
                                        "/default?a=x",       "/double?a=nan",    "/double?a=1e999",
                                        "/double?a=1,5",      "/byte?a=256",      "/byte?a=-1",
                                        "/bool?a=maybe",      "/bool-default?a=", "/optional?a=x",
                                        "/price?a=much",      "/list?a=1&a=b",    "/query-int?a=x",
                                        "/query-list?a=1&a=", "/int?a=%D9%A3"};
  for (const std::string& target : bad) {
    CAPTURE(target);
    const auto response = test.fetch(target);
    CHECK(response.status == 400);
    CHECK(response.body.find("<p>The argument &#x27;a&#x27; must be ") != std::string::npos);
  }
  CHECK(test.fetch("/int").status == 400);
  CHECK(test.fetch("/price").status == 400);
  CHECK(test.fetch("/query").status == 400);
  CHECK(log.count(bora::app_log) == 0);
  CHECK(log.count(bora::gen_log,
                  "Argument a must be a whole number from -2147483648 to "
                  "2147483647: 2147483648") == 1);
}

TEST_CASE("get_body_argument: the same forms, of the body only", "[web]") {
  Application app({url<Typed>("/{form}")});
  HTTPTest test(app);
  LogCapture log;
  const auto post = [&](const std::string& target, const std::string& body) {
    return test.fetch(target, {.method = "POST", .body = body});
  };
  CHECK(post("/required", "a=b").body == "b");
  CHECK(post("/required?a=q", "").status == 400);
  CHECK(post("/default?a=q", "").body == "none");
  CHECK(post("/optional?a=q", "").body == "nil");
  CHECK(post("/optional", "a=1").body == "1");
  CHECK(post("/int", "a=4").body == "4");
  CHECK(post("/int", "a=four").status == 400);
  CHECK(post("/int-default?a=9", "").body == "5");
  CHECK(post("/list", "a=1&a=2.5").body == "2.5");
  CHECK(post("/query?a=q", "a=b").body == "q");
  CHECK(post("/query", "a=b").body == "none");
  CHECK(log.count(bora::app_log) == 0);
}

namespace {

/// Reads ISO 8859-1.
struct Latin1 : RequestHandler {
  std::string decode_argument(std::string_view value, std::string_view name) override {
    std::string text = name.empty() ? "path:" : std::string(name) + ":";
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80) {
        text += c;
      } else {
        text += static_cast<char>(0xc0 | byte >> 6);
        text += static_cast<char>(0x80 | (byte & 0x3f));
      }
    }
    return text;
  }
  void get(std::string_view part) { write(std::string(part) + "|" + get_argument("a", "")); }
};

}  // namespace

TEST_CASE("decode_argument: another encoding, of arguments and of the path (WEB-024)", "[web]") {
  Application app({url<Latin1>("/{part}")});
  HTTPTest test(app);
  CHECK(test.fetch("/caf%E9?a=%E9t%E9").body == "path:caf\u00e9|a:\u00e9t\u00e9");
}

TEST_CASE("get_argument: control characters become blanks, ends are stripped (WEB-023)", "[web]") {
  Application app({url<Arguments>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/?a=%20x%20").body == "<x>");
  CHECK(test.fetch("/?a=x%00%08%0E%1Fy").body == "<x    y>");
  CHECK(test.fetch("/?a=x%09%0A%0D%7Fy").body == "<x\t\n\r\x7fy>");
  CHECK(test.fetch("/?a=%01x%02").body == "<x>");
  CHECK(test.fetch("/?a=%C2%A0%E3%80%80x%E2%80%A8%C2%85").body == "<x>");
  CHECK(test.fetch("/?a=%20+%09").body == "<>");
  CHECK(test.fetch("/?a=%20x%01", {.method = "PATCH"}).body == "< x >");
}

TEST_CASE("get_argument: '+' is a blank, empty values are there (WEB-025, WEB-026)", "[web]") {
  Application app({url<Arguments>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/?a=x+y").body == "<x y>");
  CHECK(test.fetch("/?a=&b=").body == "<>");
  CHECK(test.fetch("/?a=1;b=2").body == "<1;b=2>");
}

TEST_CASE("get_argument: what is no UTF-8 is 400 (WEB-024)", "[web]") {
  Application app({url<Arguments>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/?a=%FF").status == 400);
  CHECK(test.fetch("/?a=%C0%80").status == 400);
  CHECK(test.fetch("/", {.method = "POST", .body = "a=%ED%A0%80"}).status == 400);
  CHECK(test.fetch("/?a=%E2%82%AC").body == "<\u20ac>");
  CHECK(log.count(bora::gen_log, "Invalid unicode in a") == 3);
  CHECK(test.fetch("/?a=%ff").body.find("The argument &#x27;a&#x27; is not UTF-8.") !=
        std::string::npos);
}

TEST_CASE("get_argument: a query of too many arguments is 400", "[web]") {
  Application app({url<Arguments>("/")});
  HTTPTest test(app);
  LogCapture log;
  std::string query = "/?a=1";
  for (int i = 0; i < 1001; ++i) query += "&x";
  CHECK(test.fetch(query).status == 400);
}

namespace {

struct Headers : RequestHandler {
  void get() {
    set_header("X-One", "1");
    set_header("x-one", "2");
    add_header("X-Two", "a");
    add_header("X-Two", "b");
    set_header("X-Number", 42);
    add_header("X-Numbers", std::uint64_t{18446744073709551615U});
    add_header("X-Numbers", -1);
    set_header("X-Time", std::chrono::system_clock::time_point(1'000'000'000s + 900ms));
    add_header("X-Times", std::chrono::sys_days(std::chrono::year(2024) / 2 / 29));
    set_header("X-Gone", "x");
    clear_header("x-gone");
    set_header("Content-Type", "text/plain");
  }
  void post() {
    clear_header("Server");
    clear_header("date");
    clear_header("Content-Type");
    write("bare");
  }
  void put() {
    set_header("server", "mine");
    set_header("Content-Type", "text/plain");
    add_header("Content-Type", "text/css");
  }
};

struct Bytes : RequestHandler {
  void get() {
    set_header("X-Own", "1");
    write("body");
  }
};

}  // namespace

TEST_CASE("headers: set replaces, add appends, clear removes (WEB-033)", "[web]") {
  Application app({url<Headers>("/")});
  HTTPTest test(app);
  const auto response = test.fetch("/");
  CHECK(response.headers.get("X-One") == "2");
  CHECK(response.headers.get_list("X-Two").size() == 2);
  CHECK(response.headers.get("X-Number") == "42");
  CHECK(response.headers.get("X-Numbers") == "18446744073709551615, -1");
  CHECK(response.headers.get("X-Time") == "Sun, 09 Sep 2001 01:46:40 GMT");
  CHECK(response.headers.get("X-Times") == "Thu, 29 Feb 2024 00:00:00 GMT");
  CHECK(!response.headers.contains("X-Gone"));
  CHECK(response.headers.get("Content-Type") == "text/plain");
  CHECK(response.headers.get("Server").starts_with("Bora"));
  CHECK(response.headers.contains("Date"));
}

TEST_CASE("headers: the default ones can be removed and replaced (WEB-112)", "[web]") {
  Application app({url<Headers>("/")});
  HTTPTest test(app);
  const auto bare = test.fetch("/", {.method = "POST"});
  CHECK(!bare.headers.contains("Server"));
  CHECK(!bare.headers.contains("Date"));
  CHECK(!bare.headers.contains("Content-Type"));
  const auto own = test.fetch("/", {.method = "PUT"});
  CHECK(own.headers.get_list("Server") == std::vector<std::string_view>{"mine"});
  CHECK(own.headers.get_list("Content-Type") == std::vector<std::string_view>{"text/css"});
}

TEST_CASE("headers: the order on the wire (WEB-031, WEB-113, WEB-114)", "[web]") {
  Application app({url<Bytes>("/")});
  HTTPTest test(app);
  RawClient client(test.port());
  REQUIRE(client.send("GET / HTTP/1.0\r\nHost: x\r\n\r\n"));
  REQUIRE(client.receive_all());
  const std::string& bytes = client.received;
  CHECK(bytes.starts_with("HTTP/1.1 200 OK\r\nServer: "));
  const std::size_t type = bytes.find("\r\nContent-Type: text/html; charset=UTF-8\r\n");
  const std::size_t date = bytes.find("\r\nDate: ");
  const std::size_t own = bytes.find("\r\nX-Own: 1\r\n");
  const std::size_t length = bytes.find("\r\nContent-Length: 4\r\n");
  CHECK(own != std::string::npos);
  CHECK(length != std::string::npos);
  CHECK(type < own);
  CHECK(date < own);
  CHECK(own < length);
  CHECK(bytes.ends_with("\r\n\r\nbody"));
}

namespace {

std::vector<std::string> injected;

struct Injection : RequestHandler {
  void get() {
    for (const std::string_view value : {"a\r\nSet-Cookie: x=1", "a\nb", "a\rb", "a\x7f"}) {
      injected.push_back(thrown_by([&] { set_header("X-A", value); }));
      injected.push_back(thrown_by([&] { add_header("X-A", value); }));
      injected.push_back(thrown_by([&] { set_header("Content-Type", value); }));
      injected.push_back(thrown_by([&] { redirect(value); }));
    }
    const std::string_view nul("a\0b", 3);
    injected.push_back(thrown_by([&] { set_header("X-A", nul); }));
    injected.push_back(thrown_by([&] { set_header("X A", "1"); }));
    injected.push_back(thrown_by([&] { set_header("X-A\r\nX-B", "1"); }));
    injected.push_back(thrown_by([&] { set_header("", "1"); }));
    injected.push_back(thrown_by([&] { set_header("Transfer-Encoding", "chunked"); }));
    injected.push_back(thrown_by([&] { set_header("Content-Length", "-1"); }));
    injected.push_back(thrown_by([&] { set_header("Content-Length", "1 2"); }));
    set_status(200);
    clear_header("Location");
  }
};

}  // namespace

TEST_CASE("headers: nothing that could end a line or break the framing gets in (WEB-033)",
          "[web]") {
  Application app({url<Injection>("/")});
  HTTPTest test(app);
  const auto response = test.fetch("/");
  CHECK(response.status == 200);
  CHECK(injected.size() == 4 * 4 + 7);
  for (const std::string& problem : injected) {
    CAPTURE(problem);
    CHECK(problem.starts_with("invalid_argument: "));
  }
  CHECK(!response.headers.contains("X-A"));
  CHECK(!response.headers.contains("Set-Cookie"));
  CHECK(response.headers.get("Content-Type") == "text/html; charset=UTF-8");
}

namespace {

struct Status : RequestHandler {
  void get(std::string_view which) {
    if (which == "unknown") set_status(682);
    if (which == "own") set_status(200, "Quite Fine");
    if (which == "back") {
      set_status(404, "Lost");
      set_status(200);
    }
    if (which == "xss") set_status(400, "<script>");
    if (which == "injection") set_status(400, "a\r\nX-A: 1");
    if (which == "no-content") set_status(204);
    if (which == "text") {
      set_status(204);
      write("text");
    }
    if (which == "invalid") write(thrown_by([&] { set_status(1000); }));
  }
};

}  // namespace

TEST_CASE("set_status: the reason is the standard one or a clean one (WEB-032)", "[web]") {
  Application app({url<Status>("/{which}")});
  HTTPTest test(app);
  CHECK(test.fetch("/plain").reason == "OK");
  CHECK(test.fetch("/unknown").reason == "Unknown");
  CHECK(test.fetch("/own").reason == "Quite Fine");
  CHECK(test.fetch("/back").reason == "OK");
  CHECK(test.fetch("/xss").reason == "Unknown");
  const auto injection = test.fetch("/injection");
  CHECK(injection.reason == "Unknown");
  CHECK(!injection.headers.contains("X-A"));
  CHECK(test.fetch("/invalid").body == "invalid_argument: 1000 is no HTTP status");
}

TEST_CASE("set_status: 204 has no body, and writing one is an error (WEB-037)", "[web]") {
  Application app({url<Status>("/{which}")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/no-content");
  CHECK(response.status == 204);
  CHECK(!response.headers.contains("Content-Type"));
  CHECK(!response.headers.contains("Content-Length"));
  CHECK(test.fetch("/text").status == 500);
  CHECK(log.count(bora::app_log, "204") == 1);
}

namespace {

std::string late_problems;

struct Late : RequestHandler {
  void get() {
    finish("done");
    late_problems = thrown_by([&] { write("x"); }) + "\n" + thrown_by([&] { finish(); }) + "\n" +
                    thrown_by([&] { redirect("/"); }) + "\n" + thrown_by([&] { (void)flush(); });
  }
};

struct Redirects : RequestHandler {
  void get(std::string_view how) {
    if (how == "plain") redirect("/elsewhere");
    if (how == "permanent") redirect("/elsewhere", true);
    if (how == "own") redirect("/elsewhere", false, 303);
    if (how == "number") redirect("/elsewhere", 307);
    if (how == "text") {
      write("dropped? no: sent");
      redirect("http://example.com/caf\u00e9?x=1");
    }
    if (how == "wrong") write(thrown_by([&] { redirect("/x", false, 200); }));
  }
  Task<void> post(std::string_view) {
    write("begun");
    co_await flush();
    late_problems = thrown_by([&] { redirect("/x"); });
  }
};

}  // namespace

TEST_CASE("finish: nothing can be written after it (WEB-034, WEB-037)", "[web]") {
  Application app({url<Late>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/").body == "done");
  CHECK(late_problems ==
        "logic_error: write() after the answer was finished\n"
        "logic_error: finish() called twice; render(), redirect() and send_error() call it too\n"
        "logic_error: redirect() after the headers were sent\n"
        "logic_error: flush() after the answer was finished");
}

TEST_CASE("redirect: status and Location (WEB-042)", "[web]") {
  Application app({url<Redirects>("/{how}")});
  HTTPTest test(app);
  CHECK(test.fetch("/plain").status == 302);
  CHECK(test.fetch("/plain").headers.get("Location") == "/elsewhere");
  CHECK(test.fetch("/permanent").status == 301);
  CHECK(test.fetch("/own").status == 303);
  CHECK(test.fetch("/number").status == 307);
  CHECK(test.fetch("/text").headers.get("Location") == "http://example.com/caf\u00e9?x=1");
  CHECK(test.fetch("/wrong").body == "invalid_argument: redirect() with status 200");
  CHECK(test.fetch("/sent", {.method = "POST"}).body == "begun");
  CHECK(late_problems == "logic_error: redirect() after the headers were sent");
}

namespace {

struct Clears : RequestHandler {
  void set_default_headers() override { set_header("X-Default", "yes"); }
  void get() {
    set_status(404, "Lost");
    set_header("X-Own", "1");
    set_header("Content-Type", "text/plain");
    clear_header("Server");
    set_header("Content-Length", 1000);
    write("dropped");
    clear();
    write("kept");
  }
};

struct Streams : RequestHandler {
  Task<void> get() {
    write("one ");
    co_await flush();
    co_await flush();
    co_await bora::sleep(0ms);
    write("two");
  }
  Task<void> post() {
    set_header("Content-Length", 8);
    write("one ");
    co_await flush();
    write("two.");
  }
  Task<void> put() {
    co_await flush();
    set_status(500);
    set_header("X-Late", "1");
    finish("after");
  }
};

struct Lengths : RequestHandler {
  void get() {
    set_header("Content-Length", 10);
    write("short");
  }
  void post() {
    set_header("Content-Length", 3);
    write("too long");
  }
  bora::Task<void> put() {
    set_header("Content-Length", 3);
    write("t");
    co_await flush();
    write("oo long");
  }
};

}  // namespace

TEST_CASE("clear: forgets status, headers and text (WEB-043)", "[web]") {
  Application app({url<Clears>("/")});
  HTTPTest test(app);
  const auto response = test.fetch("/");
  CHECK(response.status == 200);
  CHECK(response.reason == "OK");
  CHECK(response.body == "kept");
  CHECK(!response.headers.contains("X-Own"));
  CHECK(response.headers.get("X-Default") == "yes");
  CHECK(response.headers.contains("Server"));
  CHECK(response.headers.get("Content-Type") == "text/html; charset=UTF-8");
  CHECK(response.headers.get("Content-Length") == "4");
}

TEST_CASE("flush: without a length the body is chunked (WEB-036, WEB-040)", "[web]") {
  Application app({url<Streams>("/")});
  HTTPTest test(app);
  const auto chunked = test.fetch("/");
  CHECK(chunked.body == "one two");
  CHECK(chunked.headers.get("Transfer-Encoding") == "chunked");
  const auto sized = test.fetch("/", {.method = "POST"});
  CHECK(sized.body == "one two.");
  CHECK(sized.headers.get("Content-Length") == "8");
  CHECK(!sized.headers.contains("Transfer-Encoding"));
  const auto late = test.fetch("/", {.method = "PUT"});
  CHECK(late.status == 200);
  CHECK(late.body == "after");
  CHECK(!late.headers.contains("X-Late"));
}

TEST_CASE("flush: HEAD of a streamed page has neither length nor chunks (WEB-039)", "[web]") {
  Application app({url<Streams>("/")});
  HTTPTest test(app);
  RawClient client(test.port());
  REQUIRE(client.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  REQUIRE(client.receive_all());
  CHECK(client.received.ends_with("\r\n\r\n"));
  CHECK(client.received.find("Content-Length") == std::string::npos);
  CHECK(client.received.find("Transfer-Encoding") == std::string::npos);
}

TEST_CASE("finish: a body that breaks its Content-Length is 500, or cut (WEB-038)", "[web]") {
  Application app({url<Lengths>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/").status == 500);
  CHECK(test.fetch("/", {.method = "POST"}).status == 500);
  CHECK(test.fetch("/", {.method = "HEAD"}).status == 200);
  RawClient client(test.port());
  REQUIRE(client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"));
  CHECK(client.receive_all());
  CHECK(client.received.ends_with("\r\n\r\nt"));
  CHECK(log.count(bora::gen_log, "more body than Content-Length says: PUT /") == 1);
}

TEST_CASE("RequestHandler: nobody else makes one", "[web]") {
  CHECK_THROWS_AS(Bytes(), std::logic_error);
}

namespace {

struct UsesConstructor : RequestHandler {
  UsesConstructor() : agent(request().headers().get("User-Agent", "nobody")) {
    set_header("X-Agent", agent);
  }
  void get() { write(agent); }
  std::string agent;
};

}  // namespace

TEST_CASE("RequestHandler: its constructor may use the request", "[web]") {
  Application app({url<UsesConstructor>("/")});
  HTTPTest test(app);
  const auto response = test.fetch("/", {.headers = {{"User-Agent", "test"}}});
  CHECK(response.body == "test");
  CHECK(response.headers.get("X-Agent") == "test");
}

namespace {

struct Numbers : RequestHandler {
  void get() {
    write(1);
    write(' ');
    write(-2.5);
    write(' ');
    write(0.1F);
    write(' ');
    write(true);
    write(' ');
    write(std::size_t{7});
  }
  void post() { finish(42); }
};

struct Ends : RequestHandler {
  [[noreturn]] static void leave() { throw bora::web::Finish("from below"); }
  void get() {
    set_status(202);
    write("written, ");
    leave();
  }
  void post() { throw bora::web::Finish(bora::render::json_encode(std::vector<int>{1, 2})); }
  void put() { throw bora::web::Finish(); }
};

}  // namespace

TEST_CASE("write: numbers as templates write them", "[web]") {
  Application app({url<Numbers>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/").body == "1 -2.5 0.1 true 7");
  CHECK(test.fetch("/", {.method = "POST"}).body == "42");
}

TEST_CASE("Finish: with a last piece (WEB-009)", "[web]") {
  Application app({url<Ends>("/")});
  HTTPTest test(app);
  LogCapture log;
  const auto text = test.fetch("/");
  CHECK(text.status == 202);
  CHECK(text.body == "written, from below");
  const auto json = test.fetch("/", {.method = "POST"});
  CHECK(json.body == "[1, 2]");
  CHECK(json.headers.get("Content-Type") == "application/json; charset=UTF-8");
  CHECK(test.fetch("/", {.method = "PUT"}).body.empty());
  CHECK(log.count(bora::app_log) == 0);
}
