#include <stdexcept>
#include <string>

#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::web::Application;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

struct Fails : RequestHandler {
  void get() { throw std::runtime_error("no <b>paper</b> & \"ink\""); }
  void post() { throw 7; }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("error page: in production it tells status and phrase only (WEB-012)", "[web]") {
  Application app({url<Fails>("/fails", "failing")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/fails").body ==
        "<html><title>500: Internal Server Error</title>"
        "<body>500: Internal Server Error</body></html>");
  CHECK(test.fetch("/nowhere").body ==
        "<html><title>404: Not Found</title><body>404: Not Found</body></html>");
}

TEST_CASE("error page: in debug mode it tells what was thrown and where", "[web]") {
  Application app({url<Fails>("/fails", "failing")}, {.debug = true});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/fails?x=1");
  CHECK(response.status == 500);
  CHECK(contains(response.body,
                 "std::runtime_error: no &lt;b&gt;paper&lt;/b&gt; &amp; &quot;ink&quot;"));
  CHECK(contains(response.body, "GET /fails?x=1 HTTP/1.1"));
  CHECK(contains(response.body, "failing"));
  CHECK(contains(test.fetch("/fails", {.method = "POST"}).body, "<pre>int</pre>"));
}

TEST_CASE("error page: in debug mode 404 lists the routes", "[web]") {
  Application app({url<Fails>("/fails", "failing"), url<Fails>("/other")}, {.debug = true});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/nowhere");
  CHECK(response.status == 404);
  CHECK(contains(response.body, "<th>/fails</th><td>failing</td>"));
  CHECK(contains(response.body, "<th>/other</th>"));
}

TEST_CASE("error page: in debug mode 404 marks the route that was probably meant", "[web]") {
  struct Show : RequestHandler {
    void get(std::int64_t) {}
  };
  Application app({url<Fails>("/fails", "failing"), url<Show>("/users/{id:int}", "user"),
                   url<Show>("/users/{id:int}/edit")},
                  {.debug = true});
  HTTPTest test(app);
  LogCapture log;
  const std::string page = test.fetch("/users/7x").body;
  CHECK(contains(page, "<tr class=\"nearest\"><th>/users/{id:int}</th><td>user</td>"));
  CHECK(contains(page, "<tr><th>/fails</th><td>failing</td></tr>"));
  CHECK(contains(page, "<tr><th>/users/{id:int}/edit</th>"));
  const std::string other = test.fetch("/nothing/like-it").body;
  CHECK(!contains(other, "class=\"nearest\""));
  CHECK(!contains(test.fetch("/fialed").body, "class=\"nearest\""));
  CHECK(contains(test.fetch("/fals").body, "<tr class=\"nearest\"><th>/fails</th>"));
  CHECK(contains(test.fetch("/user/7").body, "<tr class=\"nearest\"><th>/users/{id:int}</th>"));
  CHECK(contains(other,
                 "<pre>nothing_like_it = { path = &quot;/nothing/like-it&quot;, handler = "
                 "&quot;NothingLikeIt&quot; }</pre>"));
  CHECK(!contains(test.fetch("/a%22b").body, "<pre>"));
}

TEST_CASE("error page: nothing of the request gets into it unescaped", "[web]") {
  Application app({url<Fails>("/fails")}, {.debug = true});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch(
      "/nowhere'&?x='y'",
      {.headers = {{"User-Agent", "<script>alert('1')</script>"}, {"X-Bytes", "\xff\"<"}}});
  CHECK(response.status == 404);
  CHECK(!contains(response.body, "<script>"));
  CHECK(!contains(response.body, "'"));
  CHECK(contains(response.body, "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;"));
}

namespace {

struct Refuses : RequestHandler {
  void get() {
    throw bora::web::HTTPError(409, "secret of the log")
        .with_detail("The name <b> is taken.")
        .with_field("name", "is taken")
        .with_field("mail", "has no \"@\"")
        .with_header("Retry-After", "5");
  }
  void post() { throw bora::web::HTTPError(429).with_header("Retry-After", "5\r\nX-Evil: 1"); }
  void put() { send_error(410); }
};

std::string type_for(HTTPTest& test, const std::string& accept) {
  return test.fetch("/refuses", {.headers = {{"Accept", accept}}}).headers.get("Content-Type");
}

}  // namespace

TEST_CASE("error page: what the handler wants to tell the client", "[web]") {
  Application app({url<Refuses>("/refuses")});
  HTTPTest test(app);
  LogCapture log;
  const auto html = test.fetch("/refuses");
  CHECK(html.status == 409);
  CHECK(html.headers.get("Retry-After") == "5");
  CHECK(html.body ==
        "<html><title>409: Conflict</title><body>409: Conflict"
        "<p>The name &lt;b&gt; is taken.</p></body></html>");
  const auto bad = test.fetch("/refuses", {.method = "POST"});
  CHECK(bad.status == 429);
  CHECK_FALSE(bad.headers.contains("Retry-After"));
  CHECK_FALSE(bad.headers.contains("X-Evil"));
}

TEST_CASE("error page: problem+json for clients that prefer JSON (RFC 9457)", "[web]") {
  Application app({url<Refuses>("/refuses"), url<Fails>("/fails")});
  HTTPTest test(app);
  LogCapture log;
  const auto json = [&](const std::string& target, const std::string& method = "GET") {
    return test.fetch(target, {.method = method, .headers = {{"Accept", "application/json"}}}).body;
  };
  CHECK(json("/refuses") == R"({"type": "about:blank", "title": "Conflict", "status": 409, )"
                            R"("detail": "The name <b> is taken.", )"
                            R"("errors": {"name": "is taken", "mail": "has no \"@\""}})");
  CHECK(json("/refuses", "PUT") == R"({"type": "about:blank", "title": "Gone", "status": 410})");
  CHECK(json("/fails") ==
        R"({"type": "about:blank", "title": "Internal Server Error", "status": 500})");
  CHECK(json("/nowhere") == R"({"type": "about:blank", "title": "Not Found", "status": 404})");

