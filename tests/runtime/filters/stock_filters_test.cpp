#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/locks.h>
#include <bora/core/log.h>
#include <bora/filters.h>
#include <bora/testing/certificates.h>
#include <bora/testing/fake_clock.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using namespace std::chrono_literals;
using namespace bora::filters;
using bora::app_log;
using bora::Task;
using bora::testing::FakeClock;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::RawClient;
using bora::testing::Response;
using bora::testing::run_until;
using bora::web::Application;
using bora::web::filtered;
using bora::web::HTTPError;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

struct Page : RequestHandler {
  void get() { write("page"); }
  void post() { write(request().body()); }
  std::string get_current_user() override { return get_argument("user", ""); }
};

/// The field `name` of the answer to a request with `fields`.
std::string field(HTTPTest& test, const char* target, const char* name,
                  std::vector<std::pair<std::string, std::string>> fields = {}) {
  return test.fetch(target, {.headers = std::move(fields)}).headers.get(name);
}

}  // namespace

TEST_CASE("request id: made, or taken where that is wanted, and in the log", "[filters]") {
  struct Shows : RequestHandler {
    void get() { write(request_id(*this)); }
  };
  Application app({url<Shows>("/"), url<Shows>("/in").filtered({RequestID({.trust = true})})},
                  {.filters = {RequestID()}});
  HTTPTest test(app);
  const Response first = test.fetch("/", {.headers = {{"X-Request-ID", "from-outside"}}});
  CHECK(first.body.size() == 20);
  CHECK(first.headers.get("X-Request-ID") == first.body);
  CHECK(test.fetch("/").body != first.body);
  CHECK(field(test, "/nowhere", "X-Request-ID").size() == 20);
  CHECK(field(test, "/in", "X-Request-ID", {{"X-Request-ID", "from-outside:1"}}) ==
        "from-outside:1");
  for (const std::string bad : {"short", "with blanks in it", "\"quotes\"<b>", "é-é-é-é-é"})
    CHECK(field(test, "/in", "X-Request-ID", {{"X-Request-ID", bad}}).size() == 20);
  CHECK(field(test, "/in", "X-Request-ID", {{"X-Request-ID", std::string(65, 'x')}}).size() == 20);
}

TEST_CASE("security headers: on every answer, a handler's own first, with a new nonce",
          "[filters]") {
  struct Nonce : RequestHandler {
    void get() { write(csp_nonce()); }
  };
  struct Own : RequestHandler {
    void get() { set_header("Content-Security-Policy", "default-src 'none'"); }
  };
  Application app({url<Nonce>("/"), url<Own>("/own")}, {.filters = {SecurityHeaders()}});
  HTTPTest test(app);
  const Response page = test.fetch("/");
  CHECK(page.body.size() == 22);
  CHECK(page.headers.get("Content-Security-Policy")
            .find("script-src 'self' 'nonce-" + page.body + "'; style-src 'self' 'nonce-" +
                  page.body) != std::string::npos);
  CHECK(test.fetch("/").body != page.body);
  for (const char* target : {"/", "/nowhere", "/own"}) {
    CHECK(field(test, target, "X-Content-Type-Options") == "nosniff");
    CHECK(field(test, target, "X-Frame-Options") == "DENY");
    CHECK(field(test, target, "Referrer-Policy") == "strict-origin-when-cross-origin");
    CHECK(field(test, target, "Cross-Origin-Opener-Policy") == "same-origin");
    CHECK(field(test, target, "Permissions-Policy") == "camera=(), geolocation=(), microphone=()");
    CHECK(field(test, target, "Strict-Transport-Security").empty());
  }
  CHECK(field(test, "/own", "Content-Security-Policy") == "default-src 'none'");
  HTTPTest behind_proxy(app, {.protocol = "https"});
  CHECK(field(behind_proxy, "/", "Strict-Transport-Security") == "max-age=31536000");

  Application reporting({url<Page>("/")}, {.filters = {SecurityHeaders({
                                               .content_security_policy = "default-src 'self'",
                                               .report_only = true,
                                               .nosniff = false,
                                               .permissions_policy = "",
                                           })}});
  HTTPTest other(reporting);
  CHECK(field(other, "/", "Content-Security-Policy-Report-Only") == "default-src 'self'");
  CHECK(field(other, "/", "X-Content-Type-Options").empty());
  CHECK(field(other, "/", "Permissions-Policy").empty());
  CHECK_THROWS_WITH(SecurityHeaders({.referrer_policy = "a\r\nSet-Cookie: x"}),
                    "SecurityHeaders: a control character in Referrer-Policy");
  CHECK_THROWS_AS(SecurityHeaders({.hsts_preload = true}), std::invalid_argument);
}

