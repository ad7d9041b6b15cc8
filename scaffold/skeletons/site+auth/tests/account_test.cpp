#include <bora/core/io_loop.h>
#include <bora/testing/catch.h>
#include <bora/testing/http_test.h>

#include <string>
#include <utility>
#include <vector>

#include "site.h"
#include "test_database.h"

namespace {

using bora::testing::Response;

// Like a browser, this sends the form's hidden field with the typed text.
struct Visitor {
  app::Site site{test_database()};
  bora::testing::HTTPTest http{site};

  Visitor() {
    site.password_work = {.cost = 16};
    bora::IOLoop::current().run_sync([this] { return site.migrate(); });
  }
  Response post(const std::string& path, std::vector<std::pair<std::string, std::string>> form) {
    const std::string page = http.fetch("/login").body;
    const std::string field = "name=\"_xsrf\" value=\"";
    const std::size_t begin = page.find(field) + field.size();
    form.emplace_back("_xsrf", page.substr(begin, page.find('"', begin) - begin));
    return http.fetch(path, {.form = form});
  }
  Response join(const std::string& password = "correct horse battery") {
    return post("/join", {{"email", "ada@example.org"}, {"password", password}});
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("account: who joins is signed in, once for each email", "[account]") {
  Visitor visitor;
  CHECK(visitor.join("short").status == 422);
  CHECK(visitor.join().status == 303);
  const std::string page = visitor.http.fetch("/").body;
  CHECK(contains(page, "Welcome!"));
  CHECK(contains(page, "Sign out"));
  CHECK(contains(visitor.join().body, "Somebody has this email already."));
}

TEST_CASE("account: signing out and in", "[account]") {
  Visitor visitor;
  visitor.join();
  CHECK(visitor.post("/logout", {}).status == 303);
  CHECK(contains(visitor.http.fetch("/").body, "Sign in"));
  const Response wrong =
      visitor.post("/login", {{"email", "ada@example.org"}, {"password", "a guess"}});
  CHECK(wrong.status == 422);
  const Response right =
      visitor.post("/login", {{"email", "ada@example.org"}, {"password", "correct horse battery"}});
  CHECK(right.status == 303);
  CHECK(contains(visitor.http.fetch("/").body, "Sign out"));
}

TEST_CASE("account: nobody can go on guessing", "[account]") {
  Visitor visitor;
  visitor.join();
  int status = 0;
  for (int i = 0; i <= 10; ++i) {
    status = visitor.post("/login", {{"email", "ada@example.org"}, {"password", "guess"}}).status;
  }
  CHECK(status == 429);
}

TEST_CASE("account: only who has signed in can remove an entry", "[account]") {
  Visitor visitor;
  visitor.post("/guestbook", {{"name", "Bo"}, {"message", "Hello"}});
  CHECK(visitor.post("/guestbook/1/remove", {}).status == 403);
  CHECK(contains(visitor.http.fetch("/guestbook").body, "1 entry"));
  visitor.join();
  CHECK(visitor.post("/guestbook/1/remove", {}).status == 303);
  CHECK(contains(visitor.http.fetch("/guestbook").body, "Nobody has signed yet."));
}
