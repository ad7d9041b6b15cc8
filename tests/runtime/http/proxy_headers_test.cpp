// Where requests come from, behind a proxy: HSV-03, HSV-04, HSV-05, D-19, RFC 7239.

#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/http/ip_address.h"
#include "tests/runtime/http/http_fixture.h"

using namespace bora::test;
using bora::http::HTTPServerOptions;

namespace {

/// Answers each request with where it seems to come from.
class OriginDelegate final : public bora::http::HTTPServerConnectionDelegate,
                             public bora::http::HTTPMessageDelegate {
 public:
  HTTPMessageDelegate* start_request(bora::http::HTTPServerRequest& request) override {
    request_ = &request;
    return this;
  }
  void data_received(std::string_view) override {}
  void finish() override {
    const std::string text = std::string(request_->remote_ip()) + " " + request_->full_url();
    seen.push_back(text);
    bora::http::ResponseHead head;
    head.content_length = 0;
    bora::http::HTTPConnection& connection = request_->connection();
    connection.write_headers(head, {});
    connection.finish();
    connection.release();
  }
  void on_connection_close() override { request_->connection().release(); }

  std::vector<std::string> seen;

 private:
  bora::http::HTTPServerRequest* request_ = nullptr;
};

/// Where requests with these headers seem to come from, on one connection from 127.0.0.1.
std::vector<std::string> origins(const HTTPServerOptions& options,
                                 const std::vector<std::string>& headers, bool is_tcp = true) {
  OriginDelegate delegate;
  bora::http::HTTPServer server(delegate, options);
  server.listen(0, "127.0.0.1");
  Client client = is_tcp ? Client(server, server.port()) : Client(server);
  for (const std::string& each : headers) {
    client.send("GET /x HTTP/1.1\r\nHost: a\r\n" + each + "\r\n");
    client.receive();
  }
  return delegate.seen;
}

std::string origin(const HTTPServerOptions& options, const std::string& headers,
                   bool is_tcp = true) {
  const std::vector<std::string> seen = origins(options, {headers}, is_tcp);
  REQUIRE(seen.size() == 1);
  return seen[0];
}

HTTPServerOptions behind(std::vector<std::string> proxies) {
  HTTPServerOptions options;
  options.xheaders = true;
  options.trusted_downstream = std::move(proxies);
  return options;
}

HTTPServerOptions forwarded_by(std::vector<std::string> proxies) {
  HTTPServerOptions options;
  options.forwarded = true;
  options.trusted_downstream = std::move(proxies);
  return options;
}

constexpr const char* kSocket = "127.0.0.1 http://a/x";

}  // namespace

TEST_CASE("xheaders: HSV-03: without the option nobody is believed", "[http]") {
  CHECK(origin({}, "X-Real-Ip: 4.4.4.4\r\nX-Forwarded-For: 5.5.5.5\r\nX-Scheme: https\r\n") ==
        kSocket);
}

TEST_CASE("xheaders: HSV-03: the client's address", "[http]") {
  const HTTPServerOptions options = behind({});
  CHECK(origin(options, "X-Real-Ip: 4.4.4.4\r\n") == "4.4.4.4 http://a/x");
  CHECK(origin(options, "X-Real-Ip: 2620:0:1cfe:face:b00c::3\r\n") ==
        "2620:0:1cfe:face:b00c::3 http://a/x");
  CHECK(origin(options, "X-Forwarded-For: 4.4.4.4\r\n") == "4.4.4.4 http://a/x");
  CHECK(origin(options, "X-Forwarded-For: 127.0.0.1, 4.4.4.4\r\n") == "4.4.4.4 http://a/x");
  CHECK(origin(options, "X-Forwarded-For: 4.4.4.4\r\nX-Forwarded-For: 5.5.5.5\r\n") ==
        "5.5.5.5 http://a/x");
  CHECK(origin(options, "X-Forwarded-For: 4.4.4.4\r\nX-Real-Ip: 5.5.5.5\r\n") ==
        "5.5.5.5 http://a/x");
}

