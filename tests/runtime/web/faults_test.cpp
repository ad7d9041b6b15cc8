#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/gen.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

// Handlers with faults: each gets an answer that is whole or visibly cut, on a connection that then
// goes on or closes, and no other request suffers.

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

struct NoException {};

/// Commits the fault that the path names, at once or after a wait.
struct Faulty : RequestHandler {
  Task<void> get(std::string fault, bool waits) {
    if (waits) co_await bora::moment;
    write("written");
    const bool is_flushed = fault.starts_with("flushed-");
    if (is_flushed) {
      fault.erase(0, 8);
      Task<void> flushing = flush();
      co_await flushing;
    }
    commit(fault);
  }

  void commit(std::string_view fault) {
    if (fault == "error") throw std::runtime_error("an error");
    if (fault == "http") throw HTTPError(409, "a conflict");
    if (fault == "number") throw 7;
    if (fault == "object") throw NoException();
    if (fault == "null") throw static_cast<const char*>(nullptr);
    if (fault == "twice") {
      finish();
      finish("again");
    }
    if (fault == "write-after") {
      finish();
      write("again");
    }
    if (fault == "redirect-after") {
      finish();
      redirect("/elsewhere");
    }
    if (fault == "error-after") {
      finish();
      throw std::runtime_error("late");
    }
    if (fault == "number-after") {
      finish();
      throw 7;
    }
    if (fault == "short") set_header("Content-Length", 100);
    if (fault == "long") set_header("Content-Length", 3);
    if (fault == "no-content") set_status(204);
  }
};

struct ThrowsAtTheEnd : RequestHandler {
  void get() { write("fine"); }
  void on_finish() override { throw 7; }
};

struct ThrowsInPage : RequestHandler {
  void get() { throw std::runtime_error("first"); }
  void write_error(int, std::exception_ptr) override { throw 7; }
};

struct ThrowsInLog : RequestHandler {
  void get() { throw std::runtime_error("first"); }
  void log_exception(std::exception_ptr) override { throw 7; }
};

struct Fine : RequestHandler {
  void get() { finish("the next one"); }
};

struct Site {
  LogCapture log;
  Application app{{url<Faulty>("/{fault}/{waits:bool}"), url<ThrowsAtTheEnd>("/end"),
                   url<ThrowsInPage>("/page"), url<ThrowsInLog>("/log"), url<Fine>("/fine")}};
  HTTPTest test{app};

  /// Returns the answers to the fault and to a request after it, on one connection, up to its end
  /// or the second answer.
  std::string ask(const std::string& path) {
    RawClient client(test.port());
    REQUIRE(client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n" +
                        "GET /fine HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(run_until([&] {
      client.receive();
      return !client.is_open() || client.received.ends_with("the next one");
    }));
    CHECK(run_until([&] { return app.running_requests() == 0; }));
    return client.received;
  }
};

bool goes_on(const std::string& received) {
  return received.ends_with("\r\n\r\nthe next one");
}

int status_of(const std::string& received) {
  return received.starts_with("HTTP/1.1 ") ? std::stoi(received.substr(9, 3)) : 0;
}

}  // namespace

TEST_CASE("faults: what is thrown before the headers is a page, and nothing else", "[web]") {
  const std::string waits = GENERATE("/false", "/true");
  Site site;
  for (const auto& [fault, status] :
       std::vector<std::pair<std::string, int>>{{"error", 500},
                                                {"http", 409},
                                                {"number", 500},
                                                {"object", 500},
                                                {"null", 500},
                                                {"no-content", 500}}) {
    INFO(fault);
    const std::string received = site.ask("/" + fault + waits);
    CHECK(status_of(received) == status);
    CHECK(received.find("written") == std::string::npos);
    CHECK(goes_on(received));
  }
  CHECK(site.log.count(bora::app_log, "an error") == 1);
  CHECK(site.log.count(bora::app_log, "NoException") == 1);
  CHECK(site.log.count(bora::app_log, "int") == 1);
}

TEST_CASE("faults: what is thrown after the headers ends the answer as it is", "[web]") {
  const std::string waits = GENERATE("/false", "/true");
  Site site;
  for (const char* fault : {"error", "http", "number", "object"}) {
    INFO(fault);
    const std::string received = site.ask("/flushed-" + std::string(fault) + waits);
    CHECK(status_of(received) == 200);
    CHECK(received.find("\r\n\r\n7\r\nwritten\r\n") != std::string::npos);
    CHECK(received.find("500") == std::string::npos);
  }
}

TEST_CASE("faults: the first answer of two stands", "[web]") {
  const std::string waits = GENERATE("/false", "/true");
  Site site;
  for (const char* fault :
       {"twice", "write-after", "redirect-after", "error-after", "number-after"}) {
    INFO(fault);
    const std::string received = site.ask("/" + std::string(fault) + waits);
    CHECK(status_of(received) == 200);
    CHECK(received.find("\r\n\r\nwrittenHTTP/1.1 200 OK\r\n") != std::string::npos);
    CHECK(received.find("again") == std::string::npos);
    CHECK(goes_on(received));
  }
  CHECK(site.log.count(bora::app_log, "Uncaught exception") == 5);
}

TEST_CASE("faults: a wrong Content-Length is 500", "[web]") {
  const std::string waits = GENERATE("/false", "/true");
  Site site;
  for (const char* fault : {"/short", "/long"}) {
    INFO(fault);
    const std::string received = site.ask(fault + waits);
    CHECK(status_of(received) == 500);
    CHECK(received.find("wri") == std::string::npos);
    CHECK(goes_on(received));
  }
  CHECK(site.log.count(bora::app_log, "Content-Length says 100 bytes, but the body has 7") == 1);
  CHECK(site.log.count(bora::app_log, "Content-Length says 3 bytes, but the body has 7") == 1);
}

TEST_CASE("faults: hooks that throw change no answer", "[web]") {
  Site site;
  CHECK(goes_on(site.ask("/end")));
  CHECK(status_of(site.ask("/end")) == 200);
  CHECK(status_of(site.ask("/page")) == 500);
  CHECK(goes_on(site.ask("/page")));
  CHECK(status_of(site.ask("/log")) == 500);
  CHECK(goes_on(site.ask("/log")));
}
