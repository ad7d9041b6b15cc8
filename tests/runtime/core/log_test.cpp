#include <bora/core/log.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <limits>
#include <regex>
#include <stdexcept>
#include <string>

#include <bora/core/log_output.h>

#include "tests/support/catch.h"
#include "tests/support/log_recorder.h"

using bora::app_log;
using bora::LogLevel;
using bora::test::LogRecorder;

namespace {

/// As long as it lives, standard error goes to a descriptor.
class RedirectedStderr {
 public:
  explicit RedirectedStderr(int to) : before_(::dup(STDERR_FILENO)) { ::dup2(to, STDERR_FILENO); }
  ~RedirectedStderr() {
    bora::flush_logs();
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
  }
  RedirectedStderr(const RedirectedStderr&) = delete;
  RedirectedStderr& operator=(const RedirectedStderr&) = delete;

 private:
  int before_;
};

class Pipe {
 public:
  Pipe() {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    read_end = ends[0];
    write_end = ends[1];
    ::fcntl(read_end, F_SETFL, O_NONBLOCK);
  }
  ~Pipe() {
    ::close(read_end);
    ::close(write_end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  std::string read_all() const {
    std::string text;
    char bytes[4096];
    for (ssize_t count; (count = ::read(read_end, bytes, sizeof bytes)) > 0;) {
      text.append(bytes, static_cast<std::size_t>(count));
    }
    return text;
  }

  int read_end = -1;
  int write_end = -1;
};

/// What a message looks like on standard error, without the beginning and end of the line.
std::string as_written(std::string_view message) {
  const Pipe pipe;
  {
    const RedirectedStderr redirected(pipe.write_end);
    app_log.error(message);
  }
  const std::string line = pipe.read_all();
  const std::size_t front = line.find("] ");
  REQUIRE(front != std::string::npos);
  REQUIRE(line.back() == '\n');
  return line.substr(front + 2, line.size() - front - 3);
}

/// Sets a log's level back at the end.
class RestoredLevel {
 public:
  RestoredLevel() : level_(app_log.level()) {}
  ~RestoredLevel() { bora::set_log_level(level_); }
  RestoredLevel(const RestoredLevel&) = delete;
  RestoredLevel& operator=(const RestoredLevel&) = delete;

 private:
  LogLevel level_;
};

}  // namespace

TEST_CASE("log: a record is one line with level, time and log", "[core]") {
  const Pipe pipe;
  {
    const RedirectedStderr redirected(pipe.write_end);
    app_log.warning("disk ", 93, "% full");
    bora::gen_log.error("gone");
  }
  const std::regex expected(
      "\\[W \\d{6} \\d\\d:\\d\\d:\\d\\d application\\] disk 93% full\n"
      "\\[E \\d{6} \\d\\d:\\d\\d:\\d\\d general\\] gone\n");
  CHECK(std::regex_match(pipe.read_all(), expected));
}

TEST_CASE("log: text and numbers are written one after the other", "[core]") {
  const LogRecorder log;
  const std::string text = "string";
  const char* none = nullptr;
  app_log.error("literal ", text, ' ', std::string_view("view"), " ", true, " ", -7, " ", 8u, " ",
                2.5, " ", std::numeric_limits<std::int64_t>::min(), " ",
                std::numeric_limits<std::uint64_t>::max(), " ", none);
  REQUIRE(log.lines.size() == 1);
  CHECK(log.lines[0] ==
        "E application: literal string view true -7 8 2.5 -9223372036854775808 "
        "18446744073709551615 (null)");
}

TEST_CASE("log: levels below the one that is set are not written", "[core]") {
  const RestoredLevel restored;
  const LogRecorder log;
  app_log.info("quiet until options are parsed");
  CHECK(log.lines.empty());
  bora::set_log_level(LogLevel::info);
  app_log.debug("no");
  app_log.info("yes");
  bora::set_log_level(LogLevel::none);
  app_log.error("no");
  CHECK(log.lines.size() == 1);
  CHECK_FALSE(app_log.is_enabled(LogLevel::error));
}

TEST_CASE("log: an exception is written with its type", "[core]") {
  const LogRecorder log;
  try {
    throw std::out_of_range("row 9");
  } catch (...) {
    app_log.exception("GET /rows/9");
  }
  try {
    throw 3;
  } catch (...) {
    app_log.exception("GET /");
  }
  REQUIRE(log.lines.size() == 2);
  CHECK(log.lines[0] == "E application: GET /rows/9: std::out_of_range: row 9");
  CHECK(log.lines[1] == "E application: GET /: an exception that is not a std::exception");
}

TEST_CASE("log: no input can forge a line or reach the terminal", "[core]") {
  CHECK(as_written("a\n[E 261122 10:00:00 general] forged") ==
        "a\n    [E 261122 10:00:00 general] forged");
  CHECK(as_written("a\r\nb\n") == "a\n    b\n    ");
  CHECK(as_written("a\r\tb") == "a\\r\\tb");
  CHECK(as_written("\x1b[2J\x07\x7f") == "\\x1b[2J\\x07\\x7f");
  CHECK(as_written(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(as_written("\xc2\x9b"
                   "31m") == "\\xc2\\x9b31m");
}

TEST_CASE("log: UTF-8 is written as it is, other bytes are escaped", "[core]") {
  CHECK(as_written("für 10 € 🙂") == "für 10 € 🙂");
  CHECK(as_written("\xff\xfe") == "\\xff\\xfe");
  CHECK(as_written("\xc3") == "\\xc3");
  CHECK(as_written("\xe2\x82") == "\\xe2\\x82");
  CHECK(as_written("\xc0\xaf") == "\\xc0\\xaf");
  CHECK(as_written("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  CHECK(as_written("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
}

TEST_CASE("log: a long text is cut, between characters", "[core]") {
  for (std::size_t length = 4000; length < 4100; ++length) {
    const std::string written = as_written(std::string(length, 'a') + "€€€\n\x01");
    CHECK(written.size() < 4096);
    const std::string tail = written.substr(written.size() - 3);
    if (length > 4080) CHECK(tail == "...");
    CHECK((written.find("\xe2") == std::string::npos || written.find("€") != std::string::npos));
  }
  CHECK(as_written(std::string(100'000, '\n')).size() < 4096);
}

TEST_CASE("log: a full disk and a closed standard error are survived", "[core]") {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full >= 0) {
    const RedirectedStderr redirected(full);
    app_log.error("no room");
    ::close(full);
  }
  {
    const Pipe pipe;
    const RedirectedStderr redirected(pipe.write_end);
    ::close(STDERR_FILENO);
    app_log.error("nowhere");
  }
  const Pipe pipe;
  const RedirectedStderr redirected(pipe.write_end);
  app_log.error("back");
  CHECK(bora::flush_logs());
  CHECK(pipe.read_all().find("back\n") != std::string::npos);
}
