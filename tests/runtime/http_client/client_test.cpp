// The client with a server of Bora's own, in one loop: Tornado's httpclient_test and more.

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/http/async_http_client.h>
#include <bora/http/cookie_jar.h>
#include <bora/http/http_server.h>
#include <bora/net/resolver.h>
#include <bora/testing/catch.h>
#include <bora/testing/certificates.h>
#include <bora/testing/expect_log.h>
#include <bora/version.h>
#include <bora/web.h>

#include "tests/runtime/http_client/raw_server.h"
#include "tests/support/gzip.h"
#include "tests/support/sanitizer.h"

using namespace bora::http;
using namespace std::chrono_literals;
using bora::Task;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

/// Tells what it was asked.
class Echo : public RequestHandler {
 public:
  void get() { tell(); }
  void post() { tell(); }
  void put() { tell(); }
  void patch() { tell(); }
  void delete_() { tell(); }
  void options() { tell(); }

 private:
  void tell() {
    set_header("X-Remote", request().remote_ip());
    set_header("X-Method", request().method());
    for (const auto& [name, value] : request().headers())
      add_header("X-Got", std::string(name) + "=" + std::string(value));
    write(request().body());
  }
};

class Redirect : public RequestHandler {
 public:
  void get() { go(); }
  void post() { go(); }
  void put() { go(); }

 private:
  void go() {
    set_status(std::stoi(get_argument("code", "302")));
    set_header("Location", get_argument("to"));
    write("a body that nobody reads");
  }
};

class Count : public RequestHandler {
 public:
  void get(int n) {
    if (n == 0) return write("end");
    set_status(302);
    set_header("Location", std::to_string(n - 1));
  }
};

class Coded : public RequestHandler {
 public:
  void get(std::string kind) {
    std::string text = bora::test::gzip("hello, decoded world");
    std::string coding = "gzip";
    if (kind == "twice") {
      text = bora::test::gzip(text);
      coding = "gzip, gzip";
    } else if (kind == "thrice") {
      coding = "gzip, gzip, gzip";
    } else if (kind == "broken") {
      text = "this is no gzip";
    } else if (kind == "cut") {
      text.resize(text.size() - 6);
    } else if (kind == "bomb") {
      text = bora::test::gzip(std::string(8 << 20, 'a'), 9);
    } else if (kind == "other") {
      coding = "br";
    }
    set_header("Content-Encoding", coding);
    write(text);
  }
};

class Pieces : public RequestHandler {
 public:
  Task<void> get() {
    for (const char* const piece : {"one,", "two,", "three"}) {
      write(piece);
      co_await flush();
    }
  }
};

class Status : public RequestHandler {
 public:
  void get(int code) { set_status(code); }
};

class Cookies : public RequestHandler {
 public:
  void get() {
    write(request().headers().get("Cookie"));
    add_header("Set-Cookie", "a=1; Path=/");
    add_header("Set-Cookie", "b=2; Path=/elsewhere");
  }
};

class Waits : public RequestHandler {
 public:
  Task<void> get() {
    bora::Event::Wait wait = is_gone_.wait();
    co_await wait;
  }
  void on_connection_close() override { is_gone_.set(); }

 private:
  bora::Event is_gone_;
};

struct TestServer {
  explicit TestServer(HTTPServerOptions options = {})
      : app({url<Echo>("/echo"), url<Redirect>("/redirect"), url<Count>("/count/{n:int}"),
             url<Coded>("/coded/{kind}"), url<Pieces>("/pieces"), url<Status>("/status/{code:int}"),
             url<Cookies>("/cookies"), url<Waits>("/waits")}),
        server(app, std::move(options)) {
    server.listen(0, "127.0.0.1");
  }
  ~TestServer() {
    server.stop();
    server.close_all_connections();
  }
  [[nodiscard]] std::string at(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(server.port()) + std::string(path);
  }

  bora::web::Application app;
  HTTPServer server;
};

/// Sanitizers make each of them take many times as long.
constexpr int kMany = BORA_TEST_HAS_SANITIZER ? 1'000 : 10'000;

bool got(const HTTPResponse& response, std::string_view field) {
  for (const std::string_view line : response.headers.get_list("X-Got")) {
    if (line == field) return true;
  }
  return false;
}

