#include "runtime/web/static_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <bora/core/executor.h>
#include <bora/net/ssl_context.h>
#include <bora/testing/certificates.h>
#include <bora/testing/fake_clock.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "runtime/web/http_date.h"
#include "tests/runtime/web/raw_client.h"
#include "tests/runtime/web/routes_by_hand.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

namespace fs = std::filesystem;
using bora::gen_log;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::OneRouteTable;
using bora::testing::RawClient;
using bora::testing::Response;
using bora::testing::run_until;
using bora::web::Application;
using bora::web::Route;
using bora::web::StaticMount;

namespace {

/// A folder that is removed with this object.
struct TemporaryFolder {
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "bora-static-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { fs::remove_all(path); }

  void write(const std::string& name, const std::string& content) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << content;
  }

  fs::path path;
};

/// An application that serves the folder FOLDER/files at "/".
struct Site {
  explicit Site(const std::string& directory = "files", bora::web::Settings settings = {},
                const bora::http::HTTPServerOptions& options = {}, std::string_view index = {})
      : mount{"/", directory_ = directory, index},
        routes(Route{.name = {}, .pattern = "/{path:path}", .mount = &mount}),
        app(routes.table(), prepared(folder, settings)),
        test(app, options) {}

  static bora::web::Settings prepared(const TemporaryFolder& folder,
                                      bora::web::Settings& settings) {
    fs::create_directories(folder.path / "files");
    settings.static_path = folder.path.string();
    return settings;
  }
  [[nodiscard]] bora::web::StaticFiles& files() const { return bora::web::StaticFiles::of(app); }

  void write(const std::string& name, const std::string& content) const {
    folder.write("files/" + name, content);
  }
  Response get(const std::string& target,
               std::vector<std::pair<std::string, std::string>> headers = {}) {
    return test.fetch(target, {.headers = std::move(headers)});
  }

  LogCapture log;
  TemporaryFolder folder;
  std::string directory_;
  StaticMount mount;
  OneRouteTable routes;
  Application app;
  HTTPTest test;
};

std::string pattern_of_size(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
  return text;
}

}  // namespace

TEST_CASE("static files: content, type, length, date and tag (WEB-095)", "[web]") {
  Site site;
  site.write("css/site.css", "body {}\n");
  const Response response = site.get("/css/site.css");
  CHECK(response.status == 200);
  CHECK(response.body == "body {}\n");
  CHECK(response.headers.get("Content-Type") == "text/css; charset=utf-8");
  CHECK(response.headers.get("Content-Length") == "8");
  CHECK(response.headers.get("Accept-Ranges") == "bytes");
  CHECK(bora::web::parse_http_date(response.headers.get("Last-Modified")));
  // SHA-512 of "body {}\n" (WEB-101).
  CHECK(response.headers.get("Etag").size() == 2 + 128);
  CHECK(!response.headers.contains("Cache-Control"));
}

TEST_CASE("static files: an empty file is one", "[web]") {
  Site site;
  site.write("empty.txt", "");
  const Response response = site.get("/empty.txt");
  CHECK(response.status == 200);
  CHECK(response.headers.get("Content-Length") == "0");
}

TEST_CASE("static files: names with blanks and beyond ASCII", "[web]") {
  Site site;
  site.write("a b\u00e9%.txt", "x");
  CHECK(site.get("/a%20b%C3%A9%25.txt").body == "x");
}

TEST_CASE("static files: HEAD has the fields of GET (WEB-039)", "[web]") {
  Site site;
  site.write("page.html", "<p>");
  const Response head = site.test.fetch("/page.html", {.method = "HEAD"});
  const Response get = site.get("/page.html");
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(head.headers.get("Content-Length") == "3");
  CHECK(head.headers.get("Etag") == get.headers.get("Etag"));
}

TEST_CASE("static files: other methods are 405", "[web]") {
  Site site;
  site.write("a.txt", "x");
  const Response response = site.test.fetch("/a.txt", {.method = "POST", .body = "x=1"});
  CHECK(response.status == 405);
  CHECK(response.headers.get("Allow") == "GET, HEAD, OPTIONS");
}

TEST_CASE("static files: a large file comes whole, piece by piece (WEB-102)", "[web]") {
  Site site;
  const std::string content = pattern_of_size(5 * 1024 * 1024 + 17);
  site.write("large.bin", content);
  const Response response = site.get("/large.bin");
  CHECK(response.status == 200);
  CHECK(response.headers.get("Content-Length") == std::to_string(content.size()));
  CHECK(response.body == content);
  CHECK(response.headers.get("Content-Type") == "application/octet-stream");
  CHECK(site.get("/large.bin", {{"If-None-Match", response.headers.get("Etag")}}).status == 304);
}

TEST_CASE("static files: sizes around a piece", "[web]") {
  Site site;
  for (const std::size_t size : {65535U, 65536U, 65537U, 131072U}) {
    const std::string content = pattern_of_size(size);
    const std::string name = std::to_string(size) + ".bin";
    site.write(name, content);
    CHECK((site.get("/" + name).body == content));
  }
}

