#include <chrono>
#include <map>
#include <string>

#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::Response;
using bora::web::Application;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Writes the argument "text" as often as "count" says.
struct Text : RequestHandler {
  void get() {
    const std::string text = get_argument("text", "x");
    for (int i = std::stoi(get_argument("count", "1")); i > 0; --i) write(text);
  }
  void post() { get(); }
};

struct Own : RequestHandler {
  std::string compute_etag() override { return get_argument("tag", R"("own")"); }
  void get() { write("small"); }
};

struct SetByHand : RequestHandler {
  void get() {
    set_header("Etag", R"("by hand")");
    write(std::string(2000, 'x'));
  }
};

struct Dated : RequestHandler {
  void get() {
    set_header("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT");
    write("dated");
  }
};

struct Flushed : RequestHandler {
  bora::Task<void> get() {
    write(std::string(2000, 'x'));
    co_await flush();
    write("rest");
  }
};

struct Other : RequestHandler {
  void get() {
    set_status(std::stoi(get_argument("status")));
    if (get_status() != 204) write(std::string(2000, 'x'));
  }
};

/// A document with a version, which can be replaced.
struct Document : RequestHandler {
  static inline int version = 1;
  static inline int renderings = 0;

  void get() {
    if (!check_preconditions(tag(), std::chrono::sys_seconds(std::chrono::seconds(784111777)))) {
      return;
    }
    ++renderings;
    write("version " + std::to_string(version));
  }
  void put() {
    check_preconditions(tag());
    ++version;
    set_status(204);
  }
  static std::string tag() { return '"' + std::to_string(version) + '"'; }
};

struct Site {
  Site()
      : app({url<Text>("/"), url<Own>("/own"), url<SetByHand>("/hand"), url<Dated>("/dated"),
             url<Flushed>("/flushed"), url<Other>("/other"), url<Document>("/document")}),
        test(app) {}
  Response get(const std::string& target, Headers headers = {}, std::string method = "GET") {
    return test.fetch(target, {.method = std::move(method), .headers = std::move(headers)});
  }

  Application app;
  HTTPTest test;
};

}  // namespace

TEST_CASE("etag: a hash of what was written, and 304 for clients that have it (WEB-044, WEB-045)",
          "[web]") {
  Site site;
  const Response first = site.get("/?text=ab&count=600");
  const std::string etag = first.headers.get("Etag");
  CHECK(etag == "\"d16aaf69a0a4826cfa047c0bb6d0dca29b4aaf56\"");
  CHECK(first.body.size() == 1200);
  const Response same = site.get("/?text=ab&count=600", {{"If-None-Match", etag}});
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(same.headers.get("Etag") == etag);
  CHECK(!same.headers.contains("Content-Type"));
  CHECK(!same.headers.contains("Content-Length"));
  for (const std::string& field : {"W/" + etag, "\"x\", " + etag, std::string("*")}) {
    CHECK(site.get("/?text=ab&count=600", {{"If-None-Match", field}}).status == 304);
  }
  CHECK(site.get("/?text=ab&count=600", {{"If-None-Match", "\"x\""}}).body == first.body);
  CHECK(site.get("/?text=ac&count=600", {{"If-None-Match", etag}}).status == 200);
  CHECK(site.get("/?text=ab&count=600", {{"If-None-Match", etag}}, "HEAD").status == 304);
  const Response head = site.get("/?text=ab&count=600", {}, "HEAD");
  CHECK(head.headers.get("Etag") == etag);
  CHECK(head.headers.get("Content-Length") == "1200");
}

TEST_CASE("etag: If-Match and If-Unmodified-Since of what was written (RFC 9110, 13.2.2)",
          "[web]") {
  Site site;
  CHECK(site.get("/own", {{"If-Match", R"("own")"}}).body == "small");
  CHECK(site.get("/own", {{"If-Match", R"("nope")"}}).status == 412);
  CHECK(site.get("/own", {{"If-Match", R"("nope")"}}).body.find("small") == std::string::npos);
  CHECK(site.get("/own?tag=W/%22own%22", {{"If-Match", R"("own")"}}).status == 412);
  CHECK(site.get("/own", {{"If-Match", R"("own")"}, {"If-None-Match", R"("own")"}}).status == 304);
  const char* const kDate = "Sun, 06 Nov 1994 08:49:37 GMT";
  const char* const kBefore = "Sun, 06 Nov 1994 08:49:36 GMT";
  CHECK(site.get("/dated", {{"If-Modified-Since", kDate}}).status == 304);
  CHECK(site.get("/dated", {{"If-Modified-Since", kBefore}}).body == "dated");
  CHECK(site.get("/dated", {{"If-Unmodified-Since", kDate}}).body == "dated");
  CHECK(site.get("/dated", {{"If-Unmodified-Since", kBefore}}).status == 412);
}

