// The client with servers and proxies that do what they should not, and with timeouts.

#include <cstdlib>
#include <string>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/http/async_http_client.h>
#include <bora/http/event_source.h>
#include <bora/testing/bind_unused_port.h>
#include <bora/testing/catch.h>
#include <bora/testing/certificates.h>
#include <bora/testing/fake_clock.h>

#include "tests/runtime/http_client/raw_server.h"

using namespace bora::http;
using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::net::IOStream;
using bora::test::RawServer;

namespace {

AsyncHTTPClient own_client(const AsyncHTTPClientOptions& options = {}) {
  return AsyncHTTPClient(options);
}

/// The name of the exception with which a fetch fails, and its message; both empty if it succeeds.
Task<std::pair<std::string, std::string>> outcome(AsyncHTTPClient client, HTTPRequest request) {
  std::pair<std::string, std::string> result;
  try {
    Task<HTTPResponse> fetching = client.fetch(request);
    const HTTPResponse response = co_await fetching;
    result.second = response.body;
  } catch (const HTTPTimeoutError& error) {
    result = {"timeout", error.what()};
  } catch (const HTTPStreamClosedError& error) {
    result = {"closed", error.what()};
  } catch (const HTTPProtocolError& error) {
    result = {"protocol", error.what()};
  } catch (const HTTPResponseTooLargeError& error) {
    result = {"large", error.what()};
  } catch (const HTTPConnectError& error) {
    result = {"connect", error.what()};
  } catch (const HTTPResolveError& error) {
    result = {"resolve", error.what()};
  } catch (const HTTPProxyError& error) {
    result = {"proxy", error.what()};
  } catch (const HTTPTLSError& error) {
    result = {"tls", error.what()};
  } catch (const std::exception& error) {
    result = {"other", error.what()};
  }
  co_return result;
}

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

ASYNC_TEST_CASE("hostile: what a bad answer is called", "[http_client]") {
  struct Row {
    const char* answer;
    const char* error;
  };
  const Row rows[] = {
      {"", "closed"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhal", "closed"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "closed"},
      {"HTTP/1.1 200", "closed"},
      {"SSH-2.0-x\r\n", "protocol"},
      {"HTTP/1.1 200 OK\nA: b\n\n", "protocol"},
      {"HTTP/2.0 200 OK\r\n\r\n", "protocol"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "protocol"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "protocol"},
      {"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "protocol"},
      {"HTTP/1.1 204 None\r\nContent-Length: 5\r\n\r\nhello", "protocol"},
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "protocol"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "protocol"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", "large"},
      {"HTTP/1.1 200 OK\r\n\r\nthis goes on to the connection's end, too far", "large"},
  };
  AsyncHTTPClientOptions options;
  options.max_body_size = 20;
  AsyncHTTPClient client = own_client(options);
  for (const Row& row : rows) {
    INFO(row.answer);
    RawServer server({row.answer});
    HTTPRequest request{.url = server.url()};
    Task<std::pair<std::string, std::string>> fetching = outcome(client, request);
    const auto [error, sentence] = co_await fetching;
    INFO(sentence);
    CHECK(error == row.error);
    CHECK(sentence.find("127.0.0.1:") != std::string::npos);
  }
  std::string large = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 5000; ++i) large += "X: aaaaaaaaaaaaaaaaaaaa\r\n";
  RawServer server({large + "\r\n"});
  HTTPRequest request{.url = server.url()};
  Task<std::pair<std::string, std::string>> fetching = outcome(client, request);
  const auto [error, sentence] = co_await fetching;
  CHECK(error == "large");
}

ASYNC_TEST_CASE("hostile: nobody there", "[http_client]") {
  AsyncHTTPClient client = own_client();
  int port = 0;
  {
    RawServer gone(std::vector<std::string>{});
    port = gone.port();
  }
  HTTPRequest refused{.url = "http://127.0.0.1:" + std::to_string(port) + "/"};
  Task<std::pair<std::string, std::string>> first = outcome(client, refused);
  const auto [connect_error, connect_text] = co_await first;
  CHECK(connect_error == "connect");
  CHECK(connect_text.find("Connection refused") != std::string::npos);
  HTTPRequest unknown{.url = "http://no-such-host.invalid/"};
  Task<std::pair<std::string, std::string>> second = outcome(client, unknown);
  const auto [resolve_error, resolve_text] = co_await second;
  CHECK(resolve_error == "resolve");
  CHECK(resolve_text.find("no-such-host.invalid") != std::string::npos);
}

ASYNC_TEST_CASE("pool: when a connection is used again", "[http_client]") {
  struct Row {
    const char* answer;
    bool is_kept;
  };
  const Row rows[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", true},
      {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", true},
      {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false},
      {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", false},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=1\r\n\r\nok", false},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=9\r\n\r\nok", true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: "
       "3\r\n\r\nbad",
       false},
  };
  for (const Row& row : rows) {
    INFO(row.answer);
    RawServer server({row.answer, row.answer, row.answer});
    AsyncHTTPClient client = own_client();
    for (int i = 0; i < 2; ++i) {
      Task<HTTPResponse> fetching = client.fetch(server.url());
      const HTTPResponse response = co_await fetching;
      CHECK(response.body == "ok");
    }
    CHECK(server.connections == (row.is_kept ? 1 : 2));
  }
}

ASYNC_TEST_CASE("pool: a server that hangs up, or talks, while nobody asks", "[http_client]") {
  bora::Event hang_up;
  RawServer server([&](IOStream& stream) -> Task<void> {
    Task<std::string> reading = RawServer::read_request(stream);
    static_cast<void>(co_await reading);
    Task<void> saying = RawServer::say(stream, kOk);
    co_await saying;
    bora::Event::Wait wait = hang_up.wait();
    co_await wait;
  });
  AsyncHTTPClient client = own_client();
  Task<HTTPResponse> fetching = client.fetch(server.url());
  static_cast<void>(co_await fetching);
  CHECK(client.statistics().idle_connections == 1);
  hang_up.set();
  while (client.statistics().idle_connections == 1) co_await bora::sleep(1ms);
  CHECK(client.statistics().idle_connections == 0);

  bora::Event talk;
  RawServer talker([&](IOStream& stream) -> Task<void> {
    for (;;) {
      Task<std::string> reading = RawServer::read_request(stream);
      static_cast<void>(co_await reading);
      Task<void> saying = RawServer::say(stream, kOk);
      co_await saying;
      bora::Event::Wait wait = talk.wait();
      co_await wait;
      Task<void> shouting =
          RawServer::say(stream, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
      co_await shouting;
    }
  });
  Task<HTTPResponse> first = client.fetch(talker.url());
  static_cast<void>(co_await first);
  talk.set();
  for (int i = 0; i < 20; ++i) co_await bora::moment;
  Task<HTTPResponse> second = client.fetch(talker.url());
  const HTTPResponse response = co_await second;
  CHECK(response.body == "ok");
  CHECK(talker.connections == 2);
}

ASYNC_TEST_CASE("retry: once, on a connection that was used before, and never otherwise",
                "[http_client]") {
  struct Row {
    const char* method;
    bool is_safe;
    bool has_key;
    bool is_retried;
  };
  const Row rows[] = {{"GET", false, false, true},    {"PUT", false, false, true},
                      {"DELETE", false, false, true}, {"POST", false, false, false},
                      {"PATCH", false, false, false}, {"POST", true, false, true},
                      {"POST", false, true, true}};
  for (const Row& row : rows) {
    INFO(row.method << row.is_safe << row.has_key);
    // The first connection answers once, and closes when the second request has come.
    int count = 0;
    RawServer server([&](IOStream& stream) -> Task<void> {
      const bool is_first = ++count == 1;
      for (int i = 0; i < 2; ++i) {
        Task<std::string> reading = RawServer::read_request(stream);
        static_cast<void>(co_await reading);
        if (is_first && i == 1) co_return;
        Task<void> saying = RawServer::say(stream, kOk);
        co_await saying;
      }
    });
    AsyncHTTPClient client = own_client();
    Task<HTTPResponse> fetching = client.fetch(server.url());
    static_cast<void>(co_await fetching);
    HTTPRequest request{.url = server.url(), .method = row.method, .retry_safe = row.is_safe};
    if (request.method[0] == 'P') request.body = "x";
    if (row.has_key) request.headers.add("Idempotency-Key", "1");
    Task<std::pair<std::string, std::string>> second = outcome(client, request);
    const auto [error, text] = co_await second;
    CHECK(error == (row.is_retried ? "" : "closed"));
    CHECK(server.connections == (row.is_retried ? 2 : 1));
    CHECK(client.statistics().retries == (row.is_retried ? 1 : 0));
  }
  // After one byte of an answer there is no second attempt.
  int count = 0;
  RawServer server([&](IOStream& stream) -> Task<void> {
    for (int i = 0; i < 2; ++i) {
      Task<std::string> reading = RawServer::read_request(stream);
      static_cast<void>(co_await reading);
      Task<void> saying = RawServer::say(stream, ++count == 1 ? kOk : "H");
      co_await saying;
      if (count > 1) co_return;
    }
  });
  AsyncHTTPClient client = own_client();
  Task<HTTPResponse> fetching = client.fetch(server.url());
  static_cast<void>(co_await fetching);
  HTTPRequest request{.url = server.url()};
  Task<std::pair<std::string, std::string>> second = outcome(client, request);
  const auto [error, text] = co_await second;
  CHECK(error == "closed");
  CHECK(text.find("within its answer") != std::string::npos);
}

// BORA_SOAK_FETCHES says how many (and ASYNC_TEST_TIMEOUT how long it may take).
ASYNC_TEST_CASE("soak: a server that ends idle connections at random", "[http_client]") {
  const char* const wanted = std::getenv("BORA_SOAK_FETCHES");
  int left = wanted == nullptr ? 2000 : std::atoi(wanted);
  std::uint32_t state = 1;
  const auto one_in = [&](std::uint32_t count) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % count == 0;
  };
  RawServer server([&](IOStream& stream) -> Task<void> {
    for (bool is_first = true;; is_first = false) {
      Task<std::string> reading = RawServer::read_request(stream);
      static_cast<void>(co_await reading);
      if (!is_first && one_in(10)) co_return;  // without an answer
      Task<void> saying = RawServer::say(stream, kOk);
      co_await saying;
      if (one_in(10)) co_return;
      if (one_in(10)) co_await bora::moment;
    }
  });
  AsyncHTTPClientOptions options;
  options.max_connections_per_origin = 8;
  AsyncHTTPClient client = own_client(options);
  const std::string url = server.url();
  const auto ask = [&]() -> Task<void> {
    while (left > 0) {
      --left;
      Task<HTTPResponse> fetching = client.fetch(url);
      const HTTPResponse response = co_await fetching;
      CHECK(response.body == "ok");
    }
  };
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 16; ++i) tasks.push_back(ask());
  auto all = bora::multi(std::move(tasks));
  co_await all;
  CHECK(client.statistics().retries > 0);
  CHECK(client.statistics().running == 0);
  client.close();
}

TEST_CASE("time: each limit has its name", "[http_client]") {
  struct Row {
    const char* said;  ///< Sent by the server before it is silent.
    const char* text;
    HTTPRequest request;
  };
  Row rows[] = {
      {"", "Timeout during request", {.request_timeout = 5s}},
      {"", "Timeout while waiting for the answer", {.first_byte_timeout = 5s}},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nha",
       "Timeout between two pieces of the answer",
       {.read_timeout = 5s}},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nha",
       "Timeout during request",
       {.request_timeout = 5s}},
      {"", "Timeout of the whole fetch", {.request_timeout = 0s, .total_timeout = 5s}},
  };
  for (Row& row : rows) {
    INFO(row.text);
    bora::testing::FakeClock clock;
    bool was_asked = false;
    RawServer server([&](IOStream& stream) -> Task<void> {
      Task<std::string> reading = RawServer::read_request(stream);
      static_cast<void>(co_await reading);
      Task<void> saying = RawServer::say(stream, row.said);
      co_await saying;
      was_asked = true;
      bora::Event never;
      bora::Event::Wait wait = never.wait();
      co_await wait;
    });
    row.request.url = server.url();
    AsyncHTTPClient client = own_client();
    auto future = bora::spawn(outcome(client, row.request));
    while (!was_asked) IOLoop::current().run_once(10ms);
    for (int i = 0; i < 20; ++i) IOLoop::current().run_once(1ms);
    clock.advance(4900ms);
    CHECK_FALSE(future.done());
    clock.advance(200ms);
    for (int i = 0; i < 100 && !future.done(); ++i) IOLoop::current().run_once(1ms);
    REQUIRE(future.done());
    const auto result = future.result();
    CHECK(result.first == "timeout");
    INFO(result.second);
    CHECK(result.second.find(row.text) != std::string::npos);
    CHECK(client.statistics().running == 0);
    server.cancel_handlers();
  }
}

