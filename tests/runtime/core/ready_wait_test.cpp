#include "runtime/core/ready_wait.h"

#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "tests/support/catch.h"

using bora::IOLoop;
using bora::ReadyWait;
using Event = bora::ReadyWait::Event;

namespace {

void run_until_idle() {
  while (IOLoop::current().run_once()) {
  }
}

/// The two ends of a connection; the tests wait for the first.
struct Ends {
  Ends() {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
  }
  ~Ends() {
    ::close(ends[0]);
    close_peer();
  }
  void close_peer() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  void send(const std::string& text) const {
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  [[nodiscard]] std::string receive(std::size_t most = 100) const {
    std::string text(most, '\0');
    const ssize_t count = ::read(ends[0], text.data(), most);
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return text;
  }
  int ends[2] = {-1, -1};
};

}  // namespace

TEST_CASE("ready wait: what comes is reported, once for each wait", "[core]") {
  const Ends ends;
  int told = 0;
  ReadyWait wait(IOLoop::current(), ends.ends[0], [&](Event event) {
    CHECK(event == Event::input);
    ++told;
  });
  wait.wait_for_input();
  wait.wait_for_input();
  run_until_idle();
  CHECK(told == 0);
  ends.send("a");
  run_until_idle();
  CHECK(told == 1);
  CHECK(ends.receive() == "a");
  wait.wait_for_more();
  run_until_idle();
  CHECK(told == 1);  // nothing has come since
  ends.send("b");
  run_until_idle();
  CHECK(told == 2);
  // Nobody waits now, so it is reported as soon as somebody does.
  CHECK(ends.receive() == "b");
  ends.send("c");
  run_until_idle();
  CHECK(told == 2);
  wait.wait_for_more();
  run_until_idle();
  CHECK(told == 3);
  CHECK(ends.receive() == "c");
}

TEST_CASE("ready wait: what was left is found by looking", "[core]") {
  Ends ends;
  int told = 0;
  ReadyWait wait(IOLoop::current(), ends.ends[0], [&](Event) { ++told; });
  wait.wait_for_input();
  ends.send("ab");
  run_until_idle();
  CHECK(told == 1);
  CHECK(ends.receive(1) == "a");
  wait.wait_for_input();
  run_until_idle();
  CHECK(told == 2);
  CHECK(ends.receive() == "b");
  wait.wait_for_more();
  ends.close_peer();
  run_until_idle();
  CHECK(told == 3);
}

TEST_CASE("ready wait: output is waited for beside input", "[core]") {
  const Ends ends;
  std::vector<Event> told;
  ReadyWait wait(IOLoop::current(), ends.ends[0], [&](Event event) { told.push_back(event); });
  const std::string block(4096, 'x');
  while (::write(ends.ends[0], block.data(), block.size()) > 0) {
  }
  wait.wait_for_input();
  wait.wait_for_output();
  run_until_idle();
  CHECK(told.empty());
  std::string rest(1 << 20, '\0');
  while (::read(ends.ends[1], rest.data(), rest.size()) > 0) {
  }
  run_until_idle();
  CHECK(told == std::vector<Event>{Event::output});
  wait.wait_for_output();
  run_until_idle();
  CHECK(told == std::vector<Event>{Event::output, Event::output});
  ends.send("a");
  run_until_idle();
  REQUIRE(told.size() == 3);
  CHECK(told.back() == Event::input);
}

TEST_CASE("ready wait: it ends where it is, in its own call too", "[core]") {
  const Ends ends;
  int told = 0;
  {
    ReadyWait pending(IOLoop::current(), ends.ends[0], [&](Event) { ++told; });
    pending.wait_for_input();
    pending.wait_for_output();
  }
  run_until_idle();
  CHECK(told == 0);
  {
    // Its event has come, but was not delivered yet.
    ReadyWait late(IOLoop::current(), ends.ends[0], [&](Event) { ++told; });
    late.wait_for_output();
    IOLoop::current().add_callback([] {});
  }
  run_until_idle();
  CHECK(told == 0);
  std::optional<ReadyWait> own;
  own.emplace(IOLoop::current(), ends.ends[0], [&](Event) {
    own.reset();
    ++told;
  });
  own->wait_for_input();
  ends.send("a");
  run_until_idle();
  CHECK(told == 1);
  // Another one can wait for the descriptor now.
  ReadyWait other(IOLoop::current(), ends.ends[0], [&](Event) { ++told; });
  other.wait_for_input();
  run_until_idle();
  CHECK(told == 2);
}

TEST_CASE("ready wait: what can't be watched is refused", "[core]") {
  const auto nothing = [](Event) {};
  CHECK_THROWS_AS(ReadyWait(IOLoop::current(), -1, nothing), std::system_error);
}