bool got_name(const HTTPResponse& response, std::string_view name) {
  for (const std::string_view line : response.headers.get_list("X-Got")) {
    if (line.starts_with(std::string(name) + "=")) return true;
  }
  return false;
}

/// The message with which a fetch fails; empty if it succeeds.
Task<std::string> failure_of(AsyncHTTPClient client, HTTPRequest request) {
  std::string what;
  try {
    Task<HTTPResponse> fetching = client.fetch(request);
    static_cast<void>(co_await fetching);
  } catch (const std::exception& error) {
    what = error.what();
  }
  co_return what;
}

template <class Error>
Task<bool> fails_with(AsyncHTTPClient client, HTTPRequest request) {
  bool is_that = false;
  try {
    Task<HTTPResponse> fetching = client.fetch(request);
    static_cast<void>(co_await fetching);
  } catch (const Error&) {
    is_that = true;
  } catch (const std::exception& error) {
    UNSCOPED_INFO(error.what());
  }
  co_return is_that;
}

}  // namespace

ASYNC_TEST_CASE("client: a connection is used again", "[http_client]") {
  const TestServer server;
  const AsyncHTTPClientOptions options;
  AsyncHTTPClient client(options);
  for (int i = 0; i < 5; ++i) {
    Task<HTTPResponse> fetching = client.fetch(server.at("/pieces"));
    const HTTPResponse response = co_await fetching;
    CHECK(response.code == 200);
    CHECK(response.reason == "OK");
    CHECK(response.body == "one,two,three");
    CHECK(response.effective_url == server.at("/pieces"));
    const TimeInfo& time = response.time_info;
    CHECK(time.reused == (i > 0));
    CHECK((time.connect.count() > 0) == (i == 0));
    CHECK((time.dns.count() > 0) == (i == 0));
    CHECK(time.first_byte.count() > 0);
    CHECK(time.total >= time.queue + time.dns + time.connect + time.first_byte);
    CHECK(time.total == response.request_time);
    CHECK(time.tls.count() == 0);
    CHECK(time.redirect.count() == 0);
    CHECK(response.request->url == server.at("/pieces"));
  }
  CHECK(client.statistics().connections_made == 1);
  CHECK(client.statistics().connections_reused == 4);
  CHECK(client.statistics().idle_connections == 1);
}

ASYNC_TEST_CASE("client: what a request looks like", "[http_client]") {
  const TestServer server;
  AsyncHTTPClient client;
  HTTPRequest request{.url = server.at("/echo#fragment"),
                      .method = "POST",
                      .headers = {{"X-Own", "\xe9"}, {"X-Own", "2"}},
                      .body = "a=b"};
  request.if_modified_since = std::chrono::sys_seconds(784111777s);
  Task<HTTPResponse> fetching = client.fetch(request);
  HTTPResponse response = co_await fetching;
  CHECK(response.headers.get("X-Method") == "POST");
  CHECK(response.body == "a=b");
  const std::string port = std::to_string(server.server.port());
  for (const std::string& field :
       {"Host=127.0.0.1:" + port, std::string("Content-Length=3"),
        "User-Agent=Bora/" + std::string(bora::version),
        std::string("Content-Type=application/x-www-form-urlencoded"),
        std::string("Accept-Encoding=gzip"), std::string("X-Own=\xe9"), std::string("X-Own=2"),
        std::string("If-Modified-Since=Sun, 06 Nov 1994 08:49:37 GMT")}) {
    INFO(field);
    CHECK(got(response, field));
  }
  // The same object again, with a user and a password, and with fields that the client would set
  // itself.
  request.auth_username = "Ada";
  request.auth_password = "secret";
  request.user_agent = "mine";
  request.decompress_response = false;
  request.headers.set("Host", "other");
  Task<HTTPResponse> again = client.fetch(request);
  response = co_await again;
  CHECK(got(response, "Authorization=Basic QWRhOnNlY3JldA=="));
  CHECK(got(response, "User-Agent=mine"));
  CHECK(got(response, "Host=other"));
  CHECK_FALSE(got_name(response, "Accept-Encoding"));
  HTTPRequest by_url{.url = "http://Ada:sec%72et@127.0.0.1:" + port + "/echo"};
  Task<HTTPResponse> third = client.fetch(by_url);
  response = co_await third;
  CHECK(got(response, "Authorization=Basic QWRhOnNlY3JldA=="));
  CHECK(response.effective_url == server.at("/echo"));
}