TEST_CASE("xheaders: HSV-03: what is no address is ignored", "[http]") {
  const HTTPServerOptions options = behind({});
  for (const char* bad :
       {"4.4.4.4<script>", "", "4.4.4", "4.4.4.4:80", "host", "4.4.4.4,", "1.2.3.4, host",
        "::1%eth0", "[::1]", "4.4.4.4 5.5.5.5", "0x7f.1", "256.1.1.1", "1111:2222::33333"}) {
    CAPTURE(bad);
    CHECK(origin(options, std::string("X-Forwarded-For: ") + bad + "\r\n") == kSocket);
    CHECK(origin(options, std::string("X-Real-Ip: ") + bad + "\r\n") == kSocket);
  }
  CHECK(origin(options, "X-Real-Ip: 4.4.4.4\r\nX-Real-Ip: 5.5.5.5\r\n") == kSocket);
}

TEST_CASE("xheaders: HSV-03: our proxies are passed over, from the end on", "[http]") {
  const HTTPServerOptions options = behind({"127.0.0.1", "10.0.0.0/8", "2001:db8::/32"});
  CHECK(origin(options, "X-Forwarded-For: 4.4.4.4, 10.1.2.3\r\n") == "4.4.4.4 http://a/x");
  CHECK(origin(options, "X-Forwarded-For: 6.6.6.6, 4.4.4.4, 10.1.2.3, 2001:db8::5\r\n") ==
        "4.4.4.4 http://a/x");
  CHECK(origin(options, "X-Forwarded-For: 4.4.4.4, ::ffff:10.9.9.9\r\n") == "4.4.4.4 http://a/x");
  CHECK(origin(options, "X-Forwarded-For: 4.4.4.4, 11.0.0.1\r\n") == "11.0.0.1 http://a/x");
  CHECK(origin(options, "X-Forwarded-For: 10.1.1.1, 10.2.2.2\r\n") == "10.1.1.1 http://a/x");
  CHECK(origin(options, "X-Forwarded-For: 4.4.4.4, unknown, 10.2.2.2\r\n") == kSocket);
  CHECK(origin(options, "") == kSocket);
}

TEST_CASE("xheaders: D-19: with a list, a peer that is not on it is not believed", "[http]") {
  const HTTPServerOptions options = behind({"10.0.0.0/8"});
  CHECK(origin(options, "X-Real-Ip: 4.4.4.4\r\n") == kSocket);
  CHECK(origin(options, "X-Forwarded-For: 4.4.4.4, 10.0.0.1\r\n") == kSocket);
  CHECK(origin(options, "X-Forwarded-Proto: https\r\n") == kSocket);
  // The peer of a socket without addresses is a program of this host.
  CHECK(origin(options, "X-Real-Ip: 4.4.4.4\r\n", false) == "4.4.4.4 http://a/x");
  CHECK(origin(behind({"::ffff:127.0.0.0/104"}), "X-Real-Ip: 4.4.4.4\r\n") == "4.4.4.4 http://a/x");
}

TEST_CASE("xheaders: HSV-03: the scheme", "[http]") {
  const HTTPServerOptions options = behind({});
  CHECK(origin(options, "X-Scheme: https\r\n") == "127.0.0.1 https://a/x");
  CHECK(origin(options, "X-Forwarded-Proto: https\r\n") == "127.0.0.1 https://a/x");
  CHECK(origin(options, "X-Forwarded-Proto: HTTPS\r\n") == "127.0.0.1 https://a/x");
  CHECK(origin(options, "X-Forwarded-Proto: https , http\r\n") == kSocket);
  CHECK(origin(options, "X-Forwarded-Proto: http, https\r\n") == "127.0.0.1 https://a/x");
  CHECK(origin(options, "X-Scheme: http\r\nX-Forwarded-Proto: https\r\n") == kSocket);
  for (const char* bad : {"unknown", "", "https:", "javascript", "https,"}) {
    CAPTURE(bad);
    CHECK(origin(options, std::string("X-Scheme: ") + bad + "\r\n") == kSocket);
  }
}

TEST_CASE("xheaders: HSV-04: each request by itself", "[http]") {
  const std::vector<std::string> seen =
      origins(behind({}), {"X-Real-Ip: 4.4.4.4\r\nX-Scheme: https\r\n", "",
                           "X-Real-Ip: bad\r\nX-Scheme: bad\r\n", "X-Real-Ip: 5.5.5.5\r\n"});
  CHECK(seen ==
        std::vector<std::string>{"4.4.4.4 https://a/x", kSocket, kSocket, "5.5.5.5 http://a/x"});
}

