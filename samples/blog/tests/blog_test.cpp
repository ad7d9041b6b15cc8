#include "blog.h"

#include <bora/core/io_loop.h>
#include <bora/testing/catch.h>
#include <bora/testing/http_test.h>

#include <string>
#include <utility>
#include <vector>

#include "text.h"

namespace {

using bora::testing::Response;
using Form = std::vector<std::pair<std::string, std::string>>;

// A blog of its own for each test, in memory, with passwords that cost nothing.
struct Site {
  blog::Blog blog{{.database = ":memory:",
                   .cookie_secret = "0123456789abcdef0123456789abcdef",
                   .debug = false,
                   .password_work = {.cost = 16}}};
  bora::testing::HTTPTest http{blog};

  Site() {
    bora::IOLoop::current().run_sync([this] { return blog.migrate(); });
  }

  Response get(const std::string& path) { return http.fetch(path); }

  // As a browser does it: the form's hidden field goes back with what was typed.
  Response post(const std::string& path, Form form, const std::string& page = "/login") {
    const std::string text = http.fetch(page, {.follow_redirects = true}).body;
    const std::string field = "name=\"_xsrf\" value=\"";
    const std::size_t begin = text.find(field) + field.size();
    form.emplace_back("_xsrf", text.substr(begin, text.find('"', begin) - begin));
    return http.fetch(path, {.form = form});
  }