ASYNC_TEST_CASE("client: all methods, and bodies where they belong", "[http_client]") {
  const TestServer server;
  AsyncHTTPClient client;
  for (const char* const method : {"GET", "DELETE", "OPTIONS", "POST", "PUT", "PATCH", "HEAD"}) {
    INFO(method);
    HTTPRequest request{.url = server.at("/echo"), .method = method};
    const bool has_body =
        request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (has_body) request.body = "x";
    Task<HTTPResponse> fetching = client.fetch(request);
    const HTTPResponse response = co_await fetching;
    CHECK(response.code == 200);
    CHECK(response.body == (has_body ? "x" : ""));
    // The opposite is refused.
    if (has_body) {
      request.body.reset();
    } else {
      request.body = "x";
    }
    Task<bool> refusing = fails_with<std::invalid_argument>(client, request);
    const bool refusing_did = co_await refusing;
    CHECK(refusing_did);
    request.allow_nonstandard_methods = true;
    if (request.method == "HEAD") continue;
    Task<HTTPResponse> allowed = client.fetch(request);
    const HTTPResponse odd = co_await allowed;
    CHECK(odd.code == 200);
    CHECK(odd.body == (has_body ? "" : "x"));
  }
}

ASYNC_TEST_CASE("client: requests that are none are refused before anything is sent",
                "[http_client]") {
  AsyncHTTPClient client;
  const std::string url = "http://127.0.0.1:1/";
  std::vector<HTTPRequest> bad(17, HTTPRequest{.url = url});
  bad[0].method = "GET\r\nX: y";
  bad[1].method = "UNKNOWN";
  bad[2].url = "http://127.0.0.1:1/\r\nX: y";
  bad[3].url = "ftp://127.0.0.1/";
  bad[4].headers.add("Transfer-Encoding", "chunked");
  bad[5].headers.add("Expect", "100-continue");
  bad[6].headers.add("Host", "a");
  bad[6].headers.add("Host", "b");
  bad[7].auth_mode = "ntlm";
  bad[8].proxy_host = "p";
  bad[9].proxy_scheme = "ftp";
  bad[10].network_interface = "eth0";
  bad[11].user_agent = "a\r\nX: y";
  bad[12].headers.add("Content-Length", "5");
  bad[13].method = "POST";
  bad[13].body = "four";
  bad[13].headers.add("Content-Length", "5");
  bad[14].method = "POST";
  bad[14].body = "x";
  bad[14].body_file = "/etc/hostname";
  bad[15].headers.add("Upgrade", "websocket");
  bad[16].method = "CONNECT";
  bad[16].allow_nonstandard_methods = true;
  for (std::size_t i = 0; i < bad.size(); ++i) {
    INFO(i);
    Task<bool> refusing = fails_with<std::invalid_argument>(client, bad[i]);
    const bool refusing_did = co_await refusing;
    CHECK(refusing_did);
  }
  CHECK_THROWS_AS(HTTPHeaders({{"X", "a\r\nY: b"}}), std::invalid_argument);
}

ASYNC_TEST_CASE("client: statuses other than 2xx are thrown, or returned", "[http_client]") {
  const TestServer server;
  AsyncHTTPClient client;
  for (const int code : {304, 404, 500}) {
    HTTPRequest request{.url = server.at("/status/" + std::to_string(code))};
    try {
      Task<HTTPResponse> fetching = client.fetch(request);
      static_cast<void>(co_await fetching);
      FAIL("nothing was thrown");
    } catch (const HTTPClientError& error) {
      CHECK(error.code() == code);
      REQUIRE(error.response() != nullptr);
      CHECK(error.response()->code == code);
    }
    request.raise_error = false;
    Task<HTTPResponse> fetching = client.fetch(request);
    const HTTPResponse response = co_await fetching;
    CHECK(response.code == code);
    CHECK_THROWS_AS(response.rethrow(), HTTPClientError);
  }
  HTTPRequest fine{.url = server.at("/status/204")};
  Task<HTTPResponse> fetching = client.fetch(fine);
  const HTTPResponse response = co_await fetching;
  CHECK_NOTHROW(response.rethrow());
}

