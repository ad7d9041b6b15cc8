#include <bora/testing/catch.h>
#include <bora/testing/http_test.h>

#include <cstddef>
#include <string>

#include "site.h"

namespace {

// A site of its own for each test, served on a free port of this machine.
struct Guestbook {
  app::Site site;
  bora::testing::HTTPTest http{site};

  // Like a browser, this sends the form's hidden field with the typed text.
  bora::testing::Response sign(const std::string& form) {
    const std::string page = http.fetch("/guestbook").body;
    const std::string field = "name=\"_xsrf\" value=\"";
    const std::size_t begin = page.find(field) + field.size();
    const std::string token = page.substr(begin, page.find('"', begin) - begin);
    return http.fetch("/guestbook", {.method = "POST", .body = form + "&_xsrf=" + token});
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("home: invites to sign while nobody has", "[web]") {
  Guestbook guestbook;
  const auto page = guestbook.http.fetch("/");
  CHECK(page.status == 200);
  CHECK(page.headers.get("Content-Type") == "text/html; charset=UTF-8");
  CHECK(contains(page.body, "Be the first."));
  CHECK(contains(page.headers.get("Content-Security-Policy"), "default-src 'self'"));
}

TEST_CASE("guestbook: signing leads back to the guestbook", "[web]") {
  Guestbook guestbook;
  const auto answer = guestbook.sign("name=Ada&message=Hello+there");
  CHECK(answer.status == 303);
  CHECK(answer.headers.get("Location") == "/guestbook");

  const auto page = guestbook.http.fetch("/guestbook");
  CHECK(contains(page.body, "<b>Ada</b>"));
  CHECK(contains(page.body, "Hello there"));
  CHECK(contains(page.body, "1 entry"));
}

TEST_CASE("home: shows the three latest entries", "[web]") {
  Guestbook guestbook;
  for (const char* name : {"Ada", "Bo", "Cy", "Di"}) {
    guestbook.sign("message=Hello&name=" + std::string(name));
  }
  const auto page = guestbook.http.fetch("/");
  CHECK(contains(page.body, "<b>Di</b>"));
  CHECK(contains(page.body, "<b>Bo</b>"));
  CHECK(!contains(page.body, "<b>Ada</b>"));
}

TEST_CASE("guestbook: what visitors write is text, never HTML", "[web]") {
  Guestbook guestbook;
  guestbook.sign("name=%3Cscript%3Ealert(1)%3C%2Fscript%3E&message=a+%26+b");
  const auto page = guestbook.http.fetch("/guestbook");
  CHECK(contains(page.body, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  CHECK(!contains(page.body, "<script>"));
  CHECK(contains(page.body, "a &amp; b"));
}

TEST_CASE("guestbook: a form from elsewhere is refused", "[web]") {
  Guestbook guestbook;
  const auto answer =
      guestbook.http.fetch("/guestbook", {.method = "POST", .body = "name=Ada&message=Hello"});
  CHECK(answer.status == 403);
  CHECK(guestbook.site.entries.newest().empty());
}

TEST_CASE("guestbook: an incomplete form comes back with what was typed", "[web]") {
  Guestbook guestbook;
  const auto page = guestbook.sign("name=%22Ada%22&message=++");
  CHECK(page.status == 422);
  CHECK(contains(page.body, "value=\"&quot;Ada&quot;\""));
  CHECK(contains(page.body, "Please enter a message."));
  CHECK(!contains(page.body, "Please enter your name."));
  CHECK(guestbook.site.entries.newest().empty());
}

TEST_CASE("error: an unknown address gets a page of the site", "[web]") {
  Guestbook guestbook;
  const auto page = guestbook.http.fetch("/nowhere");
  CHECK(page.status == 404);
  CHECK(contains(page.body, "This page does not exist"));
  CHECK(contains(page.body, "<nav"));
}

TEST_CASE("static: the style sheet is served", "[web]") {
  Guestbook guestbook;
  const auto file = guestbook.http.fetch("/static/app.css");
  CHECK(file.status == 200);
  CHECK(contains(file.headers.get("Content-Type"), "text/css"));
}
