#include "runtime/http/refusal.h"

#include <string>
#include <vector>

#include "tests/runtime/http/http_fixture.h"
#include "tests/support/log_capture.h"

using namespace bora::test;
using bora::http::quote_beginning;
using bora::testing::LogCapture;

TEST_CASE("refusal: the beginning of a message is its first line, printable and short", "[http]") {
  CHECK(quote_beginning("", "") == "\"\"");
  CHECK(quote_beginning("GET / HT", "XP\r\nHost: a\r\n") == R"("GET / HTXP")");
  CHECK(quote_beginning("GET / HTTP/1.1\r\nAuthorization: Basic c2VjcmV0\r\n", "\x01") ==
        R"("GET / HTTP/1.1")");
  CHECK(quote_beginning("", "\x16\x03\x01\n\r\"\\\x7f\xff") == R"("\x16\x03\x01\n\r\"\\\x7f\xff")");
  CHECK(quote_beginning("", "\r\n\r\nx") == R"("\r\n\r\nx")");
  const std::string eighty(80, 'a');
  CHECK(quote_beginning(eighty, "") == '"' + eighty + '"');
  CHECK(quote_beginning(eighty, "\r\n") == '"' + eighty + "\"");
  CHECK(quote_beginning(eighty, "b") == '"' + eighty + "...\"");
  CHECK(quote_beginning(eighty + eighty, eighty) == '"' + eighty + "...\"");
}

TEST_CASE("refusal: the log says who, why and what, however the message was cut", "[http]") {
  bora::http::HTTPServerOptions options;
  options.log_refusals = GENERATE(false, true);
  ServerFixture fixture(options);
  fixture.server.listen(0, "127.0.0.1");
  const bool is_bytewise = GENERATE(false, true);
  const auto ask = [&](std::string_view bytes) {
    Client client(fixture.server.port());
    is_bytewise ? client.send_bytewise(bytes) : client.send(bytes);
    client.receive();
  };
  const LogCapture log;
  const std::size_t access = options.log_refusals ? 1 : 0;
  ask("GET /a\x01 HTTP/1.1\r\n");
  const std::string seen = is_bytewise ? R"("GET /a\x01")" : R"("GET /a\x01 HTTP/1.1")";
  CHECK(log.count(bora::gen_log,
                  "refused a request of 127.0.0.1: malformed request target: " + seen) == 1);
  CHECK(log.count(bora::access_log, "400 - (127.0.0.1) malformed request target") == access);
  ask("GET /path?q HTTP/1.1\r\nX Y: secret\r\n\r\n");
  CHECK(log.count(bora::gen_log,
                  "refused a request of 127.0.0.1: malformed header field: \"GET /path?q "
                  "HTTP/1.1\"") == 1);
  CHECK(log.count(bora::gen_log, "secret") == 0);
  CHECK(log.count(bora::access_log, "400 - (127.0.0.1) malformed header field") == access);
  ask("POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
  CHECK(log.count(bora::gen_log,
                  "refused a request of 127.0.0.1: malformed chunk: \"POST /form HTTP/1.1\"") == 1);
  CHECK(log.count(bora::access_log, "400 POST /form (127.0.0.1) malformed chunk") == access);
}