ASYNC_TEST_CASE("client: redirects", "[http_client]") {
  const TestServer server;
  AsyncHTTPClient client;
  struct Row {
    const char* method;
    int code;
    const char* becomes;
    bool keeps_body;
  };
  const Row rows[] = {
      {"GET", 301, "GET", false},  {"GET", 302, "GET", false},  {"GET", 303, "GET", false},
      {"GET", 307, "GET", false},  {"GET", 308, "GET", false},  {"POST", 301, "GET", false},
      {"POST", 302, "GET", false}, {"POST", 303, "GET", false}, {"POST", 307, "POST", true},
      {"POST", 308, "POST", true}, {"PUT", 301, "PUT", true},   {"PUT", 302, "PUT", true},
      {"PUT", 303, "GET", false},  {"PUT", 307, "PUT", true},   {"HEAD", 303, "HEAD", false}};
  for (const Row& row : rows) {
    INFO(row.method << " " << row.code);
    HTTPRequest request{.url = server.at("/redirect?to=/echo&code=" + std::to_string(row.code)),
                        .method = row.method,
                        .headers = {{"Content-Language", "en"}, {"Authorization", "own"}}};
    if (request.method == "POST" || request.method == "PUT") request.body = "x=y";
    Task<HTTPResponse> fetching = client.fetch(request);
    const HTTPResponse response = co_await fetching;
    CHECK(response.headers.get("X-Method") == row.becomes);
    CHECK(response.body == (row.keeps_body ? "x=y" : ""));
    CHECK(response.effective_url == server.at("/echo"));
    CHECK(got(response, "Authorization=own"));
    if (request.method == "POST" && !row.keeps_body) {
      CHECK_FALSE(got_name(response, "Content-Type"));
      CHECK_FALSE(got_name(response, "Content-Language"));
    }
  }
}

ASYNC_TEST_CASE("client: how many redirects", "[http_client]") {
  const TestServer server;
  AsyncHTTPClient client;
  HTTPRequest request{.url = server.at("/count/5"), .raise_error = false};
  Task<HTTPResponse> five = client.fetch(request);
  HTTPResponse response = co_await five;
  CHECK(response.body == "end");
  CHECK(response.time_info.redirect.count() > 0);
  request.url = server.at("/count/6");
  Task<HTTPResponse> six = client.fetch(request);
  response = co_await six;
  CHECK(response.code == 302);
  CHECK(response.effective_url == server.at("/count/1"));
  request.max_redirects = 0;
  Task<HTTPResponse> none = client.fetch(request);
  response = co_await none;
  CHECK(response.effective_url == server.at("/count/6"));
  request.max_redirects.reset();
  request.follow_redirects = false;
  Task<HTTPResponse> off = client.fetch(request);
  response = co_await off;
  CHECK(response.code == 302);
  HTTPRequest nowhere{.url = server.at("/redirect?to="), .raise_error = false};
  Task<HTTPResponse> empty = client.fetch(nowhere);
  response = co_await empty;
  CHECK(response.code == 302);
  for (const char* const to : {"javascript:x", "file:///etc/passwd", "http://"}) {
    HTTPRequest bad{.url = server.at("/redirect?to=") + to};
    Task<bool> refusing = fails_with<HTTPRedirectError>(client, bad);
    const bool refusing_did = co_await refusing;
    CHECK(refusing_did);
  }
}

ASYNC_TEST_CASE("client: credentials stay at home", "[http_client]") {
  const TestServer home;
  const TestServer away;
  AsyncHTTPClient client;
  const auto jar = std::make_shared<CookieJar>();
  jar->set(home.at("/"), "jar=home; Path=/");
  HTTPRequest request{
      .url = home.at("/redirect?to=" + away.at("/echo")),
      .headers = {{"Cookie", "own=1"}, {"Proxy-Authorization", "x"}, {"X-Kept", "y"}},
      .auth_username = "Ada",
      .auth_password = "secret"};
  Task<HTTPResponse> fetching = client.fetch(request);
  HTTPResponse response = co_await fetching;
  for (const char* const name : {"Authorization", "Cookie", "Proxy-Authorization"}) {
    INFO(name);
    CHECK_FALSE(got_name(response, name));
  }
  CHECK(got(response, "X-Kept=y"));
  // They don't come back when a redirect leads home again.
  request.url = home.at("/redirect?to=" + away.at("/redirect?to=" + home.at("/echo")));
  Task<HTTPResponse> round = client.fetch(request);
  response = co_await round;
  CHECK_FALSE(got_name(response, "Authorization"));
  // Credentials that a server invents are not sent.
  HTTPRequest invented{.url = home.at("/redirect?to=http://u:p@127.0.0.1:" +
                                      std::to_string(away.server.port()) + "/echo")};
  Task<HTTPResponse> third = client.fetch(invented);
  response = co_await third;
  CHECK_FALSE(got_name(response, "Authorization"));
}

