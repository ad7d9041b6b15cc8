#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/locks.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using bora::Task;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::RawClient;
using bora::testing::run_until;
using bora::web::Application;
using bora::web::HTTPError;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

/// What the handlers did, and the event that lets them go on.
struct Stage {
  std::vector<std::string> log;
  bora::Event go;
};
Stage* stage = nullptr;

struct StageFixture {
  StageFixture() { ::stage = &stage; }
  ~StageFixture() { ::stage = nullptr; }
  [[nodiscard]] bool reaches(std::string_view entry) const {
    return run_until([&] { return !stage.log.empty() && stage.log.back() == entry; });
  }
  Stage stage;
};

struct Streaming : RequestHandler {
  static constexpr bool stream_request_body = true;
  void on_finish() override { stage->log.emplace_back("on_finish"); }
  void on_connection_close() override { stage->log.emplace_back("close"); }
};

struct Plain : Streaming {
  void prepare() { stage->log.emplace_back("prepare"); }
  void data_received(std::string_view piece) { stage->log.emplace_back(piece); }
  void get() { finish("got"); }
  void post() {
    stage->log.emplace_back("post");
    write(get_argument("a", "no argument"));
    write(request().body());
  }
};

/// Waits in each of its functions.
struct Slow : Streaming {
  Task<void> wait(std::string name) {
    stage->log.push_back(name + " begins");
    co_await stage->go.wait();
    stage->go.clear();
    stage->log.push_back(name + " ends");
  }
  Task<void> prepare() {
    Task<void> waiting = wait("prepare");
    co_await waiting;
  }
  Task<void> data_received(std::string_view piece) {
    Task<void> waiting = wait("data");
    co_await waiting;
    stage->log.emplace_back(piece);
  }
  Task<void> post() {
    Task<void> waiting = wait("post");
    co_await waiting;
  }
};

/// Inherits a body that streams.
struct Derived : Plain {
  void put() { finish("derived"); }
};

/// Does not stream, though its base does.
struct Gathers : Plain {
  static constexpr bool stream_request_body = false;
};

struct FinishesInPrepare : Streaming {
  void prepare() {
    set_status(401);
    finish("no");
  }
  void data_received(std::string_view) { stage->log.emplace_back("data"); }
  void post() { stage->log.emplace_back("post"); }
};

struct FinishesLater : Streaming {
  Task<void> prepare() {
    co_await stage->go.wait();
    finish("no");
  }
  void data_received(std::string_view) { stage->log.emplace_back("data"); }
  void post() { stage->log.emplace_back("post"); }
};

struct FinishesInData : Streaming {
  void data_received(std::string_view piece) {
    stage->log.emplace_back(piece);
    finish("enough");
  }
  void post() { stage->log.emplace_back("post"); }
};

struct Throws : Streaming {
  void prepare() {
    if (get_argument("in", "") == "prepare") throw HTTPError(403);
  }
  void data_received(std::string_view) {
    const std::string what = get_argument("in", "");
    if (what == "data") throw HTTPError(422);
    if (what == "data-other") throw std::runtime_error("other");
    if (what == "data-int") throw 7;
    if (what == "data-finish") {
      write("finished");
      throw bora::web::Finish();
    }
  }
  void post() { throw HTTPError(409); }
};

struct ThrowsLater : Streaming {
  Task<void> data_received(std::string_view) {
    co_await stage->go.wait();
    throw HTTPError(422);
  }
  void post() {}
};

struct Limited : Streaming {
  void prepare() { request().connection().set_max_body_size(5); }
  void data_received(std::string_view piece) { stage->log.emplace_back(piece); }
  void post() { write("small enough"); }
};

struct Answers : Streaming {
  void data_received(std::string_view piece) { write(piece); }
  void post() {}
};

std::string post(std::string_view target, std::size_t size, std::string_view body = {}) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
         std::string(body);
}

constexpr std::string_view kChunked =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

using Log = std::vector<std::string>;

}  // namespace

