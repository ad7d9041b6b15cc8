#include <bora/asio.h>

#include <chrono>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>

#include <asio/dispatch.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/read_until.hpp>
#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>
#include <asio/write.hpp>

#include "tests/support/catch.h"

using namespace std::chrono_literals;
using asio::ip::tcp;
using bora::IOLoop;
using bora::Task;
using bora::use_task;
using bora::use_task_tuple;

namespace {

Task<void> greet(tcp::acceptor& acceptor) {
  tcp::socket socket = co_await acceptor.async_accept(use_task);
  std::string request;
  const std::size_t length =
      co_await asio::async_read_until(socket, asio::dynamic_buffer(request), '\n', use_task);
  const std::string answer = "hello " + request.substr(0, length);
  co_await asio::async_write(socket, asio::buffer(answer), use_task);
}

Task<std::string> ask(tcp::endpoint endpoint) {
  tcp::socket socket(bora::asio_context());
  co_await socket.async_connect(endpoint, use_task);
  const std::string request = "Asio\n";
  co_await asio::async_write(socket, asio::buffer(request), use_task);
  std::string answer;
  co_await asio::async_read_until(socket, asio::dynamic_buffer(answer), '\n', use_task);
  const auto [error, count] = co_await socket.async_read_some(asio::buffer(answer), use_task_tuple);
  CHECK(error == asio::error::eof);
  CHECK(count == 0);
  co_return answer;
}

}  // namespace

TEST_CASE("asio: sockets are awaited on the loop", "[core]") {
  IOLoop& loop = IOLoop::current();
  tcp::acceptor acceptor(bora::asio_context(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  loop.spawn(greet(acceptor));
  CHECK(loop.run_sync(ask(acceptor.local_endpoint()), 10s) == "hello Asio\n");
}

TEST_CASE("asio: an error is thrown, or given back", "[core]") {
  const auto cancelled = []() -> Task<bool> {
    asio::steady_timer timer(bora::asio_context(), 24h);
    IOLoop::current().add_callback([&timer] { timer.cancel(); });
    bool was_thrown = false;
    try {
      co_await timer.async_wait(use_task);
    } catch (const std::system_error& failure) {
      was_thrown = failure.code() == asio::error::operation_aborted;
    }
    IOLoop::current().add_callback([&timer] { timer.cancel(); });
    const auto [error] = co_await timer.async_wait(use_task_tuple);
    co_return was_thrown&& error == asio::error::operation_aborted;
  };
  CHECK(IOLoop::current().run_sync(cancelled(), 10s));
}

TEST_CASE("asio: an operation that completes at once goes straight on", "[core]") {
  const auto many = []() -> Task<int> {
    int count = 0;
    co_await asio::post(bora::asio_context(), use_task);
    for (; count < 100'000; ++count) co_await asio::dispatch(bora::asio_context(), use_task);
    co_return count;
  };
  CHECK(IOLoop::current().run_sync(many(), 60s) == 100'000);
}

TEST_CASE("asio: a coroutine stays on its thread when the work is done on another", "[core]") {
  asio::thread_pool pool(2);
  const auto hop = [&]() -> Task<bool> {
    bool stayed = true;
    for (int i = 0; i < 200; ++i) {
      co_await asio::post(pool, use_task);
      stayed = stayed && IOLoop::current_if_any() != nullptr && IOLoop::current().is_running();
    }
    co_return stayed;
  };
  CHECK(IOLoop::current().run_sync(hop(), 60s));
  pool.join();
}

TEST_CASE("asio: names are resolved on the loop", "[core]") {
  const auto resolve = []() -> Task<bool> {
    tcp::resolver resolver(bora::asio_context());
    const auto [error, results] =
        co_await resolver.async_resolve("127.0.0.1", "80", use_task_tuple);
    co_return !error && results.begin() != results.end();
  };
  CHECK(IOLoop::current().run_sync(resolve(), 60s));
}
