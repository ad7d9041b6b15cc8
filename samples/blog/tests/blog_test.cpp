#include "blog.h"

#include <cstdlib>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/database/error.h>
#include <bora/postgres.h>
#include <bora/testing/catch.h>
#include <bora/testing/http_test.h>

#include "text.h"

namespace {

using bora::testing::Response;
using Form = std::vector<std::pair<std::string, std::string>>;

// Returns an empty database: one in memory, or the PostgreSQL database for tests, which is emptied.
std::string fresh_database() {
  const char* postgres = std::getenv("BLOG_TEST_DATABASE");
  if (postgres == nullptr) return ":memory:";
  bora::IOLoop::current().run_sync([postgres]() -> bora::Task<void> {
    bora::postgres::Pool pool{std::string(postgres)};
    co_await pool.run_script("drop schema public cascade; create schema public");
  });
  return postgres;
}

// A blog of its own for each test, with passwords that take no time.
struct Site {
  blog::Blog blog;
  bora::testing::HTTPTest http{blog};

  explicit Site(const std::string& logins = "") : blog(options(logins)) {
    bora::IOLoop::current().run_sync([this] { return blog.migrate(); });
  }
  static blog::BlogOptions options(const std::string& logins) {
    blog::BlogOptions options;
    options.database = fresh_database();
    options.logins = logins;
    options.cookie_secret = "0123456789abcdef0123456789abcdef";
    options.password_work = {.cost = 16};
    return options;
  }

  Response get(const std::string& path) { return http.fetch(path); }