  Response join() {
    return post("/join",
                {{"name", "Ada"}, {"email", "ada@example.org"}, {"password", "correct horse"}});
  }
  Response compose(const std::string& title, const std::string& text,
                   const std::string& tags = "") {
    return post("/compose", {{"title", title}, {"markdown", text}, {"tags", tags}}, "/compose");
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("text: a title becomes an address", "[text]") {
  CHECK(blog::slug_of("Tea & biscuits!") == "tea-biscuits");
  CHECK(blog::slug_of("  ") == "entry");
  CHECK(blog::slug_of("Caf\u00e9") == "caf");
  CHECK(blog::slug_of(std::string(200, 'x')).size() == 80);
}

TEST_CASE("text: tags are small, sorted and single", "[text]") {
  CHECK(blog::tags_of("Tea, c++ ,tea,,a/b") == std::vector<std::string>{"c++", "tea"});
  CHECK(blog::tags_of("").empty());
}

TEST_CASE("text: Markdown can't run anything", "[text]") {
  const std::string html = blog::html_of("**b** <script>x()</script> [l](javascript:x())");
  CHECK(contains(html, "<strong>b</strong>"));
  CHECK_FALSE(contains(html, "<script"));
  CHECK_FALSE(contains(html, "javascript:"));
}

TEST_CASE("text: HTML without its tags", "[text]") {
  CHECK(blog::text_of(blog::html_of("a **b** <i>c</i> & d")) == "a b c & d ");
}

TEST_CASE("text: a beginning ends between words", "[text]") {
  CHECK(blog::beginning_of("one two three", 9) == "one two …");
  CHECK(blog::beginning_of("short", 9) == "short");
  CHECK(blog::rfc3339(std::chrono::sys_seconds(std::chrono::seconds(86399))) ==
        "1970-01-01T23:59:59Z");
}

TEST_CASE("blog: the first visitor becomes its author, nobody else does", "[blog]") {
  Site site;
  CHECK(site.get("/login").status == 302);
  CHECK(site.join().status == 303);
  CHECK(contains(site.get("/").body, "Welcome, Ada."));
  site.http.clear_cookies();
  CHECK(site.get("/join").status == 403);
  const Response other = site.post(
      "/join", {{"name", "Eve"}, {"email", "eve@example.org"}, {"password", "correct horse"}});
  CHECK(other.status == 403);
}

TEST_CASE("blog: signing in", "[blog]") {
  Site site;
  site.join();
  site.http.clear_cookies();
  const Response wrong =
      site.post("/login", {{"email", "ada@example.org"}, {"password", "something else"}});
  CHECK(wrong.status == 422);
  CHECK(contains(wrong.body, "not the password"));
  CHECK(site.get("/compose").status == 302);
  const Response right = site.post("/login?next=/compose",
                                   {{"email", "ada@example.org"}, {"password", "correct horse"}});
  CHECK(right.status == 303);
  CHECK(right.headers.get("Location") == "/compose");
  CHECK(site.get("/compose").status == 200);
  CHECK(site.post("/logout", {}, "/compose").status == 303);
  CHECK(site.get("/compose").status == 302);
}

TEST_CASE("blog: who guesses is stopped", "[blog]") {
  Site site;
  site.join();
  site.http.clear_cookies();
  Response answer;
  for (int i = 0; i <= 10; ++i) {
    answer = site.post("/login", {{"email", "ada@example.org"}, {"password", "guess"}});
  }
  CHECK(answer.status == 429);
}

TEST_CASE("blog: writing, reading, changing and deleting an entry", "[blog]") {
  Site site;
  site.join();
  const Response made = site.compose("Tea & biscuits", "About *tea* <b>", "Tea, food");
  REQUIRE(made.status == 303);
  CHECK(made.headers.get("Location") == "/entry/tea-biscuits");
  const std::string page = site.get("/entry/tea-biscuits").body;
  CHECK(contains(page, "<h1>Tea &amp; biscuits</h1>"));
  CHECK(contains(page, "About <em>tea</em>"));
  CHECK_FALSE(contains(page, "<b>"));
  CHECK(contains(page, "/tag/food"));
  CHECK(contains(site.get("/tag/tea").body, "Tea &amp; biscuits"));
  CHECK(site.get("/tag/none").status == 404);

  CHECK(site.compose("Tea & biscuits", "Again").headers.get("Location") == "/entry/tea-biscuits-2");
  const Response changed = site.post("/entry/tea-biscuits/edit",
                                     {{"title", "Coffee"}, {"markdown", "New"}, {"tags", ""}},
                                     "/entry/tea-biscuits/edit");
  CHECK(changed.status == 303);
  CHECK(contains(site.get("/entry/tea-biscuits").body, "<h1>Coffee</h1>"));
  CHECK(site.post("/entry/tea-biscuits/delete", {}, "/compose").status == 303);
  CHECK(site.get("/entry/tea-biscuits").status == 404);
  CHECK(contains(site.get("/entry/tea-biscuits").body, "There is no such entry."));
}

TEST_CASE("blog: a form that is not complete comes back as it was", "[blog]") {
  Site site;
  site.join();
  const Response answer = site.compose("", "Some \"text\"");
  CHECK(answer.status == 422);
  CHECK(contains(answer.body, "An entry needs a title."));
  CHECK(contains(answer.body, "Some &quot;text&quot;"));
}

TEST_CASE("blog: pages and search", "[blog]") {
  Site site;
  site.join();
  for (int i = 1; i <= 11; ++i) site.compose("Entry " + std::to_string(i), "100% of _it_");
  const std::string first = site.get("/").body;
  CHECK(contains(first, "Entry 11"));
  CHECK_FALSE(contains(first, ">Entry 1<"));
  CHECK(contains(first, "page=2"));
  CHECK(contains(site.get("/?page=2").body, ">Entry 1<"));
  CHECK(contains(site.get("/?q=Entry+7").body, ">Entry 7<"));
  CHECK(contains(site.get("/?q=100%25").body, ">Entry 11<"));
  CHECK(contains(site.get("/?q=x%25y").body, "Nothing was found."));
  CHECK(site.get("/?page=x").status == 400);
}

TEST_CASE("blog: comments are text, whatever they hold", "[blog]") {
  Site site;
  site.join();
  site.compose("Tea", "text");
  site.http.clear_cookies();
  const Response sent = site.post(
      "/entry/tea/comments", {{"name", "<Eve>"}, {"text", "<script>x</script>"}}, "/entry/tea");
  CHECK(sent.status == 303);
  const std::string page = site.get("/entry/tea").body;
  CHECK(contains(page, "&lt;Eve&gt;"));
  CHECK_FALSE(contains(page, "<script>"));
  CHECK(contains(page, "Thank you for your comment."));
  CHECK(site.http.fetch("/entry/tea/comments", {.form = {{"name", "a"}, {"text", "b"}}}).status ==
        403);
  CHECK(site.post("/entry/tea/comments", {{"name", ""}, {"text", "b"}}, "/entry/tea").status ==
        422);
}

TEST_CASE("blog: the feed is an Atom document", "[blog]") {
  Site site;
  site.join();
  site.compose("Tea & more", "text");
  const Response feed = site.get("/feed.xml");
  CHECK(feed.headers.get("Content-Type") == "application/atom+xml; charset=utf-8");
  CHECK(feed.body.starts_with("<?xml version"));
  CHECK(contains(feed.body, "<title>Tea &amp; more</title>"));
  CHECK(contains(feed.body, "/entry/tea-more</id>"));
}

TEST_CASE("blog: what is for machines", "[blog]") {
  Site site;
  CHECK(site.get("/livez").body == "ok\n");
  CHECK(site.get("/readyz").status == 200);
  CHECK(contains(site.get("/metrics").body, "http_requests_total"));
  CHECK(site.get("/archive").status == 200);
  CHECK(contains(site.get("/nowhere").body, "<h1>404: Not Found</h1>"));
}
