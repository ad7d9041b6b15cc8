#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>

#include <bora/core/io_loop.h>

#include "tests/support/catch.h"
#include "tests/support/log_recorder.h"

using namespace std::chrono_literals;
using bora::IOLoop;

namespace {

/// A pipe, whose ends are closed with this object.
class Pipe {
 public:
  Pipe() { REQUIRE(::pipe2(ends_, O_CLOEXEC) == 0); }
  ~Pipe() {
    for (const int end : ends_) {
      IOLoop::current().remove_handler(end);
      ::close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void put(const std::string& text) {
    REQUIRE(::write(writing(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  char get() {
    char c = 0;
    REQUIRE(::read(reading(), &c, 1) == 1);
    return c;
  }

 private:
  int ends_[2];
};

void turn() {
  while (IOLoop::current().run_once()) {
  }
}

}  // namespace

TEST_CASE("LOP-06 add_handler: called as long as there is something to read", "[core]") {
  IOLoop& loop = IOLoop::current();
  Pipe pipe;
  std::string seen;
  loop.add_handler(
      pipe.reading(),
      [&](int fd, unsigned events) {
        CHECK(fd == pipe.reading());
        CHECK(events == IOLoop::READ);
        seen += pipe.get();
      },
      IOLoop::READ);
  turn();
  CHECK(seen.empty());
  pipe.put("abc");
  turn();
  CHECK(seen == "abc");
  pipe.put("d");
  turn();
  CHECK(seen == "abcd");
}

TEST_CASE("LOP-06 add_handler: writing, and no more than was asked for", "[core]") {
  IOLoop& loop = IOLoop::current();
  Pipe pipe;
  int calls = 0;
  const auto stop_after_three = [&](int fd, unsigned events) {
    CHECK(events == IOLoop::WRITE);
    if (++calls == 3) loop.update_handler(fd, 0);
  };
  loop.add_handler(pipe.writing(), stop_after_three, IOLoop::WRITE);
  turn();
  CHECK(calls == 3);
  turn();
  CHECK(calls == 3);
  loop.update_handler(pipe.writing(), IOLoop::WRITE);
  for (int i = 0; i < 5 && calls == 3; ++i) loop.run_once();
  CHECK(calls > 3);
}

TEST_CASE("LOP-06 add_handler: twice, and unknown descriptors", "[core]") {
  IOLoop& loop = IOLoop::current();
  Pipe pipe;
  loop.add_handler(pipe.reading(), [](int, unsigned) {}, IOLoop::READ);
  CHECK_THROWS_AS(
      loop.add_handler(pipe.reading(), [](int, unsigned) {}, IOLoop::READ), std::invalid_argument);
  loop.remove_handler(pipe.reading());
  loop.remove_handler(pipe.reading());
  CHECK_THROWS_AS(loop.update_handler(pipe.reading(), IOLoop::READ), std::invalid_argument);
  CHECK_THROWS_AS(loop.add_handler(-1, [](int, unsigned) {}, IOLoop::READ), std::system_error);
  loop.remove_handler(-1);
}

TEST_CASE("LOP-22 remove_handler: one that is ready is not called any more", "[core]") {
  IOLoop& loop = IOLoop::current();
  Pipe first;
  Pipe second;
  std::string seen;
  const auto remove_other = [&](Pipe& own, Pipe& other) {
    return [&](int, unsigned) {
      seen += own.get();
      loop.remove_handler(other.reading());
    };
  };
  loop.add_handler(first.reading(), remove_other(first, second), IOLoop::READ);
  loop.add_handler(second.reading(), remove_other(second, first), IOLoop::READ);
  first.put("x");
  second.put("x");
  turn();
  CHECK(seen == "x");
}

TEST_CASE("LOP-06 remove_handler: within the handler, which is destroyed afterwards", "[core]") {
  IOLoop& loop = IOLoop::current();
  Pipe pipe;
  std::string seen;
  const std::string own = "a text that the handler owns, too long for the string itself";
  loop.add_handler(
      pipe.reading(),
      [&seen, &loop, own](int fd, unsigned) {
        loop.remove_handler(fd);
        seen += own;
      },
      IOLoop::READ);
  pipe.put("ab");
  turn();
  CHECK(seen == own);
}

TEST_CASE("LOP-06 add_handler: the other end's close is reported; an exception is logged",
          "[core]") {
  bora::test::LogRecorder log;
  IOLoop& loop = IOLoop::current();
  Pipe pipe;
  bool is_told = false;
  const int writing = ::dup(pipe.writing());
  loop.add_handler(
      pipe.reading(),
      [&](int fd, unsigned) {
        is_told = true;
        loop.remove_handler(fd);
        throw std::runtime_error("broken");
      },
      IOLoop::READ);
  ::close(writing);
  pipe.put("x");
  turn();
  CHECK(is_told);
  REQUIRE(log.lines.size() == 1);
  CHECK(log.lines[0] ==
        "E application: Exception in a descriptor's handler: std::runtime_error: broken");
}
