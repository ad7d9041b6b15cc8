#include <chrono>
#include <string>

#include <bora/testing/catch.h>
#include <bora/testing/fake_clock.h>
#include <bora/testing/http_test.h>

#include "app.h"

using bora::testing::HTTPTest;

namespace {

struct Fixture {
  bookmarks::App app{
      ":memory:",
      {.cookie_secret = "0123456789abcdef0123456789abcdef"},
      [](std::string url) -> bora::Task<bool> { co_return url.find("dead") == std::string::npos; }};
  HTTPTest http{app.application()};

  /// Posts like a browser from one of the app's pages.
  bora::testing::Response post(const char* target,
                               std::vector<std::pair<std::string, std::string>> form) {
    return http.fetch(target,
                      {.form = std::move(form), .headers = {{"Sec-Fetch-Site", "same-origin"}}});
  }
  void sign_in() { post("/login", {{"name", "ada"}, {"password", "open sesame"}, {"next", "/"}}); }
  bool page_has(const char* target, const std::string& text) {
    return http.fetch(target).body.find(text) != std::string::npos;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "signing in, adding, paging, signing out") {
  CHECK(page_has("/", "Nothing yet."));
  const auto stranger = http.fetch("/add");
  CHECK(stranger.status == 302);
  CHECK(stranger.headers.get("Location") == "/login?next=%2Fadd");
  CHECK(post("/login", {{"name", "ada"}, {"password", "guess"}}).status == 403);
  const auto login =
      post("/login", {{"name", "ada"}, {"password", "open sesame"}, {"next", "/add"}});
  CHECK(login.headers.get("Location") == "/add");
  CHECK(page_has("/", "Sign out ada"));

  const auto wrong = post("/add", {{"url", "ftp://x"}, {"title", " "}});
  CHECK(wrong.status == 422);
  CHECK(wrong.body.find("must begin with http://") != std::string::npos);
  CHECK(wrong.body.find("must not be empty") != std::string::npos);
  for (int i = 0; i < 4; ++i) {
    const std::string number = std::to_string(i);
    CHECK(post("/add", {{"url", "https://example.com/" + number}, {"title", "<b>" + number}})
              .status == 302);
  }
  const std::string list = http.fetch("/").body;
  CHECK(list.find("Added &lt;b&gt;3.") != std::string::npos);
  CHECK(list.find("?page=2") != std::string::npos);
  CHECK(page_has("/?page=2", "&lt;b&gt;3"));
  CHECK(http.fetch("/?page=0").status == 400);
  CHECK(post("/bookmarks/1/remove", {{"x", "y"}}).status == 302);
  CHECK(post("/bookmarks/1/remove", {{"x", "y"}}).status == 404);
  CHECK(post("/logout", {{"x", "y"}}).status == 302);
  CHECK(page_has("/", "Sign in"));
}

TEST_CASE_METHOD(Fixture, "forms of other sites are refused, and pages are protected") {
  sign_in();
  CHECK(http.fetch("/add", {.form = {{"url", "https://x.y"}, {"title", "x"}},
                            .headers = {{"Sec-Fetch-Site", "cross-site"}}})
            .status == 403);
  CHECK(http.fetch("/add", {.form = {{"url", "https://x.y"}, {"title", "x"}}}).status == 403);
  const auto page = http.fetch("/");
  const std::string policy = page.headers.get("Content-Security-Policy");
  const std::size_t at = page.body.find("<script nonce=\"") + 15;
  CHECK(policy.find("'nonce-" + page.body.substr(at, 22) + "'") != std::string::npos);
  CHECK(page.headers.get("X-Request-ID").size() == 20);
  CHECK(post("/login", {{"name", "x"}, {"password", "x"}, {"next", "//evil.example"}}).status ==
        403);
  const auto missing = http.fetch("/nowhere");
  CHECK(missing.body.find("<h1>404: Not Found</h1>") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "guessing passwords is slow") {
  const auto guess = [this] { return post("/login", {{"name", "ada"}, {"password", "x"}}).status; };
  for (int i = 0; i < 5; ++i) CHECK(guess() == 403);
  CHECK(guess() == 429);
}

TEST_CASE_METHOD(Fixture, "the API: with a key, in JSON, with its errors as problem+json") {
  const auto ask = [this](const char* method, const char* target, const char* json = "") {
    return http.fetch(target,
                      {.method = method,
                       .json = json,
                       .headers = {{"X-Api-Key", "the key"}, {"Accept", "application/json"}}});
  };
  CHECK(http.fetch("/api/bookmarks").status == 401);
  const auto made = ask("POST", "/api/bookmarks", R"({"url": "https://a.b/", "title": "A"})");
  CHECK(made.status == 201);
  CHECK(made.headers.get("Location") == "/api/bookmarks/1");
  CHECK(ask("GET", "/api/bookmarks/1").body == R"({"id": 1, "title": "A", "url": "https://a.b/"})");
  CHECK(ask("GET", "/api/bookmarks").body.find("\"bookmarks\"") != std::string::npos);
  const auto wrong = ask("POST", "/api/bookmarks", R"({"url": "https://a.b/", "title": ""})");
  CHECK(wrong.status == 422);
  CHECK(wrong.headers.get("Content-Type") == "application/problem+json");
  CHECK(wrong.body.find(R"("url": "is there already")") != std::string::npos);
  CHECK(ask("POST", "/api/bookmarks", R"({"url": 7})").status == 400);
  CHECK(ask("POST", "/api/bookmarks", "{").status == 400);
  CHECK(ask("POST", "/api/bookmarks", std::string(20'000, ' ').c_str()).status == 413);
  CHECK(ask("DELETE", "/api/bookmarks/1").status == 204);
  CHECK(ask("DELETE", "/api/bookmarks/1").status == 404);
  const auto preflight =
      http.fetch("/api/bookmarks", {.method = "OPTIONS",
                                    .headers = {{"Origin", "https://reader.example"},
                                                {"Access-Control-Request-Method", "POST"},
                                                {"Access-Control-Request-Headers", "x-api-key"}}});
  CHECK(preflight.headers.get("Access-Control-Allow-Origin") == "https://reader.example");
}

TEST_CASE_METHOD(Fixture, "the export comes in pieces, and a background task marks dead links") {
  auto& store = app.application().state<bookmarks::Store>();
  for (int i = 0; i < 250; ++i) store.add("https://example.com/" + std::to_string(i), "say \"hi\"");
  store.add("https://dead.example/", "gone");
  const auto answer = http.fetch("/export.csv");
  CHECK(answer.headers.get("Transfer-Encoding") == "chunked");
  CHECK(answer.body.find("250,\"https://example.com/249\",\"say \"\"hi\"\"\"\r\n") !=
        std::string::npos);
  bora::IOLoop::current().run_sync(app.find_dead_links());
  CHECK(store.find(251)->is_dead);
  CHECK_FALSE(store.find(1)->is_dead);
}
