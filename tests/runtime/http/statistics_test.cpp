#include <string>

#include "tests/runtime/http/http_fixture.h"

using namespace bora::test;

TEST_CASE("statistics: connections, requests and bytes", "[http]") {
  ServerFixture fixture;
  CHECK(fixture.server.statistics().accepted == 0);
  const std::string request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  {
    Client client(fixture.server);
    Client idle(fixture.server);
    client.send(request + request);
    const std::string answers = client.receive();
    const bora::http::HTTPServerStatistics statistics = fixture.server.statistics();
    CHECK(statistics.connections == 2);
    CHECK(statistics.accepted == 2);
    CHECK(statistics.requests == 2);
    CHECK(statistics.bytes_received == 2 * request.size());
    CHECK(statistics.bytes_sent == answers.size());
    client.close();
    idle.close();
  }
  CHECK(fixture.server.statistics().connections == 0);
  CHECK(fixture.server.statistics().accepted == 2);
}

TEST_CASE("statistics: what was refused, by its cause", "[http]") {
  ForwardClock clock;
  bora::http::HTTPServerOptions options;
  options.max_body_size = 10;
  options.header_timeout = std::chrono::seconds(3);
  ServerFixture fixture(options);
  const auto ask = [&](std::string_view request) {
    Client client(fixture.server);
    client.send(request);
    client.receive();
  };
  ask("GET / HTTP/1.1\r\n\r\n");
  ask("nonsense\r\n\r\n");
  ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
  Client slow(fixture.server);
  slow.send("GET / HT");
  clock.advance(std::chrono::seconds(6));
  CHECK(status_of(slow.receive()) == 408);
  const bora::http::HTTPServerStatistics statistics = fixture.server.statistics();
  CHECK(statistics.malformed == 2);
  CHECK(statistics.too_large == 1);
  CHECK(statistics.timed_out == 1);
  CHECK(statistics.turned_away == 0);
  using bora::http::Error;
  CHECK(statistics.refused(Error::bad_host) == 1);
  CHECK(statistics.refused(Error::bad_request_line) == 1);
  CHECK(statistics.refused(Error::body_too_large) == 1);
  CHECK(statistics.refused(Error::header_timeout) == 1);
  CHECK(statistics.refused(Error::bad_header) == 0);
}
