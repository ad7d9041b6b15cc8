#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/log.h>
#include <bora/filters.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

// Bad input from clients together with faults of filters and transforms: each answer is whole or
// visibly cut, has the fields that filters set, and the connection's next request is answered.

using namespace bora::filters;
using bora::app_log;
using bora::Task;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::RawClient;
using bora::testing::run_until;
using bora::web::AnswerHead;
using bora::web::Application;
using bora::web::Next;
using bora::web::OutputTransform;
using bora::web::RequestHandler;
using bora::web::url;

namespace {

/// Adds a letter to each piece; throws where it is told to.
struct Letters : OutputTransform {
  explicit Letters(std::string fault) : fault_(std::move(fault)) {}
  void transform_first_chunk(AnswerHead& head, std::string& chunk, bool finishing) override {
    if (fault_ == "first") throw std::runtime_error("in the first piece");
    if (head.status() == 200 && !chunk.empty()) chunk += 'a';
    if (finishing && fault_ == "last") throw std::runtime_error("in the last piece");
  }
  void transform_chunk(std::string& chunk, bool finishing) override {
    if (fault_ == "later" || (finishing && fault_ == "last"))
      throw std::runtime_error("in a later piece");
    if (!chunk.empty()) chunk += 'b';
  }
  std::string fault_;
};

/// Answers with the status that the path names, in one piece or two.
struct Answers : RequestHandler {
  void prepare() { add_transform(std::make_unique<Letters>(get_query_argument("fault", ""))); }
  Task<void> get(int status, bool streams) {
    set_status(status);
    if (status != 200) co_return;
    write(std::string(2000, 'x'));
    if (!streams) co_return;
    Task<void> flushing = flush();
    co_await flushing;
    write(std::string(2000, 'y'));
  }
};

struct BreaksDown {
  Task<void> operator()(RequestHandler& handler, Next next) const {
    const std::string where = handler.get_query_argument("filter", "");
    handler.before_headers([where](AnswerHead&) {
      if (where == "head") throw std::runtime_error("filter, at the head");
    });
    if (where == "before") throw std::runtime_error("filter, before");
    Task<void> rest = next();
    co_await rest;
    if (where == "after") throw std::runtime_error("filter, after");
  }
};

std::string request(const std::string& line) {
  return line + " HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n";
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
  return found;
}

}  // namespace

TEST_CASE("bad input: HEAD, 204 and 304 through transforms, compression and filters", "[filters]") {
  Application app({url<Answers>("/{status:int}/{streams:bool}").filtered({Compress()})},
                  {.filters = {RequestID(), SecurityHeaders(), BreaksDown()}});
  HTTPTest test(app);
  for (const char* method : {"GET", "HEAD"}) {
    for (const char* path : {"/200/false", "/200/true", "/204/false", "/304/false", "/404/x"}) {
      for (const char* fault : {"", "first", "later", "last"}) {
        for (const char* filter : {"", "before", "head", "after"}) {
          const std::string line =
              std::string(method) + " " + path + "?fault=" + fault + "&filter=" + filter;
          CAPTURE(line);
          const LogCapture log;
          RawClient client(test.port());
          REQUIRE(client.send(request(line)));
          // A request that was broken off closes the connection; after any other it goes on.
          REQUIRE(client.send("GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
          REQUIRE(run_until([&] {
            client.receive();
            return !client.is_open();
          }));
          const std::string& all = client.received;
          const std::size_t answers = count(all, "HTTP/1.1 ");
          CHECK(answers >= 1);
          CHECK(answers <= 2);
          CHECK(count(all, "X-Request-ID: ") == answers);
          CHECK(count(all, "X-Content-Type-Options: nosniff") == answers);
          const std::string first = all.substr(0, all.rfind("HTTP/1.1 "));
          const bool has_no_body = std::string(method) == "HEAD" ||
                                   all.starts_with("HTTP/1.1 204") ||
                                   all.starts_with("HTTP/1.1 304");
          if (has_no_body) {
            CHECK(answers == 2);
            CHECK(first.ends_with("\r\n\r\n"));
            CHECK(count(first, "\r\n\r\n") == 1);
          }
        }
      }
    }
  }
}

namespace {

struct Form : RequestHandler {
  void post() {
    write(std::to_string(request().body_arguments().size()) + " " +
          std::to_string(get_body_argument("a", "").size()));
  }
};

}  // namespace

TEST_CASE("bad input: forms of 10 MB and of too many arguments, behind filters", "[filters]") {
  Application app({url<Form>("/")}, {.filters = {RequestID(), RateLimit({.limit = 1000})}});
  HTTPTest test(app);
  const auto post = [&test](std::string body) {
    return test.fetch("/", {.method = "POST", .body = std::move(body)});
  };
  CHECK(post("a=" + std::string(10'000'000, 'x')).body == "1 10000000");
  std::string encoded = "a=";
  for (int i = 0; i < 3'000'000; ++i) encoded += "%41";
  CHECK(post(std::move(encoded)).body == "1 3000000");
  std::string many;
  for (int i = 0; i < 1'000; ++i) many += (i == 0 ? "b=" : "&b=") + std::string(9'000, 'x');
  CHECK(post(many).body == "1000 0");
  const auto refused = post(many + "&c=1");
  CHECK(refused.status == 400);
  CHECK(refused.headers.get("X-Request-ID").size() == 20);
  CHECK(post(std::string(10 * 1024 * 1024 + 1, 'x')).status == 413);
  for (const std::string& odd :
       {std::string("a=%00%0d%0a%zz%"), std::string("&&&==&=a&a"), std::string("a=\xed\xa0\x80"),
        std::string(1'000'000, '%'), std::string(1'000'000, '&'), std::string(100'000, '=')}) {
    const int status = post(odd).status;
    CHECK((status == 200 || status == 400));
  }
}