TEST_CASE("etag: only of whole answers to GET and HEAD with status 200 (WEB-045)", "[web]") {
  Site site;
  CHECK(!site.get("/flushed", {{"If-None-Match", "*"}}).headers.contains("Etag"));
  CHECK(site.get("/flushed", {{"If-None-Match", "*"}}).status == 200);
  for (const char* status : {"201", "404", "500", "204"}) {
    const Response other = site.get(std::string("/other?status=") + status);
    CHECK(std::to_string(other.status) == status);
    CHECK(!other.headers.contains("Etag"));
  }
  const Response posted = site.test.fetch("/", {.method = "POST", .body = "text=ab&count=600"});
  CHECK(posted.body.size() == 1200);
  CHECK(!posted.headers.contains("Etag"));
}

TEST_CASE("etag: a handler that sets one decides itself (WEB-106)", "[web]") {
  Site site;
  const Response response = site.get("/hand", {{"If-None-Match", R"("by hand")"}});
  CHECK(response.status == 200);
  CHECK(response.headers.get("Etag") == R"("by hand")");
  CHECK(site.get("/own?tag=").headers.contains("Etag") == false);
  CHECK(site.get("/own").headers.get("Etag") == R"("own")");
}

TEST_CASE("etag: from which size on is a setting", "[web]") {
  Site site;
  CHECK(!site.get("/?count=1023").headers.contains("Etag"));
  CHECK(site.get("/?count=1024").headers.contains("Etag"));
  Application always({url<Text>("/")}, {.etag_min_size = 0});
  HTTPTest test(always);
  // SHA-1 of "x", in Tornado's form.
  CHECK(test.fetch("/").headers.get("Etag") == "\"11f6ad8ec52a2984abaafd7c3b516503785c2072\"");
}

TEST_CASE("etag: with a cookie_secret it is keyed by its newest key", "[web]") {
  const auto tag_of = [](const bora::web::CookieSecret& secret, const char* path) {
    Application app({url<Text>("/")}, {.cookie_secret = secret});
    HTTPTest test(app);
    return test.fetch(path).headers.get("Etag");
  };
  const std::string one(32, '1');
  const std::string two(32, '2');
  const std::string tag = tag_of(one, "/?count=2000");
  CHECK(tag.size() == 34);
  CHECK(tag_of(one, "/?count=2000") == tag);
  CHECK(tag_of(one, "/?count=2001") != tag);
  CHECK(tag_of(two, "/?count=2000") != tag);
  const std::map<int, std::string> keys = {{1, two}, {2, one}};
  CHECK(tag_of(keys, "/?count=2000") == tag);

  Application app({url<Text>("/")}, {.cookie_secret = one});
  HTTPTest test(app);
  CHECK(test.fetch("/?count=2000", {.headers = {{"If-None-Match", tag}}}).status == 304);
}

TEST_CASE("check_preconditions: a version that is known before anything is done", "[web]") {
  Site site;
  Document::version = 1;
  Document::renderings = 0;
  const Response first = site.get("/document");
  CHECK(first.body == "version 1");
  CHECK(first.headers.get("Etag") == "\"1\"");
  CHECK(first.headers.get("Last-Modified") == "Sun, 06 Nov 1994 08:49:37 GMT");
  const Response same = site.get("/document", {{"If-None-Match", "\"1\""}});
  CHECK(same.status == 304);
  CHECK(same.headers.get("Etag") == "\"1\"");
  CHECK(Document::renderings == 1);

  CHECK(site.get("/document", {{"If-Match", "\"2\""}}, "PUT").status == 412);
  CHECK(site.get("/document", {{"If-None-Match", "*"}}, "PUT").status == 412);
  CHECK(Document::version == 1);
  const Response replaced = site.get("/document", {{"If-Match", "\"1\""}}, "PUT");
  CHECK(replaced.status == 204);
  CHECK(!replaced.headers.contains("Etag"));
  CHECK(site.get("/document", {{"If-Match", "\"1\""}}, "PUT").status == 412);
  CHECK(site.get("/document").body == "version 2");
}
