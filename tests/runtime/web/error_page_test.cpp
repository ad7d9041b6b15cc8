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
  CHECK(!contains(test.fetch("/nothing/like/it").body, "class=\"nearest\""));
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
