#include "runtime/web/http_date.h"

#include <clocale>

#include "tests/support/catch.h"

using bora::web::format_http_date;
using bora::web::parse_http_date;

TEST_CASE("http date: written in the one form (RFC 9110, 5.6.7)", "[web]") {
  CHECK(format_http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(format_http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(format_http_date(-1) == "Wed, 31 Dec 1969 23:59:59 GMT");
  CHECK(format_http_date(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST_CASE("http date: read in three forms", "[web]") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == 784111777);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == 784111777);
  CHECK(parse_http_date("Wed Nov 16 08:49:37 1994") == 784111777 + 10 * 86400);
  CHECK(parse_http_date("Thu, 01-Jan-70 00:00:00 GMT") == 0);
  CHECK(parse_http_date("Wed, 31 Dec 1969 23:59:59 GMT") == -1);
}

TEST_CASE("http date: anything else is none", "[web]") {
  for (const char* text : {"", "x", "Sun", "Sun,", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 +0100", "Sun, 06 Nov 1994 08:49:37 GMT x",
                           "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
                           "Sun, 06 Nom 1994 08:49:37 GMT", "Sun, 06 Nov -994 08:49:37 GMT",
                           "784111777", "1994-11-06T08:49:37Z"}) {
    CAPTURE(text);
    CHECK(!parse_http_date(text));
  }
}
