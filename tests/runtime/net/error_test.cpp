#include <bora/net/error.h>

#include "tests/support/catch.h"

using bora::net::Error;

TEST_CASE("error: net errors are error codes of their own category", "[net]") {
  const std::error_code code = Error::closed_by_peer;
  CHECK(code.category() == bora::net::error_category());
  CHECK(std::string(code.category().name()) == "bora.net");
  CHECK(code.message() == "the peer closed the connection");
  CHECK(code == Error::closed_by_peer);
  CHECK(code != Error::closed);
  CHECK(std::error_code(99, bora::net::error_category()).message() == "unknown error 99");
}

TEST_CASE("error: a closed stream tells the real error", "[net]") {
  const bora::net::StreamClosedError plain;
  CHECK(plain.real_error() == Error::closed);
  const bora::net::StreamClosedError reset(std::make_error_code(std::errc::connection_reset));
  CHECK(reset.real_error() == std::errc::connection_reset);
  CHECK(std::string(reset.what()) == "stream is closed: Connection reset by peer");
}
