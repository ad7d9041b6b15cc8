// clang-format off: the header says that it comes first.
#include <bora/asio.h>
// clang-format on

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/read.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <bora/core/gen.h>
#include <bora/core/locks.h>

#include "tests/support/catch.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::use_task;
using bora::use_task_tuple;
using bora::test::Started;
using bora::test::turn;

namespace {

using Socket = asio::local::stream_protocol::socket;

struct Pair {
  Pair() { asio::local::connect_pair(near, far); }
  Socket near{bora::asio_context()};
  Socket far{bora::asio_context()};
};

template <class T>
T run(Task<T> task) {
  return IOLoop::current().run_sync(std::move(task), 30s);
}

// --- Asio's coroutines

asio::awaitable<int> asio_value(int value) {
  co_await asio::steady_timer(co_await asio::this_coro::executor, 0ms)
      .async_wait(asio::use_awaitable);
  co_return value;
}

asio::awaitable<void> asio_failure() {
  throw std::out_of_range("row 9");
  co_return;
}

asio::awaitable<std::string> asio_read(Socket& socket) {
  std::string text(5, ' ');
  co_await asio::async_read(socket, asio::buffer(text), asio::use_awaitable);
  co_return text;
}

// --- Tasks

Task<int> task_value(int value) {
  co_await bora::sleep(0ms);
  co_return value;
}

Task<int> ready_value(int value) {
  co_return value;
}

Task<void> task_failure() {
  co_await bora::sleep(0ms);
  throw std::out_of_range("row 9");
}

}  // namespace

TEST_CASE("asio: an awaitable is awaited in a Task", "[asio]") {
  const auto both = []() -> Task<int> {
    const int first = co_await asio::co_spawn(bora::asio_context(), asio_value(40), use_task);
    const int second = co_await asio::co_spawn(bora::asio_context(), asio_value(2), use_task);
    co_return first + second;
  };
  CHECK(run(both()) == 42);
}

TEST_CASE("asio: an awaitable's exception comes out of the Task's co_await", "[asio]") {
  const auto fails = []() -> Task<void> {
    co_await asio::co_spawn(bora::asio_context(), asio_failure(), use_task);
  };
  CHECK_THROWS_AS(run(fails()), std::out_of_range);
}

TEST_CASE("asio: cancelling a Task cancels the awaitable that it awaits", "[asio]") {
  Pair pair;
  const auto reads = [](Socket& socket) -> Task<void> {
    co_await asio::co_spawn(bora::asio_context(), asio_read(socket), use_task);
  };
  Started started(reads(pair.near));
  turn();
  CHECK(started.outcome() == "waits");
  started.cancel();
  turn(8);
  CHECK(started.outcome() == "cancelled");
}

TEST_CASE("asio: an awaitable waits for sockets on the loop", "[asio]") {
  Pair pair;
  const auto talks = [](Pair& sockets) -> Task<std::string> {
    co_await asio::async_write(sockets.far, asio::buffer("hello", 5), use_task);
    std::string text =
        co_await asio::co_spawn(bora::asio_context(), asio_read(sockets.near), use_task);
    co_return text;
  };
  CHECK(run(talks(pair)) == "hello");
}

TEST_CASE("asio: a Task is awaited in an awaitable", "[asio]") {
  const auto asio_side = []() -> asio::awaitable<int> {
    const int first = co_await bora::run_task(task_value(40), asio::use_awaitable);
    const int second = co_await bora::run_task(ready_value(2), asio::use_awaitable);
    co_return first + second;
  };
  const auto outer = [&]() -> Task<int> {
    const int value = co_await asio::co_spawn(bora::asio_context(), asio_side(), use_task);
    co_return value;
  };
  CHECK(run(outer()) == 42);
}

TEST_CASE("asio: a Task's exception comes out of the awaitable's co_await", "[asio]") {
  const auto asio_side = []() -> asio::awaitable<std::string> {
    std::string told;
    try {
      co_await bora::run_task(task_failure(), asio::use_awaitable);
    } catch (const std::out_of_range& failure) {
      told = failure.what();
    }
    co_return told;
  };
  const auto outer = [&]() -> Task<std::string> {
    std::string told = co_await asio::co_spawn(bora::asio_context(), asio_side(), use_task);
    co_return told;
  };
  CHECK(run(outer()) == "row 9");
}

