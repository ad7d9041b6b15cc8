#include <bora/filters/cors.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/support/catch.h"

// CORS, above all the mistakes of other libraries.

using bora::filters::CORS;
using bora::testing::HTTPTest;
using bora::testing::Response;
using bora::web::Application;
using bora::web::HTTPError;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

int calls = 0;

struct API : RequestHandler {
  void prepare() {
    ++calls;
    if (get_argument("fail", "") == "1") throw HTTPError(401);
  }
  void get() { write("data"); }
  void put() { write("put"); }
};

struct OwnOptions : RequestHandler {
  void options() { write("own"); }
};

using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kApp = "https://app.example.com";

Response preflight(HTTPTest& test, const std::string& origin, const std::string& method,
                   const std::string& headers = {}) {
  Fields fields = {{"Origin", origin}, {"Access-Control-Request-Method", method}};
  if (!headers.empty()) fields.emplace_back("Access-Control-Request-Headers", headers);
  return test.fetch("/", {.method = "OPTIONS", .headers = fields});
}

std::string allowed(const Response& response) {
  return response.headers.get("Access-Control-Allow-Origin");
}

}  // namespace

TEST_CASE("CORS: an origin that is allowed may read, others may not", "[filters]") {
  Application app({url<API>("/").filtered({CORS({.origins = {kApp, "https://*.example.org:8443"},
                                                 .credentials = true,
                                                 .headers = {"X-Token"},
                                                 .expose = {"X-Total", "Link"}})})});
  HTTPTest test(app);
  const auto origin_of = [&test](const std::string& origin) {
    return allowed(test.fetch("/", {.headers = {{"Origin", origin}}}));
  };
  const Response answer = test.fetch("/", {.headers = {{"Origin", kApp}}});
  CHECK(answer.body == "data");
  CHECK(allowed(answer) == kApp);
  CHECK(answer.headers.get("Access-Control-Allow-Credentials") == "true");
  CHECK(answer.headers.get("Access-Control-Expose-Headers") == "X-Total, Link");
  // 1. A prefix or suffix of an allowed origin, or one in which a '.' is any character.
  // 2. Another scheme or port. 3. "null", which every sandboxed frame sends.
  for (const char* other :
       {"https://app.example.com.evil.net", "https://evilapp.example.com",
        "https://appxexample.com", "http://app.example.com", "https://app.example.com:444", "null",
        "", "https://example.org:8443", "https://.example.org:8443", "https://a.example.org",
        "https://evil.net/.example.org:8443", "https://evil.net?.example.org:8443",
        "https://evil.net#.example.org:8443", "https://evil@x.example.org:8443",
        "https://evil.net:1.example.org:8443", "https://a.EXAMPLE.org:8443", "*"}) {
    INFO(other);
    CHECK(origin_of(other).empty());
  }
  CHECK(origin_of("https://a.example.org:8443") == "https://a.example.org:8443");
  CHECK(origin_of("https://a.b.example.org:8443") == "https://a.b.example.org:8443");
  // 4. Without Vary a cache gives one site's answer to another, also where nothing is allowed.
  for (const Fields& fields :
       {Fields{}, Fields{{"Origin", kApp}}, Fields{{"Origin", "https://x.y"}}})
    CHECK(test.fetch("/", {.headers = fields}).headers.get("Vary") == "Origin");
  // 5. Errors can be read too, those of the handler and the framework's own.
  const Response failed = test.fetch("/?fail=1", {.headers = {{"Origin", kApp}}});
  CHECK(failed.status == 401);
  CHECK(allowed(failed) == kApp);
  const Response missing = test.fetch("/", {.method = "POST", .headers = {{"Origin", kApp}}});
  CHECK(missing.status == 405);
  CHECK(allowed(missing) == kApp);
}