ASYNC_TEST_CASE("client: gzip is undone, within limits", "[http_client]") {
  const TestServer server;
  AsyncHTTPClient client;
  HTTPRequest request{.url = server.at("/coded/once")};
  Task<HTTPResponse> once = client.fetch(request);
  HTTPResponse response = co_await once;
  CHECK(response.body == "hello, decoded world");
  CHECK(response.headers.get("X-Consumed-Content-Encoding") == "gzip");
  CHECK_FALSE(response.headers.contains("Content-Encoding"));
  request.decompress_response = false;
  Task<HTTPResponse> raw = client.fetch(request);
  response = co_await raw;
  CHECK(response.body == bora::test::gzip("hello, decoded world"));
  request.decompress_response.reset();
  request.url = server.at("/coded/twice");
  Task<HTTPResponse> twice = client.fetch(request);
  response = co_await twice;
  CHECK(response.body == "hello, decoded world");
  request.url = server.at("/coded/other");
  Task<HTTPResponse> other = client.fetch(request);
  response = co_await other;
  CHECK(response.headers.get("Content-Encoding") == "br");
  for (const char* const kind : {"thrice", "broken", "cut"}) {
    INFO(kind);
    request.url = server.at(std::string("/coded/") + kind);
    Task<bool> failing = fails_with<HTTPProtocolError>(client, request);
    const bool failing_did = co_await failing;
    CHECK(failing_did);
  }
  request.url = server.at("/coded/bomb");
  request.max_body_size = 1 << 20;
  Task<bool> bomb = fails_with<HTTPResponseTooLargeError>(client, request);
  const bool bomb_did = co_await bomb;
  CHECK(bomb_did);
  // A stream is delivered in pieces, and the limit applies there as well.
  std::size_t most = 0;
  std::size_t total = 0;
  request.max_body_size = 16 << 20;
  request.streaming_callback = [&](std::string_view piece) {
    most = std::max(most, piece.size());
    total += piece.size();
  };
  Task<HTTPResponse> streamed = client.fetch(request);
  response = co_await streamed;
  CHECK(response.body.empty());
  CHECK(total == 8 << 20);
  CHECK(most <= 64 * 1024);
}

ASYNC_TEST_CASE("client: the loop goes on while a long body is decoded", "[http_client]") {
  const std::string packed = bora::test::gzip(std::string(32 << 20, 'x'));
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                             std::to_string(packed.size()) + "\r\n\r\n" + packed;
  bora::test::RawServer server({answer});
  const TestServer others;
  AsyncHTTPClient client;
  bool is_over = false;
  int fetches = 0;
  // They use the memory that the client reads into.
  const auto fetch_others = [&]() -> Task<void> {
    const HTTPRequest small{.url = others.at("/coded/once")};
    while (!is_over) {
      Task<HTTPResponse> fetching = client.fetch(small);
      const HTTPResponse response = co_await fetching;
      CHECK(response.body == "hello, decoded world");
      ++fetches;
    }
  };
  bora::Future<void> fetching_others = bora::spawn(fetch_others());
  Task<HTTPResponse> fetching = client.fetch(server.url());
  const HTTPResponse response = co_await fetching;
  is_over = true;
  co_await fetching_others;
  CHECK(response.body.size() == 32 << 20);
  CHECK(response.body.find_first_not_of('x') == std::string::npos);
  CHECK(fetches > 4);
}

