#include <bora/websocket/websocket_handler.h>

#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/log.h>
#include <bora/json.h>
#include <bora/testing/catch.h>
#include <bora/testing/expect_log.h>
#include <bora/testing/http_test.h>
#include <bora/web/application.h>
#include <bora/web/url_spec.h>

#include "runtime/websocket/hub.h"
#include "tests/runtime/web/routes_by_hand.h"
#include "tests/runtime/websocket/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using namespace bora::websocket;
using namespace bora::testing;
using bora::IOLoop;
using bora::Task;
using bora::web::Application;
using bora::web::url;
using Kind = MessageReader::Kind;

namespace {

std::vector<std::string> events;  ///< What the handlers of a test were called with.

class Echo : public WebSocketHandler {
 public:
  void on_message(std::string_view data, MessageType type) { write_message(data, type); }
  void on_close() override {
    events.push_back("close " + (close_code() ? std::to_string(*close_code()) : "-") + " " +
                     std::string(close_reason()));
  }
};

class Room : public WebSocketHandler {
 public:
  void open(std::string_view name, int seat) {
    write_message("welcome to " + std::string(name) + ", seat " + std::to_string(seat));
    write_message("asked by " + std::string(request().remote_ip()));
  }
};

bora::Event gate;

class Slow : public WebSocketHandler {
 public:
  Task<void> open() {
    events.push_back("opening");
    bora::Event::Wait wait = gate.wait();
    co_await wait;
    events.push_back("opened");
  }
  Task<void> on_message(std::string_view text) {
    events.push_back("begin " + std::string(text));
    gate.clear();
    bora::Event::Wait wait = gate.wait();
    co_await wait;
    events.push_back("end " + std::string(text));
    if (is_open()) write_message(text);
  }
  void on_close() override { events.push_back("close"); }
};

/// Writes without asking whether anybody is there.
class Unaware : public WebSocketHandler {
 public:
  Task<void> open(std::string_view where) {
    events.push_back("opening");
    bora::Event::Wait wait = gate.wait();
    if (where == "open") co_await wait;
    write_message("opened");
    events.push_back("opened");
  }
  Task<void> on_message(std::string_view text) {
    events.push_back("begin");
    bora::Event::Wait wait = gate.wait();
    co_await wait;
    write_message(text);
    events.push_back("end");
  }
  void on_close() override { events.push_back("close"); }
};

class Throws : public WebSocketHandler {
 public:
  void open(std::string_view where) {
    if (where == "open") throw std::runtime_error("from open");
    if (where == "value") (void)request().headers();
  }
  Task<void> on_message(Message message) {
    if (message.data == "later") co_await bora::moment;
    throw std::runtime_error("from on_message");
  }
  void on_close() override {
    events.push_back("close");
    throw std::runtime_error("from on_close");
  }
};

class Silent : public WebSocketHandler {
 public:
  void on_message(std::string text) { events.push_back(std::move(text)); }
};

class Guarded : public WebSocketHandler {
 public:
  void prepare() {
    set_cookie("seen", "yes");
    set_header("X-Room", "blue");
    if (get_argument("token", "") == "old") return redirect("/login?next=/guarded");
    if (!get_argument("token", "").empty()) return;
    set_status(401);
    finish("who are you?");
  }
  void open() {
    CHECK_THROWS_AS(write("x"), std::logic_error);
    CHECK_THROWS_AS(finish(), std::logic_error);
  }
  void on_message(std::string_view) {
    CHECK_THROWS_AS(request(), std::logic_error);
    CHECK_THROWS_AS(set_header("A", "b"), std::logic_error);
    CHECK_THROWS_AS(get_argument("token"), std::logic_error);
    write_message("checked");
  }
};

class Choosy : public WebSocketHandler {
 public:
  std::optional<std::string> select_subprotocol(const std::vector<std::string>& offered) override {
    events.push_back("offered " + std::to_string(offered.size()));
    if (offered.empty()) return std::nullopt;
    return offered.front() == "bad" ? "not offered" : offered.back();
  }
  bool check_origin(std::string_view origin) override { return origin == "https://friend.example"; }
  void open() { write_message(selected_subprotocol()); }
};

struct Order {
  int amount;
};

struct Trade {
  std::string paper;
  int count = 0;
};

void from_json(const nlohmann::json& json, Trade& trade) {
  json.at("paper").get_to(trade.paper);
  json.at("count").get_to(trade.count);
}

class Exchange : public WebSocketHandler {
 public:
  Task<void> on_message(const Trade& trade) {
    co_await bora::moment;
    write_message(trade.paper + " " + std::to_string(trade.count));
  }
};

class Tolerant : public WebSocketHandler {
 public:
  void on_message(std::vector<int> numbers) { write_message(std::to_string(numbers.size())); }
  void on_bad_message(std::string_view data, const BadMessageError& error) override {
    write_message(std::string(data) + ": " + error.what());
  }
};

class AnyJSON : public WebSocketHandler {
 public:
  void on_message(nlohmann::json message) { write_message(message.type_name()); }
};

class Pinging : public WebSocketHandler {
 public:
  void on_message(std::string_view text) {
    set_nodelay(text == "fast");
    CHECK_THROWS_AS(ping(std::string(126, 'x')), std::invalid_argument);
    ping(text);
  }
  void on_ping(std::string_view data) override { events.push_back("ping " + std::string(data)); }
  void on_pong(std::string_view data) override {
    events.push_back("pong " + std::string(data));
    write_message("heard");
  }
};

class Nodelay : public WebSocketHandler {
 public:
  void open(int value) {
    set_nodelay(value != 0);
    write_message("set");
  }
  void on_message(std::string_view text) {
    set_nodelay(text == "on");
    write_message("set");
  }
};

/// Only for users who are logged in, as their cookie says.
class Members : public WebSocketHandler {
 public:
  std::string_view current_user() { return get_cookie("user"); }
  void open(std::string_view room) {
    write_message(std::string(current_user()) + " in " + std::string(room));
  }
};

/// Only sends.
class Clock : public WebSocketHandler {
 public:
  void open() { write_message("noon"); }
  void on_ping(std::string_view) override { write_message("one"); }
  void on_close() override {
    events.push_back("close " + std::to_string(close_code().value_or(0)));
  }
};

class Shop : public WebSocketHandler {
 public:
  void on_message(Order order) { write_message(std::to_string(order.amount)); }
};

}  // namespace

