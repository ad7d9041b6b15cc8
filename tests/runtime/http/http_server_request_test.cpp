#include <bora/http/http_server_request.h>

#include <algorithm>
#include <functional>
#include <string>

#include "tests/runtime/http/http_fixture.h"

using namespace bora::test;
using bora::http::HTTPServerRequest;

namespace {

/// Sends one request and hands it to `look` when it is complete.
void with_request(std::string_view raw, std::function<void(HTTPServerRequest&)> look,
                  bora::http::HTTPServerOptions options = {}) {
  struct Delegate final : bora::http::HTTPServerConnectionDelegate,
                          bora::http::HTTPMessageDelegate {
    bora::http::HTTPMessageDelegate* start_request(HTTPServerRequest& the_request) override {
      request = &the_request;
      return this;
    }
    void data_received(std::string_view chunk) override { request->append_body(chunk); }
    void finish() override {
      look(*request);
      ++looks;
      bora::http::ResponseHead head;
      head.content_length = 0;
      request->connection().write_headers(head, {});
      request->connection().finish();
      request->connection().release();
    }
    void on_connection_close() override { request->connection().release(); }
    std::function<void(HTTPServerRequest&)> look;
    HTTPServerRequest* request = nullptr;
    int looks = 0;
  };
  Delegate delegate;
  delegate.look = std::move(look);
  bora::http::HTTPServer server(delegate, options);
  Client client(server);
  client.send_all(raw);
  CHECK(delegate.looks == 1);
}

std::string post(std::string_view type, std::string_view body, std::string_view more = {}) {
  return "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(more) +
         "\r\n" + std::string(body);
}

std::string text_of(const std::vector<bora::http::Argument>& arguments) {
  std::string text;
  for (const auto& [name, value] : arguments) text += name + "=" + value + "|";
  return text;
}

std::string part(std::string_view head, std::string_view content) {
  return "--b\r\n" + std::string(head) + "\r\n\r\n" + std::string(content) + "\r\n";
}

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

void expect_bad_multipart(const std::string& body, std::string_view why) {
  with_request(post("multipart/form-data; boundary=b", body), [&](HTTPServerRequest& request) {
    CAPTURE(body);
    const std::string* const error = request.parse_body();
    REQUIRE(error != nullptr);
    CHECK(*error == "invalid multipart/form-data: " + std::string(why));
    CHECK(request.body_arguments().empty());
    CHECK(request.files().empty());
  });
}

}  // namespace

TEST_CASE("request: HTU-05, HTU-07, HTU-08: what the head says", "[http]") {
  with_request("GET /a%20b?c=d%26&e HTTP/1.1\r\nHost: Example.COM:8888\r\nX: y\r\n\r\n",
               [](HTTPServerRequest& request) {
                 CHECK(request.method() == "GET");
                 CHECK(request.uri() == "/a%20b?c=d%26&e");
                 CHECK(request.path() == "/a%20b");
                 CHECK(request.query() == "c=d%26&e");
                 CHECK(request.version() == "HTTP/1.1");
                 CHECK(request.host() == "Example.COM:8888");
                 CHECK(request.host_name() == "example.com");
                 CHECK(request.full_url() == "http://Example.COM:8888/a%20b?c=d%26&e");
                 CHECK(request.remote_ip() == "0.0.0.0");
                 CHECK(request.protocol() == "http");
                 CHECK(request.headers().get("x") == "y");
                 CHECK(request.request_time() >= 0);
                 const std::string text = request.to_string();
                 CHECK(text.find("GET") != std::string::npos);
                 CHECK(text.find("/a%20b?c=d%26&e") != std::string::npos);
                 CHECK(text.find("X:") == std::string::npos);
                 CHECK(text.find("'y'") == std::string::npos);
                 CHECK(text_of(request.query_arguments()) == "c=d&|e=|");
               });
}

TEST_CASE("request: HTU-06: host without Host, of IPv6, of an absolute target", "[http]") {
  with_request("GET / HTTP/1.0\r\n\r\n",
               [](HTTPServerRequest& request) { CHECK(request.host() == "127.0.0.1"); });
  with_request("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
               [](HTTPServerRequest& request) { CHECK(request.host_name() == "[::1]"); });
  with_request("GET http://a.b/c?d HTTP/1.1\r\nHost: A.b:80\r\n\r\n",
               [](HTTPServerRequest& request) {
                 CHECK(request.host() == "a.b");
                 CHECK(request.uri() == "/c?d");
                 CHECK(request.path() == "/c");
               });
  with_request("GET http://a.b?d HTTP/1.0\r\n\r\n", [](HTTPServerRequest& request) {
    CHECK(request.host() == "a.b");
    CHECK(request.path() == "/");
    CHECK(request.query() == "d");
    CHECK(request.full_url() == "http://a.b/?d");
  });
}