// What `bora` generates from a page with a literal script and style.
struct ScriptPage {
  static constexpr std::string_view bora_script_hashes[] = {"sha256-one=", "sha256-two="};
  static constexpr std::string_view bora_style_hashes[] = {"sha256-three="};
  void bora_render(bora::render::Output& out) const { out.append(std::string_view("page")); }
};
struct PlainPage {
  static constexpr std::string_view bora_script_hashes[] = {"sha256-two=", "sha256-four="};
  void bora_render(bora::render::Output& out) const { out.append(std::string_view("plain")); }
};

TEST_CASE("security headers: the hashes of the pages that were rendered", "[filters]") {
  struct Shows : RequestHandler {
    void get() { render(ScriptPage{}); }
  };
  struct Both : RequestHandler {
    void get() {
      write(render_string(ScriptPage{}));
      write(render_string(PlainPage{}));
    }
  };
  struct Fails : RequestHandler {
    void get() {
      write(render_string(ScriptPage{}));
      throw HTTPError(418);
    }
  };
  const SecurityHeaders filter(
      {.content_security_policy = "script-src 'self' {script_hashes}; style-src {style_hashes}"});
  Application app({url<Shows>("/"), url<Both>("/both"), url<Fails>("/fails"), url<Page>("/none")},
                  {.filters = {filter}});
  HTTPTest test(app);
  const auto policy = [&](const char* target) {
    return field(test, target, "Content-Security-Policy");
  };
  CHECK(policy("/") == "script-src 'self' 'sha256-one=' 'sha256-two='; style-src 'sha256-three='");
  CHECK(policy("/both") ==
        "script-src 'self' 'sha256-one=' 'sha256-two=' 'sha256-four='; style-src 'sha256-three='");
  CHECK(policy("/none") == "script-src 'self' ; style-src");
  CHECK(policy("/fails") == "script-src 'self' ; style-src");
}

TEST_CASE("rate limit: even pace, burst, 429 as page and problem+json", "[filters]") {
  FakeClock clock;
  Application app({url<Page>("/").filtered({RateLimit({.limit = 60, .per = "1m", .burst = 3})})});
  HTTPTest test(app);
  const auto status = [&test] { return test.fetch("/").status; };
  CHECK(field(test, "/", "RateLimit-Remaining") == "2");
  CHECK(status() == 200);
  CHECK(status() == 200);
  const Response refused = test.fetch("/", {.headers = {{"Accept", "application/problem+json"}}});
  CHECK(refused.status == 429);
  CHECK(refused.headers.get("Retry-After") == "1");
  CHECK(refused.headers.get("RateLimit-Limit") == "60");
  CHECK(refused.headers.get("RateLimit-Remaining") == "0");
  CHECK(refused.headers.get("RateLimit-Reset") == "3");
  CHECK(refused.headers.get("Content-Type") == "application/problem+json");
  CHECK(refused.body.find("Too many requests: try again in 1 second.") != std::string::npos);
  clock.advance(999ms);
  CHECK(status() == 429);  // which costs nothing
  clock.advance(1ms);
  CHECK(status() == 200);
  CHECK(status() == 429);
  clock.advance(1h);
  for (const int expected : {200, 200, 200, 429}) CHECK(status() == expected);
}

