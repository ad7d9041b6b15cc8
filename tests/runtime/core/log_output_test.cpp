#include <bora/core/log_output.h>

#include <fcntl.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <bora/core/assert.h>
#include <bora/core/io_loop.h>

#include "runtime/core/log_file.h"
#include "tests/support/catch.h"
#include "tests/support/sanitizer.h"

// What concerns the whole process (its end, a fork, a thread that may or may not exist) is tested
// in a process of its own: this program runs again, with only the test "log output: child".

using bora::app_log;
using bora::LoggingOptions;
using bora::LogLevel;
using bora::LogRotateMode;
using bora::detail::LogFile;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = fs::temp_directory_path() / "bora-log-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(std::string_view name) const { return path_ / name; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  fs::path path_;
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Each record's text, without the beginning of the line.
std::vector<std::string> messages(const std::string& text) {
  std::vector<std::string> messages;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t front = line.find("] ");
    messages.push_back(front == std::string::npos ? line : line.substr(front + 2));
  }
  return messages;
}

std::vector<std::string> numbered(int count) {
  std::vector<std::string> lines;
  for (int i = 0; i < count; ++i) lines.push_back("line " + std::to_string(i));
  return lines;
}

void log_numbered(int count) {
  for (int i = 0; i < count; ++i) app_log.info("line ", i);
}

int count_threads() {
  return static_cast<int>(std::distance(fs::directory_iterator("/proc/self/task"), {}));
}

// --- Processes -----------------------------------------------------------------------------------

constexpr const char* kScenario = "BORA_TEST_LOG_SCENARIO";
constexpr const char* kFile = "BORA_TEST_LOG_FILE";

