#include "dashboard.h"

#include <chrono>
#include <optional>
#include <string>

#include <bora/core/gen.h>
#include <bora/json.h>
#include <bora/testing/catch.h>
#include <bora/testing/http_test.h>
#include <bora/websocket.h>

using namespace std::chrono_literals;
using bora::Task;
using bora::websocket::Message;
using bora::websocket::WebSocketClientConnection;

namespace {

Task<nlohmann::json> next(WebSocketClientConnection& socket) {
  const std::optional<Message> message = co_await socket.read_message();
  co_return nlohmann::json::parse(message.value().data);
}

}  // namespace

TEST_CASE("dashboard: a page gets what was measured, then what is measured", "[dashboard]") {
  dashboard::Dashboard app(5ms);
  bora::testing::HTTPTest test(app);
  CHECK(test.fetch("/").body.find("data-figure=\"cpu\"") != std::string::npos);
  CHECK(test.fetch("/work", {.method = "POST"}).status == 204);

  const std::string url = "ws://127.0.0.1:" + std::to_string(test.port()) + "/live";
  const auto watch = [&]() -> Task<void> {
    while (app.history.empty()) co_await bora::moment;
    WebSocketClientConnection socket = co_await bora::websocket::websocket_connect(url);
    const nlohmann::json history = co_await next(socket);
    REQUIRE(history.is_array());
    // The clock goes on while the message is on its way, so the history may be longer now.
    REQUIRE(!history.empty());
    CHECK(history.size() <= app.history.size());
    const nlohmann::json figures = co_await next(socket);
    CHECK(figures["at"] >= history.back()["at"]);
    CHECK(figures["watchers"] == 1);
    CHECK(figures["memory"] > 1);
    CHECK(figures["cpu"] >= 0);
    const nlohmann::json later = co_await next(socket);
    CHECK(later["at"] >= figures["at"]);
    socket.close();
    while (!app.watchers.empty()) co_await bora::moment;
  };
  bora::IOLoop::current().run_sync(watch);
}