TEST_CASE("asio: cancelling an awaitable cancels the Task that it awaits", "[asio]") {
  bora::Event never;
  std::string ended;
  asio::cancellation_signal signal;
  const auto waits = [](bora::Event& event, std::string& told) -> Task<void> {
    try {
      co_await event.wait();
    } catch (const bora::CancelledError&) {
      told += "task cancelled;";
      throw;
    }
  };
  const auto asio_side = [&]() -> asio::awaitable<void> {
    co_await bora::run_task(waits(never, ended), asio::use_awaitable);
  };
  asio::co_spawn(
      bora::asio_context(), asio_side(),
      asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& failure) {
        try {
          if (failure) std::rethrow_exception(failure);
        } catch (const std::system_error& error) {
          if (error.code() == asio::error::operation_aborted) ended += "aborted";
        }
      }));
  turn(8);
  CHECK(ended.empty());
  signal.emit(asio::cancellation_type::terminal);
  turn(8);
  CHECK(ended == "task cancelled;aborted");
}

TEST_CASE("asio: a cancelled Task reaches through an awaitable to the Task below", "[asio]") {
  bora::Event never;
  const auto below = [](bora::Event& event) -> Task<void> { co_await event.wait(); };
  const auto between = [&]() -> asio::awaitable<void> {
    co_await bora::run_task(below(never), asio::use_awaitable);
  };
  const auto above = [&]() -> Task<void> {
    co_await asio::co_spawn(bora::asio_context(), between(), use_task);
  };
  Started started(above());
  turn(8);
  CHECK(started.outcome() == "waits");
  started.cancel();
  turn(8);
  CHECK(started.outcome() == "cancelled");
}

TEST_CASE("asio: a Task with a plain handler; values that can only be moved", "[asio]") {
  const auto made = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  int got = 0;
  bora::run_task(made(), [&got](const std::exception_ptr& failure, std::unique_ptr<int> value) {
    got = failure ? -1 : *value;
  });
  CHECK(got == 0);  // never from within the call
  turn();
  CHECK(got == 7);
}

// --- Asio's objects, awaited

TEST_CASE("asio: timers", "[asio]") {
  const auto waits = []() -> Task<bool> {
    asio::steady_timer timer(bora::asio_context(), 1ms);
    co_await timer.async_wait(use_task);
    timer.expires_after(1h);
    asio::steady_timer canceller(bora::asio_context(), 0ms);
    canceller.async_wait([&timer](const asio::error_code&) { timer.cancel(); });
    const auto [error] = co_await timer.async_wait(use_task_tuple);
    co_return error == asio::error::operation_aborted;
  };
  CHECK(run(waits()));
}

TEST_CASE("asio: signals", "[asio]") {
  const auto waits = []() -> Task<int> {
    asio::signal_set signals(bora::asio_context(), SIGUSR1, SIGUSR2);
    ::raise(SIGUSR2);
    const int signal = co_await signals.async_wait(use_task);
    co_return signal;
  };
  CHECK(run(waits()) == SIGUSR2);
}

TEST_CASE("asio: a failing name", "[asio]") {
  const auto resolves = []() -> Task<void> {
    asio::ip::tcp::resolver resolver(bora::asio_context());
    co_await resolver.async_resolve("999.999.999.999", "1", asio::ip::tcp::resolver::numeric_host,
                                    use_task);
  };
  CHECK_THROWS_AS(run(resolves()), std::system_error);
}

TEST_CASE("asio: descriptors of one's own", "[asio]") {
  const auto copies = []() -> Task<std::string> {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    asio::posix::stream_descriptor input(bora::asio_context(), ends[0]);
    asio::posix::stream_descriptor output(bora::asio_context(), ends[1]);
    const std::string sent(200'000, 'x');
    const auto write = [](asio::posix::stream_descriptor& to,
                          const std::string& text) -> Task<void> {
      co_await asio::async_write(to, asio::buffer(text), use_task);
    };
    const auto read = [](asio::posix::stream_descriptor& from, std::string& text) -> Task<void> {
      co_await asio::async_read(from, asio::buffer(text), use_task);
    };
    std::string received(sent.size(), ' ');
    co_await bora::multi(write(output, sent), read(input, received));
    co_return received;
  };
  CHECK(run(copies()) == std::string(200'000, 'x'));
}

TEST_CASE("asio: a socket's wait, and its end", "[asio]") {
  Pair pair;
  const auto waits = [](Pair& sockets) -> Task<std::string> {
    co_await asio::async_write(sockets.far, asio::buffer("x", 1), use_task);
    co_await sockets.near.async_wait(Socket::wait_read, use_task);
    sockets.far.close();
    std::string text(10, ' ');
    const auto [error, count] =
        co_await asio::async_read(sockets.near, asio::buffer(text), use_task_tuple);
    text.resize(count);
    co_return error == asio::error::eof ? text : "no end";
  };
  CHECK(run(waits(pair)) == "x");
}
