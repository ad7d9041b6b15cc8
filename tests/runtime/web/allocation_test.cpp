#include <cstddef>
#include <string>

#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/runtime/web/raw_client.h"
#include "tests/support/allocations.h"
#include "tests/support/catch.h"

// How often a request allocates. Under a sanitizer pools are bypassed, so there is nothing to
// count.

#if !BORA_TEST_HAS_SANITIZER

namespace {

using bora::Task;
using bora::test::allocations;
using bora::testing::HTTPTest;
using bora::testing::RawClient;
using bora::web::Application;
using bora::web::RequestHandler;
using bora::web::url;

struct Plain : RequestHandler {
  void get() { write("Hello, world"); }
};

struct Allocates : RequestHandler {
  void get() { write(std::string(100, 'x') + "Hello, world"); }
};

struct Coroutine : RequestHandler {
  Task<void> get() {
    write("Hello, world");
    co_return;
  }
};

struct WithHeaders : RequestHandler {
  void get(std::string_view name) {
    set_header("X-Name", name);
    set_header("Content-Type", "text/plain");
    set_status(201, "Made");
    write(name);
    write(", a text that is longer than any small string, to see that the buffer is kept");
  }
};

/// Allocations of a hundred keep-alive requests, after ten to warm up.
std::size_t allocations_of(int port, std::string_view target, std::string_view end) {
  RawClient client(port);
  const std::string request = "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  client.received.reserve(64 * 1024);
  const auto ask = [&](int count) {
    for (int i = 0; i < count; ++i) {
      client.received.clear();
      if (!client.send(request) || !client.receive_until(end)) return false;
    }
    return true;
  };
  REQUIRE(ask(10));
  const std::size_t before = allocations;
  const bool is_answered = ask(100);
  const std::size_t count = allocations - before;
  REQUIRE(is_answered);
  return count;
}

}  // namespace

TEST_CASE("allocations: a keep-alive GET makes none once the server is warm", "[web]") {
  Application app({url<Plain>("/"), url<Allocates>("/allocates"), url<Coroutine>("/coroutine"),
                   url<WithHeaders>("/headers/{name}")});
  HTTPTest test(app);
  CHECK(allocations_of(test.port(), "/", "Hello, world") == 0);
  CHECK(allocations_of(test.port(), "/coroutine", "Hello, world") == 0);
  CHECK(allocations_of(test.port(), "/headers/Ada", "kept") == 0);
  // The counter counts: a temporary, which grows once.
  CHECK(allocations_of(test.port(), "/allocates", "Hello, world") == 200);
}

#endif
