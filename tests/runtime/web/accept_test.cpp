#include "runtime/web/accept.h"

#include "tests/support/catch.h"

using bora::web::prefers_json;

TEST_CASE("Accept: JSON for clients that name it, and weigh it no less than HTML", "[web]") {
  CHECK(prefers_json("application/json"));
  CHECK(prefers_json("application/problem+json, */*"));
  CHECK(prefers_json("APPLICATION/JSON;Q=0.5"));
  CHECK(prefers_json("text/html;q=0.1, application/json;q=0.2"));
  CHECK(prefers_json(R"(application/json;profile="a,b;q=0")"));
  CHECK(!prefers_json(""));
  CHECK(!prefers_json("*/*"));
  CHECK(!prefers_json("application/json;q=0"));
  CHECK(!prefers_json("application/json;q=x"));
  CHECK(!prefers_json("text/html, application/json"));
  CHECK(!prefers_json("text/html;Q=0.9, application/json;q=0.8"));
  CHECK(!prefers_json("application/json;q=0.5, */*"));
  CHECK(!prefers_json("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
}