  // Returns the hidden field of the page's form, which a browser sends with the typed text.
  std::string token(const std::string& page) {
    const std::string text = http.fetch(page, {.follow_redirects = true}).body;
    const std::string field = "name=\"_xsrf\" value=\"";
    const std::size_t begin = text.find(field) + field.size();
    return text.substr(begin, text.find('"', begin) - begin);
  }
  Response post(const std::string& path, Form form, const std::string& page = "/login") {
    form.emplace_back("_xsrf", token(page));
    return http.fetch(path, {.form = form});
  }
  Response upload(const std::string& name, const std::string& bytes) {
    return http.fetch("/pictures", {.form = {{"_xsrf", token("/pictures")}},
                                    .files = {{"picture", name, bytes, "image/png"}}});
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

TEST_CASE("text: Markdown is HTML", "[text]") {
  CHECK(blog::html_of("**b** & [l](/entry/tea) ![p](https://a.example/p.png)") ==
        "<p><strong>b</strong> &amp; <a href=\"/entry/tea\">l</a> "
        "<img src=\"https://a.example/p.png\" alt=\"p\" /></p>\n");
}

TEST_CASE("text: Markdown can't run anything", "[text]") {
  const std::string hostile = GENERATE(
      as<std::string>(),  //
      "a <script>alert(1)</script>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
      "<svg/onload=alert(1)>", "[l](javascript:alert(1))", "[l](JaVaScRiPt:alert(1))",
      "[l](<java\tscript:alert(1)>)", "[l](&#106;avascript:alert(1))",
      "[l](java&Tab;script:alert(1))", "[l](&#1;javascript:alert(1))", "[l](vbscript:alert(1))",
      "[l](data:text/html,alert)", "![i](data:image/svg+xml,alert)", "<javascript:alert(1)>",
      "[l]\n\n[l]: javascript:alert(1)", "[l](/a \"\\\" onclick=alert(1) x=\\\"\")",
      "```\" onclick=alert(1) x=\"\n```", "![\" onerror=alert(1) x=\"](/a)",
      "<!-- --><script>alert(1)</script>", "<details open ontoggle=alert(1)>",
      "<iframe src=javascript:alert(1)>");
  // Only tags that Markdown makes and harmless links are left.
  const std::string html = std::regex_replace(
      blog::html_of(hostile),
      std::regex(
          R"re(<!-- raw HTML omitted -->|</?(p|a|pre|code|img)( (class|alt|title)="[^"]*"| (href|src)="(/a|)")*( /)?>)re"),
      "");
  INFO(blog::html_of(hostile));
  CHECK_FALSE(contains(html, "<"));
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
  CHECK(contains(site.get("/").body, "Welcome!"));
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
  CHECK(site.get("/tag/%00").status == 404);
  CHECK(site.get("/picture/x%00.png").status == 404);

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

TEST_CASE("blog: pictures are looked at, not believed", "[blog]") {
  Site site;
  site.join();
  const std::string png = "\x89PNG\r\n\x1a\n" + std::string(100, '\0');
  CHECK(site.upload("tea.png", png).status == 303);
  const std::string page = site.get("/pictures").body;
  const std::size_t begin = page.find("/picture/");
  const std::string path = page.substr(begin, page.find('"', begin) - begin);
  const Response picture = site.get(path);
  CHECK(picture.body == png);
  CHECK(picture.headers.get("Content-Type") == "image/png");
  CHECK(picture.headers.get("X-Content-Type-Options") == "nosniff");
  CHECK(contains(picture.headers.get("Cache-Control"), "immutable"));
  const Response again =
      site.http.fetch(path, {.headers = {{"If-None-Match", picture.headers.get("Etag")}}});
  CHECK(again.status == 304);

  CHECK(site.upload("tea.png", "<svg onload=alert(1)>").status == 422);
  CHECK(site.upload("tea.png", "").status == 422);
  CHECK(site.upload("tea.png", png + std::string(2'000'000, 'x')).status == 422);
  CHECK(site.upload("tea.png", png + std::string(3'000'000, 'x')).status == 413);
  CHECK(site.get("/picture/none.png").status == 404);
  site.http.clear_cookies();
  CHECK(site.get("/pictures").status == 302);
}

TEST_CASE("blog: two languages", "[blog]") {
  Site site;
  const Response german = site.http.fetch("/archive", {.headers = {{"Accept-Language", "de-AT"}}});
  CHECK(contains(german.body, "<h1>Archiv</h1>"));
  CHECK(contains(german.body, "lang=\"de\""));
  CHECK(contains(site.get("/archive").body, "<h1>Archive</h1>"));
  const Response chosen =
      site.post("/language", {{"code", "de"}, {"next", "/archive"}}, "/archive");
  CHECK(chosen.headers.get("Location") == "/archive");
  CHECK(contains(site.get("/archive").body, "<h1>Archiv</h1>"));
  CHECK(contains(site.get("/entry/none").body, "Diesen Eintrag gibt es nicht."));
  CHECK(site.post("/language", {{"code", "de"}, {"next", "https://evil.example"}})
            .headers.get("Location") == "/");
}

TEST_CASE("blog: signing in by OpenID is offered where it is set up", "[blog]") {
  ::setenv("GOOGLE_SECRET", "secret", 1);
  Site site(std::string(BLOG_SHARE) + "/logins.toml");
  CHECK(contains(site.get("/login").body, "href=\"/login/google?next=%2F\""));
  CHECK(site.get("/login/google/callback?code=stolen&state=guessed").status == 400);
  CHECK(site.get("/login/nobody").status >= 400);
  Site without;
  CHECK_FALSE(contains(without.get("/login").body, "/login/google"));
}

TEST_CASE("store: who comes by OpenID is known again", "[blog]") {
  Site site;
  site.join();
  bora::IOLoop::current().run_sync([&]() -> bora::Task<void> {
    blog::Store store = site.blog.store();
    const auto ada = co_await store.find_author("ada@example.org");
    co_await store.add_identity("https://id.example", "7", ada->id);
    co_await store.add_identity("https://id.example", "7", ada->id);
    const auto found = co_await store.find_author_of("https://id.example", "7");
    CHECK(found->name == "Ada");
    const auto nobody = co_await store.find_author_of("https://id.example", "8");
    CHECK_FALSE(nobody);
  });
}

TEST_CASE("blog: tables of a newer program are refused", "[blog]") {
  Site site;
  bora::IOLoop::current().run_sync([&] { return site.blog.migrate(); });  // nothing is left to do
  bora::IOLoop::current().run_sync([&] {
    return site.blog.database().execute(
        "insert into bora_migrations (number, name, checksum) values (99, '0099_later', '')");
  });
  CHECK_THROWS_AS(bora::IOLoop::current().run_sync([&] { return site.blog.migrate(); }),
                  bora::database::Error);
}
