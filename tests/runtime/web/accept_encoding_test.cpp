#include "runtime/web/accept_encoding.h"

#include <string_view>

#include "tests/support/catch.h"

using bora::web::quality_of;

TEST_CASE("Accept-Encoding: weights (RFC 9110, 12.5.3)", "[web]") {
  CHECK(quality_of("gzip", "gzip") == 1000);
  CHECK(quality_of("GZIP", "gzip") == 1000);
  CHECK(quality_of("x-gzip", "gzip") == 1000);
  CHECK(quality_of("deflate, gzip;q=1.0, *;q=0.5", "gzip") == 1000);
  CHECK(quality_of("deflate, gzip;q=1.0, *;q=0.5", "br") == 500);
  CHECK(quality_of("gzip ; q=0.123", "gzip") == 123);
  CHECK(quality_of("gzip;Q=0.5", "gzip") == 500);
  CHECK(quality_of("gzip;q=0", "gzip") == 0);
  CHECK(quality_of("gzip;q=0.000", "gzip") == 0);
  CHECK(quality_of("gzip;q=0, *", "gzip") == 0);
  CHECK(quality_of("*;q=0", "br") == 0);
  CHECK(quality_of("", "gzip") == 0);
  CHECK(quality_of("notgzip, gzipped", "gzip") == 0);
}

TEST_CASE("Accept-Encoding: identity is acceptable unless it is refused", "[web]") {
  CHECK(quality_of("", "identity") == 1);
  CHECK(quality_of("gzip", "identity") == 1);
  CHECK(quality_of("identity;q=0.5", "identity") == 500);
  CHECK(quality_of("identity;q=0", "identity") == 0);
  CHECK(quality_of("*;q=0", "identity") == 0);
}

TEST_CASE("Accept-Encoding: a malformed weight is a refusal", "[web]") {
  for (const std::string_view weight :
       {"gzip;q=", "gzip;q=x", "gzip;q=-1", "gzip;q=.5", "gzip;q=0,5", "gzip;q=0.1x",
        "gzip;q=0.123x", "gzip;q=2x", "gzip;q=1e9"}) {
    INFO(weight);
    CHECK(quality_of(weight, "gzip") == 0);
  }
  CHECK(quality_of("gzip;q=7", "gzip") == 1000);
  CHECK(quality_of("gzip;q=0.1234", "gzip") == 123);  // one decimal too many is ignored
  CHECK(quality_of(",,;;,gzip;level=1;q=0.5,", "gzip") == 500);
  CHECK(quality_of(";q=1", "gzip") == 0);
}