TEST_CASE("rate limit: by address, network, user, field, or what the program says", "[filters]") {
  const RateLimit::Options one{.limit = 1, .per = "1h"};
  const auto by = [&one](RateLimitKey key) {
    RateLimit::Options options = one;
    options.by = key;
    return RateLimit(options);
  };
  RateLimit::Options own = one;
  own.key = [](RequestHandler& handler) { return handler.get_argument("key", ""); };
  Application app({url<Page>("/address").filtered({by("address")}),
                   url<Page>("/user").filtered({by("user")}),
                   url<Page>("/field").filtered({by("header:X-Api-Key")}),
                   url<Page>("/own").filtered({RateLimit(own)})});
  HTTPTest test(app, {.xheaders = true});
  const auto status = [&](const char* target, const char* address, const char* key = "") {
    return test.fetch(target, {.headers = {{"X-Real-Ip", address}, {"X-Api-Key", key}}}).status;
  };
  CHECK(status("/address", "192.0.2.1") == 200);
  CHECK(status("/address", "192.0.2.1") == 429);
  CHECK(status("/address", "192.0.2.2") == 200);
  CHECK(status("/address", "2001:db8:1:2::1") == 200);
  CHECK(status("/address", "2001:db8:1:2:ffff::9") == 429);
  CHECK(status("/address", "2001:db8:1:3::1") == 200);
  CHECK(status("/user?user=ada", "192.0.2.1") == 200);
  CHECK(status("/user?user=ada", "192.0.2.2") == 429);
  CHECK(status("/user?user=bob", "192.0.2.1") == 200);
  CHECK(status("/user", "192.0.2.1") == 200);
  CHECK(status("/user", "192.0.2.1") == 429);
  CHECK(status("/field", "192.0.2.1", "k1") == 200);
  CHECK(status("/field", "192.0.2.2", "k1") == 429);
  CHECK(status("/field", "192.0.2.1", "k2") == 200);
  CHECK(status("/own?key=x", "192.0.2.1") == 200);
  CHECK(status("/own?key=x", "192.0.2.2") == 429);
  for (int i = 0; i < 3; ++i) CHECK(status("/own", "192.0.2.1") == 200);  // not counted
  CHECK_THROWS_AS(RateLimit({.limit = 0}), std::invalid_argument);
  CHECK_THROWS_AS(RateLimit({.burst = -1}), std::invalid_argument);
}