ASYNC_TEST_CASE("client: callbacks for lines and pieces", "[http_client]") {
  const TestServer server;
  AsyncHTTPClient client;
  std::string lines;
  std::string text;
  bora::Event may_go_on;
  HTTPRequest request{.url = server.at("/redirect?to=/pieces")};
  request.header_callback = [&](std::string_view line) { lines += line; };
  request.streaming_callback = [&](std::string_view piece) -> Task<void> {
    text += piece;
    may_go_on.set();
    bora::Event::Wait wait = may_go_on.wait();
    co_await wait;
  };
  Task<HTTPResponse> fetching = client.fetch(request);
  static_cast<void>(co_await fetching);
  CHECK(text == "one,two,three");
  CHECK(lines.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(lines.ends_with("\r\n\r\n"));
  CHECK(lines.find("302") == std::string::npos);
}

ASYNC_TEST_CASE("client: bodies from producers and files", "[http_client]") {
  const TestServer server;
  AsyncHTTPClient client;
  HTTPRequest request{.url = server.at("/redirect?code=307&to=/echo"), .method = "POST"};
  request.body_producer = [](BodyWriter& writer) -> Task<void> {
    for (const char* const piece : {"one,", "", "two"}) {
      Task<void> writing = writer.write(piece);
      co_await writing;
    }
  };
  Task<HTTPResponse> chunked = client.fetch(request);
  HTTPResponse response = co_await chunked;
  CHECK(response.body == "one,two");
  CHECK(got(response, "Transfer-Encoding=chunked"));
  request.headers.set("Content-Length", 7);
  Task<HTTPResponse> sized = client.fetch(request);
  response = co_await sized;
  CHECK(response.body == "one,two");
  CHECK(got(response, "Content-Length=7"));
  for (const int wrong : {6, 8}) {
    request.headers.set("Content-Length", wrong);
    request.url = server.at("/echo");
    Task<bool> failing = fails_with<std::length_error>(client, request);
    const bool failing_did = co_await failing;
    CHECK(failing_did);
  }
  request.body_producer = [](BodyWriter&) -> Task<void> {
    throw std::runtime_error("no more");
    co_return;
  };
  Task<std::string> failing = failure_of(client, request);
  const std::string no_more = co_await failing;
  CHECK(no_more == "no more");

  bora::testing::TestCertificates folder;
  const std::string path = folder.folder() + "/upload";
  std::string content;
  for (int i = 0; i < 60'000; ++i) content += std::to_string(i);
  std::ofstream(path) << content;
  HTTPRequest upload{.url = server.at("/echo"), .method = "PUT", .body_file = path};
  Task<HTTPResponse> uploading = client.fetch(upload);
  response = co_await uploading;
  CHECK(response.body == content);
  upload.body_file = path + "-missing";
  Task<bool> missing = fails_with<std::invalid_argument>(client, upload);
  const bool missing_did = co_await missing;
  CHECK(missing_did);
  upload.body_file.clear();
  upload.body = content;  // too large to be sent at once
  Task<HTTPResponse> large = client.fetch(upload);
  response = co_await large;
  CHECK(response.body == content);
}

ASYNC_TEST_CASE("client: the jar's cookies are kept and sent", "[http_client]") {
  const TestServer server;
  AsyncHTTPClient client;
  HTTPRequest request{.url = server.at("/cookies"), .headers = {{"Cookie", "own=x"}}};
  request.cookie_jar = std::make_shared<CookieJar>();
  Task<HTTPResponse> first = client.fetch(request);
  HTTPResponse response = co_await first;
  CHECK(response.body == "own=x");
  Task<HTTPResponse> second = client.fetch(request);
  response = co_await second;
  CHECK(response.body == "own=x; a=1");
}

ASYNC_TEST_CASE("client: TLS is checked, and a client certificate stays at home", "[http_client]") {
  bora::testing::TestCertificates certificates;
  const auto made = certificates.issue({});
  const auto own = certificates.issue({.common_name = "client"});
  const auto tls = [&](bora::net::CertReqs reqs) {
    HTTPServerOptions options;
    options.ssl_options = bora::net::SSLContext::server({.certfile = made.certfile,
                                                         .keyfile = made.keyfile,
                                                         .ca_certs = certificates.ca_certs(),
                                                         .cert_reqs = reqs});
    return options;
  };
  const TestServer home(tls(bora::net::CertReqs::cert_required));
  const TestServer away(tls(bora::net::CertReqs::cert_required));
  const auto secure = [](const TestServer& server, std::string_view path) {
    return "https://localhost:" + std::to_string(server.server.port()) + std::string(path);
  };
  AsyncHTTPClient client;
  HTTPRequest request{.url = secure(home, "/pieces"),
                      .ca_certs = certificates.ca_certs(),
                      .client_cert = own.certfile,
                      .client_key = own.keyfile};
  Task<HTTPResponse> fetching = client.fetch(request);
  HTTPResponse response = co_await fetching;
  CHECK(response.body == "one,two,three");
  CHECK(response.time_info.tls.count() > 0);
  {
    const bora::testing::ExpectLog quiet(bora::gen_log, ".*", {.required = false});
    // A connection that was opened with the certificate is not used for a request without it.
    const HTTPClientStatistics before = client.statistics();
    CHECK(before.idle_connections > 0);
    HTTPRequest without{.url = request.url, .ca_certs = certificates.ca_certs()};
    Task<std::string> opening = failure_of(client, without);
    const std::string opened = co_await opening;
    CHECK(opened != "");
    CHECK(client.statistics().connections_reused == before.connections_reused);
    request.url = secure(home, "/redirect?to=" + secure(away, "/pieces"));
    Task<std::string> leaving = failure_of(client, request);
    const std::string left = co_await leaving;
    CHECK(left != "");
    // A redirect from TLS to clear text is not followed at all.
    const TestServer plain;
    request.url = secure(home, "/redirect?to=" + plain.at("/pieces"));
    Task<bool> downgrade = fails_with<HTTPRedirectError>(client, request);
    const bool downgrade_did = co_await downgrade;
    CHECK(downgrade_did);
    request.allow_insecure_redirects = true;
    Task<HTTPResponse> allowed = client.fetch(request);
    response = co_await allowed;
    CHECK(response.body == "one,two,three");

    const TestServer simple(tls(bora::net::CertReqs::cert_none));
    HTTPRequest unknown{.url = secure(simple, "/pieces")};
    Task<bool> untrusted = fails_with<HTTPTLSError>(client, unknown);
    const bool untrusted_did = co_await untrusted;
    CHECK(untrusted_did);
    unknown.validate_cert = false;
    Task<HTTPResponse> unchecked = client.fetch(unknown);
    response = co_await unchecked;
    CHECK(response.code == 200);
    const auto other = certificates.issue({.common_name = "other", .names = {"other.example"}});
    HTTPServerOptions wrong_name;
    wrong_name.ssl_options =
        bora::net::SSLContext::server({.certfile = other.certfile, .keyfile = other.keyfile});
    const TestServer wrong(wrong_name);
    HTTPRequest named{.url = secure(wrong, "/pieces"), .ca_certs = certificates.ca_certs()};
    Task<bool> misnamed = fails_with<HTTPTLSError>(client, named);
    const bool misnamed_did = co_await misnamed;
    CHECK(misnamed_did);
  }
}

ASYNC_TEST_CASE("client: ten thousand fetches within 64 connections", "[http_client]") {
  const TestServer server;
  AsyncHTTPClientOptions options;
  options.max_connections_per_origin = 64;
  options.defaults.queue_timeout = 0s;
  AsyncHTTPClient client(options);
  std::vector<Task<HTTPResponse>> fetches;
  for (int i = 0; i < kMany; ++i) fetches.push_back(client.fetch(server.at("/echo")));
  Task<std::vector<HTTPResponse>> all = bora::multi(std::move(fetches));
  const std::vector<HTTPResponse> responses = co_await all;
  for (const HTTPResponse& response : responses) REQUIRE(response.code == 200);
  const HTTPClientStatistics statistics = client.statistics();
  CHECK(statistics.connections_made <= 64);
  CHECK(statistics.running == 0);
  CHECK(statistics.waiting == 0);
}

ASYNC_TEST_CASE("client: ten thousand cancellations leave no turn behind", "[http_client]") {
  const TestServer server;
  AsyncHTTPClientOptions options;
  options.max_connections_per_origin = 4;
  options.max_clients = 6;
  options.defaults.queue_timeout = 0s;
  AsyncHTTPClient client(options);
  std::uint32_t state = 12345;
  const auto random = [&] { return state = state * 1664525 + 1013904223, state >> 16; };
  int ended = 0;
  for (int round = 0; round < kMany / 100; ++round) {
    std::vector<bora::Future<HTTPResponse>> futures;
    for (int i = 0; i < 100; ++i) {
      const char* const path = random() % 3 == 0 ? "/waits" : "/echo";
      futures.push_back(bora::spawn(client.fetch(server.at(path))));
    }
    for (std::uint32_t turns = random() % 6; turns > 0; --turns) co_await bora::moment;
    for (auto& future : futures) future.cancel();
    for (auto& future : futures) {
      static_cast<void>(co_await future.end());
      ++ended;
    }
  }
  CHECK(ended == kMany);
  const HTTPClientStatistics statistics = client.statistics();
  CHECK(statistics.running == 0);
  CHECK(statistics.waiting == 0);
  Task<HTTPResponse> last = client.fetch(server.at("/echo"));
  const HTTPResponse response = co_await last;
  CHECK(response.code == 200);
  while (server.app.running_requests() > 0) co_await bora::moment;
}

ASYNC_TEST_CASE("client: one for the loop, others of their own, and their end", "[http_client]") {
  const TestServer server;
  AsyncHTTPClient shared;
  AsyncHTTPClient same;
  Task<HTTPResponse> one = shared.fetch(server.at("/echo"));
  static_cast<void>(co_await one);
  CHECK(same.statistics().connections_made == shared.statistics().connections_made);
  std::vector<std::string> reports;
  AsyncHTTPClientOptions options;
  options.defaults.user_agent = "default";
  options.defaults.connect_timeout = 5s;
  options.observer = [&](const FetchReport& report) {
    reports.push_back(std::string(report.method) + " " + std::string(report.url) + " " +
                      std::to_string(report.code));
  };
  AsyncHTTPClient own(options);
  Task<HTTPResponse> two =
      own.fetch("http://u:p@127.0.0.1:" + std::to_string(server.server.port()) + "/echo");
  const HTTPResponse response = co_await two;
  CHECK(got(response, "User-Agent=default"));
  CHECK(reports == std::vector<std::string>{"GET " + server.at("/echo") + " 200"});

  bora::Future<HTTPResponse> waiting = bora::spawn(own.fetch(server.at("/waits")));
  while (own.statistics().running == 0) co_await bora::moment;
  own.close();
  static_cast<void>(co_await waiting.end());
  CHECK_THROWS_AS(waiting.result(), HTTPClientClosedError);
  while (server.app.running_requests() > 0) co_await bora::moment;
  Task<bool> later = fails_with<std::logic_error>(own, HTTPRequest{.url = server.at("/echo")});
  const bool is_refused = co_await later;
  CHECK(is_refused);
  CHECK(reports.back().ends_with(" 599"));
  own.close();
}

ASYNC_TEST_CASE("client: another resolver, an address to connect from, settings of shared ones",
                "[http_client]") {
  const TestServer server;
  AsyncHTTPClientOptions options;
  const std::vector<bora::net::OverrideResolver::Rule> rules = {
      {.host = "shop.example", .to_host = "127.0.0.1"}};
  options.resolver = std::make_shared<bora::net::OverrideResolver>(
      std::make_shared<bora::net::DefaultLoopResolver>(), rules);
  options.defaults.network_interface = "127.0.0.2";
  options.defaults.allow_ipv6 = false;
  options.defaults.user_agent = "configured";
  AsyncHTTPClient::configure(options);
  AsyncHTTPClient client;
  AsyncHTTPClient::configure({});
  const std::string port = std::to_string(server.server.port());
  Task<HTTPResponse> fetching = client.fetch("http://shop.example:" + port + "/echo");
  const HTTPResponse response = co_await fetching;
  CHECK(got(response, "Host=shop.example:" + port));
  CHECK(got(response, "User-Agent=configured"));
  CHECK(response.headers.get("X-Remote") == "127.0.0.2");
  HTTPRequest impossible{.url = server.at("/echo"), .network_interface = "::1"};
  Task<bool> failing = fails_with<HTTPFetchError>(client, impossible);
  const bool has_failed = co_await failing;
  CHECK(has_failed);
}

TEST_CASE("client: the blocking one", "[http_client]") {
  const TestServer server;
  HTTPClient client;
  CHECK(client.fetch(server.at("/pieces")).body == "one,two,three");
  CHECK_THROWS_AS(client.fetch(server.at("/status/404")), HTTPClientError);
  HTTPRequest request{.url = server.at("/echo"), .method = "POST", .body = "x"};
  CHECK(client.fetch(request).body == "x");
  bool is_refused = false;
  bora::IOLoop::current().add_callback([&] {
    try {
      static_cast<void>(client.fetch(server.at("/echo")));
    } catch (const std::logic_error&) {
      is_refused = true;
    }
    bora::IOLoop::current().stop();
  });
  bora::IOLoop::current().start();
  CHECK(is_refused);
}
