#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include <bora/core/gzip.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "runtime/core/compressor.h"
#include "tests/support/brotli.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::Response;
using bora::testing::unpack_brotli;
using bora::web::AnswerHead;
using bora::web::Application;
using bora::web::OutputTransform;
using bora::web::RequestHandler;
using bora::web::Settings;
using bora::web::url;

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

const Headers kGzip = {{"Accept-Encoding", "gzip"}};

std::string unpacked(std::string_view packed) {
  bora::GzipDecompressor gzip;
  return gzip.decompress(packed) + gzip.flush();
}

/// Writes "x" as often as the query says, with the fields and the status that it names.
struct Page : RequestHandler {
  void get() {
    for (const std::string name : {"Content-Type", "Vary", "Content-Encoding", "Cache-Control"}) {
      if (request().query().find(name) != std::string_view::npos) {
        set_header(name, get_argument(name));
      }
    }
    const std::string text(static_cast<std::size_t>(std::stoi(get_argument("count", "2000"))), 'x');
    if (get_argument("length", "") == "1") set_header("Content-Length", text.size());
    set_status(std::stoi(get_argument("status", "200")));
    if (get_status() == 204 || get_status() == 304) return;
    finish(text);
  }
};

struct Stream : RequestHandler {
  bora::Task<void> get() {
    for (const char* piece : {"one ", "two "}) {
      write(piece);
      co_await flush();
    }
    co_await flush();
    write("three");
  }
};

struct Broken : RequestHandler {
  void get() { throw bora::web::HTTPError(404, {}, std::string(2000, 'r')); }
};

/// Records what it gets, puts brackets around pieces, and throws where it is told to.
struct Brackets : OutputTransform {
  void transform_first_chunk(AnswerHead& head, std::string& chunk, bool finishing) override {
    if (where == "first") throw std::runtime_error("in the first piece");
    head.set_header("X-Status", std::to_string(head.status()));
    head.add_header("X-Type", head.get_header("Content-Type").value_or("none"));
    head.clear_header("X-Secret");
    if (head.status() == 202) head.set_status(203);
    transform_chunk(chunk, finishing);
  }
  void transform_chunk(std::string& chunk, bool finishing) override {
    if (where == "further") throw std::runtime_error("in a further piece");
    if (where == "later") where = "further";
    if (!chunk.empty()) chunk = "[" + chunk + (finishing ? "]." : "]");
  }

  std::string where;
};

struct Marked : RequestHandler {
  void prepare() {
    auto brackets = std::make_unique<Brackets>();
    brackets->where = get_argument("throw", "");
    add_transform(std::move(brackets));
  }
  bora::Task<void> get() {
    set_header("X-Secret", "1");
    set_status(std::stoi(get_argument("status", "200")));
    if (get_status() == 204) co_return;
    write("text");
    if (get_argument("flush", "") != "1") co_return;
    co_await flush();
    write("more");
  }
};

struct Late : RequestHandler {
  bora::Task<void> get() {
    write("x");
    co_await flush();
    add_transform(std::make_unique<Brackets>());
  }
};

/// Serves a folder that a test names.
struct Files : bora::web::StaticFileHandler {
  static inline std::string directory;
  void initialize() { StaticFileHandler::initialize({.path = directory, .default_filename = {}}); }
};

struct Site {
  explicit Site(Settings settings = {.compress_response = true})
      : app({url<Page>("/"), url<Stream>("/stream"), url<Broken>("/broken"), url<Marked>("/marked"),
             url<Late>("/late")},
            std::move(settings)),
        test(app) {}
  Response get(const std::string& target, Headers headers = kGzip, std::string method = "GET") {
    return test.fetch(target, {.method = std::move(method), .headers = std::move(headers)});
  }

  Application app;
  HTTPTest test;
};

}  // namespace

TEST_CASE("compress_response: text for clients that want gzip (WEB-047, WEB-048)", "[web]") {
  Site site;
  const Response packed = site.get("/");
  CHECK(packed.headers.get("Content-Encoding") == "gzip");
  CHECK(packed.headers.get("Vary") == "Accept-Encoding");
  CHECK(packed.headers.get("Content-Length") == std::to_string(packed.body.size()));
  CHECK(unpacked(packed.body) == std::string(2000, 'x'));
  CHECK(packed.body.size() < 100);
  const Response plain = site.get("/", {});
  CHECK(!plain.headers.contains("Content-Encoding"));
  CHECK(plain.headers.get("Vary") == "Accept-Encoding");
  CHECK(plain.body == std::string(2000, 'x'));
  CHECK(unpacked(site.get("/?length=1").body) == std::string(2000, 'x'));
}

