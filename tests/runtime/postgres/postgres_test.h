#pragma once

#include <chrono>
#include <string>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/postgres.h>

#include "tests/support/catch.h"
#include "tests/support/server_process.h"

namespace bora::postgres::test {

/// The program's own server.
inline bora::test::PostgresServer& server() {
  static bora::test::PostgresServer one;
  return one;
}

inline PoolOptions options(std::size_t size = 4) {
  PoolOptions made;
  made.where = server().address();
  made.max_size = size;
  return made;
}

template <class Body>
void run(Body body) {
  IOLoop::current().run_sync(body(), std::chrono::seconds(120));
}

/// Waits for a while until the pool has `idle` idle connections.
inline Task<void> settle(Pool& pool, std::size_t idle) {
  for (int i = 0; i < 2000 && pool.statistics().idle != idle; ++i) {
    co_await sleep(std::chrono::milliseconds(5));
  }
}

template <class Failure = database::Error, class T>
Task<std::string> failure_of(Task<T> task) {
  std::string what = "it did not fail";
  try {
    co_await task;
  } catch (const Failure& failure) {
    what = failure.what();
  }
  co_return what;
}

}  // namespace bora::postgres::test