TEST_CASE("CORS: preflights are answered in front of the handler", "[filters]") {
  Application app(
      {url<API>("/").filtered(
           {CORS({.origins = {kApp}, .headers = {"X-Token", "Content-Type"}, .max_age = "1h"})}),
       url<OwnOptions>("/own").filtered({CORS({.origins = {kApp}})})});
  HTTPTest test(app);
  // 6. Preflights bring no cookies and must not need a login: the handler is not called.
  calls = 0;
  const Response fine = preflight(test, kApp, "PUT", "x-token,  CONTENT-TYPE");
  CHECK(calls == 0);
  CHECK(fine.status == 204);
  CHECK(allowed(fine) == kApp);
  CHECK(fine.headers.get("Access-Control-Allow-Methods") == "GET, HEAD, PUT, OPTIONS");
  CHECK(fine.headers.get("Access-Control-Allow-Headers") == "X-Token, Content-Type");
  CHECK(fine.headers.get("Access-Control-Max-Age") == "3600");
  CHECK_FALSE(fine.headers.contains("Access-Control-Allow-Credentials"));
  // 7. Vary names the fields that the answer depends on, for caches on the way.
  CHECK(fine.headers.get("Vary") ==
        "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
  // 8. Nothing is reflected: neither a method nor a field that is not allowed.
  for (const Response& refused :
       {preflight(test, kApp, "DELETE"), preflight(test, kApp, "put"),
        preflight(test, kApp, "PUT", "x-token, x-evil"), preflight(test, "https://x.y", "PUT")}) {
    CHECK(refused.status == 204);
    CHECK_FALSE(refused.headers.contains("Access-Control-Allow-Methods"));
    CHECK_FALSE(refused.headers.contains("Access-Control-Allow-Headers"));
  }
  CHECK(allowed(preflight(test, "https://x.y", "PUT")).empty());
  // 9. An OPTIONS that is no preflight reaches the handler.
  CHECK(test.fetch("/own", {.method = "OPTIONS", .headers = {{"Origin", kApp}}}).body == "own");
  CHECK(test.fetch("/own",
                   {.method = "OPTIONS", .headers = {{"Access-Control-Request-Method", "PUT"}}})
            .body == "own");
}

TEST_CASE("CORS: an origin that names its scheme's own port is that of browsers", "[filters]") {
  Application app({url<API>("/").filtered(
      {CORS({.origins = {"https://app.example.com:443", "http://[::1]:80", "http://a.b:443"}})})});
  HTTPTest test(app);
  for (const char* origin : {"https://app.example.com", "http://[::1]", "http://a.b:443"}) {
    INFO(origin);
    CHECK(allowed(test.fetch("/", {.headers = {{"Origin", origin}}})) == origin);
  }
  CHECK(allowed(test.fetch("/", {.headers = {{"Origin", "http://a.b"}}})).empty());
}

TEST_CASE("CORS: everybody, without credentials", "[filters]") {
  Application app({url<API>("/").filtered({CORS({.origins = {"*"}, .methods = {"PUT"}})})});
  HTTPTest test(app);
  const Response answer = test.fetch("/", {.headers = {{"Origin", "null"}}});
  CHECK(allowed(answer) == "*");
  CHECK_FALSE(answer.headers.contains("Access-Control-Allow-Credentials"));
  CHECK_FALSE(answer.headers.contains("Vary"));
  CHECK(preflight(test, "https://x.y", "PUT").headers.get("Access-Control-Allow-Methods") == "PUT");
  CHECK_FALSE(
      preflight(test, "https://x.y", "GET").headers.contains("Access-Control-Allow-Methods"));
}

TEST_CASE("CORS: what is unsafe or meaningless is refused at the start", "[filters]") {
  // 10. "*" with credentials. 11. Origins that could never match, and so would be "fixed" by
  // allowing all. 12. Fields that would break the answer's head.
  for (const CORS::Options& options :
       std::vector<CORS::Options>{{},
                                  {.origins = {"*"}, .credentials = true},
                                  {.origins = {"*", kApp}},
                                  {.origins = {"null"}},
                                  {.origins = {"https://app.example.com/"}},
                                  {.origins = {"app.example.com"}},
                                  {.origins = {"https://"}},
                                  {.origins = {"https://a.*.com"}},
                                  {.origins = {"https://*"}},
                                  {.origins = {"https://a b"}},
                                  {.origins = {kApp}, .headers = {"X Y"}},
                                  {.origins = {kApp}, .expose = {"X\r\nSet-Cookie: a"}},
                                  {.origins = {kApp}, .methods = {""}}}) {
    CHECK_THROWS_AS(CORS(options), std::invalid_argument);
  }
  CHECK_NOTHROW(CORS({.origins = {"HTTPS://App.Example.COM", "http://localhost:3000",
                                  "http://[::1]:8080", "chrome-extension://abcdef"}}));
}
