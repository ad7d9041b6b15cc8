#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include <bora/core/log_output.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/support/catch.h"

using bora::LogLevel;
using bora::web::Application;
using bora::web::HTTPError;
using bora::web::RequestHandler;
using bora::web::url;
namespace fs = std::filesystem;

namespace {

struct Answer : RequestHandler {
  void get(int status) {
    if (status >= 400) throw HTTPError(status);
    set_status(status);
    write("answer");
  }
};

/// Logs go to a file of this name as long as this lives.
class LogToFile {
 public:
  LogToFile() {
    std::string name = fs::temp_directory_path() / "bora-access-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~LogToFile() {
    bora::enable_pretty_logging({.logging = LogLevel::warning});
    fs::remove_all(folder_);
  }
  LogToFile(const LogToFile&) = delete;
  LogToFile& operator=(const LogToFile&) = delete;

  void begin(bora::LogFormat format = bora::LogFormat::pretty) const {
    bora::enable_pretty_logging({.log_format = format, .log_file_prefix = path()});
  }
  [[nodiscard]] std::string path() const { return folder_ / "access.log"; }
  [[nodiscard]] std::string text() const {
    std::ostringstream text;
    text << std::ifstream(path()).rdbuf();
    return text.str();
  }

 private:
  fs::path folder_;
};

}  // namespace

TEST_CASE("access log: a line for each request, its level by the status (WEB-015)", "[web]") {
  const LogToFile log;
  log.begin();
  Application app({url<Answer>("/status/{status:int}")});
  bora::testing::HTTPTest test(app);
  test.fetch("/status/200?q=a%0A[I%20forged]\\x", {.headers = {{"User-Agent", "x"}}});
  test.fetch("/status/403");
  test.fetch("/status/503", {.method = "GET"});
  CHECK(bora::flush_logs());
  const std::regex expected(
      "\\[I \\d{6} \\d\\d:\\d\\d:\\d\\d access\\] 200 GET "
      "/status/200\\?q=a%0A\\[I%20forged\\]\\\\x \\(127\\.0\\.0\\.1\\) \\d+\\.\\d\\dms\n"
      "\\[W [^\n]* access\\] 403 GET /status/403 \\(127\\.0\\.0\\.1\\) \\d+\\.\\d\\dms\n"
      "\\[E [^\n]* access\\] 503 GET /status/503 \\(127\\.0\\.0\\.1\\) \\d+\\.\\d\\dms\n");
  CHECK(std::regex_search(log.text(), expected));
}

TEST_CASE("access log: lines of JSON", "[web]") {
  const LogToFile log;
  log.begin(bora::LogFormat::json);
  Application app({url<Answer>("/status/{status:int}")});
  bora::testing::HTTPTest test(app);
  test.fetch("/status/200");
  CHECK(bora::flush_logs());
  CHECK(log.text().find("\"log\":\"access\",\"message\":\"200 GET /status/200 (127.0.0.1) ") !=
        std::string::npos);
}

TEST_CASE("access log: with a full disk requests are answered, and lines wait for room", "[web]") {
  const LogToFile log;
  REQUIRE(::symlink("/dev/full", log.path().c_str()) == 0);
  log.begin();
  Application app({url<Answer>("/status/{status:int}")});
  bora::testing::HTTPTest test(app);
  for (int i = 0; i < 50; ++i) {
    CHECK(test.fetch("/status/200").status == 200);
    CHECK(test.fetch("/status/500").status == 500);
  }
  CHECK_FALSE(bora::flush_logs());
  fs::remove(log.path());
  CHECK(test.fetch("/status/201").status == 201);
  CHECK(bora::flush_logs(std::chrono::minutes(1)));
  const std::string text = log.text();
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = text.find(" access] ", at)) != std::string::npos; ++at) ++lines;
  CHECK(lines == 101);
}
