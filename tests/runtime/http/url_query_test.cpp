#include "runtime/http/url_query.h"

#include <bora/http/httputil.h>

#include "tests/support/catch.h"

using bora::http::has_query;
using bora::http::split_url;
using bora::http::with_query;

TEST_CASE("url query: it stands before the fragment", "[http]") {
  CHECK(with_query("/page", "a=1") == "/page?a=1");
  CHECK(with_query("/page/x#section", "a=1") == "/page/x?a=1#section");
  CHECK(with_query("/page?b=2#section", "a=1") == "/page?b=2&a=1#section");
  CHECK(with_query("/page#what?", "a=1") == "/page?a=1#what?");
  CHECK(with_query("https://example.com#", "a=1") == "https://example.com?a=1#");
  CHECK(with_query("", "a=1") == "?a=1");
}

TEST_CASE("url query: separators are not doubled, and nothing changes nothing", "[http]") {
  CHECK(with_query("/page?", "a=1") == "/page?a=1");
  CHECK(with_query("/page?b&", "a=1") == "/page?b&a=1");
  CHECK(with_query("/page#x", "") == "/page#x");
  CHECK(with_query("/page?#x", "") == "/page?#x");
}

TEST_CASE("url query: a query within a fragment is none", "[http]") {
  CHECK(has_query("/page?"));
  CHECK_FALSE(has_query("/page#top?x=1"));
  CHECK(has_query("/page?x#top?x=1"));
  const auto parts = split_url("/page?x=1?#top?y#z");
  CHECK(parts.path == "/page");
  CHECK(parts.query == "x=1?");
  CHECK(parts.fragment == "#top?y#z");
}

TEST_CASE("url query: url_concat keeps the fragment after the arguments", "[http]") {
  CHECK(bora::http::url_concat("/page#top?x", {{"a", "b c"}}) == "/page?a=b+c#top?x");
  CHECK(bora::http::url_concat("/page?#top", {{"a", "1"}}) == "/page?a=1#top");
}
