#include <bora/core/datetime.h>

#include <chrono>
#include <stdexcept>

#include "tests/support/catch.h"

namespace datetime = bora::datetime;
using namespace std::chrono_literals;
using bora::Moment;
using std::chrono::sys_days;
using std::chrono::system_clock;

namespace {

constexpr system_clock::time_point kTime =
    sys_days(std::chrono::year(2026) / 3 / 5) + 15h + 7min + 9s + 123456us;

}  // namespace

TEST_CASE("moment: time points of every precision, rounded down", "[core]") {
  CHECK(Moment(kTime).seconds() == 1'772'723'229);
  CHECK(Moment(kTime).nanoseconds() == 123'456'000);
  CHECK(Moment(sys_days(std::chrono::year(1970) / 1 / 2)).seconds() == 86400);
  CHECK(Moment(system_clock::time_point(-1ns)).seconds() == -1);
  CHECK(Moment(system_clock::time_point(-1ns)).nanoseconds() == 999'999'999);
  using Exact = std::chrono::duration<double>;
  const std::chrono::time_point<system_clock, Exact> half(Exact(-1.5));
  CHECK(Moment(half).seconds() == -2);
  CHECK(Moment(half).nanoseconds() == 500'000'000);
  CHECK(Moment(42).seconds() == 42);
  // Other clocks count from other moments.
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::chrono::steady_clock::time_point, Moment>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<bool, Moment>);
}

TEST_CASE("datetime::format: every letter", "[core]") {
  CHECK(datetime::format(kTime, "%Y %y %m %d %e %j %H %I %p %M %S") ==
        "2026 26 03 05  5 064 15 03 PM 07 09");
  CHECK(datetime::format(kTime, "%f %s %a %A %b %B %u %w") ==
        "123456 1772723229 Thu Thursday Mar March 4 4");
  CHECK(datetime::format(kTime, "%F %T %R %z %Z %%") == "2026-03-05 15:07:09 15:07 +0000 UTC %");
  CHECK(datetime::format(0, "%I %p %u %w") == "12 AM 4 4");
  CHECK(datetime::format(3 * 86400, "%A %u %w") == "Sunday 7 0");
  CHECK(datetime::format(-1, "%F %T") == "1969-12-31 23:59:59");
  CHECK(datetime::format(kTime, "") == "");
}

TEST_CASE("datetime::format: an unknown letter is named", "[core]") {
  CHECK_THROWS_WITH(datetime::format(kTime, "%Q"), "datetime::format: '%Q' is not known");
  CHECK_THROWS_AS(datetime::format(kTime, "%d.%"), std::invalid_argument);
}

TEST_CASE("datetime: for machines", "[core]") {
  CHECK(datetime::iso8601(kTime) == "2026-03-05T15:07:09Z");
  CHECK(datetime::http_date(kTime) == "Thu, 05 Mar 2026 15:07:09 GMT");
  CHECK(datetime::now().seconds() > 1'700'000'000);
}
