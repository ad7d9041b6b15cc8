#include "runtime/web/conditional.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.h"

using bora::web::ByteRange;
using bora::web::check_preconditions;
using bora::web::if_match;
using bora::web::if_none_match;
using bora::web::is_range_current;
using bora::web::parse_ranges;
using bora::web::Precondition;
using bora::web::RangeOutcome;
using bora::web::Validators;

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

TEST_CASE("if_match: a list of tags, compared strongly (RFC 9110, 13.1.1)", "[web]") {
  CHECK(if_match(R"("a")", R"("a")"));
  CHECK(if_match("\"b\",\t \"a\" , \"c\"", R"("a")"));
  CHECK(if_match("*", R"("a")"));
  CHECK(if_match("*", ""));
  CHECK(!if_match(R"(W/"a")", R"("a")"));
  CHECK(!if_match(R"("a")", R"(W/"a")"));
  CHECK(!if_match(R"(W/"a")", R"(W/"a")"));
  CHECK(!if_match(R"("b")", R"("a")"));
  CHECK(!if_match("nope", R"("a")"));
  CHECK(!if_match("", R"("a")"));
  CHECK(!if_match(R"("")", ""));
}

namespace {

using Fields = std::initializer_list<bora::http::HTTPHeaders::Field>;

constexpr std::int64_t kModified = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr const char* kDate = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr const char* kBefore = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr const char* kAfter = "Sun, 06 Nov 1994 08:49:38 GMT";
const Validators kCurrent{R"("a")", kModified};

Precondition ask(Fields fields, std::string_view method = "GET",
                 const Validators& current = kCurrent) {
  return check_preconditions(bora::http::HTTPHeaders(fields), method, current);
}

}  // namespace

TEST_CASE("preconditions: each by itself (RFC 9110, 13.1)", "[web]") {
  CHECK(ask({}) == Precondition::holds);
  CHECK(ask({{"If-Match", R"("a")"}}) == Precondition::holds);
  CHECK(ask({{"If-Match", R"("b")"}}) == Precondition::failed);
  CHECK(ask({{"If-Unmodified-Since", kDate}}) == Precondition::holds);
  CHECK(ask({{"If-Unmodified-Since", kBefore}}) == Precondition::failed);
  CHECK(ask({{"If-Unmodified-Since", kBefore}}, "PUT") == Precondition::failed);
  CHECK(ask({{"If-None-Match", R"("a")"}}) == Precondition::not_modified);
  CHECK(ask({{"If-None-Match", R"("a")"}}, "HEAD") == Precondition::not_modified);
  CHECK(ask({{"If-None-Match", R"("a")"}}, "PUT") == Precondition::failed);
  CHECK(ask({{"If-None-Match", R"("b")"}}, "PUT") == Precondition::holds);
  CHECK(ask({{"If-Modified-Since", kDate}}) == Precondition::not_modified);
  CHECK(ask({{"If-Modified-Since", kAfter}}) == Precondition::not_modified);
  CHECK(ask({{"If-Modified-Since", kBefore}}) == Precondition::holds);
  CHECK(ask({{"If-Modified-Since", kDate}}, "POST") == Precondition::holds);
}

TEST_CASE("preconditions: which goes first (RFC 9110, 13.2.2)", "[web]") {
  CHECK(ask({{"If-Match", R"("a")"}, {"If-Unmodified-Since", kBefore}}) == Precondition::holds);
  CHECK(ask({{"If-Match", R"("b")"}, {"If-None-Match", R"("a")"}}) == Precondition::failed);
  CHECK(ask({{"If-Match", R"("a")"}, {"If-None-Match", R"("a")"}}) == Precondition::not_modified);
  CHECK(ask({{"If-Unmodified-Since", kBefore}, {"If-Modified-Since", kDate}}) ==
        Precondition::failed);
  CHECK(ask({{"If-Unmodified-Since", kDate}, {"If-Modified-Since", kDate}}) ==
        Precondition::not_modified);
  CHECK(ask({{"If-None-Match", R"("b")"}, {"If-Modified-Since", kDate}}) == Precondition::holds);
}