/// A process that plays a scenario. Its standard error can be read.
class Child {
 public:
  explicit Child(const char* scenario, const std::string& file = {}) {
    int errors[2];
    int steps[2];
    REQUIRE(::pipe2(errors, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(steps, O_CLOEXEC) == 0);
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      ::dup2(errors[1], STDERR_FILENO);
      ::dup2(steps[1], STDOUT_FILENO);
      ::setenv(kScenario, scenario, 1);
      ::setenv(kFile, file.c_str(), 1);
      ::execl("/proc/self/exe", "core_tests", "log output: child", nullptr);
      ::_exit(127);
    }
    ::close(errors[1]);
    ::close(steps[1]);
    errors_ = errors[0];
    steps_ = steps[0];
  }
  ~Child() {
    ::close(errors_);
    ::close(steps_);
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Waits until the child calls tell_step().
  void await_step() const {
    char byte = 0;
    REQUIRE(::read(steps_, &byte, 1) == 1);
  }
  /// Reads until every process has closed it.
  [[nodiscard]] std::string read_errors() const {
    std::string text;
    char bytes[65536];
    for (ssize_t count; (count = ::read(errors_, bytes, sizeof bytes)) > 0;) {
      text.append(bytes, static_cast<std::size_t>(count));
    }
    return text;
  }
  /// Returns the exit status; minus the signal's number if one ended it.
  int wait() {
    int status = 0;
    REQUIRE(::waitpid(pid_, &status, 0) == pid_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  int errors_ = -1;
  int steps_ = -1;
};

void tell_step() {
  REQUIRE(::write(STDOUT_FILENO, ".", 1) == 1);
}

/// Ends the process with `end` while lines are not written yet.
void end_after_lines(const std::function<void()>& end) {
  const rlimit no_core_dumps = {0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core_dumps);
  for (const int signal : {SIGABRT, SIGSEGV}) ::signal(signal, SIG_DFL);  // Catch has its own
  std::set_terminate(std::abort);
  bora::IOLoop::current();
  log_numbered(1000);
  end();
}

constexpr int kManyLines = 60'000;  // more than the memory for lines holds

const std::map<std::string, std::function<void()>> kScenarios = {
    {"exit", [] { end_after_lines([] { std::exit(0); }); }},
    {"quick_exit", [] { end_after_lines([] { std::quick_exit(0); }); }},
    {"abort", [] { end_after_lines([] { std::abort(); }); }},
    {"terminate", [] { end_after_lines([] { std::terminate(); }); }},
    {"assert", [] { end_after_lines([] { BORA_ASSERT(1 > 2); }); }},
    {"fault", [] { end_after_lines([] { ::raise(SIGSEGV); }); }},
    {"threads",
     [] {
       bora::IOLoop::current();
       std::vector<std::thread> threads;
       for (int thread = 0; thread < 4; ++thread) {
         threads.emplace_back([thread] {
           for (int i = 0; i < 1000; ++i) app_log.info(thread, " ", i);
         });
       }
       for (std::thread& thread : threads) thread.join();
     }},
    {"no reader",
     [] {
       bora::IOLoop::current();
       log_numbered(kManyLines);
       tell_step();
       bora::flush_logs(std::chrono::minutes(1));
     }},
    {"no reader at exit",
     [] {
       bora::IOLoop::current();
       log_numbered(kManyLines);
     }},
    {"no reader, no loop",
     [] {
       int ends[2];
       REQUIRE(::pipe2(ends, O_NONBLOCK) == 0);
       ::close(STDERR_FILENO);
       app_log.error("nowhere");
       ::dup2(ends[1], STDERR_FILENO);
       while (::write(ends[1], "##########", 10) > 0) {
       }
       ::fcntl(ends[1], F_SETFL, 0);
       log_numbered(99);
       std::string text(1 << 20, ' ');
       REQUIRE(::read(ends[0], text.data(), text.size()) > 4096);
       app_log.info("heard");
       ::close(ends[1]);
       ::close(STDERR_FILENO);
       text.resize(static_cast<std::size_t>(::read(ends[0], text.data(), text.size())));
       const std::vector<std::string> expected = {
           "100 log lines before this one were lost: they could not be written", "heard"};
       std::_Exit(messages(text) == expected ? 0 : 1);
     }},
    {"no loop",
     [] {
       log_numbered(10);
       app_log.info("threads: ", count_threads());
       ::_exit(0);
     }},
    {"fork",
     [] {
       bora::IOLoop::current();
       app_log.info("parent");
       if (const pid_t child = ::fork(); child == 0) {
         app_log.info("child, threads: ", count_threads());
         ::_exit(0);
       } else {
         ::waitpid(child, nullptr, 0);
       }
     }},
    {"both",
     [] {
       bora::enable_pretty_logging(
           {.log_to_stderr = bora::LogToStderr::yes, .log_file_prefix = std::getenv(kFile)});
       bora::IOLoop::current();
       log_numbered(100);
     }},
    {"neither",
     [] {
       bora::enable_pretty_logging({.log_to_stderr = bora::LogToStderr::no});
       bora::IOLoop::current();
       log_numbered(10);
     }},
    {"file too large",
     [] {
       bora::enable_pretty_logging({.log_file_prefix = std::getenv(kFile)});
       bora::IOLoop::current();
       rlimit limit = {1000, RLIM_INFINITY};
       ::setrlimit(RLIMIT_FSIZE, &limit);
       log_numbered(100);
       const bool is_written = bora::flush_logs();
       tell_step();
       limit.rlim_cur = RLIM_INFINITY;
       ::setrlimit(RLIMIT_FSIZE, &limit);
       std::_Exit(!is_written && bora::flush_logs() ? 0 : 1);
     }},
    {"file too large, no loop",
     [] {
       bora::enable_pretty_logging({.log_file_prefix = std::getenv(kFile)});
       const rlimit limit = {1000, RLIM_INFINITY};
       ::setrlimit(RLIMIT_FSIZE, &limit);
       log_numbered(100);
       std::_Exit(0);
     }},
    {"shared file",
     [] {
       bora::enable_pretty_logging({.log_file_prefix = std::getenv(kFile),
                                    .log_file_max_size = 20'000,
                                    .log_file_num_backups = 100});
       bora::IOLoop::current();
       for (int i = 0; i < 1000; ++i) {
         app_log.info(::getpid(), " ", i);
         if (i % 10 == 0) bora::flush_logs();
       }
     }},
};

}  // namespace

TEST_CASE("log output: child", "[.child]") {
  const char* scenario = std::getenv(kScenario);
  REQUIRE(scenario != nullptr);
  bora::set_log_level(LogLevel::info);
  kScenarios.at(scenario)();
  std::exit(0);
}

TEST_CASE("log output: without a loop lines leave at once, and no thread is made", "[core]") {
  Child child("no loop");
  std::vector<std::string> expected = numbered(10);
  expected.emplace_back("threads: 1");
  CHECK(messages(child.read_errors()) == expected);
  CHECK(child.wait() == 0);
}

TEST_CASE("log output: nothing is lost when the program ends", "[core]") {
  const std::map<std::string, int> ends = {{"exit", 0}, {"quick_exit", 0}};
  for (const auto& [scenario, status] : ends) {
    Child child(scenario.c_str());
    CHECK(messages(child.read_errors()) == numbered(1000));
    CHECK(child.wait() == status);
  }
}

TEST_CASE("log output: what waits is written when the program aborts or faults", "[core]") {
  for (const char* scenario : {"abort", "terminate", "assert", "fault"}) {
    if (BORA_TEST_HAS_SANITIZER && std::string_view(scenario) == "fault") continue;
    INFO(scenario);
    Child child(scenario);
    std::vector<std::string> lines = messages(child.read_errors());
    REQUIRE(lines.size() >= 1000);
    lines.resize(1000);
    CHECK(lines == numbered(1000));
    CHECK(child.wait() < 0);
  }
}

TEST_CASE("log output: lines of several threads are whole and in order", "[core]") {
  Child child("threads");
  std::map<std::string, int> next;
  for (const std::string& line : messages(child.read_errors())) {
    const std::size_t space = line.find(' ');
    CHECK(line.substr(space + 1) == std::to_string(next[line.substr(0, space)]++));
  }
  CHECK(child.wait() == 0);
  CHECK(next == std::map<std::string, int>{{"0", 1000}, {"1", 1000}, {"2", 1000}, {"3", 1000}});
}

TEST_CASE(
    "log output: a pipe that nobody reads holds up no loop, and losses are reported where they are",
    "[core]") {
  Child child("no reader");
  child.await_step();  // all were logged
  const std::vector<std::string> lines = messages(child.read_errors());
  CHECK(child.wait() == 0);
  REQUIRE(lines.size() > 1000);
  int lost = 0;
  int next = 0;
  for (const std::string& line : lines) {
    if (line.ends_with("were lost: they could not be written")) {
      lost += std::stoi(line);
      next += std::stoi(line);
      continue;
    }
    REQUIRE(line == "line " + std::to_string(next));
    ++next;
  }
  CHECK(next == kManyLines);
  CHECK(lost > 0);
}

TEST_CASE(
    "log output: without a loop a full pipe holds up nothing for long, and the loss is reported",
    "[core]") {
  Child child("no reader, no loop");
  CHECK(child.wait() == 0);
}

TEST_CASE("log output: a pipe that nobody reads does not keep the program from ending", "[core]") {
  Child child("no reader at exit");
  CHECK(child.wait() == 0);
}

TEST_CASE("log output: a fork leaves what waits to the parent and begins with nothing", "[core]") {
  Child child("fork");
  std::vector<std::string> lines = messages(child.read_errors());
  std::sort(lines.begin(), lines.end());
  CHECK(lines == std::vector<std::string>{"child, threads: 1", "parent"});
  CHECK(child.wait() == 0);
}

TEST_CASE("log output: LOG-05: log_to_stderr, with a file and without one", "[core]") {
  const Folder folder;
  Child both("both", folder.file("app.log"));
  CHECK(messages(both.read_errors()) == numbered(100));
  CHECK(both.wait() == 0);
  CHECK(messages(content(folder.file("app.log"))) == numbered(100));
  Child neither("neither");
  CHECK(neither.read_errors().empty());
  CHECK(neither.wait() == 0);
}

TEST_CASE("log output: a file that may not grow is survived, and its lines are kept", "[core]") {
  const Folder folder;
  const std::string file = folder.file("app.log");
  Child child("file too large", file);
  child.await_step();
  CHECK(child.wait() == 0);
  std::vector<std::string> lines = messages(content(file));
  const auto is_whole = [](const std::string& line) { return line.starts_with("line "); };
  CHECK(std::count_if(lines.begin(), lines.end(), is_whole) >= 100);
  lines.erase(std::remove_if(lines.begin(), lines.end(), std::not_fn(is_whole)), lines.end());
  CHECK(lines.back() == "line 99");
}

TEST_CASE("log output: without a loop a file that may not grow is survived too", "[core]") {
  const Folder folder;
  Child child("file too large, no loop", folder.file("app.log"));
  CHECK(child.wait() == 0);
}

TEST_CASE("log output: a full disk is survived, and lines wait for room", "[core]") {
  bora::IOLoop::current();
  const Folder folder;
  REQUIRE(::symlink("/dev/full", folder.file("app.log").c_str()) == 0);
  bora::enable_pretty_logging({.log_file_prefix = folder.file("app.log")});
  app_log.error("no room");
  CHECK_FALSE(bora::flush_logs());
  CHECK_FALSE(bora::flush_logs());
  fs::remove(folder.file("app.log"));
  app_log.error("room again");
  CHECK(bora::flush_logs(std::chrono::minutes(1)));
  CHECK(messages(content(folder.file("app.log"))) ==
        std::vector<std::string>{"no room", "room again"});
  bora::enable_pretty_logging({.logging = LogLevel::warning});
}

TEST_CASE("log output: several processes share a file and rotate it", "[core]") {
  const Folder folder;
  {
    Child first("shared file", folder.file("app.log"));
    Child second("shared file", folder.file("app.log"));
    Child third("shared file", folder.file("app.log"));
    for (Child* child : {&first, &second, &third}) CHECK(child->wait() == 0);
  }
  std::vector<std::string> all;
  for (const std::string& name : folder.names()) {
    const std::string text = content(folder.file(name));
    CHECK(text.size() <= 20'000 + 3 * 4096);
    for (const std::string& line : messages(text)) all.push_back(line);
  }
  std::sort(all.begin(), all.end());
  CHECK(std::unique(all.begin(), all.end()) == all.end());
  CHECK(all.size() == 3000);
  CHECK(folder.names().size() > 3);
}

// --- Files (LOG-04) ------------------------------------------------------------------------------

namespace {

void append(LogFile& file, std::string_view lines, std::time_t now = 0) {
  CHECK(file.write(lines, now) == 0);
  CHECK(lines.empty());
}

/// A moment in local time.
std::time_t at(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
  std::tm time = {};
  time.tm_year = year - 1900;
  time.tm_mon = month - 1;
  time.tm_mday = day;
  time.tm_hour = hour;
  time.tm_min = minute;
  time.tm_sec = second;
  time.tm_isdst = -1;
  return std::mktime(&time);
}

}  // namespace

TEST_CASE("log file: LOG-04: by size, former files are numbered and the oldest is removed",
          "[core]") {
  const Folder folder;
  LogFile file({.log_file_prefix = folder.file("app.log"),
                .log_file_max_size = 10,
                .log_file_num_backups = 2});
  append(file, "one\ntwo\n");
  CHECK(folder.names() == std::vector<std::string>{"app.log"});
  append(file, "three\nfour\nfive\n");
  append(file, "longer than a file may be\n6\n");
  CHECK(content(folder.file("app.log")) == "6\n");
  CHECK(content(folder.file("app.log.1")) == "longer than a file may be\n");
  CHECK(content(folder.file("app.log.2")) == "four\nfive\n");
  CHECK(folder.names().size() == 3);
}

TEST_CASE("log file: a relative path stays where it was given, after chdir()", "[core]") {
  const Folder folder;
  const Folder elsewhere;
  const fs::path before = fs::current_path();
  fs::current_path(fs::path(folder.file("x")).parent_path());
  LogFile file({.log_file_prefix = "app.log", .log_file_max_size = 10});
  append(file, "one\n");
  fs::current_path(fs::path(elsewhere.file("x")).parent_path());
  append(file, "two\n");
  append(file, "three\nfour\n");
  fs::current_path(before);
  CHECK(content(folder.file("app.log.2")) == "one\ntwo\n");
  CHECK(content(folder.file("app.log")) == "four\n");
  CHECK(elsewhere.names().empty());
}

TEST_CASE("log file: LOG-04: a size of 0, or no backups, mean that it is not rotated", "[core]") {
  const Folder folder;
  LogFile unlimited({.log_file_prefix = folder.file("a"), .log_file_max_size = 0});
  LogFile single(
      {.log_file_prefix = folder.file("b"), .log_file_max_size = 3, .log_file_num_backups = 0});
  append(unlimited, "one\ntwo\nthree\n");
  append(single, "one\ntwo\nthree\n");
  CHECK(folder.names() == std::vector<std::string>{"a", "b"});
  CHECK(content(folder.file("b")) == "one\ntwo\nthree\n");
}

TEST_CASE("log file: LOG-04: by time, former files bear the date at which they were begun",
          "[core]") {
  const Folder folder;
  LogFile file({.log_file_prefix = folder.file("app.log"),
                .log_file_num_backups = 2,
                .log_rotate_mode = LogRotateMode::time});
  append(file, "sunday\n", at(2026, 11, 22, 9));
  append(file, "sunday night\n", at(2026, 11, 22, 23, 59, 59));
  CHECK(folder.names() == std::vector<std::string>{"app.log"});
  append(file, "monday\n", at(2026, 11, 23));
  CHECK(content(folder.file("app.log.2026-11-22")) == "sunday\nsunday night\n");
  append(file, "tuesday\n", at(2026, 11, 24, 5));
  append(file, "wednesday\n", at(2026, 11, 25, 5));
  CHECK(folder.names() ==
        std::vector<std::string>{"app.log", "app.log.2026-11-23", "app.log.2026-11-24"});
  CHECK(content(folder.file("app.log")) == "wednesday\n");
}

TEST_CASE("log file: LOG-04: the units of time", "[core]") {
  struct Case {
    const char* when;
    int interval;
    std::time_t quiet;
    std::time_t due;
    const char* suffix;
  };
  const std::time_t begin = at(2026, 11, 18, 10);  // a Wednesday
  const Case cases[] = {
      {"S", 30, begin + 29, begin + 30, "2026-11-18_10-00-00"},
      {"M", 5, begin + 299, begin + 300, "2026-11-18_10-00"},
      {"H", 2, begin + 7199, begin + 7200, "2026-11-18_10"},
      {"D", 1, begin + 86399, begin + 86400, "2026-11-18"},
      {"midnight", 2, at(2026, 11, 19, 23, 59, 59), at(2026, 11, 20), "2026-11-18"},
      {"W2", 1, at(2026, 11, 18, 23, 59, 59), at(2026, 11, 19), "2026-11-12"},
      {"W0", 1, at(2026, 11, 23, 23, 59, 59), at(2026, 11, 24), "2026-11-17"},
  };
  for (const Case& c : cases) {
    INFO(c.when);
    const Folder folder;
    LogFile file({.log_file_prefix = folder.file("a"),
                  .log_rotate_mode = LogRotateMode::time,
                  .log_rotate_when = c.when,
                  .log_rotate_interval = c.interval});
    append(file, "1\n", begin);
    append(file, "2\n", c.quiet);
    CHECK(folder.names().size() == 1);
    append(file, "3\n", c.due);
    CHECK(folder.names() == std::vector<std::string>{"a", "a." + std::string(c.suffix)});
    CHECK(content(folder.file("a")) == "3\n");
  }
}

TEST_CASE("log file: LOG-04: a date that is taken is not overwritten", "[core]") {
  const Folder folder;
  std::ofstream(folder.file("a.2026-11-22")) << "precious\n";
  LogFile file({.log_file_prefix = folder.file("a"), .log_rotate_mode = LogRotateMode::time});
  append(file, "1\n", at(2026, 11, 22, 9));
  append(file, "2\n", at(2026, 11, 23, 9));
  CHECK(content(folder.file("a.2026-11-22")) == "precious\n");
  CHECK(content(folder.file("a.2026-11-22.1")) == "1\n");
}

TEST_CASE("log file: one that was moved or removed is made again", "[core]") {
  const Folder folder;
  LogFile file({.log_file_prefix = folder.file("a")});
  append(file, "1\n");
  fs::rename(folder.file("a"), folder.file("moved"));
  append(file, "2\n");
  CHECK(content(folder.file("moved")) == "1\n");
  CHECK(content(folder.file("a")) == "2\n");
  fs::remove(folder.file("a"));
  append(file, "3\n");
  CHECK(content(folder.file("a")) == "3\n");
}

TEST_CASE("log file: a folder that lets nothing be renamed is survived", "[core]") {
  const Folder folder;
  fs::create_directory(folder.file("a.1"));
  std::ofstream(folder.file("a.1") + "/entry") << "x";
  LogFile file(
      {.log_file_prefix = folder.file("a"), .log_file_max_size = 4, .log_file_num_backups = 1});
  append(file, "one\n");
  append(file, "two\n");
  CHECK(content(folder.file("a")) == "one\ntwo\n");
}

// --- enable_pretty_logging (LOG-04, LOG-02) ------------------------------------------------------

namespace {

/// Sets levels and output back at the end.
class Restored {
 public:
  Restored() = default;
  ~Restored() { bora::enable_pretty_logging({.logging = LogLevel::warning}); }
  Restored(const Restored&) = delete;
  Restored& operator=(const Restored&) = delete;
};

}  // namespace

TEST_CASE("log output: LOG-04: none leaves everything as it is", "[core]") {
  const Folder folder;
  const LogLevel before = app_log.level();
  bora::enable_pretty_logging({.logging = LogLevel::none, .log_file_prefix = folder.file("a")});
  CHECK(app_log.level() == before);
  CHECK(folder.names().empty());
}

TEST_CASE("log output: LOG-04: a value that does not exist, a file that can't be opened",
          "[core]") {
  const Folder folder;
  const auto file = [&](LoggingOptions options) {
    options.log_file_prefix = folder.file("a");
    bora::enable_pretty_logging(options);
  };
  CHECK_THROWS_WITH(file({.log_rotate_when = "noon"}),
                    "log_rotate_when: 'noon' is none of S, M, H, D, midnight, W0 to W6");
  CHECK_THROWS_AS(file({.log_rotate_when = "W7"}), std::invalid_argument);
  CHECK_THROWS_AS(file({.log_rotate_interval = 0}), std::invalid_argument);
  CHECK_THROWS_AS(file({.log_file_num_backups = -1}), std::invalid_argument);
  CHECK_THROWS_WITH(bora::enable_pretty_logging({.log_file_prefix = folder.file("no/folder")}),
                    "log file " + folder.file("no/folder") + ": No such file or directory");
  CHECK(folder.names().empty());
}

TEST_CASE("log output: LOG-04: a file in place of standard error, levels, reopening", "[core]") {
  const Restored restored;
  const Folder folder;
  bora::enable_pretty_logging({.logging = LogLevel::info, .log_file_prefix = folder.file("a")});
  app_log.debug("too detailed");
  app_log.info("first");
  CHECK(bora::flush_logs());
  fs::rename(folder.file("a"), folder.file("b"));
  bora::reopen_log_files();
  app_log.info("second");
  CHECK(bora::flush_logs());
  CHECK(messages(content(folder.file("b"))) == std::vector<std::string>{"first"});
  CHECK(messages(content(folder.file("a"))) == std::vector<std::string>{"second"});
}

TEST_CASE("log output: a line of JSON is valid whatever the message is", "[core]") {
  const Restored restored;
  const Folder folder;
  bora::enable_pretty_logging(
      {.log_format = bora::LogFormat::json, .log_file_prefix = folder.file("a")});
  app_log.warning("say \"hé\"\\\n\x01\xff\x7f");
  app_log.error(std::string(5000, '"'));
  CHECK(bora::flush_logs());
  std::istringstream lines(content(folder.file("a")));
  std::string line;
  std::getline(lines, line);
  CHECK(line.starts_with("{\"time\":\"20"));
  CHECK(line.substr(32) ==
        "Z\",\"level\":\"warning\",\"log\":\"application\",\"message\":"
        "\"say \\\"hé\\\"\\\\\\n\\u0001\\\\xff\\u007f\"}");
  std::getline(lines, line);
  CHECK(line.size() < 4096);
  CHECK(line.ends_with("\\\"...\"}"));
}

TEST_CASE("log output: LOG-02: on a terminal the front has the level's colour", "[core]") {
  const Restored restored;
  int controller = -1;
  int terminal = -1;
  REQUIRE(::openpty(&controller, &terminal, nullptr, nullptr, nullptr) == 0);
  const int before = ::dup(STDERR_FILENO);
  ::dup2(terminal, STDERR_FILENO);
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("NO_COLOR");
  bora::enable_pretty_logging({.logging = LogLevel::debug});
  app_log.debug("d");
  app_log.info("i");
  app_log.warning("w");
  app_log.error("e]");
  CHECK(bora::flush_logs());
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  std::string text;
  char bytes[1024];
  while (std::count(text.begin(), text.end(), '\n') < 4) {
    const ssize_t count = ::read(controller, bytes, sizeof bytes);
    REQUIRE(count > 0);
    text.append(bytes, static_cast<std::size_t>(count));
  }
  ::close(controller);
  ::close(terminal);
  CHECK(text.find("\x1b[34m[D ") == 0);
  CHECK(text.find(" application]\x1b[0m d\r\n\x1b[32m[I ") != std::string::npos);
  CHECK(text.find("\x1b[33m[W ") != std::string::npos);
  CHECK(text.find("\x1b[31m[E ") != std::string::npos);
  CHECK(text.ends_with("application]\x1b[0m e]\r\n"));
}
