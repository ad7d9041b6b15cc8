#include <cstdlib>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/server_process.h"

// Runs samples/shop's own tests with a Redis, and with each database.

TEST_CASE("shop: its tests hold with Redis, SQLite and PostgreSQL", "[samples]") {
  const bora::test::RedisServer redis;
  const bora::test::PostgresServer postgres;
  const std::string command =
      "SHOP_TEST_REDIS='unix://" + redis.socket() + "' " BORA_SAMPLES_DIR "/shop/shop_test 2>&1";
  CHECK(std::system(command.c_str()) == 0);
  const std::string both = "SHOP_TEST_DATABASE='" + postgres.address() + "' " + command;
  CHECK(std::system(both.c_str()) == 0);
}