TEST_CASE("rate limit: GCRA at the edges, and memory that is bounded", "[filters]") {
  const Rate rate{.limit = 10, .period = 10s, .burst = 2};
  std::chrono::nanoseconds arrival{};
  CHECK(take_cell(rate, 100s, arrival).remaining == 1);
  CHECK(take_cell(rate, 100s, arrival).remaining == 0);
  const auto refused = take_cell(rate, 100s, arrival);
  CHECK_FALSE(refused.is_allowed);
  CHECK(refused.retry_after == 1s);
  CHECK(refused.reset_after == 2s);
  CHECK(take_cell(rate, 101s, arrival).is_allowed);
  for (const Rate& odd : {Rate{0, 0s, 0}, Rate{-1, -1s, -1},
                          Rate{1, std::chrono::nanoseconds::max(), 1'000'000'000'000}}) {
    arrival = {};
    CHECK(take_cell(odd, 1s, arrival).is_allowed);
  }

  FakeClock clock;
  MemoryRateLimitStore store(1000);
  CHECK(store.max_size() == 1024);
  for (int i = 0; i < 100'000; ++i) store.take_now("client " + std::to_string(i), rate);
  CHECK(store.size() <= 1024);
  CHECK(store.size() > 900);
  clock.advance(10s);
  CHECK(store.size() == 0);
  // A client that keeps on asking is not forgotten because of many that ask once.
  int refusals = 0;
  for (int i = 0; i < 2'000; ++i) {
    refusals += store.take_now("greedy", rate).is_allowed ? 0 : 1;
    store.take_now("other " + std::to_string(i), rate);
  }
  CHECK(refusals > 1'900);
}

TEST_CASE("rate limit: each application counts for itself", "[filters]") {
  const bora::web::AnyFilter one = RateLimit({.limit = 1, .per = "1h"});
  for (int i = 0; i < 2; ++i) {
    Application app({url<Page>("/").filtered({one})});
    HTTPTest test(app);
    CHECK(test.fetch("/").status == 200);
    CHECK(test.fetch("/").status == 429);
  }
}

TEST_CASE("rate limit: a store of the program's own, which may wait and fail", "[filters]") {
  struct Store : RateLimitStore {
    Task<RateVerdict> take(std::string key, Rate) override {
      keys.push_back(key);
      Task<void> pause = bora::sleep(1ms);
      co_await pause;
      if (is_broken) throw std::runtime_error("no connection");
      co_return RateVerdict{.is_allowed = keys.size() < 3, .retry_after = 90s};
    }
    std::vector<std::string> keys;
    bool is_broken = false;
  } store;
  Application app({url<Page>("/a", "first").filtered({RateLimit({.store = &store})}),
                   url<Page>("/b").filtered({RateLimit(
                       {.name = "shared", .store = &store, .refuse_on_failure = true})})});
  HTTPTest test(app);
  CHECK(test.fetch("/a").status == 200);
  CHECK(test.fetch("/b").status == 200);
  CHECK(store.keys ==
        std::vector<std::string>{"first address:127.0.0.1", "shared address:127.0.0.1"});
  CHECK(field(test, "/a", "Retry-After") == "90");
  store.is_broken = true;
  const LogCapture log;
  CHECK(test.fetch("/a").status == 200);
  CHECK(test.fetch("/b").status == 503);
  CHECK(log.count(app_log, "no connection") == 2);
}

namespace {

struct Streams : RequestHandler {
  static constexpr bool stream_request_body = true;
  void data_received(std::string_view) {}
  void post() { write("streamed"); }
};

}  // namespace

TEST_CASE("body limit: before the body is read, for gathered and streamed ones", "[filters]") {
  Application app({url<Page>("/").filtered({BodyLimit({.max_bytes = 10})}),
                   url<Streams>("/streams").filtered({BodyLimit({.max_bytes = 10})}),
                   url<Page>("/large").filtered({BodyLimit({.max_bytes = 30'000'000})})});
  HTTPTest test(app);
  const auto post = [&test](const char* target, std::size_t size) {
    return test
        .fetch(target, {.method = "POST",
                        .body = std::string(size, 'x'),
                        .headers = {{"Content-Type", "text/plain"}}})
        .status;
  };
  CHECK(post("/", 10) == 200);
  CHECK(post("/", 11) == 413);
  CHECK(post("/streams", 10) == 200);
  CHECK(post("/streams", 11) == 413);
  CHECK(post("/large", 11'000'000) == 200);
  RawClient client(test.port());
  REQUIRE(client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"));
  CHECK(run_until([&] {
    client.receive();
    return client.received.find("413") != std::string::npos;
  }));
  CHECK_THROWS_AS(BodyLimit({.max_bytes = -1}), std::invalid_argument);
}

TEST_CASE("time limit: what waits too long is given up", "[filters]") {
  static std::vector<std::string> steps;
  struct Slow : RequestHandler {
    Task<void> get() {
      try {
        Task<void> pause = bora::sleep(1h);
        co_await pause;
      } catch (const bora::CancelledError&) {
        steps.push_back("cancelled");
        throw;
      }
    }
    Task<void> post() {
      write("first");
      Task<void> flushing = flush();
      co_await flushing;
      Task<void> pause = bora::sleep(1h);
      co_await pause;
    }
    Task<void> put() {
      bora::Event never;
      bora::Event::Wait waiting = never.wait(1ms);
      co_await waiting;
    }
  };
  Application app(filtered({TimeLimit({.limit = 20ms})}, {url<Slow>("/"), url<Page>("/fast")}));
  HTTPTest test(app);
  const LogCapture log;
  CHECK(test.fetch("/fast").body == "page");
  CHECK(test.fetch("/").status == 503);
  CHECK(steps == std::vector<std::string>{"cancelled"});
  CHECK(test.fetch("/", {.method = "POST"}).body == "first");
  CHECK(test.fetch("/", {.method = "PUT"}).status == 500);  // a time limit of its own
  CHECK_THROWS_AS(TimeLimit({.limit = 0s}), std::invalid_argument);
}

TEST_CASE("metrics: by route, method and status; the loop, connections, memory", "[filters]") {
  struct Entry : RequestHandler {
    void get(int id) {
      if (id == 0) throw HTTPError(404);
      write("entry");
    }
  };
  Application app(
      {url<Entry>("/metrics-test/{id:int}", "metrics.test"), url<MetricsHandler>("/metrics")},
      {.filters = {Metrics()}});
  app.listen(0, "127.0.0.1");
  HTTPTest test(app);
  Metrics::add_collector([] { return std::string("shop_orders_total 7\n"); });
  Metrics::add_collector([]() -> std::string { throw std::runtime_error("no orders"); });
  test.fetch("/metrics-test/1");
  test.fetch("/metrics-test/2");
  test.fetch("/metrics-test/0");
  for (int i = 0; i < 50; ++i) test.fetch("/nowhere/" + std::to_string(i));
  const LogCapture log;
  const Response shown = test.fetch("/metrics");
  CHECK(shown.headers.get("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line :
       {"# TYPE http_requests_total counter\n",
        "http_requests_total{route=\"metrics.test\",method=\"GET\",status=\"200\"} 2\n",
        "http_requests_total{route=\"metrics.test\",method=\"GET\",status=\"404\"} 1\n",
        "http_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 50\n",
        "http_request_duration_seconds_bucket{route=\"metrics.test\",method=\"GET\",le=\"+Inf\"} "
        "3\n",
        "http_request_duration_seconds_count{route=\"metrics.test\",method=\"GET\"} 3\n",
        "http_response_body_bytes_total{route=\"metrics.test\",method=\"GET\"}",
        "http_requests_in_flight 1\n", "http_connections 0\n", "event_loop_lag_seconds ",
        "process_resident_memory_bytes ", "process_cpu_seconds_total ", "shop_orders_total 7\n"}) {
    INFO(line);
    CHECK(shown.body.find(line) != std::string::npos);
  }
  CHECK(shown.body.find("/nowhere/") == std::string::npos);
  CHECK(log.count(app_log, "no orders") == 1);
}

TEST_CASE("health: alive, ready, and not while a check fails or the process stops", "[filters]") {
  static bool is_broken = false;
  Application app({url<LiveHandler>("/livez"), url<ReadyHandler>("/readyz")});
  HTTPTest test(app, {.drain_delay = std::chrono::seconds(60)});
  CHECK(test.fetch("/livez").body == "ok\n");
  CHECK(test.fetch("/readyz").body == "ok\n");
  Health::add_check("database", []() -> Task<void> {
    if (is_broken) throw std::runtime_error("the password is secret");
    co_return;
  });
  Health::add_check(
      "queue",
      []() -> Task<void> {
        if (!is_broken) co_return;
        Task<void> pause = bora::sleep(1h);
        co_await pause;
      },
      5ms);
  CHECK(test.fetch("/readyz").body == "database: ok\nqueue: ok\n");
  is_broken = true;
  const LogCapture log;
  const Response failed = test.fetch("/readyz");
  CHECK(failed.status == 503);
  CHECK(failed.body == "database: failed\nqueue: failed\n");
  CHECK(log.count(app_log, "the password is secret") == 1);
  CHECK(test.fetch("/livez").status == 200);
  Health::remove_check("database");
  Health::remove_check("queue");
}

TEST_CASE("server timing: in debug mode, or always", "[filters]") {
  struct Timed : RequestHandler {
    void get() {
      add_timing(*this, "db query", 12'345us);
      write("x");
    }
  };
  Application app({url<Timed>("/"), url<Timed>("/a").filtered({ServerTiming({.always = true})})},
                  {.filters = {ServerTiming()}});
  HTTPTest test(app);
  CHECK(field(test, "/", "Server-Timing").empty());
  CHECK(field(test, "/a", "Server-Timing").find("db_query;dur=12.35, total;dur=") == 0);
  Application debugged({url<Timed>("/")}, {.debug = true, .filters = {ServerTiming()}});
  HTTPTest other(debugged);
  CHECK(field(other, "/", "Server-Timing").find("db_query;dur=12.35, total;dur=") == 0);
}

TEST_CASE("trace context: traceparent is read strictly, or begun", "[filters]") {
  struct Shows : RequestHandler {
    void get() {
      const Trace& trace = trace_of(*this);
      CHECK(trace.traceparent().size() == 55);
      write(trace.trace_id + " " + trace.parent_id + (trace.is_sampled ? " sampled " : " ") +
            trace.state);
    }
  };
  Application app({url<Shows>("/")}, {.filters = {TraceContext()}});
  HTTPTest test(app);
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string span = "00f067aa0ba902b7";
  const auto shown = [&test](const std::string& parent) {
    return test.fetch("/", {.headers = {{"traceparent", parent}, {"tracestate", "a=1"}}}).body;
  };
  CHECK(shown("00-" + id + "-" + span + "-01") == id + " " + span + " sampled a=1");
  CHECK(shown("00-" + id + "-" + span + "-00") == id + " " + span + " a=1");
  CHECK(shown("01-" + id + "-" + span + "-03-more") == id + " " + span + " sampled a=1");
  for (const std::string& bad :
       {std::string(), "00-" + id + "-" + span + "-01-more", "ff-" + id + "-" + span + "-01",
        "00-" + id + "-" + span, "00-" + std::string(32, '0') + "-" + span + "-01",
        "00-" + id + "-" + std::string(16, '0') + "-01", "00-" + id + "X" + span + "-01",
        "00-" + std::string(31, 'a') + "G-" + span + "-01"}) {
    INFO(bad);
    CHECK(shown(bad).size() == 32 + 2);
    CHECK(shown(bad).find(id) == std::string::npos);
  }
}

TEST_CASE("compress: for some routes only", "[filters]") {
  struct Long : RequestHandler {
    void get() { write(std::string(5000, 'x')); }
  };
  Application app({url<Long>("/"), url<Long>("/small").filtered({Compress()})});
  HTTPTest test(app);
  CHECK(field(test, "/", "Content-Encoding", {{"Accept-Encoding", "gzip"}}).empty());
  CHECK(field(test, "/small", "Content-Encoding", {{"Accept-Encoding", "gzip"}}) == "gzip");
  CHECK(field(test, "/small", "Content-Encoding").empty());
}