TEST_CASE("WEB-028: prepare, the pieces as they come, the method", "[web]") {
  StageFixture fixture;
  Application app({url<Plain>("/")});
  HTTPTest test(app);
  RawClient client(test.port());
  REQUIRE(client.send(kChunked));
  CHECK(fixture.reaches("prepare"));
  REQUIRE(client.send("4\r\nasdf\r\n"));
  CHECK(fixture.reaches("asdf"));
  REQUIRE(client.send("4\r\nqwer\r\n"));
  CHECK(fixture.reaches("qwer"));
  REQUIRE(client.send("0\r\n\r\n"));
  CHECK(client.receive_until("\r\n\r\nno argument"));
  CHECK(fixture.stage.log == Log{"prepare", "asdf", "qwer", "post", "on_finish"});
}

TEST_CASE("WEB-028: the body is no form, and a request without one is fine", "[web]") {
  StageFixture fixture;
  Application app({url<Plain>("/"), url<Derived>("/derived"), url<Gathers>("/gathers")});
  HTTPTest test(app);
  CHECK(test.fetch("/", {.method = "POST", .body = "a=1"}).body == "no argument");
  CHECK(test.fetch("/", {.method = "POST"}).body == "no argument");
  CHECK(test.fetch("/").body == "got");
  fixture.stage.log.clear();
  CHECK(test.fetch("/derived", {.method = "PUT", .body = "x"}).body == "derived");
  CHECK(fixture.stage.log == Log{"prepare", "x", "on_finish"});
  CHECK(test.fetch("/gathers", {.method = "POST", .body = "a=1"}).body == "1a=1");
  CHECK(test.fetch("/", {.method = "PUT", .body = "x"}).status == 405);
}

TEST_CASE("WEB-028: while a stage waits, the next one does too", "[web]") {
  StageFixture fixture;
  Application app({url<Slow>("/")});
  bora::http::HTTPServerOptions options;
  options.chunk_size = 4;
  HTTPTest test(app, options);
  RawClient client(test.port());
  REQUIRE(client.send(post("/", 8, "asdfqwer")));
  Log expected;
  const auto step = [&](const Log& entries, std::string_view next) {
    expected.insert(expected.end(), entries.begin(), entries.end());
    expected.emplace_back(next);
    CHECK(fixture.reaches(next));
    bora::IOLoop::current().run_once(std::chrono::milliseconds(0));
    CHECK(fixture.stage.log == expected);
    fixture.stage.go.set();
  };
  step({}, "prepare begins");
  step({"prepare ends"}, "data begins");
  step({"data ends", "asdf"}, "data begins");
  step({"data ends", "qwer"}, "post begins");
  CHECK(client.receive_until("\r\n\r\n"));
  CHECK(fixture.stage.log.back() == "on_finish");
}

TEST_CASE("HSV-12: no piece is longer than chunk_size", "[web]") {
  StageFixture fixture;
  Application app({url<Plain>("/")});
  bora::http::HTTPServerOptions options;
  options.chunk_size = 5;
  HTTPTest test(app, options);
  CHECK(test.fetch("/", {.method = "POST", .body = "0123456789abc"}).status == 200);
  CHECK(fixture.stage.log == Log{"prepare", "01234", "56789", "abc", "post", "on_finish"});
}

