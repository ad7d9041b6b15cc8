#include "tests/conformance/websocket/case_file.h"

#include <filesystem>
#include <string>
#include <vector>

#include <bora/testing/http_test.h>
#include <bora/web/application.h>
#include <bora/web/url_spec.h>
#include <bora/websocket/websocket_handler.h>

#include "runtime/websocket/permessage_deflate.h"
#include "tests/runtime/websocket/raw_client.h"
#include "tests/support/catch.h"

using namespace bora::websocket;
using bora::testing::HTTPTest;
using bora::web::Application;
using bora::web::url;
using Kind = MessageReader::Kind;

namespace {

const std::filesystem::path kCases = "tests/conformance/websocket/cases";

const Case* current_case = nullptr;

class Echo : public WebSocketHandler {
 public:
  WebSocketOptions websocket_options() override {
    return current_case == nullptr ? WebSocketOptions() : current_case->options;
  }
  void on_message(std::string_view data, MessageType type) { write_message(data, type); }
};

class Coroutine : public Echo {
 public:
  bora::Task<void> on_message(std::string_view data, MessageType type) {
    co_await write_message(data, type);
  }
};

bool matches(const Seen& seen, const Case::Wanted& wanted) {
  return seen.kind == wanted.kind && seen.code == wanted.code &&
         (!wanted.payload || seen.payload == *wanted.payload);
}

// Returns the server's frames, which may be compressed if that was agreed on.
std::vector<Seen> frames_of(const RawClient& client, const Case& wanted) {
  const ReadRules rules{.expects_mask = false, .max_message_size = SIZE_MAX};
  Inflater inflater(15);
  std::string message;
  const bool keeps_context =
      wanted.options.compression && wanted.options.compression->server_context_takeover;
  const Inflation inflation{inflater, message, keeps_context};
  return read_all(client.received, client.received.size() + 1, rules, &inflation);
}

void run(const Case& each, int port, const char* target, std::size_t step) {
  INFO(each.place << ": " << each.name << ", in pieces of " << step << " for " << target);
  current_case = &each;
  RawClient client(port);
  const std::string head = client.shake_hands(
      target, each.offer.empty() ? "" : "Sec-WebSocket-Extensions: " + each.offer + "\r\n");
  REQUIRE(head.substr(9, 3) == "101");
  if (each.agree) {
    const std::string line = "\r\nSec-WebSocket-Extensions: ";
    const std::size_t at = head.find(line);
    const std::string agreed =
        at == std::string::npos
            ? "-"
            : head.substr(at + line.size(), head.find("\r\n", at + 2) - at - line.size());
    CHECK(agreed == *each.agree);
  }
  std::string bytes = each.sent;
  if (!each.ends_in_close()) bytes += frame(Opcode::ping, "the end");
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    client.send(std::string_view(bytes).substr(at, step));
    client.receive();
    if (step < bytes.size()) bora::IOLoop::current().run_once();
  }
  if (each.ends_in_close()) {
    client.receive_until([] { return false; });
  } else {
    client.receive_until([&] {
      const std::vector<Seen> seen = frames_of(client, each);
      return !seen.empty() && seen.back() == Seen{Kind::pong, 0, "the end"};
    });
  }
  std::vector<Seen> seen = frames_of(client, each);
  if (!each.ends_in_close()) {
    REQUIRE_FALSE(seen.empty());
    CHECK(seen.back() == Seen{Kind::pong, 0, "the end"});
    seen.pop_back();
  }
  REQUIRE(seen.size() == each.wanted.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    INFO("frame " << i << " is kind " << static_cast<int>(seen[i].kind) << ", code " << seen[i].code
                  << ": " << seen[i].payload.substr(0, 60));
    CHECK(matches(seen[i], each.wanted[i]));
  }
  CHECK(client.has_ended == each.ends_in_close());
}

}  // namespace

TEST_CASE("websocket cases: every one, whole and in pieces", "[websocket]") {
  Application app({url<Echo>("/plain"), url<Coroutine>("/coroutine")});
  HTTPTest server(app);
  std::size_t count = 0;
  for (const char* name : {"frames.txt", "fragments.txt", "close.txt", "utf8.txt", "deflate.txt"}) {
    const std::vector<Case> cases = read_cases(kCases / name);
    for (const Case& each : cases) {
      for (const std::size_t step : {each.sent.size() + 20, std::size_t{1}, std::size_t{5}}) {
        // Only short cases are sent byte by byte.
        if (step < 10 && each.sent.size() > 600) continue;
        run(each, server.port(), "/plain", step);
      }
      run(each, server.port(), "/coroutine", each.sent.size() + 20);
      ++count;
    }
  }
  CHECK(count >= 250);
  current_case = nullptr;
}

TEST_CASE("websocket cases: handshakes", "[websocket]") {
  Application app({url<Echo>("/ws")});
  HTTPTest server(app);
  const std::vector<Handshake> handshakes = read_handshakes(kCases / "handshakes.txt");
  CHECK(handshakes.size() >= 40);
  for (const Handshake& each : handshakes) {
    INFO(each.place << ": " << each.name);
    RawClient client(server.port());
    client.send(each.request + "\r\n");
    const std::string head = client.receive_head();
    CHECK(head.substr(9, 3) == std::to_string(each.status));
    for (const std::string& field : each.fields) {
      INFO(head);
      CHECK(head.find("\r\n" + field + "\r\n") != std::string::npos);
    }
    if (each.status == 101) {
      client.send(frame(Opcode::text, "probe"));
      CHECK(client.receive_frames(1).front() == Seen{Kind::text, 0, "probe"});
    }
  }
}