TEST_CASE("static files: a client that leaves within a large file is no error", "[web]") {
  Site site;
  site.write("large.bin", pattern_of_size(20 * 1024 * 1024));
  {
    RawClient client(site.test.port());
    REQUIRE(client.send("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
    REQUIRE(run_until([&] {
      client.receive();
      return client.received.size() > 100'000;
    }));
    client.leave(true);
  }
  // The line is written when the handler ends.
  CHECK(run_until([&] { return site.log.count(bora::access_log, "GET /large.bin") == 1; }));
  CHECK(site.log.count(bora::app_log) == 0);
}

TEST_CASE("static files: a file cut while it is sent ends the connection", "[web]") {
  Site site;
  site.write("large.bin", pattern_of_size(20 * 1024 * 1024));
  RawClient client(site.test.port());
  REQUIRE(client.send("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
  for (int i = 0; i < 3; ++i) bora::IOLoop::current().run_once(std::chrono::milliseconds(1));
  fs::resize_file(site.folder.path / "files/large.bin", 0);
  CHECK(client.receive_all());
  CHECK(client.received.size() < 20 * 1024 * 1024);
  CHECK(site.log.count(gen_log, "became shorter") == 1);
}

TEST_CASE("static files: no path leads out of the mount (WEB-096)", "[web]") {
  Site site;
  site.write("in.txt", "inside");
  site.write("sub/in.txt", "inside");
  site.folder.write("secret.txt", "outside");
  site.folder.write("files-too/secret.txt", "outside");
  const fs::path files = site.folder.path / "files";
  fs::create_symlink("../secret.txt", files / "link.txt");
  fs::create_symlink(site.folder.path, files / "up");
  fs::create_symlink("/etc/passwd", files / "passwd");
  fs::create_symlink("in.txt", files / "inner.txt");
  fs::create_symlink("loop", files / "loop");
  fs::create_symlink("nowhere", files / "broken");
  ::mkfifo((files / "pipe").c_str(), 0600);

  struct Attack {
    const char* target;
    int status;
  };
  constexpr std::array kAttacks = {
      Attack{"/../secret.txt", 403},
      Attack{"/..", 403},
      Attack{"/%2e%2e/secret.txt", 403},
      Attack{"/%2E%2E%2Fsecret.txt", 403},
      Attack{"/..%2fsecret.txt", 403},
      Attack{"/sub/../../secret.txt", 403},
      Attack{"/sub/%2e%2e/in.txt", 403},
      Attack{"/../files-too/secret.txt", 403},
      Attack{"/....//secret.txt", 404},
      Attack{"/..%5csecret.txt", 404},
      Attack{"/%252e%252e/secret.txt", 404},
      Attack{"/%c0%ae%c0%ae/secret.txt", 400},
      Attack{"//etc/passwd", 404},
      Attack{"/%2fetc/passwd", 404},
      Attack{"/in.txt%00.html", 404},
      Attack{"/%00", 404},
      Attack{"/link.txt", 403},
      Attack{"/up/secret.txt", 403},
      Attack{"/passwd", 403},
      Attack{"/loop", 403},
      Attack{"/broken", 404},
      Attack{"/pipe", 403},
      Attack{"/", 403},
      Attack{"/sub", 403},
      Attack{"/sub/", 403},
      Attack{"/in.txt/", 404},
      Attack{"/in.txt/x", 404},
      Attack{"/missing", 404},
  };
  for (const Attack& attack : kAttacks) {
    CAPTURE(attack.target);
    const Response response = site.get(attack.target);
    CHECK(response.status == attack.status);
    CHECK(response.body.find("outside") == std::string::npos);
    CHECK(response.body.find("root:") == std::string::npos);
  }
  CHECK(site.get("/" + std::string(5000, 'a')).status == 404);
  CHECK(site.get("/inner.txt").body == "inside");
  CHECK(site.get("/sub//in.txt").body == "inside");
}

TEST_CASE("static files: a folder's page is its index (WEB-097)", "[web]") {
  Site site("files", {}, {}, "index.html");
  site.write("index.html", "root");
  site.write("docs/index.html", "docs");
  site.write("docs/index.html.gz", "packed");
  site.write("empty/a.txt", "a");
  site.write("odd/index.html/a.txt", "a");
  const auto location = [&](const std::string& target) {
    const Response response = site.get(target);
    CHECK(response.status == 301);
    return response.headers.get("Location");
  };
  CHECK(site.get("/").body == "root");
  CHECK(site.get("/docs/").body == "docs");
  CHECK(site.get("/docs/").headers.get("Content-Type") == "text/html; charset=utf-8");
  CHECK(site.get("/docs/", {{"Accept-Encoding", "gzip"}}).body == "packed");
  CHECK(site.get("/docs/index.html").body == "docs");
  CHECK(location("/docs") == "/docs/");
  CHECK(location("/docs?a=b&c") == "/docs/?a=b&c");
  CHECK(location("/%64ocs") == "/%64ocs/");
  CHECK(location("/empty") == "/empty/");
  CHECK(site.get("/empty/").status == 404);
  CHECK(site.get("/docs/index.html/").status == 404);
  CHECK(site.get("/missing").status == 404);
  CHECK(site.get("/missing/").status == 404);
  CHECK(site.get("/odd/").status == 403);  // a folder by that name; it is not redirected to itself
}

TEST_CASE("static files: the way into a folder leads to no other site (WEB-097)", "[web]") {
  Site site("files", {}, {}, "index.html");
  site.write("example.com/index.html", "page");
  for (const char* target : {"//example.com", "///example.com", "//example.com?q", "/%2e%2e", "/..",
                             "/example.com/.."}) {
    CAPTURE(target);
    const Response response = site.get(target);
    CHECK(response.status == 403);
    CHECK_FALSE(response.headers.contains("Location"));
  }
  CHECK(site.get("/example.com").headers.get("Location") == "/example.com/");
}

TEST_CASE("static files: without an index a folder is 403, with a slash or without (WEB-097)",
          "[web]") {
  Site site;
  site.write("docs/index.html", "docs");
  for (const char* target : {"/", "/docs", "/docs/"}) {
    CAPTURE(target);
    CHECK(site.get(target).status == 403);
  }
}

TEST_CASE("static files: what may not be read is 403", "[web]") {
  if (::geteuid() == 0) return;  // root may read everything
  Site site;
  site.write("private.txt", "x");
  fs::permissions(site.folder.path / "files/private.txt", fs::perms::none);
  CHECK(site.get("/private.txt").status == 403);
}

TEST_CASE("static files: If-None-Match alone decides when it is there (WEB-098)", "[web]") {
  Site site;
  site.write("a.txt", "abc");
  const Response first = site.get("/a.txt");
  const std::string etag = first.headers.get("Etag");
  const std::string date = first.headers.get("Last-Modified");
  const Response same = site.get("/a.txt", {{"If-None-Match", etag}});
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(same.headers.get("Etag") == etag);
  CHECK(!same.headers.contains("Content-Type"));
  CHECK(site.get("/a.txt", {{"If-None-Match", "W/" + etag}}).status == 304);
  CHECK(site.get("/a.txt", {{"If-None-Match", "\"x\", " + etag}}).status == 304);
  CHECK(site.get("/a.txt", {{"If-None-Match", "*"}}).status == 304);
  CHECK(site.get("/a.txt", {{"If-None-Match", "\"x\""}, {"If-Modified-Since", date}}).status ==
        200);
}

TEST_CASE("static files: If-Modified-Since counts whole seconds (WEB-098)", "[web]") {
  Site site;
  site.write("a.txt", "abc");
  const std::string date = site.get("/a.txt").headers.get("Last-Modified");
  const std::int64_t modified = bora::web::parse_http_date(date).value();
  const auto ask = [&](const std::string& since) {
    return site.get("/a.txt", {{"If-Modified-Since", since}}).status;
  };
  CHECK(ask(date) == 304);
  CHECK(ask(bora::web::format_http_date(modified + 1)) == 304);
  CHECK(ask(bora::web::format_http_date(modified - 1)) == 200);
  CHECK(ask("yesterday") == 200);
}

TEST_CASE("static files: a changed file has another tag (WEB-101)", "[web]") {
  bora::testing::FakeClock clock;
  Site site;
  site.write("a.txt", "abc");
  const std::string before = site.get("/a.txt").headers.get("Etag");
  site.write("a.txt", "abcd");
  clock.advance(std::chrono::seconds(2));
  const std::string after = site.get("/a.txt").headers.get("Etag");
  CHECK(before != after);
  CHECK(site.get("/a.txt", {{"If-None-Match", before}}).body == "abcd");
  site.write("b.txt", "abcd");
  CHECK(site.get("/b.txt").headers.get("Etag") == after);
}

TEST_CASE("static files: only the right ?v= is kept for years (WEB-100)", "[web]") {
  Site site;
  site.write("a.txt", "abc");
  const std::string etag = site.get("/a.txt").headers.get("Etag");
  const Response right = site.get("/a.txt?v=" + etag.substr(1, etag.size() - 2));
  CHECK(right.headers.get("Cache-Control") == "max-age=315360000");
  CHECK(right.headers.contains("Expires"));
  CHECK(!site.get("/a.txt?v=old").headers.contains("Cache-Control"));
}

TEST_CASE("static files: one range is 206 (WEB-099)", "[web]") {
  Site site;
  site.write("a.txt", "0123456789");
  const auto ask = [&](const std::string& range) { return site.get("/a.txt", {{"Range", range}}); };
  const Response part = ask("bytes=2-4");
  CHECK(part.status == 206);
  CHECK(part.body == "234");
  CHECK(part.headers.get("Content-Range") == "bytes 2-4/10");
  CHECK(part.headers.get("Content-Length") == "3");
  CHECK(ask("bytes=-3").body == "789");
  CHECK(ask("bytes=8-100").headers.get("Content-Range") == "bytes 8-9/10");
  CHECK(ask("bytes=0-").status == 200);
  CHECK(ask("bytes=0-3,20-").body == "0123");
  CHECK(ask("bytes=0-3,20-").headers.get("Content-Range") == "bytes 0-3/10");
  CHECK(ask("lines=0-3").status == 200);
  CHECK(ask("bytes=26").status == 416);
  const Response beyond = ask("bytes=10-");
  CHECK(beyond.status == 416);
  CHECK(beyond.headers.get("Content-Range") == "bytes */10");
  CHECK(beyond.body.empty());
  const Response head =
      site.test.fetch("/a.txt", {.method = "HEAD", .headers = {{"Range", "bytes=2-4"}}});
  CHECK(head.status == 200);  // RFC 9110, 14.2: only GET has ranges
  CHECK(head.headers.get("Content-Length") == "10");
  CHECK(!head.headers.contains("Content-Range"));
  const Response refused =
      site.test.fetch("/a.txt", {.method = "HEAD", .headers = {{"Range", "bytes=99-"}}});
  CHECK(refused.status == 200);
}

namespace {

/// The parts of a multipart/byteranges answer: "type|range|content".
std::vector<std::string> parts_of(const Response& response) {
  const std::string type = response.headers.get("Content-Type");
  constexpr std::string_view kStart = "multipart/byteranges; boundary=";
  REQUIRE(type.starts_with(kStart));
  const std::string delimiter = "--" + type.substr(kStart.size());
  std::string_view rest = response.body;
  REQUIRE(rest.starts_with(delimiter + "\r\n"));
  REQUIRE(rest.ends_with("\r\n" + delimiter + "--\r\n"));
  std::vector<std::string> parts;
  while (!rest.starts_with(delimiter + "--")) {
    rest.remove_prefix(delimiter.size() + 2);
    const std::size_t end = rest.find("\r\n" + delimiter);
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    const std::size_t blank = part.find("\r\n\r\n");
    const auto fields = bora::http::HTTPHeaders::parse(part.substr(0, blank + 2));
    parts.push_back(fields.get("Content-Type") + "|" + fields.get("Content-Range") + "|" +
                    std::string(part.substr(blank + 4)));
  }
  return parts;
}

}  // namespace

TEST_CASE("static files: several ranges are the parts of one body (RFC 9110, 14.6)", "[web]") {
  const std::size_t size = GENERATE(1000, 300'000);
  Site site;
  const std::string content = pattern_of_size(size);
  site.write("a.txt", content);
  const auto ask = [&](const std::string& range) { return site.get("/a.txt", {{"Range", range}}); };
  const std::string total = "/" + std::to_string(size);
  const auto part = [&](std::size_t first, std::size_t last) {
    return "text/plain; charset=utf-8|bytes " + std::to_string(first) + "-" + std::to_string(last) +
           total + "|" + content.substr(first, last + 1 - first);
  };
  const Response response = ask("bytes=0-9, -10, 10-19");
  CHECK(response.status == 206);
  CHECK(!response.headers.contains("Content-Range"));
  CHECK(response.headers.get("Content-Length") == std::to_string(response.body.size()));
  CHECK(parts_of(response) == std::vector{part(0, 9), part(size - 10, size - 1), part(10, 19)});
  CHECK(parts_of(ask("bytes=3-99,9999999-,200-299")) == std::vector{part(3, 99), part(200, 299)});
  CHECK(ask("bytes=0-10001000,0-0").status == 200);
  CHECK(ask("bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18").status == 206);
  CHECK((ask("bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20").body == content));
  CHECK(site.get("/a.txt").body == content);  // the connection went on
}

TEST_CASE("static files: the last bytes of an empty file are all of it (RFC 9110, 14.1.2)",
          "[web]") {
  Site site;
  site.write("empty.txt", "");
  CHECK(site.get("/empty.txt", {{"Range", "bytes=-5"}}).status == 200);
  CHECK(site.get("/empty.txt", {{"Range", "bytes=0-"}}).status == 416);
}

TEST_CASE("static files: If-Match and If-Unmodified-Since (RFC 9110, 13.1)", "[web]") {
  Site site;
  site.write("a.txt", "abc");
  fs::last_write_time(site.folder.path / "files/a.txt",
                      fs::file_time_type::clock::now() - std::chrono::hours(1));
  const Response first = site.get("/a.txt");
  const std::string etag = first.headers.get("Etag");
  const std::string date = first.headers.get("Last-Modified");
  const std::string earlier = bora::web::format_http_date(*bora::web::parse_http_date(date) - 1);
  CHECK(site.get("/a.txt", {{"If-Match", etag}}).body == "abc");
  CHECK(site.get("/a.txt", {{"If-Match", "*"}}).status == 200);
  const Response failed = site.get("/a.txt", {{"If-Match", "\"nope\""}});
  CHECK(failed.status == 412);
  CHECK(failed.body.find("abc") == std::string::npos);
  CHECK(site.get("/a.txt", {{"If-Match", "W/" + etag}}).status == 412);
  CHECK(site.get("/a.txt", {{"If-Unmodified-Since", date}}).status == 200);
  CHECK(site.get("/a.txt", {{"If-Unmodified-Since", earlier}}).status == 412);
  CHECK(site.get("/a.txt", {{"If-Match", etag}, {"If-Unmodified-Since", earlier}}).status == 200);
  CHECK(site.get("/a.txt", {{"If-Match", "\"nope\""}, {"If-None-Match", etag}}).status == 412);
  CHECK(site.get("/none.txt", {{"If-Match", "\"nope\""}}).status == 404);
  CHECK(site.get("/a.txt", {{"If-Range", date}, {"Range", "bytes=1-"}}).body == "bc");
  CHECK(site.get("/a.txt", {{"If-Range", earlier}, {"Range", "bytes=1-"}}).body == "abc");
}

TEST_CASE("static files: dates that say nothing are not sent (RFC 9110, 8.8.2.1)", "[web]") {
  Site site;
  const auto ask_with_time = [&](std::chrono::system_clock::time_point time) {
    const std::string name = std::to_string(time.time_since_epoch().count()) + ".txt";
    site.write(name, "abc");
    const timespec both[2] = {{std::chrono::system_clock::to_time_t(time), 0},
                              {std::chrono::system_clock::to_time_t(time), 0}};
    REQUIRE(::utimensat(AT_FDCWD, (site.folder.path / "files" / name).c_str(), both, 0) == 0);
    return site.get("/" + name, {{"If-Modified-Since", "Sat, 01 Jan 2095 00:00:00 GMT"}});
  };
  using std::chrono::seconds;
  using TimePoint = std::chrono::system_clock::time_point;
  for (const TimePoint time : {TimePoint(), TimePoint(seconds(1)), TimePoint(seconds(-1000)),
                               std::chrono::system_clock::now() + std::chrono::hours(1)}) {
    const Response response = ask_with_time(time);
    CHECK(response.status == 200);
    CHECK(!response.headers.contains("Last-Modified"));
    CHECK(response.headers.contains("Etag"));
  }
  CHECK(ask_with_time(TimePoint(std::chrono::hours(24 * 365 * 10))).status == 304);
}

namespace {

/// Other content of the same size and time, as a reproducible build makes it.
void replace_with_same_time(const Site& site, const std::string& name, const std::string& content) {
  const fs::path path = site.folder.path / "files" / name;
  site.write(name + ".new", content);
  const timespec both[2] = {{1, 0}, {1, 0}};
  REQUIRE(::utimensat(AT_FDCWD, (path.string() + ".new").c_str(), both, 0) == 0);
  fs::rename(path.string() + ".new", path);
}

/// Asks until the tag is a strong one; returns it.
std::string strong_tag(Site& site, const std::string& target) {
  std::string tag;
  CHECK(run_until([&] {
    tag = site.get(target).headers.get("Etag");
    return tag.starts_with('"');
  }));
  return tag;
}

}  // namespace

TEST_CASE(
    "static files: another content of the same size and time has another tag (RFC 9110, 8.8.1)",
    "[web]") {
  bora::testing::FakeClock clock;
  const std::size_t size = GENERATE(1000, 100'000, 2'000'000);
  Site site;
  const std::string one(size, '1');
  const std::string other(size, '2');
  replace_with_same_time(site, "a.bin", one);
  const std::string before = strong_tag(site, "/a.bin");
  run_until([&] { return !site.files().refer("/", "a.bin").version.empty(); });
  const std::string version = site.files().refer("/", "a.bin").version;
  CHECK('"' + version + '"' == before);

  replace_with_same_time(site, "a.bin", other);
  clock.advance(std::chrono::milliseconds(1001));
  const Response changed = site.get("/a.bin", {{"If-None-Match", before}});
  CHECK(changed.status == 200);
  CHECK((changed.body == other));
  const std::string after = strong_tag(site, "/a.bin");
  CHECK(after != before);
  CHECK(!site.get("/a.bin?v=" + version).headers.contains("Cache-Control"));
  CHECK(site.get("/a.bin?v=" + after.substr(1, 128)).headers.contains("Cache-Control"));
  run_until([&] { return !site.files().refer("/", "a.bin").version.empty(); });
  CHECK('"' + site.files().refer("/", "a.bin").version + '"' == after);
}

TEST_CASE("static files: what is written into an open file is noticed at once", "[web]") {
  Site site;
  site.write("a.bin", std::string(100'000, '1'));
  CHECK((site.get("/a.bin").body == std::string(100'000, '1')));
  const std::string before = site.get("/a.bin").headers.get("Etag");
  {
    std::fstream file(site.folder.path / "files/a.bin", std::ios::in | std::ios::out);
    file << '2';
  }
  const Response changed = site.get("/a.bin", {{"If-None-Match", before}});
  CHECK(changed.status == 200);
  CHECK(changed.body.starts_with("21"));
}

TEST_CASE("static files: changes within one step of the file system's clock are seen", "[web]") {
  bora::testing::FakeClock clock;
  Site site;
  for (int i = 0; i < 50; ++i) {
    const std::string content = std::to_string(100 + i);
    replace_with_same_time(site, "a.txt", content);
    clock.advance(std::chrono::milliseconds(1001));
    CHECK(site.get("/a.txt").body == content);
  }
}

TEST_CASE("static files: while a large file is hashed its tag is weak", "[web]") {
  const bora::testing::FakeClock clock;  // no second passes, in which it would be looked at again
  class HeldExecutor final : public bora::Executor {
   public:
    void submit(bora::UniqueFunction<void()> job) override { jobs.push_back(std::move(job)); }
    std::vector<bora::UniqueFunction<void()>> jobs;
  };
  const auto executor = std::make_shared<HeldExecutor>();
  Site site;
  const std::string content = pattern_of_size(2'000'000);
  site.write("a.bin", content);
  bora::IOLoop::current().set_default_executor(executor);
  const auto head = [&](std::vector<std::pair<std::string, std::string>> headers = {}) {
    return site.test.fetch("/a.bin", {.method = "HEAD", .headers = std::move(headers)});
  };
  const std::string weak = head().headers.get("Etag");
  CHECK(weak.starts_with("W/\""));
  CHECK(head({{"If-None-Match", weak}}).status == 304);
  CHECK(head().headers.get("Etag") == weak);
  CHECK(site.files().refer("/", "a.bin").version.empty());
  CHECK(executor->jobs.size() == 1);
  executor->jobs.front()();
  std::string strong;
  CHECK(run_until([&] {
    strong = head().headers.get("Etag");
    return strong != weak;
  }));
  CHECK(strong.size() == 2 + 128);
  CHECK('"' + site.files().refer("/", "a.bin").version + '"' == strong);
  // A client with the weak tag has this content.
  CHECK(head({{"If-None-Match", weak}}).status == 304);
  CHECK(head({{"If-None-Match", strong}}).status == 304);
  CHECK(head({{"If-Match", strong}}).status == 200);
  CHECK(head({{"If-Match", weak}}).status == 412);
  bora::IOLoop::current().set_default_executor(nullptr);
}

TEST_CASE("static files: a request that asks about the tag waits for it", "[web]") {
  Site site;
  const std::string content = pattern_of_size(2'000'000);
  auto name = [&, number = 0]() mutable {
    const std::string file = std::to_string(++number) + ".bin";
    site.write(file, content);
    return "/" + file;
  };
  const std::string etag = strong_tag(site, name());
  CHECK(site.get(name(), {{"If-None-Match", etag}}).status == 304);
  CHECK(site.get(name(), {{"If-Match", etag}}).status == 200);
  CHECK(site.get(name(), {{"If-Range", etag}, {"Range", "bytes=-1"}}).status == 206);
  CHECK(site.get(name() + "?v=" + etag.substr(1, 128)).headers.contains("Cache-Control"));
}

TEST_CASE("static files: a file that changes while it is hashed has no strong tag", "[web]") {
  const bora::testing::FakeClock clock;  // no second passes, in which it would be looked at again
  class HeldExecutor final : public bora::Executor {
   public:
    void submit(bora::UniqueFunction<void()> job) override { jobs.push_back(std::move(job)); }
    std::vector<bora::UniqueFunction<void()>> jobs;
  };
  const auto executor = std::make_shared<HeldExecutor>();
  Site site;
  site.write("a.bin", pattern_of_size(500'000));
  bora::IOLoop::current().set_default_executor(executor);
  RawClient client(site.test.port());
  REQUIRE(client.send("HEAD /a.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(run_until([&] { return executor->jobs.size() == 1; }));
  {
    std::fstream file(site.folder.path / "files/a.bin", std::ios::in | std::ios::out);
    file << "changed";
  }
  executor->jobs.front()();
  CHECK(client.receive_until("\r\n\r\n"));
  CHECK(client.received.find("Etag: W/\"") != std::string::npos);
  bora::IOLoop::current().set_default_executor(nullptr);
}

TEST_CASE("static files: a mount's directory may be a link that is led elsewhere", "[web]") {
  bora::testing::FakeClock clock;
  Site site("current");
  site.folder.write("r1/a.txt", "one");
  site.folder.write("r2/a.txt", "two");
  fs::create_symlink("r1", site.folder.path / "current");
  CHECK(site.get("/a.txt").body == "one");
  fs::create_symlink("r2", site.folder.path / "next");
  fs::rename(site.folder.path / "next", site.folder.path / "current");
  clock.advance(std::chrono::milliseconds(1001));
  CHECK(site.get("/a.txt").body == "two");
  fs::remove_all(site.folder.path / "r1");
  clock.advance(std::chrono::milliseconds(1001));
  CHECK(site.get("/a.txt").body == "two");
}

TEST_CASE("static files: where links may lead may be a link, too", "[web]") {
  bora::testing::FakeClock clock;
  const TemporaryFolder elsewhere;
  elsewhere.write("r1/in.txt", "one");
  elsewhere.write("r2/in.txt", "two");
  fs::create_symlink("r1", elsewhere.path / "current");
  Site site("files", {.allowed_symlink_directory = {(elsewhere.path / "current").string()}});
  fs::create_symlink(elsewhere.path / "current", site.folder.path / "files/link");
  CHECK(site.get("/link/in.txt").body == "one");
  fs::create_symlink("r2", elsewhere.path / "next");
  fs::rename(elsewhere.path / "next", elsewhere.path / "current");
  clock.advance(std::chrono::milliseconds(1001));
  CHECK(site.get("/link/in.txt").body == "two");
}

namespace {

/// Serves its directory below "/own/", with everything changed that can be.
struct OwnFiles : bora::web::StaticFileHandler {
  static inline std::string directory;

  void initialize() {
    StaticFileHandler::initialize({.path = directory, .default_filename = "index.html"});
  }

  std::string parse_url_path(std::string_view url_path) override {
    return url_path == "alias.txt" ? "a.txt" : StaticFileHandler::parse_url_path(url_path);
  }
  std::string get_absolute_path(const std::string& root, const std::string& path) override {
    return path == "outside" ? root + "-elsewhere/x.txt" : root + "/" + path;
  }
  std::optional<std::string> validate_absolute_path(const std::string& root,
                                                    const std::string& path) override {
    if (path.ends_with("/made.txt")) return path;
    try {
      return StaticFileHandler::validate_absolute_path(root, path);
    } catch (const bora::web::HTTPError& error) {
      if (error.status() != 404) throw;
      return root + "/index.html";
    }
  }
  std::optional<bora::web::StaticContent> get_content(const std::string& path) override {
    if (!path.ends_with("/made.txt")) return std::nullopt;
    auto text = std::make_shared<std::string>("made of text");
    return bora::web::StaticContent{*text, text, std::chrono::sys_seconds(std::chrono::days(9000)),
                                    "seven"};
  }
  std::string get_content_type(const std::string& path) override {
    return path.ends_with(".own") ? "text/x-own" : StaticFileHandler::get_content_type(path);
  }
  std::chrono::seconds get_cache_time(std::string_view path, bool is_versioned) override {
    if (path == "a.txt") return std::chrono::minutes(1);
    return StaticFileHandler::get_cache_time(path, is_versioned);
  }
  void set_extra_headers(std::string_view path) override { set_header("X-Path", path); }
  [[nodiscard]] std::size_t max_ranges() const override {
    return request().query() == "none" ? 0 : 2;
  }
};

}  // namespace

TEST_CASE("StaticFileHandler: a class of one's own decides (WEB-103)", "[web]") {
  const TemporaryFolder folder;
  folder.write("f/a.txt", "0123456789");
  folder.write("f/index.html", "index");
  folder.write("f/docs/index.html", "docs");
  folder.write("f/x.own", "own");
  folder.write("f-elsewhere/x.txt", "secret");
  OwnFiles::directory = (folder.path / "f").string();
  Application app({bora::web::url<OwnFiles>("/own/{path:path}")});
  HTTPTest test(app);
  const LogCapture log;
  const auto ask = [&](const std::string& path, const std::string& range = {}) {
    std::vector<std::pair<std::string, std::string>> headers;
    if (!range.empty()) headers.emplace_back("Range", range);
    return test.fetch("/own/" + path, {.headers = headers, .follow_redirects = false});
  };

  const Response plain = ask("a.txt");
  CHECK(plain.body == "0123456789");
  CHECK(plain.headers.get("Cache-Control") == "max-age=60");
  CHECK(plain.headers.get("X-Path") == "a.txt");
  CHECK(ask("alias.txt").body == "0123456789");
  CHECK(ask("unknown/page").body == "index");
  CHECK(ask("").body == "index");
  CHECK(ask("docs").headers.get("Location") == "/own/docs/");
  CHECK(ask("docs/").body == "docs");
  CHECK(ask("../f-elsewhere/x.txt").status == 403);
  CHECK(ask("outside").status == 403);
  CHECK(ask("x.own").headers.get("Content-Type") == "text/x-own");
  CHECK(ask("a.txt", "bytes=0-0,2-2").status == 206);
  CHECK(ask("a.txt", "bytes=0-0,2-2,4-4").status == 200);
  const Response without = ask("a.txt?none", "bytes=0-0");
  CHECK(without.status == 200);
  CHECK(!without.headers.contains("Accept-Ranges"));

  const Response made = ask("made.txt");
  CHECK(made.body == "made of text");
  CHECK(made.headers.get("Etag") == "\"seven\"");
  CHECK(made.headers.get("Last-Modified") == "Tue, 23 Aug 1994 00:00:00 GMT");
  CHECK(made.headers.get("Content-Type") == "text/plain; charset=utf-8");
  CHECK(ask("made.txt", "bytes=-4").body == "text");
  CHECK(ask("made.txt?v=seven").headers.contains("Expires"));
}

TEST_CASE("StaticFileHandler: without a directory it says so", "[web]") {
  Application app({bora::web::url<bora::web::StaticFileHandler>("/{path:path}")});
  HTTPTest test(app);
  const LogCapture log;
  CHECK(test.fetch("/a.txt").status == 500);
  CHECK(log.count(bora::app_log, "StaticFileHandler: no directory") == 1);
}

TEST_CASE("static files: a range of a large file is streamed", "[web]") {
  Site site;
  const std::string content = pattern_of_size(1024 * 1024);
  site.write("a.bin", content);
  const Response part = site.get("/a.bin", {{"Range", "bytes=100-500099"}});
  CHECK(part.status == 206);
  CHECK(part.body == content.substr(100, 500'000));
}

TEST_CASE("static files: TLS changes nothing, be a file kept in memory or sent from disk",
          "[web]") {
  bora::testing::TestCertificates certificates;
  const auto made = certificates.issue({});
  const auto context =
      bora::net::SSLContext::server({.certfile = made.certfile, .keyfile = made.keyfile});
  Site site("files", {}, {.ssl_options = context});
  CHECK(site.test.url("/").starts_with("https:"));

  for (const std::size_t size : {std::size_t{10}, std::size_t{64 * 1024},
                                 std::size_t{64 * 1024 + 1}, std::size_t{3 * 1024 * 1024 + 17}}) {
    const std::string content = pattern_of_size(size);
    const std::string name = "/" + std::to_string(size) + ".bin";
    INFO(name);
    site.write(name, content);
    const Response whole = site.get(name);
    CHECK(whole.status == 200);
    CHECK(whole.headers.get("Content-Length") == std::to_string(size));
    CHECK((whole.body == content));

    const Response part = site.get(name, {{"Range", "bytes=3-" + std::to_string(size - 2)}});
    CHECK(part.status == 206);
    CHECK((part.body == content.substr(3, size - 4)));
    CHECK((site.get(name, {{"Range", "bytes=-5"}}).body == content.substr(size - 5)));

    const Response head = site.test.fetch(name, {.method = "HEAD"});
    CHECK(head.status == 200);
    CHECK(head.headers.get("Content-Length") == std::to_string(size));
    CHECK(head.body.empty());

    const std::string etag = whole.headers.get("Etag");
    const Response same = site.get(name, {{"If-None-Match", etag}});
    CHECK(same.status == 304);
    CHECK(same.headers.get("Etag") == etag);
    CHECK(same.body.empty());
  }
}

TEST_CASE("static files: If-Range of another version gives the whole (RFC 9110, 13.1.5)", "[web]") {
  Site site;
  site.write("a.txt", "0123456789");
  const std::string etag = site.get("/a.txt").headers.get("Etag");
  CHECK(site.get("/a.txt", {{"Range", "bytes=1-2"}, {"If-Range", etag}}).status == 206);
  CHECK(site.get("/a.txt", {{"Range", "bytes=1-2"}, {"If-Range", "\"x\""}}).status == 200);
  CHECK(site.get("/a.txt", {{"Range", "bytes=1-2"}, {"If-None-Match", etag}}).status == 304);
}

TEST_CASE("static files: a missing folder is reported once, at the start", "[web]") {
  Site site("nowhere");
  CHECK(site.log.count(gen_log, (site.folder.path / "nowhere").string()) == 1);
  CHECK(site.get("/a.txt").status == 404);
  CHECK(site.get("/a.txt").status == 404);
  CHECK(site.log.count(gen_log) == 1);
  site.folder.write("nowhere/a.txt", "made later");
  CHECK(site.get("/a.txt").body == "made later");
}

TEST_CASE("static files: a relative folder does not depend on the working directory", "[web]") {
  const fs::path beside_program = fs::canonical("/proc/self/exe").parent_path();
  LogCapture log;
  const StaticMount mount{"/", "no-such-folder"};
  const OneRouteTable routes(Route{.name = {}, .pattern = "/{path:path}", .mount = &mount});
  const Application app(routes.table());
  CHECK(log.count(gen_log, "'" + (beside_program / "no-such-folder").string() + "'") == 1);
}

TEST_CASE("static_url: the version is the file's entity tag, looked up again (WEB-084)", "[web]") {
  bora::testing::FakeClock clock;
  Site site;
  site.write("a b.css", "one");
  bora::web::StaticFiles& files = bora::web::StaticFiles::of(site.app);
  const std::string tag = site.get("/a%20b.css").headers.get("Etag");
  CHECK('"' + files.refer("/", "a b.css").version + '"' == tag);
  site.write("a b.css", "another");
  CHECK('"' + files.refer("/", "a b.css").version + '"' == tag);
  clock.advance(std::chrono::seconds(2));
  CHECK('"' + files.refer("/", "a b.css").version + '"' ==
        site.get("/a%20b.css").headers.get("Etag"));
  CHECK('"' + files.refer("/", "a b.css").version + '"' != tag);
}

namespace {

struct Addresses : bora::web::RequestHandler {
  void get(std::string_view) {
    const auto line = [this](std::string_view path, bool include_version = true) {
      write(static_url(path, false, include_version) + "\n");
    };
    line("icons.svg#arrow");
    line("a.js?module&x=a b#top");
    line("a.js?module", false);
    line("we#ird.txt");
    line("what?.txt", false);
    line("a b.js?\"\xc3\xa9", false);
  }
};

}  // namespace

TEST_CASE("static_url: a path, a query and a fragment, or a file of that whole name", "[web]") {
  const TemporaryFolder folder;
  for (const char* name : {"icons.svg", "a.js", "we#ird.txt", "what?.txt", "we", "a b.js"}) {
    folder.write(std::string("static/") + name, name);
  }
  const StaticMount mount{"/static/", "static"};
  const OneRouteTable routes(Route{.name = {},
                                   .pattern = "/{path:path}",
                                   .endpoint = &bora::web::endpoint_of<Addresses>,
                                   .mount = &mount});
  Application app(routes.table(), {.static_path = folder.path.string()});
  HTTPTest test(app);
  bora::web::StaticFiles& known = bora::web::StaticFiles::of(app);
  const auto version = [&](const char* name) { return known.refer("/static/", name).version; };
  const auto parts = [&](const char* argument) {
    const bora::paths::StaticReference found = known.refer("/static/", argument).parts;
    return std::string(found.path) + " | " + std::string(found.query) + " | " +
           std::string(found.fragment);
  };
  CHECK(parts("icons.svg#arrow") == "icons.svg |  | #arrow");
  CHECK(parts("icons.svg#arrow") == "icons.svg |  | #arrow");  // known by now
  CHECK(parts("a.js?m#x?y") == "a.js | ?m | #x?y");
  CHECK(parts("we#ird.txt") == "we#ird.txt |  | ");
  CHECK(parts("we#ird.txt") == "we#ird.txt |  | ");
  CHECK(parts("what?.txt") == "what?.txt |  | ");
  CHECK(parts("none?a#b") == "none | ?a | #b");
  CHECK(version("icons.svg#arrow") == version("icons.svg"));
  CHECK(version("we#ird.txt") != version("we"));
  CHECK(test.fetch("/").body == "/static/icons.svg?v=" + version("icons.svg") + "#arrow\n" +
                                    "/static/a.js?module&x=a%20b&v=" + version("a.js") + "#top\n" +
                                    "/static/a.js?module\n" +
                                    "/static/we%23ird.txt?v=" + version("we#ird.txt") + "\n" +
                                    "/static/what%3F.txt\n" + "/static/a%20b.js?%22%C3%A9\n");
}

TEST_CASE("static_url: a missing file has no version, and one line in the log (WEB-084)", "[web]") {
  Site site;
  bora::web::StaticFiles& files = bora::web::StaticFiles::of(site.app);
  CHECK(files.refer("/", "none.css").version.empty());
  CHECK(files.refer("/", "none.css").version.empty());
  CHECK(files.refer("/", "../secret").version.empty());
  CHECK(site.log.count(gen_log, "static_url(\"none.css\")") == 1);
  CHECK_THROWS_AS(files.refer("/other/", "a.css").version, std::logic_error);
}

TEST_CASE("static files: what is known of a file is believed for a second", "[web]") {
  bora::testing::FakeClock clock;
  const std::size_t size = GENERATE(10, 100'000, 2'000'000);
  Site site;
  const std::string before = pattern_of_size(size);
  site.write("a.bin", before);
  CHECK((site.get("/a.bin").body == before));
  fs::remove(site.folder.path / "files/a.bin");
  // A larger file is checked each time for whether it still has its name.
  if (size <= 65536) CHECK((site.get("/a.bin").body == before));
  clock.advance(std::chrono::milliseconds(1001));
  CHECK(site.get("/a.bin").status == 404);
  site.write("a.bin", before + "!");
  CHECK((site.get("/a.bin").body == before + "!"));  // that a file is missing is not remembered
  CHECK(site.files().size() == 1);
  CHECK(site.files().descriptors() == (size > 65536 ? 1 : 0));
}

TEST_CASE("static files: in debug mode each request looks at the file", "[web]") {
  Site site("files", {.debug = true});
  site.write("a.txt", "one");
  CHECK(site.get("/a.txt").body == "one");
  site.write("a.txt", "another");
  CHECK(site.get("/a.txt").body == "another");
}

TEST_CASE("static files: few files are kept, and none for long that nobody asks for", "[web]") {
  using bora::web::StaticFiles;
  bora::testing::FakeClock clock;
  Site site;
  for (int i = 0; i < 200; ++i) {
    const std::string name = std::to_string(i);
    site.write(name, pattern_of_size(65537));
    (void)site.files().open(site.mount, name);
    CHECK(site.files().descriptors() <= StaticFiles::kMaxDescriptors);
  }
  CHECK(site.files().descriptors() == StaticFiles::kMaxDescriptors);
  site.write("small", "x");
  for (std::size_t i = 0; i <= StaticFiles::kMaxFiles; ++i) {
    (void)site.files().open(site.mount, std::string(i, '/') + "small");
    REQUIRE(site.files().size() <= StaticFiles::kMaxFiles);
  }
  CHECK(site.files().size() == StaticFiles::kMaxFiles);
  CHECK(site.files().descriptors() == 0);
  clock.advance(std::chrono::seconds(30));
  CHECK(run_until([&] { return site.files().size() == 0; }));
}

TEST_CASE("static files: requests that want the same tag wait for one hash (D-32)", "[web]") {
  const bora::testing::FakeClock clock;  // no second passes, in which it would be looked at again
  class HeldExecutor final : public bora::Executor {
   public:
    void submit(bora::UniqueFunction<void()> job) override { jobs.push_back(std::move(job)); }
    std::vector<bora::UniqueFunction<void()>> jobs;
  };
  const auto executor = std::make_shared<HeldExecutor>();
  Site site;
  const std::string content = pattern_of_size(500'000);
  site.write("a.bin", content);
  bora::IOLoop::current().set_default_executor(executor);
  RawClient one(site.test.port());
  RawClient other(site.test.port());
  REQUIRE(one.send("HEAD /a.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(other.send("HEAD /a.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(run_until([&] { return site.app.running_requests() == 2; }));
  CHECK(executor->jobs.size() == 1);
  executor->jobs.front()();
  CHECK(one.receive_until("\r\n\r\n"));
  CHECK(other.receive_until("\r\n\r\n"));
  CHECK(one.received == other.received);
  bora::IOLoop::current().set_default_executor(nullptr);
  CHECK(site.get("/a.bin").body == content);
}

TEST_CASE("static files: a compressed twin goes to those who want it (D-20)", "[web]") {
  Site site;
  site.write("app.js", "plain text");
  site.write("app.js.br", "as br");
  site.write("app.js.gz", "as gzip");
  const auto ask = [&](const std::string& accepted) {
    return site.get("/app.js", {{"Accept-Encoding", accepted}});
  };
  const auto coding = [&](const std::string& accepted) {
    const Response answer = ask(accepted);
    CHECK(answer.headers.get("Vary") == "Accept-Encoding");
    CHECK(answer.headers.get("Content-Type") == site.get("/app.js").headers.get("Content-Type"));
    return answer.headers.get("Content-Encoding", "none") + ": " + answer.body;
  };
  CHECK(coding("gzip, deflate, br, zstd") == "br: as br");
  CHECK(coding("gzip") == "gzip: as gzip");
  CHECK(coding("x-gzip") == "gzip: as gzip");
  CHECK(coding("*") == "br: as br");
  CHECK(coding("br;q=0.5, gzip;q=0.8") == "gzip: as gzip");
  CHECK(coding("br;q=0, gzip;q=0") == "none: plain text");
  CHECK(coding("gzip;q=0, *") == "br: as br");
  CHECK(coding("gzip;q=0.5, identity") == "none: plain text");
  CHECK(coding("deflate") == "none: plain text");
  CHECK(coding("") == "none: plain text");
  CHECK(site.get("/app.js").body == "plain text");

  const std::string etag = ask("br").headers.get("Etag");
  CHECK(etag != ask("gzip").headers.get("Etag"));
  CHECK(etag != site.get("/app.js").headers.get("Etag"));
  const Response unchanged =
      site.get("/app.js", {{"Accept-Encoding", "br"}, {"If-None-Match", etag}});
  CHECK(unchanged.status == 304);
  CHECK(unchanged.headers.get("Vary") == "Accept-Encoding");
  CHECK(unchanged.headers.get("Etag") == etag);
  const Response part = site.get("/app.js", {{"Accept-Encoding", "br"}, {"Range", "bytes=3-"}});
  CHECK(part.status == 206);
  CHECK(part.body == "br");
  CHECK(part.headers.get("Content-Range") == "bytes 3-4/5");
  const std::string plain = site.get("/app.js").headers.get("Etag");
  const Response versioned =
      site.get("/app.js?v=" + plain.substr(1, plain.size() - 2), {{"Accept-Encoding", "br"}});
  CHECK(versioned.headers.contains("Expires"));
  CHECK(site.get("/app.js.gz").headers.get("Content-Type") == "application/gzip");
}

TEST_CASE("static files: a compressed twin must not be older, nor lead out of the mount", "[web]") {
  Site site;
  site.write("a.css", "new");
  site.write("a.css.gz", "old");
  fs::last_write_time(
      site.folder.path / "files/a.css.gz",
      fs::last_write_time(site.folder.path / "files/a.css") - std::chrono::seconds(2));
  site.folder.write("secret", "secret");
  fs::create_symlink(site.folder.path / "secret", site.folder.path / "files/a.css.br");
  const Response answer = site.get("/a.css", {{"Accept-Encoding", "br, gzip"}});
  CHECK(answer.body == "new");
  CHECK(!answer.headers.contains("Vary"));
}

TEST_CASE("static files: a large twin is sent from its file", "[web]") {
  Site site;
  site.write("a.txt", "plain");
  const std::string content = pattern_of_size(300'000);
  site.write("a.txt.gz", content);
  const Response answer = site.get("/a.txt", {{"Accept-Encoding", "gzip"}});
  CHECK(answer.headers.get("Content-Encoding") == "gzip");
  CHECK(answer.body == content);
}

TEST_CASE("static files: links may lead where the settings allow it (WEB-096)", "[web]") {
  const TemporaryFolder elsewhere;
  elsewhere.write("allowed/in.txt", "allowed");
  elsewhere.write("other/in.txt", "other");
  Site site("files", {.allowed_symlink_directory = {(elsewhere.path / "allowed").string()}});
  fs::create_symlink(elsewhere.path / "allowed", site.folder.path / "files/link");
  fs::create_symlink(elsewhere.path / "other", site.folder.path / "files/other");
  CHECK(site.get("/link/in.txt").body == "allowed");
  CHECK(site.get("/other/in.txt").status == 403);
}
