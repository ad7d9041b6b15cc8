#pragma once

#include <bora/core/io_loop.h>
#include <bora/postgres.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

/// Empties the PostgreSQL database of TEST_DATABASE, and returns its address.
inline std::string test_database() {
  const char* const where = std::getenv("TEST_DATABASE");
  if (where == nullptr) {
    throw std::runtime_error(
        "TEST_DATABASE must name a PostgreSQL that may be emptied, such as 'dbname=test'");
  }
  const auto empty = [where]() -> bora::Task<void> {
    bora::postgres::Pool pool{std::string(where)};
    co_await pool.run_script("drop schema public cascade; create schema public");
  };
  bora::IOLoop::current().run_sync(empty);
  return where;
}