TEST_CASE("time: in the queue, and while connecting", "[http_client]") {
  bora::testing::FakeClock clock;
  bool was_asked = false;
  RawServer server([&](IOStream& stream) -> Task<void> {
    was_asked = true;
    Task<std::string> reading = stream.read_until_close();
    static_cast<void>(co_await reading);
  });
  AsyncHTTPClientOptions options;
  options.max_clients = 1;
  AsyncHTTPClient client = own_client(options);
  HTTPRequest slow{.url = server.url(), .request_timeout = 0s};
  auto first = bora::spawn(outcome(client, slow));
  HTTPRequest queued{.url = server.url(), .connect_timeout = 3s};
  auto second = bora::spawn(outcome(client, queued));
  while (!was_asked) IOLoop::current().run_once(10ms);
  clock.advance(3100ms);
  REQUIRE(second.done());
  CHECK(second.result().second.find("Timeout in request queue") != std::string::npos);
  CHECK_FALSE(first.done());
  client.close();
  while (!first.done()) IOLoop::current().run_once(1ms);

  // A server that accepts, and says nothing when TLS is asked for.
  AsyncHTTPClient other = own_client();
  HTTPRequest secure{.url = "https://127.0.0.1:" + std::to_string(server.port()) + "/",
                     .connect_timeout = 3s};
  was_asked = false;
  auto third = bora::spawn(outcome(other, secure));
  while (!was_asked) IOLoop::current().run_once(10ms);
  for (int i = 0; i < 20; ++i) IOLoop::current().run_once(1ms);
  clock.advance(3100ms);
  for (int i = 0; i < 100 && !third.done(); ++i) IOLoop::current().run_once(1ms);
  REQUIRE(third.done());
  CHECK(third.result().second.find("Timeout while connecting") != std::string::npos);
  CHECK(third.result().second.find("agreeing on TLS") != std::string::npos);
  server.cancel_handlers();
}