TEST_CASE("compress_response: weights are honoured (D-20)", "[web]") {
  Site site;
  const auto is_packed = [&](const char* field) {
    return site.get("/", {{"Accept-Encoding", field}}).headers.contains("Content-Encoding");
  };
  CHECK(is_packed("deflate, gzip;q=0.5"));
  CHECK(is_packed("x-gzip"));
  CHECK(is_packed("*"));
  CHECK(!is_packed("gzip;q=0"));
  CHECK(!is_packed("gzip;Q=0, br;Q=0, *;q=1"));
  CHECK(!is_packed("gzip;q=0.5, identity"));
  CHECK(!is_packed("notgzip"));
  CHECK(!is_packed(""));
}

TEST_CASE("compress_response: brotli where there is the library", "[web]") {
  Site site;
  const Response response = site.get("/", {{"Accept-Encoding", "gzip, deflate, br, zstd"}});
  if (!bora::has_brotli()) {
    CHECK(response.headers.get("Content-Encoding") == "gzip");
    return;
  }
  CHECK(response.headers.get("Content-Encoding") == "br");
  CHECK(unpack_brotli(response.body, 2000) == std::string(2000, 'x'));
  const Response stream = site.get("/stream", {{"Accept-Encoding", "br"}});
  CHECK(unpack_brotli(stream.body, 100) == "one two three");
  const Response other = site.get("/", {{"Accept-Encoding", "br;q=0.5, gzip"}});
  CHECK(other.headers.get("Content-Encoding") == "gzip");
}

TEST_CASE("compress_response: what is not compressed (WEB-048)", "[web]") {
  Site site;
  const auto is_packed = [&](const std::string& query) {
    const Response response = site.get("/?" + query);
    CHECK(response.headers.get("Vary").find("Accept-Encoding") != std::string::npos);
    return response.headers.get("Content-Encoding") == "gzip";
  };
  CHECK(is_packed("count=1024"));
  CHECK(!is_packed("count=1023"));
  for (const char* type : {"application/json", "application/javascript", "image/svg+xml",
                           "text/css;charset=utf-8", "application/xhtml%2Bxml"}) {
    std::string query = type;
    if (query.find("svg") != std::string::npos) query = "image/svg%2Bxml";
    CHECK(is_packed("Content-Type=" + query));
  }
  for (const char* type : {"image/png", "application/octet-stream", "video/mp4", "font/woff2"}) {
    CHECK(!is_packed(std::string("Content-Type=") + type));
  }
  CHECK(!is_packed("Content-Encoding=br"));
  CHECK(!is_packed("Cache-Control=private,no-transform"));
  CHECK(site.get("/?Vary=Cookie").headers.get("Vary") == "Cookie, Accept-Encoding");
  CHECK(site.get("/?Vary=accept-encoding").headers.get("Vary") == "accept-encoding");
}

TEST_CASE("compress_response: HEAD has the fields of GET, 204 and 304 no body", "[web]") {
  Site site;
  const Response get = site.get("/");
  const Response head = site.get("/", kGzip, "HEAD");
  CHECK(head.body.empty());
  for (const char* name : {"Content-Length", "Content-Encoding", "Vary", "Etag"}) {
    CHECK(head.headers.get(name) == get.headers.get(name));
  }
  const Response none = site.get("/?status=204");
  CHECK(none.status == 204);
  CHECK(!none.headers.contains("Content-Encoding"));
  CHECK(!none.headers.contains("Content-Length"));
  CHECK(site.get("/?status=304").status == 304);

  // Different bytes must not share a strong tag; a weak one still saves sending the answer.
  const std::string etag = get.headers.get("Etag");
  CHECK(etag == "W/" + site.get("/", {}).headers.get("Etag"));
  const Response same = site.get("/", {{"Accept-Encoding", "gzip"}, {"If-None-Match", etag}});
  CHECK(same.status == 304);
  CHECK(same.headers.get("Etag") == etag);
  CHECK(same.headers.get("Vary") == "Accept-Encoding");
  CHECK(!same.headers.contains("Content-Encoding"));
}

TEST_CASE("compress_response: an answer that streams is compressed piece by piece", "[web]") {
  Site site;
  const Response response = site.get("/stream");
  CHECK(response.headers.get("Content-Encoding") == "gzip");
  CHECK(!response.headers.contains("Content-Length"));
  CHECK(unpacked(response.body) == "one two three");
  CHECK(site.get("/stream", {}).body == "one two three");
  const Response head = site.get("/stream", kGzip, "HEAD");
  CHECK(head.body.empty());
  CHECK(head.headers.get("Content-Encoding") == "gzip");
  CHECK(site.get("/stream").status == 200);  // and the connection goes on
}