TEST_CASE("forwarded: RFC 7239: without the option nobody is believed", "[http]") {
  CHECK(origin({}, "Forwarded: for=4.4.4.4;proto=https\r\n") == kSocket);
  CHECK(origin(behind({}), "Forwarded: for=4.4.4.4;proto=https\r\n") == kSocket);
}

TEST_CASE("forwarded: RFC 7239: the client's address and scheme", "[http]") {
  const HTTPServerOptions options = forwarded_by({});
  CHECK(origin(options, "Forwarded: for=4.4.4.4\r\n") == "4.4.4.4 http://a/x");
  CHECK(origin(options, "Forwarded: proto=https\r\n") == "127.0.0.1 https://a/x");
  CHECK(origin(options, "Forwarded: For=\"[2001:DB8:cafe::17]:4711\"\r\n") ==
        "2001:db8:cafe::17 http://a/x");
  CHECK(origin(options, "Forwarded: for=192.0.2.60;proto=https;by=203.0.113.43;host=b\r\n") ==
        "192.0.2.60 https://a/x");
  CHECK(origin(options, "Forwarded: for=\"4.4.4.4:80\" ; PROTO=\"HT\\TPS\"\r\n") ==
        "4.4.4.4 https://a/x");
  CHECK(origin(options, "Forwarded: for=\"4.4.4.4:_p\";ext=\"a,b;c\\\"d\"\r\n") ==
        "4.4.4.4 http://a/x");
  CHECK(origin(options, "Forwarded: for=5.5.5.5, , for=4.4.4.4 ,\r\n") == "4.4.4.4 http://a/x");
  CHECK(origin(options, "Forwarded: for=5.5.5.5\r\nForwarded: for=4.4.4.4\r\n") ==
        "4.4.4.4 http://a/x");
  CHECK(origin(options, "Forwarded: for=_hidden;proto=https\r\n") == "127.0.0.1 https://a/x");
  CHECK(origin(options, "Forwarded: for=unknown;proto=https\r\n") == "127.0.0.1 https://a/x");
  CHECK(origin(options, "") == kSocket);
}

TEST_CASE("forwarded: RFC 7239: the X- fields do not count beside it", "[http]") {
  const std::string others =
      "X-Real-Ip: 6.6.6.6\r\nX-Forwarded-For: 6.6.6.6\r\nX-Scheme: https\r\n"
      "X-Forwarded-Proto: https\r\n";
  CHECK(origin(forwarded_by({}), others) == kSocket);
  CHECK(origin(forwarded_by({}), others + "Forwarded: for=4.4.4.4\r\n") == "4.4.4.4 http://a/x");
  HTTPServerOptions both = forwarded_by({});
  both.xheaders = true;
  CHECK_THROWS_AS(origin(both, ""), std::invalid_argument);
}

TEST_CASE("forwarded: RFC 7239: what is malformed is ignored", "[http]") {
  const HTTPServerOptions options = forwarded_by({});
  for (const char* bad : {"",
                          ",",
                          ";",
                          "4.4.4.4",
                          "for",
                          "for=",
                          "for=;proto=https",
                          "for=4.4.4.4 proto=https",
                          "for=4.4.4.4;proto",
                          "for=\"4.4.4.4",
                          "for=\"4.4.4.4\\\"",
                          "for=\"4.4.4.4\"x;proto=https",
                          "for=2001:db8::1",
                          "for=[2001:db8::1]",
                          "for=\"2001:db8::1\"",
                          "for=\"[4.4.4.4]\"",
                          "for=\"[::1\"",
                          "for=\"[::1]x\"",
                          "for=\"4.4.4.4:\"",
                          "for=\"4.4.4.4:123456\"",
                          "for=\"4.4.4.4:_\"",
                          "for=\"4.4.4.4:-1\"",
                          "for=\" 4.4.4.4\"",
                          "for=4.4.4.4;for=5.5.5.5",
                          "proto=https;proto=https",
                          "for =4.4.4.4",
                          "for= 4.4.4.4",
                          "proto=javascript",
                          "proto=\"https \"",
                          "for=a/b;proto=https",
                          "=4.4.4.4"}) {
    CAPTURE(bad);
    CHECK(origin(options, std::string("Forwarded: ") + bad + "\r\n") == kSocket);
  }
}