TEST_CASE("preconditions: what can't be read or is not known is ignored", "[web]") {
  CHECK(ask({{"If-Unmodified-Since", "yesterday"}}) == Precondition::holds);
  CHECK(ask({{"If-Modified-Since", "yesterday"}}) == Precondition::holds);
  const Validators undated{R"("a")", std::nullopt};
  CHECK(ask({{"If-Unmodified-Since", kBefore}}, "GET", undated) == Precondition::holds);
  CHECK(ask({{"If-Modified-Since", kAfter}}, "GET", undated) == Precondition::holds);
  CHECK(ask({{"If-Match", "*"}}, "GET", {}) == Precondition::holds);
  CHECK(ask({{"If-Match", R"("a")"}}, "GET", {}) == Precondition::failed);
  CHECK(ask({{"If-Match", "nope"}}) == Precondition::failed);
  CHECK(ask({{"If-None-Match", "nope"}}) == Precondition::holds);
}

TEST_CASE("If-Range: a strong tag, or a date that was over (RFC 9110, 13.1.5)", "[web]") {
  const auto is_current = [](const char* field, const Validators& current = kCurrent,
                             std::int64_t now = kModified + 1) {
    return is_range_current(bora::http::HTTPHeaders({{"If-Range", field}}), current, now);
  };
  CHECK(is_range_current({}, kCurrent, kModified));
  CHECK(is_current(R"("a")"));
  CHECK(!is_current(R"("b")"));
  CHECK(!is_current(R"(W/"a")"));
  CHECK(!is_current(R"(W/"a")", {R"(W/"a")", kModified}));
  CHECK(is_current(kDate));
  CHECK(!is_current(kDate, kCurrent, kModified));
  CHECK(!is_current(kAfter));
  CHECK(!is_current(kBefore));
  CHECK(!is_current(kDate, {R"("a")", std::nullopt}));
  CHECK(!is_current("wrong"));
  CHECK(!is_current(""));
}

namespace {

/// "partial 2+3 7+1": offset and size of each.
std::string outcome(const std::string& header, std::int64_t size, std::size_t most = 10) {
  std::vector<ByteRange> ranges;
  switch (parse_ranges(header, size, most, ranges)) {
    case RangeOutcome::whole:
      return "whole";
    case RangeOutcome::unsatisfiable:
      return "unsatisfiable";
    case RangeOutcome::partial:
      break;
  }
  std::string text = "partial";
  for (const ByteRange& range : ranges) {
    text += " " + std::to_string(range.offset) + "+" + std::to_string(range.size);
  }
  return text;
}

}  // namespace

TEST_CASE("parse_ranges: first and last byte, clipped to the size (WEB-099)", "[web]") {
  CHECK(outcome("bytes=0-4", 10) == "partial 0+5");
  CHECK(outcome("bytes=5-", 10) == "partial 5+5");
  CHECK(outcome("bytes=9-9", 10) == "partial 9+1");
  CHECK(outcome("bytes=5-99", 10) == "partial 5+5");
  CHECK(outcome("bytes=-4", 10) == "partial 6+4");
  CHECK(outcome("BYTES = 0-4 ", 10) == "partial 0+5");
  CHECK(outcome("bytes=1-99999999999999999999", 10) == "partial 1+9");
  CHECK(outcome("bytes=0-", 10) == "whole");
  CHECK(outcome("bytes=0-9", 10) == "whole");
  CHECK(outcome("bytes=0-9223372036854775807", 10) == "whole");
  CHECK(outcome("bytes=0-9223372036854775808", 10) == "whole");
  CHECK(outcome("bytes=-10", 10) == "whole");
  CHECK(outcome("bytes=-11", 10) == "whole");
  CHECK(outcome("bytes=-99999999999999999999", 10) == "whole");
}