template <>
struct bora::websocket::MessageValue<Order> {
  static Order parse(std::string_view data) {
    if (data.empty()) throw BadMessageError("an order is a number");
    return {static_cast<int>(data.size())};
  }
};

namespace {

class Server {
 public:
  explicit Server(bora::web::Settings settings = {})
      : app({url<Echo>("/echo"), url<Room>("/room/{name}/{seat:int}"), url<Slow>("/slow"),
             url<Unaware>("/unaware/{where}"), url<Throws>("/throws/{where}"),
             url<Silent>("/silent"), url<Guarded>("/guarded"), url<Choosy>("/choosy"),
             url<Shop>("/shop"), url<Pinging>("/pinging"), url<Nodelay>("/nodelay/{value:int}"),
             url<Clock>("/clock"), url<Exchange>("/exchange"), url<Tolerant>("/tolerant"),
             url<AnyJSON>("/any")},
            std::move(settings)),
        test(app) {
    events.clear();
    gate.clear();
  }
  [[nodiscard]] int port() const { return test.port(); }

  Application app;
  HTTPTest test;
};

std::size_t open_sockets() {
  return Hub::current().connections();
}

}  // namespace

TEST_CASE("websocket handler: the handshake of RFC 6455, 1.3", "[websocket]") {
  Server server;
  ExpectLog line(bora::access_log, "101 GET /echo.*", {.level = bora::LogLevel::info});
  RawClient client(server.port());
  const std::string head = client.shake_hands("/echo");
  CHECK(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(head.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") != std::string::npos);
  CHECK(head.find("Upgrade: websocket\r\nConnection: Upgrade\r\n") != std::string::npos);
  CHECK(head.find("Content-") == std::string::npos);
  client.send(frame(Opcode::text, "hello") + frame(Opcode::binary, "\x01\xff"));
  CHECK(client.receive_frames(2) ==
        std::vector<Seen>{{Kind::text, 0, "hello"}, {Kind::binary, 0, "\x01\xff"}});
  client.send(frame(Opcode::close, close_payload(1000, "bye")));
  CHECK(client.receive_to_end().back() == Seen{Kind::close, 1000, ""});
  CHECK(events == std::vector<std::string>{"close 1000 bye"});
}

TEST_CASE("websocket handler: pings go and come", "[websocket]") {
  Server server;
  for (const std::string& text : {std::string("fast"), std::string(125, 'y')}) {
    events.clear();
    RawClient client(server.port());
    REQUIRE_THAT(client.shake_hands("/pinging"), Catch::Matchers::StartsWith("HTTP/1.1 101"));
    client.send(frame(Opcode::ping, "are you there?") + frame(Opcode::text, text));
    CHECK(client.receive_frames(2) ==
          std::vector<Seen>{{Kind::pong, 0, "are you there?"}, {Kind::ping, 0, text}});
    client.send(frame(Opcode::pong, text));
    CHECK(client.receive_frames(3).back() == Seen{Kind::text, 0, "heard"});
    CHECK(events == std::vector<std::string>{"ping are you there?", "pong " + text});
  }
}

TEST_CASE("websocket handler: captures are open()'s arguments", "[websocket]") {
  Server server;
  RawClient client(server.port());
  client.shake_hands("/room/caf%C3%A9/7");
  const std::vector<Seen> frames = client.receive_frames(2);
  CHECK(frames[0].payload == "welcome to caf\xc3\xa9, seat 7");
  CHECK(frames[1].payload == "asked by 127.0.0.1");
}

TEST_CASE("websocket handler: messages wait for open() and for each other", "[websocket]") {
  Server server;
  RawClient client(server.port());
  client.shake_hands("/slow");
  client.send(frame(Opcode::text, "one") + frame(Opcode::text, "two"));
  run_until([] { return events.size() == 1; });
  for (int i = 0; i < 5; ++i) IOLoop::current().run_once();
  CHECK(events == std::vector<std::string>{"opening"});
  gate.set();
  run_until([] { return events.size() == 3; });
  CHECK(events.back() == "begin one");
  gate.set();
  run_until([] { return events.size() == 5; });
  CHECK(events ==
        std::vector<std::string>{"opening", "opened", "begin one", "end one", "begin two"});
  // The client leaves while a message is being handled.
  client.leave();
  gate.set();
  run_until([] { return open_sockets() == 0 && events.size() == 7; });
  CHECK(std::set<std::string>(events.begin() + 5, events.end()) ==
        std::set<std::string>{"end two", "close"});
}

TEST_CASE("websocket handler: the client leaves while open() waits", "[websocket]") {
  Server server;
  {
    RawClient client(server.port());
    client.shake_hands("/slow");
  }
  for (int i = 0; i < 5; ++i) IOLoop::current().run_once();
  gate.set();
  run_until([] { return events.size() == 3; });
  CHECK(events == std::vector<std::string>{"opening", "opened", "close"});
}

TEST_CASE("websocket handler: a write to a client that has left ends the function without an error",
          "[websocket]") {
  Server server;
  LogCapture log;
  RawClient early(server.port());
  early.shake_hands("/unaware/open");
  run_until([] { return !events.empty(); });
  early.break_off();
  run_until([] { return open_sockets() == 0; });
  gate.set();
  run_until([] { return events.size() == 2; });
  CHECK(events == std::vector<std::string>{"opening", "close"});
  events.clear();
  gate.clear();
  RawClient late(server.port());
  late.shake_hands("/unaware/message");
  CHECK(late.receive_frames(1).front().payload == "opened");
  late.send(frame(Opcode::text, "x"));
  run_until([] { return events.size() == 3; });
  late.break_off();
  run_until([] { return open_sockets() == 0; });
  gate.set();
  for (int i = 0; i < 5; ++i) IOLoop::current().run_once();
  CHECK(events == std::vector<std::string>{"opening", "opened", "begin", "close"});
  CHECK(log.count(bora::app_log) == 0);
}

TEST_CASE("websocket handler: what is thrown closes with 1011", "[websocket]") {
  Server server;
  {
    ExpectLog error(bora::app_log, ".*from open.*");
    RawClient client(server.port());
    CHECK(client.shake_hands("/throws/open").substr(9, 3) == "101");
    CHECK(client.receive_to_end() == std::vector<Seen>{{Kind::close, 1011, "internal error"}});
    CHECK(events.empty());
  }
  for (const char* text : {"now", "later"}) {
    events.clear();
    ExpectLog error(bora::app_log, ".*from on_message.*");
    ExpectLog second(bora::app_log, ".*from on_close.*");
    RawClient client(server.port());
    client.shake_hands("/throws/never");
    client.send(frame(Opcode::text, text) + frame(Opcode::text, "again"));
    CHECK(client.receive_to_end() == std::vector<Seen>{{Kind::close, 1011, "internal error"}});
    CHECK(events == std::vector<std::string>{"close"});
  }
}

TEST_CASE("websocket handler: prepare() refuses, or adds to the answer", "[websocket]") {
  Server server;
  RawClient refused(server.port());
  CHECK(refused.shake_hands("/guarded").starts_with("HTTP/1.1 401 Unauthorized\r\n"));
  refused.receive_until([&] { return refused.received == "who are you?"; });

  RawClient moved(server.port());
  const std::string redirect = moved.shake_hands("/guarded?token=old");
  CHECK(redirect.starts_with("HTTP/1.1 302 Found\r\n"));
  CHECK(redirect.find("Location: /login?next=/guarded\r\n") != std::string::npos);

  RawClient client(server.port());
  const std::string head = client.shake_hands("/guarded?token=1");
  CHECK(head.find("X-Room: blue\r\n") != std::string::npos);
  CHECK(head.find("Set-Cookie: seen=yes") != std::string::npos);
  client.send(frame(Opcode::text, "x"));
  CHECK(client.receive_frames(1).front().payload == "checked");
}

TEST_CASE("websocket handler: a route's filters and its question for a user come first",
          "[websocket]") {
  // As `bora compile` writes it: { path = "/{room:path}", websocket = "Members",
  // authenticated = true, filters = […] }.
  const auto filter = [](bora::web::RequestHandler& handler) -> Task<void> {
    events.push_back("filter");
    handler.set_header("X-Filter", "seen");
    if (handler.request().path() != "/closed") return {};
    handler.set_status(503);
    handler.finish("closed today");
    return {};
  };
  const bora::web::Filter filters[] = {bora::web::Filter(filter)};
  const bora::web::RouteRules rules{
      .host = {}, .filters = filters, .has_user = [](bora::web::RequestHandler& handler) {
        return !static_cast<Members&>(handler).current_user().empty();
      }};
  const bora::testing::OneRouteTable table({.name = {},
                                            .pattern = "/{room:path}",
                                            .endpoint = &bora::web::endpoint_of<Members>,
                                            .rules = &rules});
  bora::web::Settings settings;
  settings.login_url = "/login";
  Application app(table.table(), std::move(settings));
  HTTPTest test(app);
  events.clear();

  RawClient stranger(test.port());
  const std::string refusal = stranger.shake_hands("/blue");
  CHECK(refusal.starts_with("HTTP/1.1 302 Found\r\n"));
  CHECK(refusal.find("Location: /login?next=%2Fblue\r\n") != std::string::npos);
  CHECK(refusal.find("X-Filter: seen\r\n") != std::string::npos);

  RawClient late(test.port());
  CHECK(late.shake_hands("/closed", "Cookie: user=ada\r\n").starts_with("HTTP/1.1 503 "));
  late.receive_until([&] { return late.received == "closed today"; });

  RawClient member(test.port());
  const std::string head = member.shake_hands("/blue/green", "Cookie: user=ada\r\n");
  CHECK(head.starts_with("HTTP/1.1 101 "));
  CHECK(head.find("X-Filter: seen\r\n") != std::string::npos);
  CHECK(member.receive_frames(1) == std::vector<Seen>{{Kind::text, 0, "ada in blue/green"}});
  CHECK(events == std::vector<std::string>(3, "filter"));
}

TEST_CASE("websocket handler: origins", "[websocket]") {
  Server server;
  const auto status = [&](const char* target, const std::string& origin) {
    RawClient client(server.port());
    return client.shake_hands(target, "Origin: " + origin + "\r\n").substr(9, 3);
  };
  CHECK(status("/echo", "http://127.0.0.1") == "101");
  CHECK(status("/echo", "HTTP://127.0.0.1:80") == "101");
  CHECK(status("/echo", "http://127.0.0.1/path") == "101");
  for (const char* origin : {"https://127.0.0.1", "http://127.0.0.1:81", "http://evil.example",
                             "http://127.0.0.1.evil.example", "null", "127.0.0.1", "http://", ""})
    CHECK(status("/echo", origin) == "403");
  CHECK(status("/choosy", "https://friend.example") == "101");
  CHECK(status("/choosy", "http://127.0.0.1") == "403");
}

TEST_CASE("websocket handler: subprotocols", "[websocket]") {
  Server server;
  RawClient client(server.port());
  const std::string head = client.shake_hands("/choosy", "Sec-WebSocket-Protocol: a, b\r\n");
  CHECK(head.find("Sec-WebSocket-Protocol: b\r\n") != std::string::npos);
  CHECK(client.receive_frames(1).front().payload == "b");
  RawClient none(server.port());
  CHECK(none.shake_hands("/choosy").find("Sec-WebSocket-Protocol") == std::string::npos);
  CHECK(events == std::vector<std::string>{"offered 2", "offered 0"});
  ExpectLog error(bora::app_log, ".*which the client does not offer.*");
  RawClient wrong(server.port());
  CHECK(wrong.shake_hands("/choosy", "Sec-WebSocket-Protocol: bad\r\n").substr(9, 3) == "500");
}

TEST_CASE("websocket handler: set_nodelay() sets the socket's option", "[websocket]") {
  Server server;
  // The server's end of a connection is the descriptor whose peer is the client.
  const auto nodelay = [](int client_port) {
    for (int fd = 0; fd < 1024; ++fd) {
      sockaddr_in peer{};
      socklen_t size = sizeof(peer);
      if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0 ||
          peer.sin_family != AF_INET || ntohs(peer.sin_port) != client_port)
        continue;
      int value = 0;
      size = sizeof(value);
      REQUIRE(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &size) == 0);
      return value != 0;
    }
    FAIL("the server has no such connection");
    return false;
  };
  for (const char* const first : {"0", "1"}) {
    RawClient client(server.port());
    client.shake_hands("/nodelay/" + std::string(first));
    REQUIRE(client.receive_frames(1).size() == 1);
    CHECK(nodelay(client.local_port()) == (*first == '1'));
    client.send(frame(Opcode::text, "on"));
    REQUIRE(client.receive_frames(2).size() == 2);
    CHECK(nodelay(client.local_port()));
    client.send(frame(Opcode::text, "off"));
    REQUIRE(client.receive_frames(3).size() == 3);
    CHECK_FALSE(nodelay(client.local_port()));
  }
  // If set_nodelay() is not called, small messages leave at once.
  RawClient other(server.port());
  other.shake_hands("/room/blue/1");
  REQUIRE(other.receive_frames(2).size() == 2);
  CHECK(nodelay(other.local_port()));
}

