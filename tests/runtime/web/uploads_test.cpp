#include <bora/web/uploads.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/http/http_connection.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

// Forms whose files are stored while they come.

using bora::Task;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::RawClient;
using bora::testing::run_until;
using bora::web::Application;
using bora::web::RequestHandler;
using bora::web::safe_filename;
using bora::web::UploadedFile;
using bora::web::UploadOptions;
using bora::web::Uploads;
using bora::web::UploadSink;
using bora::web::url;

namespace fs = std::filesystem;

namespace {

/// A folder of the test's own.
struct Folder {
  Folder() : path(fs::temp_directory_path() / ("bora_uploads_" + std::to_string(::getpid()))) {
    fs::remove_all(path);
    fs::create_directories(path / "kept");
    fs::create_directories(path / "incoming");
    current = this;
  }
  ~Folder() {
    current = nullptr;
    fs::remove_all(path);
  }
  [[nodiscard]] static std::size_t count(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }
  [[nodiscard]] std::size_t incoming() const { return count(path / "incoming"); }
  [[nodiscard]] std::string kept(const std::string& name) const {
    std::ifstream file(path / "kept" / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path path;
  static inline Folder* current = nullptr;
};

UploadOptions options() {
  UploadOptions made;
  made.directory = (Folder::current->path / "incoming").string();
  made.max_file_size = std::uint64_t{1} << 29;
  made.max_fields_size = 1000;
  return made;
}

struct Upload : RequestHandler {
  static constexpr bool stream_request_body = true;
  Upload() : uploads(*this, options()) {}
  void prepare() { request().connection().set_max_body_size(std::uint64_t{1} << 30); }
  Task<void> data_received(std::string_view piece) { return uploads.receive(piece); }
  Task<void> post() {
    uploads.finish();
    for (const UploadedFile& file : uploads.files()) {
      write(file.field + " " + file.filename + " " + file.content_type + " " +
            std::to_string(file.size) + "\n");
      const std::string to =
          (Folder::current->path / "kept" / safe_filename(file.filename)).string();
      Task<void> keeping = uploads.keep(file, to);
      co_await keeping;
    }
    for (const auto& argument : uploads.arguments())
      write(argument.name + "=" + argument.value + "\n");
    write(uploads.argument("title").value_or("no title"));
  }
  void put() { uploads.finish(); }
  Uploads uploads;
};

}  // namespace

TEST_CASE("Uploads: files lie on the disk, fields in memory", "[web]") {
  Folder folder;
  Application app({url<Upload>("/")});
  HTTPTest test(app);
  const std::string binary = std::string("\0\r\n--\xff", 6) + std::string(300'000, 'b');
  const auto response = test.fetch(
      "/",
      {.form = {{"title", "one"}, {"title", "two \u00e9"}},
       .files = {{.field = "a", .filename = "a.bin", .body = binary},
                 {.field = "b", .filename = "b.txt", .body = "", .content_type = "text/plain"}}});
  CHECK(response.body ==
        "a a.bin application/octet-stream 300006\nb b.txt text/plain 0\n"
        "title=one\ntitle=two \u00e9\ntwo \u00e9");
  CHECK(folder.kept("a.bin") == binary);
  CHECK(folder.kept("b.txt").empty());
  CHECK(folder.incoming() == 0);
  const auto mode = fs::status(folder.path / "kept" / "a.bin").permissions();
  CHECK((mode & fs::perms::others_all) == fs::perms::none);
}

TEST_CASE("Uploads: what is not kept, is refused or breaks off leaves nothing", "[web]") {
  Folder folder;
  Application app({url<Upload>("/")});
  HTTPTest test(app);
  LogCapture log;
  // The handler does not keep the file.
  const bora::testing::Upload file{
      .field = "a", .filename = "a", .body = std::string(100'000, 'a')};
  CHECK(test.fetch("/", {.method = "PUT", .files = {file}}).status == 200);
  CHECK(folder.incoming() == 0);
  // The body is malformed after the first file.
  const std::string type = "multipart/form-data; boundary=XX";
  const std::string begun =
      "--XX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\nabc\r\n";
  const auto post = [&](const std::string& body, const std::string& content_type) {
    return test
        .fetch("/", {.method = "POST", .body = body, .headers = {{"Content-Type", content_type}}})
        .status;
  };
  CHECK(post(begun + "--XX\r\nnonsense\r\n\r\n", type) == 400);
  CHECK(post(begun, type) == 400);
  CHECK(post("", type) == 400);
  CHECK(post("a=1", "application/x-www-form-urlencoded") == 400);
  CHECK(post(begun + "--XX--", "multipart/form-data") == 400);
  CHECK(folder.incoming() == 0);
  // There are too many files, or too large ones.
  const auto large = test.fetch("/", {.form = {{"a", std::string(1001, 'x')}}, .files = {file}});
  CHECK(large.status == 413);
  CHECK(large.body.find("<p>The form&#x27;s fields are too large.</p>") != std::string::npos);
  std::vector<bora::testing::Upload> many(101, file);
  CHECK(test.fetch("/", {.files = many}).status == 400);
  CHECK(folder.incoming() == 0);
  // The client leaves.
  {
    RawClient client(test.port());
    REQUIRE(client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: " + type +
                        "\r\nContent-Length: 100000\r\n\r\n" + begun.substr(0, begun.size() - 2)));
    REQUIRE(run_until([&] { return folder.incoming() == 1; }));
    client.leave();
    CHECK(run_until([&] { return folder.incoming() == 0; }));
  }
  CHECK(log.count(bora::app_log) == 0);
}

TEST_CASE("Uploads: hostile file names stay names", "[web]") {
  Folder folder;
  Application app({url<Upload>("/")});
  HTTPTest test(app);
  const auto response =
      test.fetch("/", {.files = {{.field = "a", .filename = "../../../etc/passwd", .body = "x"}}});
  CHECK(response.body.starts_with("a ../../../etc/passwd "));
  CHECK(folder.kept("passwd") == "x");

  CHECK(safe_filename("report.pdf") == "report.pdf");
  CHECK(safe_filename("C:\\Users\\ada\\r\u00e9sum\u00e9.doc") == "r\u00e9sum\u00e9.doc");
  CHECK(safe_filename("/etc/passwd") == "passwd");
  CHECK(safe_filename("..") == "file");
  CHECK(safe_filename("") == "file");
  CHECK(safe_filename("a/") == "file");
  CHECK(safe_filename("...  ") == "file");
  CHECK(safe_filename(".htaccess") == "htaccess");
  CHECK(safe_filename("a.txt.") == "a.txt");
  CHECK(safe_filename("a\"b<c>:|?*\r\n.txt") == "abc.txt");
  CHECK(safe_filename(std::string("a\0b", 3)) == "ab");
  CHECK(safe_filename("\xff\xfe.txt") == "txt");
  CHECK(safe_filename(std::string(300, 'x')).size() == 100);
  std::string wide;
  for (int i = 0; i < 60; ++i) wide += "\u20ac";
  CHECK(safe_filename(wide).size() == 99);
}

namespace {

std::string digest;
bora::Event* go = nullptr;

/// Counts bytes, and waits when it is told to.
struct CountingSink : UploadSink {
  Task<void> write(std::string_view piece) override {
    if (go != nullptr) co_await go->wait();
    count += piece.size();
  }
  Task<void> close() override {
    digest += std::to_string(count) + ";";
    return {};
  }
  std::size_t count = 0;
};

struct ToSink : RequestHandler {
  static constexpr bool stream_request_body = true;
  static UploadOptions to_sink() {
    UploadOptions made;
    made.open = [](const UploadedFile& file) -> std::unique_ptr<UploadSink> {
      if (file.field == "refused") throw bora::web::HTTPError(415);
      return std::make_unique<CountingSink>();
    };
    return made;
  }
  Task<void> data_received(std::string_view piece) { return uploads.receive(piece); }
  void post() {
    uploads.finish();
    for (const auto& file : uploads.files()) write(file.path.empty() ? "sunk " : "on disk ");
  }
  Uploads uploads{*this, to_sink()};
};

}  // namespace

TEST_CASE("Uploads: to a sink of the program's own, which may wait", "[web]") {
  Application app({url<ToSink>("/")});
  HTTPTest test(app);
  LogCapture log;
  digest.clear();
  const bora::testing::Upload file{
      .field = "a", .filename = "a", .body = std::string(500'000, 'a')};
  CHECK(test.fetch("/", {.files = {file, file}}).body == "sunk sunk ");
  CHECK(digest == "500000;500000;");
  bora::Event event;
  go = &event;
  digest.clear();
  bora::IOLoop::current().call_later(std::chrono::milliseconds(1), [&] { event.set(); });
  CHECK(test.fetch("/", {.files = {file}}).body == "sunk ");
  go = nullptr;
  CHECK(digest == "500000;");
  CHECK(test.fetch("/", {.files = {{.field = "refused", .filename = "x", .body = "x"}}}).status ==
        415);
}

namespace {

/// "VmRSS: 1234 kB" of this process, in bytes.
std::size_t resident_bytes() {
  std::ifstream status("/proc/self/statm");
  std::size_t pages = 0;
  status >> pages >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BORA_TEST_HAS_ASAN
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define BORA_TEST_HAS_ASAN
#endif

}  // namespace

TEST_CASE("Uploads: 256 MiB go to the disk in less than 16 MiB of memory", "[web]") {
  Folder folder;
  Application app({url<Upload>("/")});
  HTTPTest test(app);
  constexpr std::size_t kFile = std::size_t{256} << 20;
  const std::string head =
      "--XX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"large\"\r\n\r\n";
  const std::string tail = "\r\n--XX--\r\n";
  RawClient client(test.port());
  REQUIRE(
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=XX\r\n"
                  "Content-Length: " +
                  std::to_string(head.size() + kFile + tail.size()) + "\r\n\r\n" + head));
  const std::string piece(256 * 1024, '\r');  // Each byte might begin the boundary.
  const std::size_t before = resident_bytes();
  std::size_t most = before;
  std::size_t sent = 0;
  while (sent < kFile) {
    const std::size_t count =
        client.send_some(std::string_view(piece).substr(0, std::min(piece.size(), kFile - sent)));
    sent += count;
    REQUIRE(client.is_open());
    bora::IOLoop::current().run_once(std::chrono::milliseconds(count == 0 ? 1 : 0));
    if (sent % (16 * piece.size()) == 0) most = std::max(most, resident_bytes());
  }
  REQUIRE(client.send(tail));
  REQUIRE(client.receive_until("no title"));
  CHECK(client.received.find("a large application/unknown 268435456\n") != std::string::npos);
  CHECK(fs::file_size(folder.path / "kept" / "large") == kFile);
#ifndef BORA_TEST_HAS_ASAN
  CHECK(most - before < std::size_t{16} << 20);
#endif
}