TEST_CASE("parse_ranges: several, in the order in which they are asked for (RFC 9110, 14.2)",
          "[web]") {
  CHECK(outcome("bytes=0-1,3-4", 10) == "partial 0+2 3+2");
  CHECK(outcome("bytes=-2, 0-1 ,\t4-4", 10) == "partial 8+2 0+2 4+1");
  CHECK(outcome("bytes=0-1,,3-4,", 10) == "partial 0+2 3+2");
  CHECK(outcome("bytes=0-1,10-,3-4", 10) == "partial 0+2 3+2");
  CHECK(outcome("bytes=10-,1-2", 10) == "partial 1+2");
  CHECK(outcome("bytes=0-4,3-7", 10) == "partial 0+5 3+5");
  CHECK(outcome("bytes=0-4,5-9", 10) == "partial 0+5 5+5");
}

TEST_CASE("parse_ranges: too many of them, or more bytes than there are, give the whole", "[web]") {
  CHECK(outcome("bytes=0-5,3-9", 10) == "whole");
  CHECK(outcome("bytes=0-,0-0", 10) == "whole");
  CHECK(outcome("bytes=0-0,0-", 10) == "whole");
  CHECK(outcome("bytes=0-0,2-2", 10, 2) == "partial 0+1 2+1");
  CHECK(outcome("bytes=0-0,2-2,10-", 10, 2) == "partial 0+1 2+1");
  CHECK(outcome("bytes=0-0,2-2,4-4", 10, 2) == "whole");
  CHECK(outcome("bytes=0-0", 10, 0) == "whole");
  std::string many = "bytes=0-0";
  for (int i = 0; i < 10'000; ++i) many += ",0-0";
  CHECK(outcome(many, 1 << 20) == "whole");
}

TEST_CASE("parse_ranges: a range without a byte cannot be satisfied (WEB-099)", "[web]") {
  CHECK(outcome("bytes=10-", 10) == "unsatisfiable");
  CHECK(outcome("bytes=10-20", 10) == "unsatisfiable");
  CHECK(outcome("bytes=4-2", 10) == "unsatisfiable");
  CHECK(outcome("bytes=-0", 10) == "unsatisfiable");
  CHECK(outcome("bytes=10-,20-", 10) == "unsatisfiable");
  CHECK(outcome("bytes=99999999999999999999-", 10) == "unsatisfiable");
}

TEST_CASE("parse_ranges: of an empty file only the last bytes can be had (RFC 9110, 14.1.2)",
          "[web]") {
  CHECK(outcome("bytes=-5", 0) == "whole");
  CHECK(outcome("bytes=0-,-5", 0) == "whole");
  CHECK(outcome("bytes=-0", 0) == "unsatisfiable");
  CHECK(outcome("bytes=-00", 0) == "unsatisfiable");
  CHECK(outcome("bytes=0-", 0) == "unsatisfiable");
  CHECK(outcome("bytes=0-0", 0) == "unsatisfiable");
}

TEST_CASE("parse_ranges: bytes that can't be read are refused", "[web]") {
  for (const char* header :
       {"bytes=", "bytes=-", "bytes=1", "bytes=a-b", "bytes=1-b", "bytes=1-2-3", "bytes=--1",
        "bytes=+1-2", "bytes=1 -2", "bytes=1- 2", "bytes=0x1-2", "bytes=,", "bytes=1-2 3-4",
        "bytes=1-2;3-4", "bytes=1-2,x", "bytes=0-,0-,x", "bytes==1-2"}) {
    CAPTURE(header);
    CHECK(outcome(header, 10) == "unsatisfiable");
  }
}

TEST_CASE("parse_ranges: other units are as if the field were not there (WEB-099)", "[web]") {
  for (const char* header : {"", "bytes", "lines=1-2", "=1-2", "bytes 1-2", "bytesx=1-2"}) {
    CAPTURE(header);
    CHECK(outcome(header, 10) == "whole");
  }
}
