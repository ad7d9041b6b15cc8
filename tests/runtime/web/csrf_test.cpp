#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

// Which forms of other sites are refused, by the browser's fields and by the token.

using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::web::Application;
using bora::web::RequestHandler;
using bora::web::Settings;
using bora::web::url;

namespace {

struct Form : RequestHandler {
  void get() { write(xsrf_token()); }
  void post() { write("done"); }
};

struct Webhook : RequestHandler {
  void check_xsrf_cookie() override {}
  void post() { write("done"); }
};

using Fields = std::vector<std::pair<std::string, std::string>>;

/// What a browser sends, and the status of the answer in the three modes.
struct Row {
  const char* who;
  Fields fields;
  bool has_token;
  int by_token;   ///< xsrf_cookies
  int by_origin;  ///< cross_origin_protection
  int by_both;
};

Fields with(std::string_view fetch_site, std::string_view origin) {
  Fields fields;
  if (!fetch_site.empty()) fields.emplace_back("Sec-Fetch-Site", fetch_site);
  if (!origin.empty()) fields.emplace_back("Origin", origin);
  return fields;
}

const std::vector<Row> kRows = {
    {"own page over https", with("same-origin", "https://shop.example"), false, 403, 200, 200},
    {"own page with its token", with("same-origin", "https://shop.example"), true, 200, 200, 200},
    {"typed address, bookmark", with("none", ""), false, 403, 200, 200},
    {"sister host", with("same-site", "https://blog.shop.example"), false, 403, 403, 403},
    {"sister host with a token", with("same-site", "https://blog.shop.example"), true, 200, 403,
     403},
    {"another site", with("cross-site", "https://evil.example"), false, 403, 403, 403},
    {"another site, with a token", with("cross-site", "https://evil.example"), true, 200, 403, 403},
    {"trusted site", with("cross-site", "https://pay.example"), false, 403, 200, 200},
    {"own page on a LAN, plain http", with("", "http://shop.example"), false, 403, 200, 200},
    {"another site, old browser", with("", "https://evil.example"), true, 200, 403, 403},
    {"sandboxed frame", with("", "null"), false, 403, 403, 403},
    {"no browser", with("", ""), false, 403, 200, 403},
    {"no browser, with a token", with("", ""), true, 200, 200, 200},
};

Settings mode(bool token, bool origin) {
  Settings settings;
  settings.xsrf_cookies = token;
  settings.cross_origin_protection = origin;
  settings.trusted_origins = {"https://pay.example"};
  return settings;
}

int answer(HTTPTest& test, Fields fields, bool has_token) {
  fields.emplace_back("Host", "shop.example");
  std::string body = "a=1";
  if (has_token) body += "&_xsrf=" + test.fetch("/").body;
  return test.fetch("/", {.method = "POST", .body = body, .headers = fields}).status;
}

}  // namespace

TEST_CASE("csrf: who may post, by what the browser says and by the token (WEB-064, WEB-068)",
          "[web]") {
  Application by_token({url<Form>("/")}, mode(true, false));
  Application by_origin({url<Form>("/")}, mode(false, true));
  Application by_both({url<Form>("/")}, mode(true, true));
  Application off({url<Form>("/")}, mode(false, false));
  HTTPTest token(by_token);
  HTTPTest origin(by_origin);
  HTTPTest both(by_both);
  HTTPTest none(off);
  LogCapture log;
  for (const Row& row : kRows) {
    CAPTURE(row.who);
    CHECK(answer(token, row.fields, row.has_token) == row.by_token);
    CHECK(answer(origin, row.fields, row.has_token) == row.by_origin);
    CHECK(answer(both, row.fields, row.has_token) == row.by_both);
    CHECK(answer(none, row.fields, row.has_token) == 200);
  }
}

