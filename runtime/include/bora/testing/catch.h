#pragma once

#if __has_include(<catch2/catch.hpp>)
#include <catch2/catch.hpp>
#else
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#endif

#include <string>

#include <bora/core/task.h>
#include <bora/testing/async_test.h>
#include <bora/testing/expect_log.h>
#include <bora/testing/failure.h>

// Tests with Catch2 (version 2 or 3) that are coroutines with a loop of their own:
//
//   ASYNC_TEST_CASE("echo: a line comes back", "[echo]") {
//     auto stream = co_await client.connect("127.0.0.1", port);
//     co_await stream.write("hello\n");
//     const std::string line = co_await stream.read_until("\n");
//     CHECK(line == "hello\n");
//   }
//
// Sections, REQUIRE and generators work as in any TEST_CASE. Await into a variable first: g++ 12
// can't compile `CHECK(co_await …)`.

namespace bora::testing::detail {
inline const bool catch_is_told = [] {
  set_failure_handler([](std::string_view what) { FAIL_CHECK(std::string(what)); });
  return true;
}();
}  // namespace bora::testing::detail

#define BORA_JOIN_NAMES_(first, second) first##second
#define BORA_JOIN_NAMES(first, second) BORA_JOIN_NAMES_(first, second)
#define BORA_ASYNC_TEST_CASE(body, ...)   \
  static ::bora::Task<void> body();       \
  TEST_CASE(__VA_ARGS__) {                \
    ::bora::testing::AsyncTest bora_test; \
    bora_test.run(body());                \
  }                                       \
  static ::bora::Task<void> body()

/// A TEST_CASE whose body is a Task<void>: it may `co_await`. It fails if it has not ended after
/// async_test_timeout(), and if AsyncTest finds an error.
#define ASYNC_TEST_CASE(...) \
  BORA_ASYNC_TEST_CASE(BORA_JOIN_NAMES(bora_async_test_, __LINE__), __VA_ARGS__)
