#include <cstdlib>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/server_process.h"

// Runs samples/blog's own tests with PostgreSQL in place of SQLite.

TEST_CASE("blog: its tests hold with PostgreSQL, too", "[samples]") {
  const bora::test::PostgresServer server;
  const std::string command =
      "BLOG_TEST_DATABASE='" + server.address() + "' " BORA_SAMPLES_DIR "/blog/blog_test 2>&1";
  CHECK(std::system(command.c_str()) == 0);
}