TEST_CASE("websocket handler: one without on_message() ignores messages", "[websocket]") {
  Server server;
  ExpectLog line(bora::gen_log, "ignored a message to a WebSocket handler without.*",
                 {.level = bora::LogLevel::debug});
  RawClient client(server.port());
  client.shake_hands("/clock");
  client.send(frame(Opcode::text, "what time is it?") +
              frame(Opcode::binary, std::string(100'000, '\0')) + frame(Opcode::ping, "?"));
  CHECK(client.receive_frames(3) ==
        std::vector<Seen>{{Kind::text, 0, "noon"}, {Kind::pong, 0, "?"}, {Kind::text, 0, "one"}});
  CHECK(line.count() == 2);
  // The messages are checked all the same.
  client.send(frame(Opcode::text, "\xff"));
  CHECK(client.receive_to_end().back().code == 1007);
  run_until([] { return !events.empty(); });
  CHECK(events == std::vector<std::string>{"close 0"});
}

TEST_CASE("websocket handler: messages of a type of the program's own", "[websocket]") {
  Server server;
  RawClient client(server.port());
  client.shake_hands("/shop");
  client.send(frame(Opcode::text, "12345") + frame(Opcode::text, ""));
  CHECK(client.receive_to_end() ==
        std::vector<Seen>{{Kind::text, 0, "5"}, {Kind::close, 1007, "an order is a number"}});
}

TEST_CASE("websocket handler: messages that are JSON", "[websocket]") {
  Server server;
  for (const auto& [bad, why] : std::vector<std::pair<std::string, std::string>>{
           {"{\"paper\":\"A\"}", "The message is refused: key 'count' not found."},
           {"[]", "The message is refused: cannot use at() with array."},
           {"{\"paper\":1,\"count\":2}",
            "The message is refused: type must be string, but is number."},
           {"{\"paper\"", "The message is not JSON: "},
           {"", "The message is not JSON: "}}) {
    INFO(bad);
    RawClient client(server.port());
    client.shake_hands("/exchange");
    client.send(frame(Opcode::text, "{\"count\":3,\"paper\":\"Bora\"}") + frame(Opcode::text, bad));
    const auto frames = client.receive_to_end();
    REQUIRE(frames.size() == 2);
    CHECK(frames[0] == Seen{Kind::text, 0, "Bora 3"});
    CHECK(frames[1].code == 1007);
    CHECK(frames[1].payload.starts_with(why));
  }
  RawClient tolerant(server.port());
  tolerant.shake_hands("/tolerant");
  tolerant.send(frame(Opcode::text, "[1,2.5]") + frame(Opcode::text, "{}") +
                frame(Opcode::text, "[1,2,3]"));
  const auto answers = tolerant.receive_frames(3);
  REQUIRE(answers.size() == 3);
  CHECK_THAT(answers[0].payload, Catch::Matchers::StartsWith("[1,2.5]: /1 must be a whole number"));
  CHECK(answers[1].payload == "{}: The message must be an array, not an object.");
  CHECK(answers[2].payload == "3");

  RawClient any(server.port());
  any.shake_hands("/any");
  for (const char* const text : {"null", "\"a\"", "{\"a\":[1]}"})
    any.send(frame(Opcode::text, text));
  CHECK(any.receive_frames(3) == std::vector<Seen>{{Kind::text, 0, "null"},
                                                   {Kind::text, 0, "string"},
                                                   {Kind::text, 0, "object"}});
}

TEST_CASE("websocket handler: the application's settings are limits", "[websocket]") {
  bora::web::Settings settings;
  settings.websocket_max_message_size = 5;
  Server server(std::move(settings));
  RawClient client(server.port());
  client.shake_hands("/echo");
  client.send(frame(Opcode::text, "12345") + frame(Opcode::text, "123456"));
  CHECK(client.receive_to_end() ==
        std::vector<Seen>{{Kind::text, 0, "12345"}, {Kind::close, 1009, "message too big"}});
}

TEST_CASE("websocket handler: a message that comes with the handshake is not lost", "[websocket]") {
  const auto talk = [] {
    Server server;
    RawClient client(server.port());
    client.send(
        "GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
        frame(Opcode::text, "early"));
    CHECK(client.receive_head().substr(9, 3) == "101");
    CHECK(client.receive_frames(1).front().payload == "early");
  };
  talk();
  std::thread(talk).join();  // whose loop has seen no WebSocket before
}

TEST_CASE("websocket handler: other methods are refused", "[websocket]") {
  Server server;
  const auto refused = server.test.fetch("/echo", {.method = "POST"});
  CHECK(refused.status == 405);
  CHECK(refused.headers.get("Allow") == "GET, OPTIONS");
  CHECK(server.test.fetch("/echo", {.method = "HEAD"}).status == 405);
  CHECK(server.test.fetch("/echo", {.method = "OPTIONS"}).headers.get("Allow") == "GET, OPTIONS");
  CHECK(server.test.fetch("/echo").status == 400);
}