TEST_CASE("WEB-029: an answer in prepare() or data_received() ends the request", "[web]") {
  StageFixture fixture;
  Application app({url<FinishesInPrepare>("/prepare"), url<FinishesInData>("/data"),
                   url<FinishesLater>("/later")});
  HTTPTest test(app);
  SECTION("before any of the body is here") {
    RawClient client(test.port());
    REQUIRE(client.send(post("/prepare", 5'000'000)));
    CHECK(client.receive_all());
    CHECK(client.received.starts_with("HTTP/1.1 401 "));
    CHECK(client.received.ends_with("\r\n\r\nno"));
    CHECK(fixture.stage.log == Log{"on_finish"});
  }
  SECTION("with the body: it is skipped, and the connection goes on") {
    RawClient client(test.port());
    REQUIRE(client.send(post("/prepare", 8, "asdfqwer") + post("/data", 2, "xy")));
    CHECK(client.receive_until("enough"));
    CHECK(client.received.starts_with("HTTP/1.1 401 "));
    CHECK(fixture.stage.log == Log{"on_finish", "xy", "on_finish"});
  }
  SECTION("in the middle") {
    RawClient client(test.port());
    REQUIRE(client.send(post("/data", 5'000'000, "asdf")));
    CHECK(client.receive_all());
    CHECK(client.received.ends_with("\r\n\r\nenough"));
    CHECK(fixture.stage.log == Log{"asdf", "on_finish"});
  }
  SECTION("after waiting, with the body here or not") {
    const bool is_here = GENERATE(false, true);
    RawClient client(test.port());
    REQUIRE(client.send(post("/later", 100'000, is_here ? std::string(100'000, 'x') : "")));
    bora::IOLoop::current().run_once(std::chrono::milliseconds(1));
    fixture.stage.go.set();
    CHECK(client.receive_all());
    CHECK(client.received.ends_with("\r\n\r\nno"));
    CHECK(fixture.stage.log == Log{"on_finish"});
  }
  CHECK(run_until([&] { return app.running_requests() == 0; }));
}

TEST_CASE("streamed bodies: a client that leaves while it sends", "[web]") {
  StageFixture fixture;
  Application app({url<Plain>("/plain"), url<Slow>("/slow")});
  HTTPTest test(app);
  const bool resets = GENERATE(false, true);
  SECTION("WEB-007: between two pieces") {
    RawClient client(test.port());
    REQUIRE(client.send(post("/plain", 100, "asdf")));
    CHECK(fixture.reaches("asdf"));
    client.leave(resets);
    CHECK(run_until([&] { return app.running_requests() == 0; }));
    CHECK(fixture.stage.log == Log{"prepare", "asdf", "close"});
  }
  SECTION("while data_received() waits") {
    RawClient client(test.port());
    REQUIRE(client.send(post("/slow", 100, "asdf")));
    CHECK(fixture.reaches("prepare begins"));
    fixture.stage.go.set();
    CHECK(fixture.reaches("data begins"));
    client.leave(resets);
    fixture.stage.go.set();
    CHECK(run_until([&] { return app.running_requests() == 0; }));
    CHECK(fixture.stage.log.back() != "post begins");
  }
  SECTION("while prepare() waits") {
    RawClient client(test.port());
    REQUIRE(client.send(post("/slow", 100, "asdf")));
    CHECK(fixture.reaches("prepare begins"));
    client.leave(resets);
    bora::IOLoop::current().run_once(std::chrono::milliseconds(1));
    fixture.stage.go.set();
    // Data that came before the client left may still be delivered.
    CHECK(run_until([&] {
      fixture.stage.go.set();
      return app.running_requests() == 0;
    }));
    for (const std::string& entry : fixture.stage.log) CHECK(entry != "post begins");
  }
}

TEST_CASE("streamed bodies: what is thrown decides the answer", "[web]") {
  StageFixture fixture;
  const LogCapture log;
  Application app({url<Throws>("/"), url<ThrowsLater>("/later")});
  HTTPTest test(app);
  const auto status = [&](const std::string& where) {
    return test.fetch("/?in=" + where, {.method = "POST", .body = "abc"}).status;
  };
  CHECK(status("prepare") == 403);
  CHECK(status("data") == 422);
  CHECK(status("data-other") == 500);
  CHECK(status("data-int") == 500);
  CHECK(status("data-finish") == 200);
  CHECK(status("post") == 409);
  RawClient client(test.port());
  REQUIRE(client.send(post("/later", 1'000'000, "abc")));
  bora::IOLoop::current().run_once(std::chrono::milliseconds(1));
  fixture.stage.go.set();
  CHECK(client.receive_all());
  CHECK(client.received.starts_with("HTTP/1.1 422 "));
  CHECK(log.count(bora::app_log, "other") == 1);
  CHECK(app.running_requests() == 0);
}