TEST_CASE("csrf: Origin is this host when host and port are, with the scheme's own port", "[web]") {
  Application app({url<Form>("/")}, mode(false, true));
  HTTPTest test(app);
  LogCapture log;
  const auto post = [&](const std::string& host, const std::string& origin,
                        const std::string& field = "Origin") {
    return test
        .fetch("/", {.method = "POST", .body = "a=1", .headers = {{"Host", host}, {field, origin}}})
        .status;
  };
  CHECK(post("shop.example", "http://shop.example") == 200);
  CHECK(post("shop.example", "http://shop.example:80") == 200);
  CHECK(post("shop.example", "https://shop.example") == 200);  // a proxy took TLS off
  CHECK(post("shop.example:443", "https://shop.example") == 200);
  CHECK(post("SHOP.example", "http://shop.Example") == 200);
  CHECK(post("shop.example.", "http://shop.example") == 200);
  CHECK(post("10.0.0.7:8888", "http://10.0.0.7:8888") == 200);
  CHECK(post("[::1]:8888", "http://[::1]:8888") == 200);
  CHECK(post("shop.example", "http://shop.example/cart?x=1", "Referer") == 200);

  for (const std::string origin :
       {"http://shop.example:8080", "https://shop.example:80", "http://shop.example.evil.example",
        "http://evil.example/shop.example", "http://shop.example@evil.example", "null",
        "shop.example", "//shop.example", "file://", "http://",
        "http://shop.example, http://evil.example", "chrome-extension://shop.example",
        "http://evil.example#shop.example", "http://evil.example?://shop.example"}) {
    CAPTURE(origin);
    CHECK(post("shop.example", origin) == 403);
    CHECK(post("shop.example", origin, "Referer") == 403);
  }
  CHECK(post("shop.example:8080", "http://shop.example") == 403);
}

TEST_CASE("csrf: a trusted origin that no page can have is refused at the start", "[web]") {
  for (const std::string origin :
       {"pay.example", "", "*", "https://", "ftp://pay.example", "null"}) {
    CAPTURE(origin);
    Settings settings = mode(false, true);
    settings.trusted_origins.push_back(origin);
    CHECK_THROWS_AS(Application({url<Form>("/")}, settings), std::invalid_argument);
  }
}

TEST_CASE("csrf: fields that came twice are no word of a browser", "[web]") {
  Application app({url<Form>("/")}, mode(false, true));
  HTTPTest test(app);
  LogCapture log;
  const auto post = [&](Fields fields) {
    fields.emplace_back("Host", "shop.example");
    return test.fetch("/", {.method = "POST", .body = "a=1", .headers = fields}).status;
  };
  CHECK(post({{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "cross-site"}}) == 403);
  CHECK(post({{"Sec-Fetch-Site", "same-origin, none"}}) == 403);
  CHECK(post({{"Sec-Fetch-Site", "Same-Origin"}}) == 403);
  CHECK(post({{"Origin", "http://shop.example"}, {"Origin", "http://evil.example"}}) == 403);
  // Origin counts, whatever Referer says.
  CHECK(post({{"Origin", "http://evil.example"}, {"Referer", "http://shop.example/"}}) == 403);
}

TEST_CASE("csrf: safe methods and handlers that say so are not asked; what decided is logged",
          "[web]") {
  Application app({url<Form>("/"), url<Webhook>("/hook")}, mode(false, true));
  HTTPTest test(app);
  LogCapture log;
  const Fields evil = {{"Sec-Fetch-Site", "cross-site"}};
  CHECK(test.fetch("/", {.headers = evil}).status == 200);
  CHECK(test.fetch("/", {.method = "HEAD", .headers = evil}).status == 200);
  CHECK(test.fetch("/", {.method = "OPTIONS", .headers = evil}).status == 204);
  CHECK(test.fetch("/hook", {.method = "POST", .headers = evil}).status == 200);
  CHECK(log.count(bora::gen_log) == 0);
  CHECK(test.fetch("/", {.method = "POST", .headers = evil}).status == 403);
  CHECK(log.count(bora::gen_log, "cross_origin_protection: POST /: Sec-Fetch-Site is cross-site") ==
        1);
  CHECK(log.count(bora::gen_log, "sent from another site: Sec-Fetch-Site is cross-site") == 1);
  CHECK(test.fetch("/missing", {.method = "POST", .headers = evil}).status == 404);
  Application by_both({url<Form>("/")}, mode(true, true));
  HTTPTest both(by_both);
  CHECK(answer(both, {}, true) == 200);
  CHECK(log.count(bora::gen_log, "cross_origin_protection: POST /: no field says") == 1);
  CHECK(log.count(bora::gen_log, "xsrf_cookies: POST /: the token is that of the cookie") == 1);
}
