#include "tests/support/catch.h"

TEST_CASE("task: stub", "[core]") { CHECK(true); }
