#include <bora/testing/async_test.h>

#include <sys/socket.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/error.h>
#include <bora/core/future.h>
#include <bora/core/gen.h>
#include <bora/core/log.h>
#include <bora/net/error.h>
#include <bora/testing/bind_unused_port.h>
#include <bora/testing/catch.h>
#include <bora/testing/fake_clock.h>

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::testing::AsyncTest;
using bora::testing::ExpectLog;

namespace {

/// Keeps what helpers report as long as it lives; the tests' own framework does not get it.
class Reported {
 public:
  Reported() {
    texts().clear();
    bora::testing::set_failure_handler([](std::string_view what) { texts().emplace_back(what); });
  }
  ~Reported() {
    bora::testing::set_failure_handler(
        [](std::string_view what) { FAIL_CHECK(std::string(what)); });
  }
  Reported(const Reported&) = delete;
  Reported& operator=(const Reported&) = delete;

  static std::vector<std::string>& texts() {
    static std::vector<std::string> all;
    return all;
  }
};

/// Keeps the log lines that these tests provoke out of their output.
class Silence final : public bora::LogSink {
 public:
  Silence() : previous_(bora::set_log_sink(this)) {}
  ~Silence() { bora::set_log_sink(previous_); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  void write(const bora::LogRecord& record) noexcept override { lines.emplace_back(record.text); }
  std::vector<std::string> lines;

 private:
  bora::LogSink* previous_;
};

Task<void> wait_for_ever(std::vector<std::string>& seen) {
  try {
    co_await bora::sleep(1h);
  } catch (const bora::CancelledError&) {
    seen.emplace_back("cancelled");
    throw;
  }
}

}  // namespace

TEST_CASE("TST-01 AsyncTest: nothing of one test's loop is in the next", "[testing]") {
  std::vector<std::string> seen;
  {
    AsyncTest test;
    IOLoop::current().add_callback([&] { seen.emplace_back("callback"); });
    IOLoop::current().call_later(0s, [&] { seen.emplace_back("timeout"); });
  }
  {
    AsyncTest test;
    IOLoop::current().run_once();
    CHECK(IOLoop::current().statistics().pending_timeouts == 0);
  }
  CHECK(seen.empty());
}

TEST_CASE("TST-01 AsyncTest: Tasks that still wait at the end are cancelled", "[testing]") {
  std::vector<std::string> seen;
  {
    AsyncTest test;
    IOLoop::current().spawn(wait_for_ever(seen));
    IOLoop::current().spawn(wait_for_ever(seen));
  }
  CHECK(seen == std::vector<std::string>{"cancelled", "cancelled"});
}

TEST_CASE("TST-01 AsyncTest: a failure in the background fails the test", "[testing]") {
  const Silence silence;
  const Reported reported;
  SECTION("of a callback") {
    {
      AsyncTest test;
      IOLoop::current().add_callback([] { throw std::runtime_error("lost"); });
      IOLoop::current().run_once();
    }
    REQUIRE(Reported::texts().size() == 1);
    CHECK(Reported::texts()[0] ==
          "in the background: Exception in a callback: std::runtime_error: lost");
    CHECK(silence.lines.size() == 1);
  }
  SECTION("of a Task that ends with it only when it is cancelled") {
    {
      AsyncTest test;
      IOLoop::current().spawn([]() -> Task<void> {
        try {
          co_await bora::sleep(1h);
        } catch (const bora::CancelledError&) {
          throw std::runtime_error("while cleaning up");
        }
      }());
    }
    CHECK(Reported::texts().size() == 1);
  }
  SECTION("not if it was expected") {
    {
      AsyncTest test;
      const ExpectLog expected(bora::app_log, "Exception in a callback");
      IOLoop::current().add_callback([] { throw std::runtime_error("expected"); });
      IOLoop::current().run_once();
    }
    CHECK(Reported::texts().empty());
    CHECK(silence.lines.empty());
  }
}

TEST_CASE("TST-01 AsyncTest: stop() and wait()", "[testing]") {
  AsyncTest test;
  IOLoop& loop = IOLoop::current();
  SECTION("stop() ends the wait") {
    loop.call_later(1ms, [&] { test.stop(); });
    CHECK_NOTHROW(test.wait());
  }
  SECTION("stop() before wait()") {
    test.stop();
    CHECK_NOTHROW(test.wait(1h));
  }
  SECTION("a condition") {
    int count = 0;
    loop.add_callback([&] {
      ++count;
      loop.call_later(1ms, [&] { ++count; });
    });
    test.wait([&] { return count == 2; });
    CHECK(count == 2);
  }
  SECTION("a wait in vain") {
    CHECK_THROWS_AS(test.wait(1ms), bora::TimeoutError);
    CHECK_THROWS_AS(test.wait([] { return false; }, 1ms), bora::TimeoutError);
  }
}

TEST_CASE("TST-03 AsyncTest: a Task's value, exception, time-out", "[testing]") {
  AsyncTest test;
  CHECK(test.run([]() -> Task<int> {
    co_await bora::sleep(1ms);
    co_return 42;
  }) == 42);
  CHECK_THROWS_AS(test.run([]() -> Task<void> {
    co_await bora::sleep(0s);
    throw std::invalid_argument("its own");
  }),
                  std::invalid_argument);
  std::vector<std::string> seen;
  CHECK_THROWS_WITH(test.run(wait_for_ever(seen), 10ms), "Operation timed out after 0.01 seconds");
  CHECK(seen == std::vector<std::string>{"cancelled"});  // where it hung
}

TEST_CASE("TST-03 ASYNC_TEST_TIMEOUT", "[testing]") {
  using bora::testing::async_test_timeout;
  const char* const given = std::getenv("ASYNC_TEST_TIMEOUT");
  const std::string former = given == nullptr ? "" : given;
  ::unsetenv("ASYNC_TEST_TIMEOUT");
  CHECK(async_test_timeout() == 5s);
  ::setenv("ASYNC_TEST_TIMEOUT", "0.25", 1);
  CHECK(async_test_timeout() == 250ms);
  for (const char* const nonsense : {"", "soon", "-1", "0", "nan"}) {
    ::setenv("ASYNC_TEST_TIMEOUT", nonsense, 1);
    CHECK(async_test_timeout() == 5s);
  }
  ::setenv("ASYNC_TEST_TIMEOUT", "1e300", 1);
  CHECK(async_test_timeout() == 24h);
  ::unsetenv("ASYNC_TEST_TIMEOUT");
  if (given != nullptr) ::setenv("ASYNC_TEST_TIMEOUT", former.c_str(), 1);
}

ASYNC_TEST_CASE("TST-02 ASYNC_TEST_CASE: the body is a coroutine", "[testing]") {
  bora::Promise<int> promise;
  bora::Future<int> future = promise.future();
  IOLoop::current().call_later(1ms, [&] { promise.set_result(7); });
  const int value = co_await future;
  CHECK(value == 7);
  SECTION("one section") {
    co_await bora::sleep(0s);
    CHECK(IOLoop::current().is_running());
  }
  SECTION("another section") {
    SUCCEED();
  }
}

TEST_CASE("TST-05 FakeClock: timeouts go by it", "[testing]") {
  AsyncTest test;
  bora::testing::FakeClock clock;
  bool has_rung = false;
  IOLoop::current().call_later(10min, [&] { has_rung = true; });
  clock.advance(10min - 1ns);
  CHECK_FALSE(has_rung);
  clock.advance(1ns);
  CHECK(has_rung);
}

TEST_CASE("TST-06 bind_unused_port: the port is taken from the first moment", "[testing]") {
  const auto bound = bora::testing::bind_unused_port();
  CHECK(bound.port > 0);
  CHECK(bora::net::local_port(bound.socket.get()) == bound.port);
  CHECK_THROWS_AS(bora::net::bind_sockets(bound.port, "127.0.0.1"), bora::net::BindError);
  const auto shared = bora::testing::bind_unused_port(true);
  CHECK_NOTHROW(bora::net::bind_sockets(shared.port, "127.0.0.1", 1, true));
}

TEST_CASE("TST-07 ExpectLog: takes what matches, and lets the rest pass", "[testing]") {
  Silence rest;
  {
    const ExpectLog expected(bora::app_log, "cannot open .*\\.db");
    bora::app_log.error("cannot open site.db");
    bora::app_log.error("so: cannot open site.db");  // not from the start
    bora::gen_log.error("cannot open site.db");      // another log
    bora::app_log.warning("cannot open other.db, again");
    CHECK(expected.count() == 2);
    CHECK(expected.text() == "cannot open other.db, again");
  }
  CHECK(rest.lines == std::vector<std::string>{"so: cannot open site.db", "cannot open site.db"});
}

TEST_CASE("TST-07 ExpectLog: fails when nothing matched", "[testing]") {
  const Reported reported;
  SECTION("required") {
    {
      const ExpectLog expected(bora::app_log, "never");
    }
    REQUIRE(Reported::texts().size() == 1);
    CHECK(Reported::texts()[0] == "nothing was logged by 'application' that begins as /never/");
  }
  SECTION("not required") {
    {
      const ExpectLog expected(bora::app_log, "never", {.required = false});
    }
    CHECK(Reported::texts().empty());
  }
  SECTION("an exception tells enough") {
    try {
      const ExpectLog expected(bora::app_log, "never");
      throw std::runtime_error("first");
    } catch (const std::runtime_error&) {
    }
    CHECK(Reported::texts().empty());
  }
  SECTION("a bad expression") {
    CHECK_THROWS(ExpectLog(bora::app_log, "("));
    CHECK(Reported::texts().empty());
  }
}

TEST_CASE("TST-07 ExpectLog: with a level, exactly that one", "[testing]") {
  Silence rest;
  const bora::LogLevel before = bora::gen_log.level();
  bora::gen_log.set_level(bora::LogLevel::warning);
  {
    const ExpectLog expected(bora::gen_log, "detail", {.level = bora::LogLevel::debug});
    bora::gen_log.debug("detail 1");
    bora::gen_log.warning("detail 2");
    bora::gen_log.debug("other");  // would not have been written without it
    CHECK(expected.count() == 1);
  }
  CHECK(rest.lines == std::vector<std::string>{"detail 2"});
  CHECK(bora::gen_log.level() == bora::LogLevel::warning);
  bora::gen_log.set_level(before);
}

TEST_CASE("TST-07 ExpectLog: nested ones, from the inside", "[testing]") {
  const Silence rest;
  const ExpectLog outer(bora::app_log, "a");
  {
    const ExpectLog inner(bora::app_log, "ab");
    bora::app_log.error("abc");
    bora::app_log.error("ac");
    CHECK(inner.count() == 1);
  }
  bora::app_log.error("ab");
  CHECK(outer.count() == 2);
}
