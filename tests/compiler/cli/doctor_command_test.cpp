// `bora doctor` with the headers of a system in memory; it asks the programs of this one.

#include "tests/compiler/cli/program.h"
#include "tests/support/catch.h"

using bora::testing::contains;
using bora::testing::Program;

TEST_CASE("doctor: what is missing has the command that installs it", "[cli]") {
  Program program;
  program.files.add("/usr/include/openssl/ssl.h", "");
  CHECK(program.run({"doctor"}) == 3);
  CHECK(contains(program.out, "ok      OpenSSL: found\n"));
  CHECK(contains(program.out, "MISSING zlib: not found\n          apt install zlib1g-dev\n"));
  CHECK(contains(program.out, "missing hiredis, for Redis: not found\n          apt install "));
  CHECK(contains(program.out, "What is MISSING is needed"));

  program.files.add("/usr/include/zlib.h", "");
  program.files.add("/usr/include/postgresql/libpq-fe.h", "");
  program.files.add("/usr/local/include/sqlite3.h", "");
  CHECK(program.run({"doctor", "--json"}) == 0);
  CHECK(contains(program.out, R"({"name":"libpq, for PostgreSQL","ok":true,)"));
  CHECK(contains(program.out, R"({"name":"SQLite","ok":true,)"));
  CHECK(contains(
      program.out,
      R"("ok":false,"needed":false,"found":"not found","remedy":"apt install libhiredis-dev"})"));
}