TEST_CASE("streamed bodies: prepare() says how long one may be", "[web]") {
  StageFixture fixture;
  Application app({url<Limited>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/", {.method = "POST", .body = "12345"}).body == "small enough");
  fixture.stage.log.clear();
  CHECK(test.fetch("/", {.method = "POST", .body = "123456"}).status == 413);
  CHECK(fixture.stage.log == Log{"close"});
  RawClient client(test.port());
  REQUIRE(client.send(std::string(kChunked) + "4\r\nasdf\r\n2\r\nxy\r\n0\r\n\r\n"));
  CHECK(client.receive_all());
  CHECK(client.received.starts_with("HTTP/1.1 413 "));
}

TEST_CASE("streamed bodies: 100 Continue comes after prepare()", "[web]") {
  StageFixture fixture;
  Application app({url<Slow>("/"), url<FinishesInPrepare>("/prepare")});
  HTTPTest test(app);
  const std::string head =
      " HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
  RawClient client(test.port());
  REQUIRE(client.send("POST /" + head));
  CHECK(fixture.reaches("prepare begins"));
  bora::IOLoop::current().run_once(std::chrono::milliseconds(1));
  client.receive();
  CHECK(client.received.empty());
  fixture.stage.go.set();
  CHECK(client.receive_until("HTTP/1.1 100 Continue\r\n\r\n"));
  client.leave();
  RawClient other(test.port());
  REQUIRE(other.send("POST /prepare" + head));
  CHECK(other.receive_all());
  CHECK(other.received.starts_with("HTTP/1.1 401 "));
  CHECK(run_until([&] {
    fixture.stage.go.set();
    return app.running_requests() == 0;
  }));
}

TEST_CASE("bodies that nobody reads: 404, 405 and OPTIONS answer at once, also in place of 100",
          "[web]") {
  StageFixture fixture;
  const LogCapture quiet;
  Application app({url<Plain>("/")});
  HTTPTest test(app);
  const bool expects = GENERATE(false, true);
  const auto ask = [&](const std::string& line) {
    RawClient client(test.port());
    REQUIRE(client.send(line + " HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n" +
                        (expects ? "Expect: 100-continue\r\n\r\n" : "\r\n")));
    CHECK(client.receive_all());
    return client.received;
  };
  CHECK(ask("POST /nowhere").starts_with("HTTP/1.1 404 "));
  CHECK(ask("PUT /").starts_with("HTTP/1.1 405 "));
  CHECK(ask("OPTIONS /").starts_with("HTTP/1.1 204 "));
  // The connection stays open after a short body.
  RawClient client(test.port());
  REQUIRE(client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"));
  CHECK(client.receive_until("</html>"));
  client.received.clear();
  REQUIRE(client.send("abcGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  CHECK(client.receive_until("got"));
}

TEST_CASE("WEB-110: the XSRF token of a streamed body comes in a field or the query", "[web]") {
  StageFixture fixture;
  const LogCapture log;
  Application app({url<Plain>("/")}, {.xsrf_cookies = true});
  HTTPTest test(app);
  const std::string token(32, 'a');
  const auto post = [&](const std::string& target, const std::string& body,
                        std::vector<std::pair<std::string, std::string>> headers = {}) {
    headers.emplace_back("Cookie", "_xsrf=" + token);
    return test.fetch(target, {.method = "POST", .body = body, .headers = std::move(headers)})
        .status;
  };
  CHECK(post("/", "_xsrf=" + token) == 403);
  CHECK(fixture.stage.log == Log{"on_finish"});
  CHECK(post("/?_xsrf=" + token, "x") == 200);
  CHECK(post("/", "x", {{"X-XSRFToken", token}}) == 200);
}

TEST_CASE("streamed bodies: pieces may be answered as they come", "[web]") {
  StageFixture fixture;
  Application app({url<Answers>("/")});
  HTTPTest test(app);
  std::string body;
  for (int i = 0; i < 1'000'000; ++i) body += static_cast<char>('a' + i % 23);
  CHECK(test.fetch("/", {.method = "POST", .body = body}).body == body);
}
