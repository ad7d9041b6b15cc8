#include <bora/net/subprocess.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using bora::IOLoop;
using bora::Task;
using bora::net::CalledProcessError;
using bora::net::FileDescriptor;
using bora::net::StreamClosedError;
using bora::net::Subprocess;
using bora::net::SubprocessOptions;
using namespace std::chrono_literals;

namespace {

constexpr auto kPatience = 20s;

template <class T>
T run(Task<T> task) {
  return IOLoop::current().run_sync(std::move(task), kPatience);
}

Task<std::string> output_of(std::vector<std::string> args, SubprocessOptions options = {}) {
  options.stdout_ = Subprocess::STREAM;
  Subprocess program(std::move(args), std::move(options));
  std::string text = co_await program.stdout_->read_until_close();
  co_await program.wait_for_exit();
  co_return text;
}

Task<int> returncode_of(std::vector<std::string> args) {
  Subprocess program(std::move(args));
  const int returncode = co_await program.wait_for_exit(false);
  co_return returncode;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

bool has_children() {
  return ::waitpid(-1, nullptr, WNOHANG) == 0 || errno != ECHILD;
}

/// Makes a descriptor number free as long as it lives.
class Without {
 public:
  explicit Without(int fd) : fd_(fd), kept_(::fcntl(fd, F_DUPFD_CLOEXEC, 100)) { ::close(fd); }
  ~Without() {
    ::dup2(kept_, fd_);
    ::close(kept_);
  }
  Without(const Without&) = delete;
  Without& operator=(const Without&) = delete;

 private:
  int fd_;
  int kept_;
};

}  // namespace

TEST_CASE("subprocess: PRC-05: stdin and stdout as streams", "[net]") {
  run([]() -> Task<void> {
    SubprocessOptions options;
    options.stdin_ = options.stdout_ = Subprocess::STREAM;
    Subprocess program({"cat"}, options);
    CHECK(program.pid() > 0);
    CHECK_FALSE(program.stderr_.has_value());
    co_await program.stdin_->write("hello\n");
    const std::string echo = co_await program.stdout_->read_until("\n");
    CHECK(echo == "hello\n");
    CHECK_FALSE(program.returncode().has_value());
    program.stdin_.reset();
    const std::string rest = co_await program.stdout_->read_until_close();
    CHECK(rest.empty());
    const int returncode = co_await program.wait_for_exit();
    CHECK(returncode == 0);
    CHECK(program.returncode() == 0);
  }());
}

TEST_CASE("subprocess: PRC-05: more than the pipes hold, both ways at once", "[net]") {
  run([]() -> Task<void> {
    SubprocessOptions options;
    options.stdin_ = options.stdout_ = Subprocess::STREAM;
    Subprocess program({"cat"}, options);
    const std::string sent(1'000'000, 'x');
    auto writing = [](Subprocess& to, const std::string& text) -> Task<void> {
      co_await to.stdin_->write(text);
      to.stdin_.reset();
    };
    auto written = bora::spawn(writing(program, sent));
    const std::string received = co_await program.stdout_->read_until_close();
    CHECK(received == sent);
    co_await std::move(written);
    co_await program.wait_for_exit();
  }());
}

TEST_CASE("subprocess: PRC-10: stderr alone, and together with stdout", "[net]") {
  const std::vector<std::string> both = {"sh", "-c", "echo out; echo err >&2"};
  run([](std::vector<std::string> args) -> Task<void> {
    SubprocessOptions options;
    options.stdout_ = options.stderr_ = Subprocess::STREAM;
    Subprocess program(std::move(args), options);
    const std::string errors = co_await program.stderr_->read_until_close();
    CHECK(errors == "err\n");
    const std::string output = co_await program.stdout_->read_until_close();
    CHECK(output == "out\n");
    co_await program.wait_for_exit();
  }(both));
  SubprocessOptions merged;
  merged.stderr_ = Subprocess::STDOUT;
  CHECK(run(output_of(both, merged)) == "out\nerr\n");
  SubprocessOptions dropped;
  dropped.stderr_ = Subprocess::DEVNULL;
  CHECK(run(output_of(both, dropped)) == "out\n");
}

TEST_CASE("subprocess: PRC-10: no shell unless it is asked for", "[net]") {
  CHECK(run(output_of({"printf", "%s|", "$HOME", "; ls", "*", "a b", ""})) == "$HOME|; ls|*|a b||");
  SubprocessOptions options;
  options.shell = true;
  CHECK(run(output_of({"echo $((1 + 2)) $0 $1", "zero", "one two"}, options)) ==
        "3 zero one two\n");
}

TEST_CASE("subprocess: PRC-10: cwd and env", "[net]") {
  SubprocessOptions options;
  options.cwd = "/";
  options.env = {{"ONE", "1"}, {"TWO", "a=b c"}};
  CHECK(run(output_of({"/bin/sh", "-c", "pwd; echo $ONE-$TWO-$HOME"}, options)) == "/\n1-a=b c-\n");
  options.env.emplace();
  CHECK(run(output_of({"/usr/bin/env"}, options)).empty());
}

TEST_CASE("subprocess: a descriptor of the caller", "[net]") {
  const auto path = std::filesystem::temp_directory_path() / "bora_subprocess_input";
  {
    const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    REQUIRE(::pwrite(file.get(), "text", 4, 0) == 4);
    SubprocessOptions options;
    options.stdin_ = file.get();
    CHECK(run(output_of({"cat"}, options)) == "text");
    CHECK(::fcntl(file.get(), F_GETFD) == FD_CLOEXEC);
  }
  std::filesystem::remove(path);
}

TEST_CASE("subprocess: it gets no descriptor but the three, and no signal blocked or ignored",
          "[net]") {
  const FileDescriptor leaky(::fcntl(STDERR_FILENO, F_DUPFD, 60));  // no close-on-exec
  // The fourth is the folder that ls reads.
  CHECK(run(output_of({"ls", "/proc/self/fd"})) == "0\n1\n2\n3\n");
  IOLoop::current();  // ignores SIGPIPE
  CHECK(run(returncode_of({"sh", "-c", "kill -PIPE $$"})) == -SIGPIPE);
  CHECK(run(output_of({"grep", "SigBlk", "/proc/self/status"})) == "SigBlk:\t0000000000000000\n");
}

TEST_CASE("subprocess: this program may have closed its own standard descriptors", "[net]") {
  std::string text;
  {
    const Without input(STDIN_FILENO);
    const Without output(STDOUT_FILENO);
    SubprocessOptions options;
    options.stdin_ = Subprocess::DEVNULL;
    options.stderr_ = Subprocess::STDOUT;
    text = run(output_of({"sh", "-c", "cat; echo one; echo two >&2"}, options));
  }
  CHECK(text == "one\ntwo\n");
}

TEST_CASE("subprocess: PRC-05: what can't be started is reported, and leaves nothing open",
          "[net]") {
  IOLoop::current();
  SubprocessOptions options;
  options.stdin_ = options.stdout_ = options.stderr_ = Subprocess::STREAM;
  run(output_of({"true"}));  // makes what is made only once
  const std::size_t before = open_descriptors();
  CHECK_THROWS_WITH(Subprocess({"no-such-program"}, options),
                    "can't run \"no-such-program\": No such file or directory");
  CHECK_THROWS_WITH(Subprocess({"/etc/passwd"}, options),
                    "can't run \"/etc/passwd\": Permission denied");
  options.cwd = "/no/such/folder";
  CHECK_THROWS_WITH(Subprocess({"true"}, options),
                    "can't run \"true\" in /no/such/folder: No such file or directory");
  options.cwd.clear();
  options.stdout_ = 12345;
  CHECK_THROWS_AS(Subprocess({"true"}, options), std::system_error);
  options.stdout_ = Subprocess::STDOUT;
  CHECK_THROWS_AS(Subprocess({"true"}, options), std::invalid_argument);
  CHECK_THROWS_AS(Subprocess({}), std::invalid_argument);
  CHECK_THROWS_AS(Subprocess({"echo", std::string("a\0b", 3)}), std::invalid_argument);
  CHECK(open_descriptors() == before);
  CHECK_FALSE(has_children());
}

TEST_CASE("subprocess: PRC-07: wait_for_exit reports failures", "[net]") {
  CHECK(run(returncode_of({"sh", "-c", "exit 7"})) == 7);
  run([]() -> Task<void> {
    Subprocess program({"sh", "-c", "exit 7"});
    int returncode = 0;
    std::string text;
    try {
      co_await program.wait_for_exit();
    } catch (const CalledProcessError& error) {
      returncode = error.returncode();
      text = error.what();
    }
    CHECK(returncode == 7);
    CHECK(text == "\"sh\" exited with status 7");
    const int again = co_await program.wait_for_exit(false);
    CHECK(again == 7);
  }());
}

TEST_CASE("subprocess: PRC-08: a signal is a negative returncode", "[net]") {
  run([]() -> Task<void> {
    SubprocessOptions options;
    options.stdin_ = Subprocess::STREAM;
    Subprocess program({"cat"}, options);
    program.terminate();
    std::string text;
    try {
      co_await program.wait_for_exit();
    } catch (const CalledProcessError& error) {
      text = error.what();
    }
    CHECK(text == "\"cat\" was ended by SIGTERM");
    CHECK(program.returncode() == -SIGTERM);
    program.kill();  // reaches nobody
  }());
}

TEST_CASE("subprocess: PRC-06: the exit callback, also for one that has ended", "[net]") {
  run([]() -> Task<void> {
    std::vector<int> codes;
    Subprocess program({"sh", "-c", "exit 3"});
    program.set_exit_callback([&codes](int) { codes.push_back(-1); });
    program.set_exit_callback([&codes](int code) { codes.push_back(code); });
    co_await program.wait_for_exit(false);
    co_await bora::moment;
    CHECK(codes == std::vector{3});
    program.set_exit_callback([&codes](int code) { codes.push_back(code + 1); });
    CHECK(codes.size() == 1);
    co_await bora::moment;
    co_await bora::moment;
    CHECK(codes == std::vector{3, 4});
  }());
}

TEST_CASE("subprocess: a cancelled wait leaves the program alone; several may wait", "[net]") {
  run([]() -> Task<void> {
    SubprocessOptions options;
    options.stdin_ = Subprocess::STREAM;
    Subprocess program({"cat"}, options);
    auto cancelled = bora::spawn(program.wait_for_exit());
    auto first = bora::spawn(program.wait_for_exit());
    auto second = bora::spawn(program.wait_for_exit());
    cancelled.cancel();
    bool was_cancelled = false;
    try {
      co_await std::move(cancelled);
    } catch (const bora::CancelledError&) {
      was_cancelled = true;
    }
    CHECK(was_cancelled);
    CHECK_FALSE(program.returncode().has_value());
    program.stdin_.reset();
    const int one = co_await std::move(first);
    const int two = co_await std::move(second);
    CHECK(one == 0);
    CHECK(two == 0);
  }());
}

TEST_CASE("subprocess: writing to a program that has ended", "[net]") {
  run([]() -> Task<void> {
    SubprocessOptions options;
    options.stdin_ = Subprocess::STREAM;
    Subprocess program({"true"}, options);
    co_await program.wait_for_exit();
    std::error_code reason;
    try {
      co_await program.stdin_->write("text");
    } catch (const StreamClosedError& error) {
      reason = error.real_error();
    }
    CHECK(reason == std::errc::broken_pipe);
  }());
}

TEST_CASE("subprocess: kill_with_object, and moving", "[net]") {
  run([]() -> Task<void> {
    int code = 0;
    SubprocessOptions options;
    options.stdin_ = Subprocess::STREAM;
    options.kill_with_object = true;
    bora::Promise<void> ended;
    {
      Subprocess made({"cat"}, options);
      Subprocess program = std::move(made);
      program.set_exit_callback([&](int returncode) {
        code = returncode;
        ended.set_result();
      });
    }
    co_await ended.future();
    CHECK(code == -SIGKILL);
  }());
}

TEST_CASE("subprocess: thousands leave neither descriptors nor zombies", "[net]") {
  run(output_of({"true"}));
  const std::size_t before = open_descriptors();
  run([]() -> Task<void> {
    constexpr int kRounds = 40;
    constexpr int kAtOnce = 50;
    for (int round = 0; round < kRounds; ++round) {
      int left = kAtOnce;
      bora::Promise<void> all;
      for (int i = 0; i < kAtOnce; ++i) {
        SubprocessOptions options;
        options.stdout_ = Subprocess::STREAM;
        Subprocess program({"/bin/true"}, options);  // forgotten while it runs
        program.set_exit_callback([&](int) {
          if (--left == 0) all.set_result();
        });
      }
      co_await all.future();
    }
  }());
  CHECK(open_descriptors() == before);
  CHECK_FALSE(has_children());
}

TEST_CASE("subprocess: without a pidfd its end is looked for", "[net]") {
  run(output_of({"true"}));
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const int lowest_free = ::dup(STDERR_FILENO);
  ::close(lowest_free);
  rlimit none = limit;
  none.rlim_cur = static_cast<rlim_t>(lowest_free);  // enough for a program with three
  ::setrlimit(RLIMIT_NOFILE, &none);
  Subprocess program({"sh", "-c", "exit 5"});
  ::setrlimit(RLIMIT_NOFILE, &limit);
  CHECK(run(program.wait_for_exit(false)) == 5);
  CHECK_FALSE(has_children());
}

TEST_CASE("subprocess: a status that somebody else took", "[net]") {
  bora::testing::LogCapture log;
  Subprocess program({"true"});
  REQUIRE(::waitpid(program.pid(), nullptr, 0) == program.pid());
  CHECK(run(program.wait_for_exit(false)) == 255);
  REQUIRE(log.records.size() == 1);
  CHECK(log.records[0].text.find("was taken by somebody else") != std::string::npos);
}

TEST_CASE("subprocess: a program that was started with SIGCHLD ignored learns how others end",
          "[net]") {
  struct sigaction before = {};
  ::sigaction(SIGCHLD, nullptr, &before);
  struct sigaction action = {};
  SECTION("ignored") {
    action.sa_handler = SIG_IGN;
  }
  SECTION("not kept") {
    action.sa_flags = SA_NOCLDWAIT;
  }
  ::sigaction(SIGCHLD, &action, nullptr);
  const bora::testing::LogCapture log;
  CHECK(run(returncode_of({"/bin/sh", "-c", "exit 7"})) == 7);
  CHECK(run(output_of({"/bin/sh", "-c", "echo fine"})) == "fine\n");
  CHECK(log.records.empty());
  ::sigaction(SIGCHLD, &before, nullptr);
}
