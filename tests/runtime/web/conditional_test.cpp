#include "runtime/web/conditional.h"

#include <cstdint>
#include <string>

#include "tests/support/catch.h"

using bora::web::ByteRange;
using bora::web::if_none_match;
using bora::web::parse_range;
using bora::web::RangeOutcome;

TEST_CASE("if_none_match: a list of tags, compared weakly (WEB-045)", "[web]") {
  CHECK(if_none_match(R"("a")", R"("a")"));
  CHECK(if_none_match(R"(W/"a")", R"("a")"));
  CHECK(if_none_match(R"("a")", R"(W/"a")"));
  CHECK(if_none_match(R"("b", W/"a" ,"c")", R"("a")"));
  CHECK(if_none_match(R"("b,c","a")", R"("a")"));
  CHECK(if_none_match(" * ", R"("a")"));
  CHECK(!if_none_match("", R"("a")"));
  CHECK(!if_none_match(R"("b")", R"("a")"));
  CHECK(!if_none_match(R"("ab")", R"("a")"));
  CHECK(!if_none_match(R"("b", *)", R"("a")"));
}

TEST_CASE("if_none_match: what is no list of tags matches nothing", "[web]") {
  for (const char* header : {"a", "\"a", "a\"", "W/", "W/a", ",", "\"", "w/\"a\""}) {
    CAPTURE(header);
    CHECK(!if_none_match(header, R"("a")"));
  }
}

namespace {

/// "partial 2+3": offset and size.
std::string outcome(const char* header, std::int64_t size) {
  ByteRange range;
  switch (parse_range(header, size, range)) {
    case RangeOutcome::whole:
      return "whole";
    case RangeOutcome::unsatisfiable:
      return "unsatisfiable";
    case RangeOutcome::partial:
      return "partial " + std::to_string(range.offset) + "+" + std::to_string(range.size);
  }
  return {};
}

}  // namespace

TEST_CASE("parse_range: first and last byte, clipped to the size (WEB-099)", "[web]") {
  CHECK(outcome("bytes=0-4", 10) == "partial 0+5");
  CHECK(outcome("bytes=5-", 10) == "partial 5+5");
  CHECK(outcome("bytes=9-9", 10) == "partial 9+1");
  CHECK(outcome("bytes=5-99", 10) == "partial 5+5");
  CHECK(outcome("bytes=-4", 10) == "partial 6+4");
  CHECK(outcome("BYTES = 0-4 ", 10) == "partial 0+5");
  CHECK(outcome("bytes=0-", 10) == "whole");
  CHECK(outcome("bytes=0-9", 10) == "whole");
  CHECK(outcome("bytes=0-9223372036854775807", 10) == "whole");
  CHECK(outcome("bytes=-10", 10) == "whole");
  CHECK(outcome("bytes=-11", 10) == "whole");
}

TEST_CASE("parse_range: a range without a byte cannot be satisfied (WEB-099)", "[web]") {
  CHECK(outcome("bytes=10-", 10) == "unsatisfiable");
  CHECK(outcome("bytes=10-20", 10) == "unsatisfiable");
  CHECK(outcome("bytes=4-2", 10) == "unsatisfiable");
  CHECK(outcome("bytes=-0", 10) == "unsatisfiable");
  CHECK(outcome("bytes=0-", 0) == "unsatisfiable");
  CHECK(outcome("bytes=-5", 0) == "unsatisfiable");
}

TEST_CASE("parse_range: anything else is as if it were not there (WEB-099)", "[web]") {
  for (const char* header :
       {"", "bytes", "bytes=", "bytes=-", "bytes=1", "lines=1-2", "bytes=a-b", "bytes=1-2,3-4",
        "bytes=1-2-3", "bytes=--1", "bytes=+1-2", "bytes=1 -2", "bytes=0x1-2", "=1-2",
        "bytes=99999999999999999999-", "bytes=1-99999999999999999999"}) {
    CAPTURE(header);
    CHECK(outcome(header, 10) == "whole");
  }
}