TEST_CASE("forwarded: RFC 7239: whatever a client sends, it can't hide what a proxy adds",
          "[http]") {
  const HTTPServerOptions options = forwarded_by({});
  for (const char* sent :
       {"\"", "for=\"", "for=\"x", "for=\"x\\", "for=\\", "for=6.6.6.6;ext=\"", "\\\"", "\"\"\"",
        "for=6.6.6.6;proto=http", ",,,", "for=\"6.6.6.6, for=6.6.6.6\\\"", "\\\\\"\\"}) {
    CAPTURE(sent);
    CHECK(origin(options,
                 "Forwarded: " + std::string(sent) + ", for=\"[2001:db8::1]\";proto=https\r\n") ==
          "2001:db8::1 https://a/x");
    CHECK(origin(options, "Forwarded: " + std::string(sent) + "\r\nForwarded: for=4.4.4.4\r\n") ==
          "4.4.4.4 http://a/x");
  }
}

TEST_CASE("forwarded: RFC 7239: our proxies are passed over, from the end on", "[http]") {
  const HTTPServerOptions options = forwarded_by({"127.0.0.1", "10.0.0.0/8", "2001:db8::/32"});
  CHECK(origin(options,
               "Forwarded: for=6.6.6.6;proto=http, for=4.4.4.4;proto=https, "
               "for=10.1.2.3;proto=http, for=\"[2001:db8::5]:80\"\r\n") == "4.4.4.4 https://a/x");
  CHECK(origin(options, "Forwarded: for=10.1.1.1, for=10.2.2.2\r\n") == "10.1.1.1 http://a/x");
  CHECK(origin(options, "Forwarded: for=4.4.4.4, for=_x, for=10.2.2.2\r\n") == kSocket);
  CHECK(origin(options, "Forwarded: for=4.4.4.4, x, for=10.2.2.2\r\n") == kSocket);
  // A peer that is none of our proxies is not believed (D-19).
  CHECK(origin(forwarded_by({"10.0.0.0/8"}), "Forwarded: for=4.4.4.4;proto=https\r\n") == kSocket);
  CHECK(origin(forwarded_by({"10.0.0.0/8"}), "Forwarded: for=4.4.4.4\r\n", false) ==
        "4.4.4.4 http://a/x");
}

TEST_CASE("protocol: HSV-05: TLS that ended upstream", "[http]") {
  HTTPServerOptions options;
  options.protocol = "https";
  CHECK(origin(options, "X-Scheme: http\r\n") == "127.0.0.1 https://a/x");
  options.xheaders = true;
  CHECK(origin(options, "X-Scheme: http\r\n") == kSocket);
  CHECK(origin(options, "") == "127.0.0.1 https://a/x");
  options.protocol = "ftp";
  CHECK_THROWS_WITH(origin(options, ""), "HTTPServerOptions::protocol is http or https, not 'ftp'");
}

TEST_CASE("trusted_downstream: addresses, networks, and what is neither", "[http]") {
  const auto contains = [](const char* network, const char* address) {
    return bora::http::NetworkList({network}).contains(*bora::http::IPAddress::parse(address));
  };
  CHECK(contains("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  CHECK(contains("10.1.2.3/31", "10.1.2.2"));
  CHECK_FALSE(contains("10.1.2.3/32", "10.1.2.2"));
  CHECK(contains("0.0.0.0/0", "1.2.3.4"));
  CHECK_FALSE(contains("0.0.0.0/0", "::1"));
  CHECK(contains("::/0", "::1"));
  CHECK(contains("fe80::/10", "febf::1"));
  CHECK_FALSE(contains("fe80::/10", "fec0::1"));
  CHECK(contains("10.0.0.1", "::ffff:10.0.0.1"));
  CHECK(contains("::ffff:10.0.0.1", "10.0.0.1"));
  for (const char* bad :
       {"", "x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/8x", "::/129", "10.0.0.0/-1",
        "10.0.0/8", " 10.0.0.1", "10.0.0.1 ", "localhost", "/8"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(origin(behind({bad}), ""), std::invalid_argument);
  }
}