ASYNC_TEST_CASE("Expect: the body waits for the server's word", "[http_client]") {
  std::vector<std::string> bodies;
  bool agrees = true;
  RawServer server([&](IOStream& stream) -> Task<void> {
    Task<std::string> reading = stream.read_until("\r\n\r\n");
    const std::string head = co_await reading;
    if (head.find("Expect: 100-continue\r\n") == std::string::npos) co_return;
    if (agrees) {
      Task<void> agreeing = RawServer::say(stream, "HTTP/1.1 100 Continue\r\n\r\n");
      co_await agreeing;
      Task<std::string> body = stream.read_bytes(4);
      bodies.push_back(co_await body);
    }
    Task<void> saying = RawServer::say(
        stream, agrees ? kOk : "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    co_await saying;
    Task<std::string> rest = stream.read_until_close();
    std::string left = co_await rest;
    bodies.push_back(std::move(left));
  });
  AsyncHTTPClient client = own_client();
  HTTPRequest request{.url = server.url(),
                      .method = "POST",
                      .body = "body",
                      .raise_error = false,
                      .expect_100_continue = true};
  Task<HTTPResponse> fetching = client.fetch(request);
  HTTPResponse response = co_await fetching;
  CHECK(response.code == 200);
  CHECK(bodies == std::vector<std::string>{"body"});
  agrees = false;
  bodies.clear();
  client.close();
  AsyncHTTPClient other = own_client();
  Task<HTTPResponse> refusing = other.fetch(request);
  response = co_await refusing;
  CHECK(response.code == 413);
  CHECK(other.statistics().idle_connections == 0);
  while (bodies.size() < 2) co_await bora::sleep(1ms);
  CHECK(bodies == std::vector<std::string>{"", ""});
}

ASYNC_TEST_CASE("an answer before the whole body was sent", "[http_client]") {
  RawServer server([&](IOStream& stream) -> Task<void> {
    Task<std::string> reading = stream.read_until("\r\n\r\n");
    static_cast<void>(co_await reading);
    Task<void> saying =
        RawServer::say(stream, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!");
    co_await saying;
    Task<std::string> rest = stream.read_until_close();
    static_cast<void>(co_await rest);
  });
  AsyncHTTPClient client = own_client();
  HTTPRequest request{.url = server.url(), .method = "POST", .raise_error = false};
  request.body_producer = [](BodyWriter& writer) -> Task<void> {
    for (;;) {
      Task<void> writing = writer.write(std::string(10'000, 'x'));
      co_await writing;
      co_await bora::moment;
    }
  };
  Task<HTTPResponse> fetching = client.fetch(request);
  const HTTPResponse response = co_await fetching;
  CHECK(response.code == 413);
  CHECK(response.body == "no!");
  CHECK(client.statistics().idle_connections == 0);
}

ASYNC_TEST_CASE("digest: asked for, answered once", "[http_client]") {
  const std::string challenge =
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", "
      "qop=\"auth\"\r\n"
      "Content-Length: 4\r\n\r\nwho?";
  RawServer server({challenge, kOk, challenge, challenge});
  AsyncHTTPClient client = own_client();
  HTTPRequest request{.url = server.url("/p?q"),
                      .raise_error = false,
                      .auth_username = "Ada",
                      .auth_password = "secret",
                      .auth_mode = "digest"};
  Task<HTTPResponse> fetching = client.fetch(request);
  HTTPResponse response = co_await fetching;
  CHECK(response.body == "ok");
  REQUIRE(server.requests.size() == 2);
  CHECK(server.requests[0].find("Authorization") == std::string::npos);
  CHECK(server.requests[1].find(
            "Authorization: Digest username=\"Ada\", realm=\"r\", nonce=\"n\", uri=\"/p?q\"") !=
        std::string::npos);
  Task<HTTPResponse> refused = client.fetch(request);
  response = co_await refused;
  CHECK(response.code == 401);
  CHECK(response.body == "who?");
  CHECK(server.requests.size() == 4);
  CHECK(server.connections == 1);
}

ASYNC_TEST_CASE("digest: a proxy asks, and is answered for each of a fetch's requests",
                "[http_client]") {
  const std::string challenge =
      "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Digest realm=\"r\", "
      "nonce=\"n\", qop=\"auth\"\r\nContent-Length: 4\r\n\r\nwho?";
  const std::string other_challenge =
      "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Digest realm=\"r\", "
      "nonce=\"m\", stale=true, qop=\"auth\"\r\nContent-Length: 0\r\n\r\n";
  RawServer proxy({challenge,
                   "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: "
                   "0\r\n\r\n",
                   kOk, kOk, other_challenge, kOk, challenge, challenge, kOk});
  AsyncHTTPClient client = own_client();
  HTTPRequest request{.url = "http://a.example/p?q",
                      .raise_error = false,
                      .proxy_host = "127.0.0.1",
                      .proxy_port = proxy.port(),
                      .proxy_username = "Ada",
                      .proxy_password = "secret",
                      .proxy_auth_mode = "digest"};
  Task<HTTPResponse> fetching = client.fetch(request);
  HTTPResponse response = co_await fetching;
  CHECK(response.body == "ok");
  REQUIRE(proxy.requests.size() == 3);
  CHECK(proxy.requests[0].find("Proxy-Authorization") == std::string::npos);
  const auto answers = [&](std::size_t i, const std::string& uri, const std::string& count,
                           const std::string& nonce = "n") {
    const std::string& text = proxy.requests[i];
    return text.find("Proxy-Authorization: Digest username=\"Ada\", realm=\"r\", nonce=\"" + nonce +
                     "\", uri=\"" + uri + "\"") != std::string::npos &&
           text.find("nc=" + count) != std::string::npos;
  };
  CHECK(answers(1, "http://a.example/p?q", "00000001"));
  CHECK(answers(2, "http://a.example/b", "00000002"));
  // The proxy's challenge holds for later fetches, until it sends another one.
  for (const std::size_t requests : {4, 6}) {
    Task<HTTPResponse> later = client.fetch(request);
    response = co_await later;
    CHECK(response.body == "ok");
    REQUIRE(proxy.requests.size() == requests);
  }
  CHECK(answers(3, "http://a.example/p?q", "00000003"));
  CHECK(answers(4, "http://a.example/p?q", "00000004"));
  CHECK(answers(5, "http://a.example/p?q", "00000001", "m"));
  Task<HTTPResponse> refused = client.fetch(request);
  response = co_await refused;
  CHECK(response.code == 407);
  CHECK(response.body == "who?");
  // Credentials that were refused are not sent unasked again: that could lock somebody's account.
  Task<HTTPResponse> afterwards = client.fetch(request);
  response = co_await afterwards;
  CHECK(response.body == "ok");
  REQUIRE(proxy.requests.size() == 9);
  CHECK(proxy.requests[8].find("Proxy-Authorization") == std::string::npos);

  // CONNECT is tried once more, over another connection.
  std::vector<std::string> asked;
  bool agrees = false;
  RawServer tunnel([&](IOStream& stream) -> Task<void> {
    Task<std::string> reading = RawServer::read_request(stream);
    std::string text = co_await reading;
    asked.push_back(std::move(text));
    std::string answer = challenge;
    if (agrees && asked.size() > 3) answer = "HTTP/1.1 200 OK\r\n\r\n";
    if (asked.size() == 5) answer += "this is no TLS";
    Task<void> saying = RawServer::say(stream, std::move(answer));
    co_await saying;
  });
  request.url = "https://a.example/";
  request.proxy_port = tunnel.port();
  Task<std::pair<std::string, std::string>> refused_tunnel = outcome(client, request);
  std::pair<std::string, std::string> told = co_await refused_tunnel;
  CHECK(told.first == "proxy");
  CHECK(told.second.find("407") != std::string::npos);
  CHECK(asked.size() == 2);
  CHECK(tunnel.connections == 2);
  agrees = true;
  for (const std::size_t requests : {4, 5}) {
    Task<std::pair<std::string, std::string>> tunnelling = outcome(client, request);
    told = co_await tunnelling;
    REQUIRE(asked.size() == requests);
    CHECK(told.first == (requests == 4 ? "tls" : "proxy"));
  }
  for (const std::size_t i : {0, 2}) {
    INFO(i);
    CHECK(asked[i].find("Proxy-Authorization") == std::string::npos);
  }
  for (const std::size_t i : {1, 3, 4}) {
    INFO(i);
    CHECK(asked[i].find("uri=\"a.example:443\"") != std::string::npos);
    CHECK(asked[i].find(i == 4 ? "nc=00000002" : "nc=00000001") != std::string::npos);
  }

  // A server that is no proxy gets no credentials.
  RawServer server({challenge});
  HTTPRequest direct{.url = server.url(),
                     .raise_error = false,
                     .proxy_username = "Ada",
                     .proxy_password = "secret",
                     .proxy_auth_mode = "digest"};
  Task<HTTPResponse> asking = client.fetch(direct);
  response = co_await asking;
  CHECK(response.code == 407);
  CHECK(server.requests.size() == 1);
}

ASYNC_TEST_CASE("proxies: HTTP, CONNECT and SOCKS5", "[http_client]") {
  bora::testing::TestCertificates certificates;
  const auto made = certificates.issue({});
  bora::net::TCPServerOptions tls;
  tls.ssl_options =
      bora::net::SSLContext::server({.certfile = made.certfile, .keyfile = made.keyfile});
  RawServer origin({kOk, kOk});
  RawServer secure({kOk, kOk}, tls);
  std::vector<std::string> heads;
  std::string refusal;
  // Reads the request, connects and passes bytes on.
  RawServer proxy([&](IOStream& stream) -> Task<void> {
    int port = 0;
    Task<std::string> first = stream.read_bytes(1);
    std::string head = co_await first;
    if (head == "\x05") {
      Task<std::string> rest = stream.read_bytes(3);
      head += co_await rest;
      Task<void> choosing = RawServer::say(stream, std::string("\x05\x02", 2));
      co_await choosing;
      Task<std::string> login = stream.read_bytes(1 + 1 + 3 + 1 + 6);
      head += co_await login;
      Task<void> fine = RawServer::say(stream, std::string("\x01\x00", 2));
      co_await fine;
      Task<std::string> asked = stream.read_bytes(5 + 9 + 2);
      const std::string request = co_await asked;
      head += request;
      port = static_cast<unsigned char>(request[14]) << 8 | static_cast<unsigned char>(request[15]);
      std::string answer("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50", 10);
      if (!refusal.empty()) answer[1] = '\x05';
      heads.push_back(head);
      Task<void> connected = RawServer::say(stream, answer);
      co_await connected;
      if (!refusal.empty()) co_return;
    } else {
      Task<std::string> rest = stream.read_until("\r\n\r\n");
      head += co_await rest;
      heads.push_back(head);
      if (!refusal.empty()) {
        Task<void> refusing = RawServer::say(stream, refusal);
        co_await refusing;
        co_return;
      }
      if (!head.starts_with("CONNECT")) {
        Task<void> saying = RawServer::say(stream, kOk);
        co_await saying;
        co_return;
      }
      port = std::stoi(head.substr(head.find(':') + 1));
      Task<void> agreeing = RawServer::say(stream, "HTTP/1.1 200 Connection established\r\n\r\n");
      co_await agreeing;
    }
    IOStream target(bora::net::AddressFamily::ipv4);
    Task<void> connecting = target.connect(*bora::net::Address::from_ip("127.0.0.1", port));
    co_await connecting;
    auto pass = [](IOStream& from, IOStream& to) -> Task<void> {
      try {
        for (;;) {
          Task<std::string> reading = from.read_bytes(65536, true);
          std::string bytes = co_await reading;
          bora::net::WriteTask writing = to.write(std::move(bytes));
          co_await writing;
        }
      } catch (const bora::net::StreamClosedError&) {
        to.close();
      }
    };
    auto both = bora::multi(pass(stream, target), pass(target, stream));
    static_cast<void>(co_await both);
  });

  AsyncHTTPClient client = own_client();
  HTTPRequest request{.url = "http://localhost:" + std::to_string(origin.port()) + "/x",
                      .proxy_host = "127.0.0.1",
                      .proxy_port = proxy.port(),
                      .proxy_username = "Ada",
                      .proxy_password = "secret",
                      .ca_certs = certificates.ca_certs()};
  Task<std::pair<std::string, std::string>> plain = outcome(client, request);
  auto result = co_await plain;
  CHECK(result == std::pair<std::string, std::string>("", "ok"));
  CHECK(heads.back().starts_with("GET http://localhost:" + std::to_string(origin.port()) +
                                 "/x HTTP/1.1\r\n"));
  CHECK(heads.back().find("Proxy-Authorization: Basic QWRhOnNlY3JldA==\r\n") != std::string::npos);
  CHECK(origin.connections == 0);

  HTTPRequest tunnel = request;
  tunnel.url = "https://localhost:" + std::to_string(secure.port()) + "/x";
  Task<std::pair<std::string, std::string>> through = outcome(client, tunnel);
  result = co_await through;
  CHECK(result == std::pair<std::string, std::string>("", "ok"));
  CHECK(heads.back().starts_with("CONNECT localhost:" + std::to_string(secure.port()) +
                                 " HTTP/1.1\r\n"));
  REQUIRE(secure.requests.size() == 1);
  CHECK(secure.requests[0].starts_with("GET /x HTTP/1.1\r\n"));
  CHECK(secure.requests[0].find("Proxy-Authorization") == std::string::npos);

  HTTPRequest socks = tunnel;
  socks.proxy_scheme = "socks5";
  Task<std::pair<std::string, std::string>> by_socks = outcome(client, socks);
  result = co_await by_socks;
  CHECK(result == std::pair<std::string, std::string>("", "ok"));
  CHECK(heads.back().find("localhost") != std::string::npos);

  refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
  AsyncHTTPClient other = own_client();
  Task<std::pair<std::string, std::string>> refused = outcome(other, tunnel);
  result = co_await refused;
  CHECK(result.first == "proxy");
  CHECK(result.second.find("407") != std::string::npos);
  Task<std::pair<std::string, std::string>> socks_refused = outcome(other, socks);
  result = co_await socks_refused;
  CHECK(result.first == "proxy");
  CHECK(result.second.find("connection refused") != std::string::npos);
}

ASYNC_TEST_CASE("stream: a body is read piece by piece, and held back", "[http_client]") {
  bool was_broken = false;
  RawServer server([&](IOStream& stream) -> Task<void> {
    Task<std::string> reading = RawServer::read_request(stream);
    const std::string request = co_await reading;
    if (request.starts_with("GET /cut")) {
      Task<void> saying =
          RawServer::say(stream, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
      co_await saying;
      co_return;
    }
    if (request.starts_with("GET /none")) {
      Task<void> saying = RawServer::say(stream, "HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno");
      co_await saying;
      co_return;
    }
    try {
      Task<void> saying = RawServer::say(stream, "HTTP/1.1 200 OK\r\n\r\n");
      co_await saying;
      for (int i = 0; i < 4000; ++i) {
        bora::net::WriteTask writing =
            stream.write(std::string(10'000, static_cast<char>('a' + i % 26)));
        co_await writing;
      }
    } catch (const bora::net::StreamClosedError&) {
      was_broken = true;
    }
  });
  AsyncHTTPClient client = own_client();
  std::size_t total = 0;
  {
    Task<HTTPResponseStream> opening = client.stream(server.url("/all"));
    HTTPResponseStream answer = co_await opening;
    CHECK(answer.response().code == 200);
    for (;;) {
      Task<std::optional<std::string>> reading = answer.read();
      const std::optional<std::string> piece = co_await reading;
      if (!piece) break;
      total += piece->size();
    }
  }
  CHECK(total == 40'000'000);
  CHECK_FALSE(was_broken);
  {
    // Nobody reads on: the server must wait, and then learns that nobody is there.
    Task<HTTPResponseStream> opening = client.stream(server.url("/all"));
    HTTPResponseStream answer = co_await opening;
    Task<std::optional<std::string>> reading = answer.read();
    static_cast<void>(co_await reading);
    for (int i = 0; i < 50; ++i) co_await bora::moment;
    CHECK_FALSE(was_broken);
  }
  while (!was_broken) co_await bora::sleep(1ms);
  CHECK(client.statistics().running == 0);

  HTTPRequest cut{.url = server.url("/cut")};
  Task<HTTPResponseStream> opening = client.stream(cut);
  HTTPResponseStream answer = co_await opening;
  Task<std::optional<std::string>> first = answer.read();
  const std::optional<std::string> half = co_await first;
  CHECK(half == "half");
  bool is_told = false;
  try {
    Task<std::optional<std::string>> second = answer.read();
    static_cast<void>(co_await second);
  } catch (const HTTPStreamClosedError&) {
    is_told = true;
  }
  CHECK(is_told);
  is_told = false;
  try {
    Task<HTTPResponseStream> missing = client.stream(server.url("/none"));
    HTTPResponseStream none = co_await missing;
  } catch (const HTTPClientError& error) {
    is_told = error.code() == 404;
  }
  CHECK(is_told);
}

TEST_CASE("events: the stream is taken apart as browsers do, however it is cut", "[http_client]") {
  const std::string text =
      "\xef\xbb\xbf: a remark\r\ndata: one\r\ndata:two\n\nevent: add\rdata\rid: 7\r\rretry: "
      "10\nid\n"
      "data:  x\n\nevent: lost\n\nid: a\ndata: y\nunknown: z\n\ndata: half";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    EventStreamParser parser;
    std::vector<ServerSentEvent> events;
    for (std::size_t at = 0; at < text.size(); at += step)
      parser.feed(text.substr(at, step), events);
    REQUIRE(events.size() == 4);
    CHECK(events[0].data == "one\ntwo");
    CHECK(events[0].event == "message");
    CHECK(events[1].event == "add");
    CHECK(events[1].data.empty());
    CHECK(events[1].id == "7");
    CHECK(events[2].data == " x");
    CHECK(events[2].id.empty());
    CHECK(events[3].data == "y");
    CHECK(parser.retry() == 10ms);
  }
  EventStreamParser small(10);
  std::vector<ServerSentEvent> events;
  CHECK_THROWS_AS(small.feed("data: 12345\ndata: 12345\n", events), std::length_error);
}

ASYNC_TEST_CASE("events: over several connections, with the last one's id", "[http_client]") {
  const std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n";
  std::vector<std::string> requests;
  RawServer server([&](IOStream& stream) -> Task<void> {
    Task<std::string> reading = RawServer::read_request(stream);
    std::string request = co_await reading;
    requests.push_back(std::move(request));
    std::string answer = head + "retry: 1\nid: 5\ndata: first\n\ndata: cut off";
    if (requests.size() == 2) answer = head + "data: second\n\n";
    if (requests.size() == 3) answer = "HTTP/1.1 204 No Content\r\n\r\n";
    Task<void> saying = RawServer::say(stream, answer);
    co_await saying;
  });
  EventSource source(own_client(), HTTPRequest{.url = server.url()});
  std::string seen;
  for (;;) {
    Task<std::optional<ServerSentEvent>> waiting = source.next();
    const std::optional<ServerSentEvent> event = co_await waiting;
    if (!event) break;
    seen += event->data + "(" + event->id + ") ";
  }
  CHECK(seen == "first(5) second(5) ");
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].find("Last-Event-ID") == std::string::npos);
  CHECK(requests[0].find("Accept: text/event-stream\r\n") != std::string::npos);
  CHECK(requests[1].find("Last-Event-ID: 5\r\n") != std::string::npos);
  CHECK(requests[2].find("Last-Event-ID: 5\r\n") != std::string::npos);

  RawServer page({"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"});
  EventSource wrong(own_client(), HTTPRequest{.url = page.url()});
  bool is_told = false;
  try {
    Task<std::optional<ServerSentEvent>> waiting = wrong.next();
    static_cast<void>(co_await waiting);
  } catch (const HTTPClientError&) {
    is_told = true;
  }
  CHECK(is_told);
}

ASYNC_TEST_CASE("events: from an id on that the caller knows, until the server names another",
                "[http_client]") {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 1\n";
  std::vector<std::string> requests;
  RawServer server([&](IOStream& stream) -> Task<void> {
    Task<std::string> reading = RawServer::read_request(stream);
    std::string request = co_await reading;
    requests.push_back(std::move(request));
    std::string answer = head + "data: a\n\n";
    if (requests.size() == 2) answer = head + "id: 43\ndata: b\n\n";
    if (requests.size() == 3) answer = head + "id\ndata: c\n\n";
    if (requests.size() == 4) answer = "HTTP/1.1 204 No Content\r\n\r\n";
    Task<void> saying = RawServer::say(stream, answer);
    co_await saying;
  });
  HTTPRequest request{.url = server.url(), .headers = {{"last-event-id", "42"}}};
  EventSource source(own_client(), request);
  CHECK(source.last_event_id() == "42");
  std::string seen;
  for (;;) {
    Task<std::optional<ServerSentEvent>> waiting = source.next();
    const std::optional<ServerSentEvent> event = co_await waiting;
    if (!event) break;
    seen += event->data + "(" + event->id + ") ";
  }
  CHECK(seen == "a(42) b(43) c() ");
  REQUIRE(requests.size() == 4);
  CHECK(requests[0].find("Last-Event-ID: 42\r\n") != std::string::npos);
  CHECK(requests[0].find("last-event-id") == std::string::npos);
  CHECK(requests[1].find("Last-Event-ID: 42\r\n") != std::string::npos);
  CHECK(requests[2].find("Last-Event-ID: 43\r\n") != std::string::npos);
  CHECK(requests[3].find("Last-Event-ID") == std::string::npos);
}
