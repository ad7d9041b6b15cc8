#include <chrono>
#include <optional>
#include <string>

#include <bora/core/gen.h>
#include <bora/http/async_http_client.h>
#include <bora/http/event_source.h>
#include <bora/http/http_server.h>
#include <bora/testing/catch.h>
#include <bora/web/application.h>

#include "handlers.h"
#include "routes.h"

using namespace std::chrono_literals;
using bora::http::AsyncHTTPClient;
using bora::http::EventSource;
using bora::http::HTTPRequest;

ASYNC_TEST_CASE("sse_clock: ticks come one by one, and what was missed is told", "[sse_clock]") {
  sse_clock::Ticks::interval = 5ms;
  bora::web::Application app(routes::table);
  bora::http::HTTPServer server(app);
  server.listen(0, "127.0.0.1");
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + "/ticks";

  std::string last;
  {
    EventSource events(AsyncHTTPClient(), HTTPRequest{.url = url});
    const auto first = co_await events.next();
    const auto second = co_await events.next();
    CHECK(first->event == "tick");
    CHECK(first->data.size() == 8);
    CHECK(second->id > first->id);
    last = first->id;
  }
  {
    const HTTPRequest again{.url = url, .headers = {{"Last-Event-ID", last}}};
    AsyncHTTPClient client;
    bora::http::HTTPResponseStream stream = co_await client.stream(again);
    std::string text;
    while (text.find("event: tick") == std::string::npos) {
      const std::optional<std::string> piece = co_await stream.read();
      text += piece.value();
    }
    CHECK(text.find("event: missed\n") < text.find("event: tick"));
  }
  // A client that leaves ends the handler.
  while (app.running_requests() > 0) co_await bora::moment;
  server.stop();
}