TEST_CASE("request: remote_ip is the peer's", "[http]") {
  TestDelegate delegate;
  struct Look final : bora::http::HTTPServerConnectionDelegate, bora::http::HTTPMessageDelegate {
    bora::http::HTTPMessageDelegate* start_request(HTTPServerRequest& request) override {
      ip = request.remote_ip();
      bora::http::ResponseHead head;
      head.content_length = 0;
      request.connection().write_headers(head, {});
      request.connection().finish();
      request.connection().release();
      return this;
    }
    void data_received(std::string_view) override {}
    void finish() override {}
    void on_connection_close() override {}
    std::string ip;
  } look;
  bora::http::HTTPServer server(look);
  server.listen(0, "127.0.0.1");
  Client client(server, server.port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(look.ip == "127.0.0.1");
}

TEST_CASE("request: memory is aligned, and as much as asked for", "[http]") {
  with_request("GET / HTTP/1.1\r\nHost: a\r\n\r\n", [](HTTPServerRequest& request) {
    for (const std::size_t alignment : {1U, 8U, 64U}) {
      for (const std::size_t size : {1U, 100U, 5000U, 100'000U}) {
        auto* const memory = static_cast<char*>(request.allocate(size, alignment));
        CHECK(reinterpret_cast<std::uintptr_t>(memory) % alignment == 0);
        std::fill(memory, memory + size, 'x');
      }
    }
    CHECK(request.keep("text") == "text");
    CHECK(request.keep("").empty());
  });
}

TEST_CASE("cookies: read as browsers do", "[http]") {
  with_request(
      "GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1; b = 2 ;c=\"x\\073y\\\"\"; a=3;;empty=; no; "
      "=odd\r\n"
      "Cookie: later=\"plain\"\r\n\r\n",
      [](HTTPServerRequest& request) {
        CHECK(request.cookie("a") == "3");
        CHECK(request.cookie("b") == "2");
        CHECK(request.cookie("c") == "x;y\"");
        CHECK(request.cookie("empty", "missing").empty());
        CHECK(request.cookie("none", "missing") == "missing");
        CHECK(request.cookie("") == "odd");
        CHECK(request.cookie("later") == "plain");
        CHECK(request.cookie("A", "missing") == "missing");
      });
}

TEST_CASE("forms: HTU-27: urlencoded", "[http]") {
  with_request(
      post(kForm, "a=1&b=x+y%21&a=2&&c&=d&bad=%zz%4&semi=1;2"), [](HTTPServerRequest& request) {
        CHECK(request.parse_body() == nullptr);
        CHECK(text_of(request.body_arguments()) == "a=1|b=x y!|a=2|c=|=d|bad=%zz%4|semi=1;2|");
        CHECK(request.files().empty());
      });
  with_request(post("application/json", "{}"), [](HTTPServerRequest& request) {
    CHECK(request.parse_body() == nullptr);
    CHECK(request.body_arguments().empty());
    CHECK(request.body() == "{}");
  });
  with_request(post(kForm, "a=1", "Content-Encoding: gzip\r\n"), [](HTTPServerRequest& request) {
    const std::string* const error = request.parse_body();
    REQUIRE(error != nullptr);
    CHECK(*error == "form with a Content-Encoding");
  });
}

TEST_CASE("forms: as many arguments as allowed and one more", "[http]") {
  std::string thousand = "a";
  for (int i = 1; i < 1000; ++i) thousand += "&a";
  for (const bool is_too_much : {false, true}) {
    const std::string text = thousand + (is_too_much ? "&a" : "");
    const auto look = [&](HTTPServerRequest& request) {
      for (const std::string* const error : {request.parse_query(), request.parse_body()}) {
        CHECK((error != nullptr) == is_too_much);
        if (error != nullptr) CHECK(*error == "more than 1000 arguments");
      }
      CHECK(request.query_arguments().size() == (is_too_much ? 0 : 1000));
      CHECK(request.body_arguments().size() == (is_too_much ? 0 : 1000));
    };
    std::string raw = post(kForm, text);
    raw.replace(raw.find("POST / "), 7, "POST /?" + text + " ");
    with_request(raw, look);
  }
}

TEST_CASE("forms: HTU-24: multipart fields and files", "[http]") {
  const std::string body =
      part("Content-Disposition: form-data; name=\"field\"", "value") +
      part("Content-Disposition: form-data; name=plain", "") +
      part(
          "Content-Disposition: form-data; name=\"f\"; filename=\"a;\\\"b.txt\"\r\nContent-Type: "
          "text/plain",
          "line\r\n--bb\r\n-- b") +
      part("content-disposition: Form-Data; name=f; filename=x; filename*=UTF-8''na%C3%AFve.bin",
           "\x00\xff") +
      part("Content-Disposition: form-data; name=e; filename=\"\"", "empty") + "--b--\r\nignored";
  for (const char* type :
       {"multipart/form-data; boundary=b", "Multipart/Form-Data; charset=x; Boundary=\"b\""}) {
    with_request(post(type, body), [](HTTPServerRequest& request) {
      CHECK(request.parse_body() == nullptr);
      CHECK(text_of(request.body_arguments()) == "field=value|plain=|e=empty|");
      REQUIRE(request.files().size() == 2);
      CHECK(request.files()[0].first == "f");
      CHECK(request.files()[0].second.filename == "a;\"b.txt");
      CHECK(request.files()[0].second.content_type == "text/plain");
      CHECK(request.files()[0].second.body == "line\r\n--bb\r\n-- b");
      CHECK(request.files()[1].second.filename == "na\xc3\xafve.bin");
      CHECK(request.files()[1].second.content_type == "application/unknown");
    });
  }
}

TEST_CASE("forms: any defect of a multipart body fails the whole", "[http]") {
  const std::string good = part("Content-Disposition: form-data; name=a", "1");
  expect_bad_multipart("", "it does not begin with the boundary");
  expect_bad_multipart(good, "no final boundary");
  expect_bad_multipart("x" + good + "--b--", "it does not begin with the boundary");
  expect_bad_multipart("--b\r\n--b--", "a part without headers");
  expect_bad_multipart("--bx\r\n", "a boundary without line end");
  expect_bad_multipart(good + part("Content-Type: text/plain", "2") + "--b--",
                       "a part without Content-Disposition");
  expect_bad_multipart(part("Content-Disposition: attachment; name=a", "") + "--b--",
                       "a part's Content-Disposition is not form-data");
  expect_bad_multipart(part("Content-Disposition: form-data", "") + "--b--",
                       "a part without a name");
  expect_bad_multipart(part("Content-Disposition form-data", "") + "--b--",
                       "a malformed part header");
  expect_bad_multipart(part("Content-Disposition: form-data; name=\"a\x01\"", "") + "--b--",
                       "a malformed part header");
  expect_bad_multipart(part("Content-Disposition: form-data; name=a\rb", "") + "--b--",
                       "a malformed part header");
  expect_bad_multipart(part("Content-Disposition: form-data; name=a; filename*=x", "") + "--b--",
                       "a filename that can't be decoded");
  expect_bad_multipart(
      part("Content-Disposition: form-data; name=a\r\nX: " + std::string(10'240, 'x'), "") +
          "--b--",
      "part headers too large");
  expect_bad_multipart("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nfoo--b--\r\n",
                       "no final boundary");
  with_request(post("multipart/form-data", good + "--b--"), [](HTTPServerRequest& request) {
    const std::string* const error = request.parse_body();
    REQUIRE(error != nullptr);
    CHECK(*error == "invalid multipart/form-data: no boundary");
  });
}

TEST_CASE("forms: as many parts as allowed and one more", "[http]") {
  std::string body;
  for (int i = 0; i < 100; ++i) body += part("Content-Disposition: form-data; name=a", "1");
  with_request(post("multipart/form-data; boundary=b", body + "--b--"),
               [](HTTPServerRequest& request) { CHECK(request.body_arguments().size() == 100); });
  expect_bad_multipart(body + part("Content-Disposition: form-data; name=a", "1") + "--b--",
                       "too many parts");
}

TEST_CASE("forms: hostile bodies cost time in proportion", "[http]") {
  std::string quotes = "Content-Disposition: form-data; name=a; filename=\"";
  while (quotes.size() < 10'000) quotes += ";\\\"";
  std::string boundaries = part("Content-Disposition: form-data; name=a", "");
  while (boundaries.size() < 2'000'000) boundaries += "\r\n--b\r--b\r\n-";
  with_request(post("multipart/form-data; boundary=b", part(quotes, "") + "--b--"),
               [](HTTPServerRequest& request) {
                 CHECK(request.body_arguments().size() + request.files().size() == 1);
               });
  with_request(post("multipart/form-data; boundary=b", boundaries),
               [](HTTPServerRequest& request) { CHECK(request.body_arguments().empty()); });
}
