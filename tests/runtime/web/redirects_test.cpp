#include "runtime/web/redirects.h"

#include <string>

#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/runtime/web/routes_by_hand.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using bora::web::PathArgs;
using bora::web::redirect_location;

TEST_CASE("redirect: captures and the query go into the location (WEB-093)", "[web]") {
  PathArgs captures;
  captures.push("a b/c");
  captures.push("\u00e9");
  CHECK(redirect_location("/new", captures, "") == "/new");
  CHECK(redirect_location("/new/{0}", captures, "") == "/new/a%20b/c");
  CHECK(redirect_location("/{1}/{0}", captures, "x=1") == "/%C3%A9/a%20b/c?x=1");
  CHECK(redirect_location("/new?y=2", captures, "x=1&z") == "/new?y=2&x=1&z");
  CHECK(redirect_location("https://example.com/{1}", captures, "") == "https://example.com/%C3%A9");
}

TEST_CASE("redirect: braces that name no capture stay", "[web]") {
  PathArgs captures;
  captures.push("a");
  CHECK(redirect_location("/{1}/{x}/{}/{0", captures, "") == "/{1}/{x}/{}/{0");
  CHECK(redirect_location("/{0000}/{99999999999999999999}", captures, "") ==
        "/{0000}/{99999999999999999999}");
}

TEST_CASE("redirect: no capture leads to another site (WEB-093)", "[web]") {
  PathArgs captures;
  captures.push("/evil.example");
  CHECK(redirect_location("/{0}", captures, "").empty());
  CHECK(redirect_location("/x{0}", captures, "") == "/x/evil.example");
  CHECK(redirect_location("//cdn.example/{0}", captures, "") == "//cdn.example//evil.example");
  captures.set(0, "%2Fevil.example");
  CHECK(redirect_location("/{0}", captures, "") == "/%2Fevil.example");
  captures.set(0, "\\evil.example");
  CHECK(redirect_location("/{0}", captures, "") == "/%5Cevil.example");
  captures.set(0, "a\r\nSet-Cookie: x");
  CHECK(redirect_location("/{0}", captures, "") == "/a%0D%0ASet-Cookie%3A%20x");
}

TEST_CASE("redirect: a route of the manifest answers 301 or 302", "[web]") {
  bora::testing::LogCapture log;
  for (const bool permanent : {false, true}) {
    const bora::web::Redirect redirect{"/{0}", permanent};
    const bora::testing::OneRouteTable routes(
        {.name = {}, .pattern = "/{path:path}", .redirect = &redirect});
    bora::web::Application app(routes.table());
    bora::testing::HTTPTest test(app);
    const auto response = test.fetch("/caf%C3%A9?a=1");
    CHECK(response.status == (permanent ? 301 : 302));
    CHECK(response.headers.get("Location") == "/caf%C3%A9?a=1");
    CHECK(test.fetch("//evil.example").status == 404);
    CHECK(test.fetch("/x", {.method = "HEAD"}).headers.get("Location") == "/x");
  }
}

TEST_CASE("redirect: an encoded slash of a capture stays one", "[web]") {
  PathArgs captures;
  captures.push("a%2Fb");
  captures.push("x%2fy/z%25%3F");
  CHECK(redirect_location("/s/{0}", captures, "") == "/s/a%2Fb");
  CHECK(redirect_location("/s/{1}", captures, "") == "/s/x%2Fy/z%25%3F");

  bora::testing::LogCapture log;
  const bora::web::Redirect redirect{"/s/{0}"};
  const bora::testing::OneRouteTable routes(
      {.name = {}, .pattern = "/{path:path}", .redirect = &redirect});
  bora::web::Application app(routes.table());
  bora::testing::HTTPTest test(app);
  CHECK(test.fetch("/a%2Fb/c").headers.get("Location") == "/s/a%2Fb/c");
  CHECK(test.fetch("/a%ffb").status == 400);
}

TEST_CASE("redirect: the request's query stands before the fragment", "[web]") {
  PathArgs captures;
  captures.push("x");
  CHECK(redirect_location("/page/{0}#section", captures, "a=1") == "/page/x?a=1#section");
  CHECK(redirect_location("/page?b#s?t", captures, "a=1") == "/page?b&a=1#s?t");
}
