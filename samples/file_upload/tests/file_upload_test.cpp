#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <bora/testing/catch.h>
#include <bora/testing/http_test.h>

#include "receiver.h"

namespace {

namespace fs = std::filesystem;

// A server with a folder of its own.
struct Site {
  fs::path folder = fs::temp_directory_path() / ("file_upload_test." + std::to_string(::getpid()));
  receiver::Receiver app{folder};
  bora::testing::HTTPTest http{app};
  ~Site() { fs::remove_all(folder); }

  std::string kept(const std::string& name) {
    std::ifstream file(folder / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::ptrdiff_t files() { return std::distance(fs::directory_iterator(folder), {}); }
};

}  // namespace

TEST_CASE("file_upload: files of a form are kept", "[file_upload]") {
  Site site;
  const std::string large(3'000'000, 'x');
  const auto answer = site.http.fetch(
      "/files", {.files = {{"file", "large.bin", large}, {"file", "../../etc/passwd", "small"}}});
  CHECK(answer.body == "large.bin: 3000000 bytes\npasswd: 5 bytes\n");
  CHECK(site.kept("large.bin") == large);
  CHECK(site.kept("passwd") == "small");
  CHECK(site.files() == 2);
}

TEST_CASE("file_upload: a form without an end leaves nothing", "[file_upload]") {
  Site site;
  const auto answer =
      site.http.fetch("/files", {.method = "POST",
                                 .body = "--x\r\nContent-Disposition: form-data; name=\"file\"; "
                                         "filename=\"a\"\r\n\r\nhalf",
                                 .headers = {{"Content-Type", "multipart/form-data; boundary=x"}}});
  CHECK(answer.status == 400);
  CHECK(site.files() == 0);
}

TEST_CASE("file_upload: a body by PUT is kept under the address's name", "[file_upload]") {
  Site site;
  const std::string large(3'000'000, 'y');
  const auto answer = site.http.fetch("/files/a%2Fb%20c.bin", {.method = "PUT", .body = large});
  CHECK(answer.status == 201);
  CHECK(site.kept("b c.bin") == large);
  CHECK(site.files() == 1);
}

TEST_CASE("file_upload: other sites' forms are refused", "[file_upload]") {
  Site site;
  const auto answer = site.http.fetch(
      "/files", {.files = {{"file", "a", "b"}}, .headers = {{"Sec-Fetch-Site", "cross-site"}}});
  CHECK(answer.status == 403);
  CHECK(site.files() == 0);
}