TEST_CASE("compress_response: error pages, and pages of nobody", "[web]") {
  Site site;
  const LogCapture quiet;
  CHECK(site.get("/none").status == 404);
  CHECK(site.get("/none").headers.get("Vary") == "Accept, Accept-Encoding");
  const Response broken = site.get("/broken");
  CHECK(broken.status == 404);
  CHECK(broken.headers.get("Content-Encoding") == "gzip");
  CHECK(unpacked(broken.body).find("rrrr") != std::string::npos);
}

TEST_CASE("transforms: they see the head and each piece (WEB-049)", "[web]") {
  Site site(Settings{});
  const Response whole = site.get("/marked");
  CHECK(whole.body == "[text].");
  CHECK(whole.headers.get("Content-Length") == "7");
  CHECK(whole.headers.get("X-Status") == "200");
  CHECK(whole.headers.get("X-Type") == "text/html; charset=UTF-8");
  CHECK(!whole.headers.contains("X-Secret"));
  CHECK(site.get("/marked?flush=1").body == "[text][more].");
  CHECK(site.get("/marked?status=202").status == 203);
  const Response none = site.get("/marked?status=204");
  CHECK(none.status == 204);
  CHECK(none.headers.get("X-Status") == "204");
  const Response head = site.get("/marked", {}, "HEAD");
  CHECK(head.headers.get("Content-Length") == "7");
  CHECK(head.body.empty());
}

TEST_CASE("transforms: of the settings, in their order, and compression last", "[web]") {
  const auto brackets =
      [](const bora::http::HTTPServerRequest& request) -> std::unique_ptr<OutputTransform> {
    if (request.query() == "none") return nullptr;
    return std::make_unique<Brackets>();
  };
  Site site({.compress_response = true, .transforms = {brackets, brackets}});
  CHECK(unpacked(site.get("/").body) == "[[" + std::string(2000, 'x') + "].].");
  CHECK(unpacked(site.get("/?none").body) == std::string(2000, 'x'));
  CHECK(unpacked(site.get("/stream").body) == "[[one ]][[two ]][[three].].");
}

TEST_CASE("transforms: one that throws leaves an error page, or an end", "[web]") {
  Site site(Settings{});
  const LogCapture log;
  const Response first = site.get("/marked?throw=first");
  CHECK(first.status == 500);
  CHECK(first.body.find("500") != std::string::npos);
  CHECK(!first.headers.contains("X-Status"));
  const Response later = site.get("/marked?flush=1&throw=later");
  CHECK(later.status == 200);
  CHECK(later.body.starts_with("[text]"));
  CHECK(later.body.find("<html>") == std::string::npos);
  CHECK(log.count(bora::app_log, "in the first piece") == 1);
  CHECK(log.count(bora::app_log, "in a further piece") == 1);
  CHECK(site.get("/late").status == 200);
  CHECK(log.count(bora::app_log, "add_transform() after the headers were sent") == 1);
}

TEST_CASE("compress_response: static files that are kept in memory, parts and larger ones not",
          "[web]") {
  namespace fs = std::filesystem;
  std::string name = (fs::temp_directory_path() / "bora-transform-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  std::ofstream(folder / "a.css") << std::string(2000, 'c');
  std::ofstream(folder / "b.css") << std::string(100'000, 'b');
  Files::directory = folder.string();
  Application app({url<Files>("/{path:path}")}, {.compress_response = true});
  HTTPTest test(app);
  const auto get = [&](const char* target, Headers headers = kGzip, const char* method = "GET") {
    return test.fetch(target, {.method = method, .headers = std::move(headers)});
  };
  const Response packed = get("/a.css");
  CHECK(unpacked(packed.body) == std::string(2000, 'c'));
  CHECK(packed.headers.get("Etag").starts_with("W/\""));
  CHECK(!packed.headers.contains("Accept-Ranges"));
  CHECK(get("/a.css", {{"Accept-Encoding", "gzip"}, {"If-None-Match", packed.headers.get("Etag")}})
            .status == 304);
  const Response part = get("/a.css", {{"Accept-Encoding", "gzip"}, {"Range", "bytes=0-1499"}});
  CHECK(part.status == 206);
  CHECK(part.body == std::string(1500, 'c'));
  CHECK(!part.headers.contains("Content-Encoding"));
  const Response large = get("/b.css");
  CHECK(!large.headers.contains("Content-Encoding"));
  CHECK(large.body == std::string(100'000, 'b'));
  const Response head = get("/b.css", kGzip, "HEAD");
  CHECK(head.headers.get("Content-Length") == "100000");
  fs::remove_all(folder);
}