  const std::string problem = "application/problem+json";
  const std::string page = "text/html; charset=UTF-8";
  for (const std::string accept :
       {"application/json", "application/problem+json", "Application/JSON;q=0.5",
        "application/json, text/plain, */*", "application/vnd.api+json",
        "text/html;q=0.5, application/json", "application/json;q=1;v=2, text/html;q=0.9"}) {
    CAPTURE(accept);
    CHECK(type_for(test, accept) == problem);
  }
  for (const std::string accept :
       {"", "*/*", "text/html", "text/html, application/json", "application/json;q=0.5, text/html",
        "application/json;q=0", "application/json;q=x", "application/json;q=0.1, */*",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ",;q=", "+json"}) {
    CAPTURE(accept);
    CHECK(type_for(test, accept) == page);
  }
}

TEST_CASE("error page: caches keep its two forms apart", "[web]") {
  struct Languages : Refuses {
    void set_default_headers() override { set_header("Vary", "Accept-Language"); }
  };
  Application app({url<Refuses>("/refuses"), url<Languages>("/languages")});
  HTTPTest test(app);
  LogCapture log;
  for (const std::string accept : {"text/html", "application/json"}) {
    CAPTURE(accept);
    const auto vary = [&](const std::string& path) {
      return test.fetch(path, {.headers = {{"Accept", accept}}}).headers.get("Vary");
    };
    CHECK(vary("/refuses") == "Accept");
    CHECK(vary("/nowhere") == "Accept");
    CHECK(vary("/languages") == "Accept-Language, Accept");
  }
}

TEST_CASE("error page: in debug mode JSON tells what was thrown, too", "[web]") {
  Application app({url<Fails>("/fails")}, {.debug = true});
  HTTPTest test(app);
  LogCapture log;
  CHECK(contains(test.fetch("/fails", {.headers = {{"Accept", "application/json"}}}).body,
                 R"("exception": "std::runtime_error: no <b>paper<\/b> & \"ink\""})"));
}

TEST_CASE("error page: a program's own, by status", "[web]") {
  bora::web::Settings settings;
  settings.error_pages = {
      {404, [](RequestHandler& handler, const bora::web::HTTPError*) { handler.write("lost"); }},
      {0, [](RequestHandler& handler, const bora::web::HTTPError* error) {
         handler.finish(handler.get_reason());
         if (error != nullptr) throw std::logic_error("in the page: " + error->detail());
       }}};
  Application app({url<Refuses>("/refuses"), url<Fails>("/fails")}, settings);
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/nowhere").body == "lost");
  CHECK(test.fetch("/nowhere").status == 404);
  CHECK(test.fetch("/fails").body == "Internal Server Error");
  CHECK(test.fetch("/refuses").body == "Conflict");
  CHECK(log.count(bora::app_log, "in the page: The name <b> is taken.") == 1);
  CHECK(test.fetch("/nowhere", {.headers = {{"Accept", "application/json"}}})
            .body.starts_with("{\"type\""));

  settings.debug = true;
  Application in_debug({url<Fails>("/fails")}, settings);
  HTTPTest debug(in_debug);
  CHECK(debug.fetch("/nowhere").body == "lost");
  CHECK(contains(debug.fetch("/fails").body, "std::runtime_error"));
}
