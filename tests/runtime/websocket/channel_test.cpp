#include <sys/resource.h>

#include <algorithm>
#include <future>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <zlib.h>

#include <bora/core/gen.h>
#include <bora/testing/catch.h>
#include <bora/testing/certificates.h>
#include <bora/testing/expect_log.h>
#include <bora/testing/fake_clock.h>
#include <bora/testing/http_test.h>
#include <bora/web/application.h>
#include <bora/web/url_spec.h>
#include <bora/websocket/channel_handler.h>
#include <bora/websocket/websocket_connect.h>

#include "runtime/websocket/channel_protocol.h"
#include "runtime/websocket/memory_engine.h"
#include "runtime/websocket/permessage_deflate.h"
#include "runtime/websocket/shared_engine.h"
#include "runtime/websocket/worker_log.h"
#include "tests/runtime/websocket/engine_contract.h"
#include "tests/runtime/websocket/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/has_text.h"

using namespace bora::websocket;
using namespace bora::testing;
using bora::Future;
using bora::IOLoop;
using bora::Task;
using bora::render::JSONText;
using bora::web::Application;
using bora::web::url;
using Kind = MessageReader::Kind;
using Texts = std::vector<std::string>;

namespace {

Texts texts(const std::vector<Seen>& frames) {
  Texts result;
  for (const Seen& each : frames) result.push_back(each.payload);
  return result;
}

// ---- Handlers ----

/// Subscribes in open(), as its address says.
class Member : public WebSocketHandler {
 public:
  static inline std::vector<Member*> all;
  static inline SubscribeOptions how;
  static inline WebSocketOptions limits;
  static inline ChannelOptions channel_options{.history = 3};
  static inline std::size_t told = 0;  ///< Messages that on_drop() reported.

  static Channel channel() { return Channel("members", channel_options); }

  void open() {
    all.push_back(this);
    subscribing = channel().subscribe(*this, how);
  }
  void on_message(std::string_view text) {
    if (text == "leave") {
      channel().unsubscribe(*this);
      return;
    }
    channel().publish(text);
  }
  void on_close() override { std::erase(all, this); }
  void on_drop(std::size_t messages, std::string_view) override {
    told += messages;
    dropped += messages;
    if (on_dropped) on_dropped(*this);
  }
  WebSocketOptions websocket_options() override { return limits; }

  static inline std::function<void(Member&)> on_dropped;
  Future<Subscribed> subscribing;
  std::size_t dropped = 0;
};

/// A server of Members; each test begins without any members.
class Server {
 public:
  Server() : app_({url<Member>("/members")}), server_(app_) {
    Member::how = {};
    Member::limits = {};
    Member::told = 0;
    Member::on_dropped = nullptr;
    Member::channel_options = {.history = 3};
  }
  ~Server() {
    for (Member* member : Member::all) member->close();
    run_until([] { return Member::all.empty(); });
  }
  [[nodiscard]] int port() const { return server_.port(); }

  /// Returns a client that is subscribed.
  [[nodiscard]] std::unique_ptr<RawClient> client(std::string_view fields = {}) const {
    auto client = std::make_unique<RawClient>(port());
    const std::size_t before = Member::all.size();
    REQUIRE_THAT(client->shake_hands("/members", fields),
                 Catch::Matchers::StartsWith("HTTP/1.1 101"));
    run_until(
        [&] { return Member::all.size() > before && Member::all.back()->subscribing.done(); });
    return client;
  }

 private:
  Application app_;
  HTTPTest server_;
};

}  // namespace

// ---- Engines ----

TEST_CASE("channel engine: in the process", "[websocket]") {
  const auto engine = memory_engine();
  check_engine(*engine, *engine, "contract");
}

TEST_CASE("channel engine: what is over is forgotten", "[websocket]") {
  FakeClock clock;
  IOLoop& loop = IOLoop::current();
  MemoryEngine engine;
  const ChannelLimits limits{.history = 10, .ttl = std::chrono::seconds(60)};
  const ChannelPosition first = loop.run_sync(engine.publish("a", {"old"}, limits));
  clock.advance(std::chrono::seconds(59));
  const ChannelPosition second = loop.run_sync(engine.publish("a", {"new"}, limits));
  CHECK(loop.run_sync(engine.history("a", std::nullopt, 10)).messages.size() == 2);
  clock.advance(std::chrono::seconds(1));
  CHECK(loop.run_sync(engine.history("a", std::nullopt, 10)).messages.size() == 1);
  CHECK(loop.run_sync(engine.history("a", first, 10)).is_complete);
  CHECK_FALSE(loop.run_sync(engine.history("a", ChannelPosition{first.epoch, 0}, 10)).is_complete);

  // Names that clients invent don't accumulate, and no offset comes twice.
  clock.advance(std::chrono::seconds(60));
  for (int i = 0; i < 2000; ++i) {
    loop.run_sync(engine.publish("invented " + std::to_string(i), {"x"}, limits));
    clock.advance(std::chrono::seconds(1));
  }
  CHECK(engine.channels() < 400);
  CHECK(loop.run_sync(engine.publish("a", {"again"}, limits)).offset > second.offset);
  CHECK_FALSE(loop.run_sync(engine.history("a", second, 10)).is_complete);
}

// ---- Channels ----

TEST_CASE("channel: what is published goes to all who are subscribed", "[websocket]") {
  const Server server;
  const auto one = server.client();
  const auto other = server.client();
  CHECK(Member::channel().subscribers() == 2);

  one->send(frame(Opcode::text, "hello"));
  CHECK(texts(one->receive_frames(1)) == Texts{"hello"});
  CHECK(texts(other->receive_frames(1)) == Texts{"hello"});

  // All messages of a turn come together, and a client that comes later gets none of them.
  Member::channel().publish("1");
  Member::channel().publish(std::string("\xff", 1), ChannelFormat::binary);
  Member::channel().publish(JSONText("[3]"));
  const auto late = server.client();
  Member::channel().publish("4");
  one->receive_until([&] { return one->frames().size() == 5; });
  const std::vector<Seen> frames = one->frames();
  CHECK(texts(frames) == Texts{"hello", "1", "\xff", "[3]", "4"});
  CHECK(frames[2].kind == Kind::binary);
  CHECK(frames[3].kind == Kind::text);
  CHECK(texts(late->receive_frames(1)) == Texts{"4"});

  // A client that unsubscribes gets what was published before.
  Member* const leaving = Member::all.front();
  Member::channel().publish("5");
  Member::channel().unsubscribe(*leaving);
  Member::channel().unsubscribe(*leaving);
  CHECK_FALSE(Member::channel().is_subscribed(*leaving));
  Member::channel().publish("6");
  CHECK(texts(other->receive_frames(7)).back() == "6");
  leaving->write_message("alone");
  CHECK(texts(one->receive_frames(7)) == Texts{"hello", "1", "\xff", "[3]", "4", "5", "alone"});

  // A connection that has ended is no longer subscribed.
  late->leave();
  run_until([] { return Member::all.size() == 2; });
  CHECK(Member::channel().subscribers() == 1);
  CHECK(Member::channel().statistics().messages > 0);
}

TEST_CASE("channel: bytes that are no text end nobody's connection but their sender's",
          "[websocket]") {
  const Server server;
  const auto hostile = server.client();
  const auto other = server.client();
  CHECK_THROWS_AS(Member::channel().publish("\xff"), BadMessageError);
  CHECK_THROWS_AS(Member::channel().publish("[\"\xed\xa0\x80\"]", ChannelFormat::json),
                  BadMessageError);
  hostile->send(frame(Opcode::binary, "\xff\xfe"));
  const std::vector<Seen> end = hostile->receive_to_end();
  REQUIRE(end.size() == 1);
  CHECK(end.front().kind == Kind::close);
  CHECK(end.front().code == kCloseInvalidData);
  Member::channel().publish("still here");
  CHECK(texts(other->receive_frames(1)) == Texts{"still here"});
}

TEST_CASE("channel: compressed once for each setting", "[websocket]") {
  const std::string text(2000, 'x');
  for (const bool keeps : {false, true}) {
    const Server server;
    Member::limits.compression = CompressionOptions{.server_context_takeover = keeps};
    const auto plain = server.client();
    const auto narrow = server.client(
        "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\n");
    const auto wide = server.client("Sec-WebSocket-Extensions: permessage-deflate\r\n");
    Member::channel().publish(text);
    Member::channel().publish("short");
    Member::channel().publish(text);
    CHECK(texts(plain->receive_frames(3)) == Texts{text, "short", text});
    for (RawClient* each : {narrow.get(), wide.get()}) {
      std::string inflated;
      std::vector<Seen> seen;
      each->receive_until([&] {
        Inflater fresh(15);
        const Inflation of_all{fresh, inflated, keeps};
        seen =
            read_all(each->received, each->received.size() + 1, {.expects_mask = false}, &of_all);
        return seen.size() == 3;
      });
      CHECK(texts(seen) == Texts{text, "short", text});
      CHECK(each->received.size() < 200);
    }
  }
}

TEST_CASE("channel: a client that comes back gets what it missed", "[websocket]") {
  const Server server;
  const Channel channel = Member::channel();
  IOLoop& loop = IOLoop::current();
  const auto first = server.client();
  const ChannelPosition start = Member::all.front()->subscribing.result().position;
  const Future<ChannelPosition> before = channel.publish("before");
  loop.run_sync(before);
  first->receive_frames(1);
  first->leave();
  run_until([] { return Member::all.empty(); });

  // Newcomers get as many old messages as `replay` says, and live messages after them.
  channel.publish("missed 1");
  channel.publish("typing", ChannelFormat::text, {.keep = false});
  channel.publish("missed 2");
  Member::how.replay = 1;
  const auto newcomer = server.client();
  CHECK(Member::all.front()->subscribing.result().recovered);
  channel.publish("live");
  CHECK(texts(newcomer->receive_frames(2)) == Texts{"missed 2", "live"});
  newcomer->leave();
  run_until([] { return Member::all.empty(); });

  struct Case {
    std::optional<ChannelPosition> since;
    bool recovered;
    Texts texts;
  };
  const std::vector<Case> cases{
      {before.result(), true, {"missed 1", "missed 2", "live"}},
      {start, false, {"live"}},
      {ChannelPosition{"another", 7}, false, {"live"}},
  };
  for (const Case& each : cases) {
    Member::how.since = each.since;
    const auto client = server.client();
    const Subscribed& subscribed = Member::all.front()->subscribing.result();
    CHECK(subscribed.recovered == each.recovered);
    if (each.recovered) CHECK(subscribed.position == *each.since);
    channel.publish("end", ChannelFormat::text, {.keep = false});
    Texts expected = each.texts;
    expected.push_back("end");
    CHECK(texts(client->receive_frames(expected.size())) == expected);
    client->leave();
    run_until([] { return Member::all.empty(); });
  }
  const ChannelHistory history = loop.run_sync(channel.history());
  CHECK(history.messages.size() == 3);
}

TEST_CASE("channel: a user on several connections is there once", "[websocket]") {
  using std::chrono::milliseconds;
  IOLoop& loop = IOLoop::current();
  const ChannelMember ada{"ada", "{\"age\":36}"};
  struct Case {
    milliseconds delay;
    bool waits;  ///< Until the leave is reported.
    Texts told;  ///< What is reported about ada, who goes and comes back.
  };
  const std::string join = R"({"type":"join","channel":"members","user":"ada","info":{"age":36}})";
  const std::string leave =
      R"({"type":"leave","channel":"members","user":"ada","info":{"age":36}})";
  const std::vector<Case> cases{{milliseconds(0), true, {leave, join}},
                                {milliseconds(20), true, {leave, join}},
                                {std::chrono::hours(1), false, {}}};
  for (const Case& each : cases) {
    const Server server;
    Member::channel_options.leave_delay = each.delay;
    const Channel channel = Member::channel();
    Member::how.member = ada;
    const auto one = server.client();
    const auto other = server.client();
    Member::how.member = ChannelMember{"bob"};
    Member::how.envelope = true;
    const auto watcher = server.client();
    CHECK(Member::all.back()->subscribing.result().members.size() == 2);
    CHECK(loop.run_sync(channel.members()) == std::vector<ChannelMember>{ada, {"bob"}});
    one->leave();
    run_until([] { return Member::all.size() == 2; });
    CHECK(loop.run_sync(channel.members()).size() == 2);
    other->leave();
    run_until([] { return Member::all.size() == 1; });
    if (each.waits) {
      run_until([&] { return loop.run_sync(channel.members()).size() == 1; });
    } else {
      CHECK(loop.run_sync(channel.members()).size() == 2);
    }
    Member::how.member = ada;
    const auto again = server.client();
    CHECK(loop.run_sync(channel.members()).size() == 2);
    channel.publish("end", ChannelFormat::text, {.keep = false});
    Texts expected = each.told;
    expected.push_back(R"({"type":"message","channel":"members","data":"end"})");
    CHECK(texts(watcher->receive_frames(expected.size())) == expected);
  }
}

TEST_CASE("channel: of many members a subscriber gets some, and the number of the others",
          "[websocket]") {
  IOLoop& loop = IOLoop::current();
  const Server server;
  Member::channel_options.max_members = 3;
  const auto engine = default_engine();
  for (const std::string_view name : {"ada", "bob", "eve", "joe"})
    loop.run_sync(engine->join("members", {std::string(name)}));
  Member::how.envelope = true;
  for (const auto& [name, last] : {std::pair("zoe", "zoe"), std::pair("bea", "bob")}) {
    Member::how.member = ChannelMember{name};
    const auto client = server.client();
    const Subscribed subscribed = Member::all.back()->subscribing.result();
    CHECK(subscribed.more_members == 2);
    REQUIRE(subscribed.members.size() == 3);
    CHECK(subscribed.members.back().user == last);
    CHECK_THAT(subscribed_envelope("members", subscribed),
               Catch::Matchers::EndsWith("}],\"more\":2}"));
    client->leave();
    run_until([] { return Member::all.empty(); });
    run_until([&] { return loop.run_sync(engine->members("members")).size() == 4; });
  }
  for (const std::string_view name : {"ada", "bob", "eve", "joe"})
    loop.run_sync(engine->leave("members", name));
}

// ---- Nothing is lost unsaid ----

TEST_CASE("channel: delivered and dropped add up to published", "[websocket]") {
  constexpr std::size_t kMessages = 1500;
  const std::string text(4000, 'x');
  for (const OverflowPolicy policy :
       {OverflowPolicy::wait, OverflowPolicy::drop_oldest, OverflowPolicy::close}) {
    for (const bool is_aborted : {false, true}) {
      const Server server;
      Member::limits.max_queue_size = 100'000;
      Member::limits.overflow = policy;
      std::vector<std::unique_ptr<RawClient>> fast;
      std::vector<std::unique_ptr<RawClient>> slow;
      for (int i = 0; i < 2; ++i) {
        fast.push_back(server.client());
        slow.push_back(server.client());
      }
      for (std::size_t i = 0; i < kMessages; ++i) {
        Member::channel().publish(text, ChannelFormat::text, {.keep = false});
        if (i % 7 != 0) continue;
        run_until([&] {
          std::size_t got = 0;
          for (const auto& each : fast) {
            each->receive();
            got += each->received.size() / text.size() > i;
          }
          return got == fast.size();
        });
      }
      // Connections that don't read have a full queue now, or were closed.
      if (policy != OverflowPolicy::close) CHECK(Member::told > 0);
      if (is_aborted) Member::channel().publish(text);  // not sent when the connections end
      const std::size_t published = (kMessages + (is_aborted ? 1 : 0)) * 4;
      for (Member* each : std::vector<Member*>(Member::all)) each->close();
      std::size_t received = 0;
      for (auto* clients : {&fast, &slow}) {
        for (const auto& each : *clients) {
          each->send(frame(Opcode::close, close_payload(1000)));
          for (const Seen& seen : each->receive_to_end()) received += seen.kind == Kind::text;
        }
      }
      for (auto* clients : {&fast, &slow}) clients->clear();
      run_until([] { return Member::all.empty(); });
      CHECK(received + Member::told == published);
    }
  }
}

TEST_CASE("channel: over TLS they add up, too", "[websocket]") {
  TestCertificates certificates;
  const auto made = certificates.issue({});
  bora::http::HTTPServerOptions options;
  options.ssl_options =
      bora::net::SSLContext::server({.certfile = made.certfile, .keyfile = made.keyfile});
  constexpr std::size_t kMessages = 400;
  const std::string text(20'000, 'x');
  for (const OverflowPolicy policy : {OverflowPolicy::wait, OverflowPolicy::drop_oldest}) {
    Application app({url<Member>("/members")});
    HTTPTest server(app, options);
    Member::how = {};
    Member::limits = {.max_queue_size = 200'000, .overflow = policy};
    Member::told = 0;
    const std::string address = "wss://127.0.0.1:" + std::to_string(server.port()) + "/members";
    std::size_t received = 0;
    const auto talk = [&]() -> Task<void> {
      WebSocketConnectOptions trusting;
      trusting.ssl_options = bora::net::SSLContext::client({.ca_certs = certificates.ca_certs()});
      Task<WebSocketClientConnection> connecting = websocket_connect(address, trusting);
      WebSocketClientConnection socket = co_await connecting;
      while (Member::channel().subscribers() == 0) co_await bora::moment;
      // The client reads nothing yet.
      for (std::size_t i = 0; i < kMessages; ++i) {
        Member::channel().publish(text + std::to_string(i), ChannelFormat::text, {.keep = false});
        co_await bora::moment;
      }
      Member::channel().publish("last", ChannelFormat::text, {.keep = false});
      Member::all.front()->close();
      for (;;) {
        Task<std::optional<Message>> reading = socket.read_message();
        const std::optional<Message> message = co_await reading;
        if (!message) break;
        ++received;
      }
    };
    IOLoop::current().run_sync(talk);
    run_until([] { return Member::all.empty(); });
    CHECK(Member::told > 0);
    CHECK(received + Member::told == kMessages + 1);
  }
}

TEST_CASE("channel: many subscribers are served in several turns", "[websocket]") {
  constexpr std::size_t kMany = 1100;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 2 * kMany + 100) return;
  const Server server;
  const Channel channel = Member::channel();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < kMany; ++i) clients.push_back(server.client());
  const std::vector<Member*> members = Member::all;

  // In the middle of a broadcast some subscribers come, some go, and more is published.
  channel.publish("1");
  IOLoop::current().run_once();
  CHECK(channel.statistics().deliveries % kMany != 0);
  channel.publish("2");
  channel.unsubscribe(*members.front());
  channel.unsubscribe(*members.back());
  clients.push_back(server.client());
  channel.publish("3");
  const auto expected = [&](std::size_t place) {
    if (place == kMany) return Texts{"3"};
    return place == 0 || place + 1 == kMany ? Texts{"1", "2"} : Texts{"1", "2", "3"};
  };
  for (std::size_t i = 0; i < clients.size(); ++i)
    CHECK(texts(clients[i]->receive_frames(expected(i).size())) == expected(i));
  for (Member* each : members) each->close();
  for (const auto& each : clients) each->leave();
}

TEST_CASE("channel: on_drop() may do as it likes", "[websocket]") {
  const Server server;
  Member::limits.max_queue_size = 50'000;
  Member::limits.overflow = OverflowPolicy::drop_oldest;
  const Channel channel = Member::channel();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(server.client());
  const std::vector<Member*> members = Member::all;
  std::size_t calls = 0;
  Member::on_dropped = [&](Member& self) {
    if (calls++ > 0) return;
    for (Member* each : members) {
      if (each != &self) channel.unsubscribe(*each);
    }
    channel.subscribe(*members.back());
    channel.publish("from on_drop()");
    channel.unsubscribe(self);
  };
  const std::string text(10'000, 'x');
  run_until([&] {
    for (int i = 0; i < 50 && calls == 0; ++i) {
      channel.publish(text);
      IOLoop::current().run_once();
    }
    return calls > 0;
  });
  CHECK(channel.subscribers() == 1);
  channel.publish("last");
  RawClient& last = *clients.back();
  last.receive_until([&] { return last.received.ends_with("last"); });
  const Texts all = texts(last.frames());
  CHECK(std::count(all.begin(), all.end(), "from on_drop()") == 1);
  Member::on_dropped = nullptr;
  clients.clear();
}

// ---- The protocol ----

namespace {

class FailingEngine final : public ChannelEngine {
 public:
  Task<ChannelPosition> publish(std::string_view, ChannelMessage, const ChannelLimits&) override {
    return fail<ChannelPosition>();
  }
  Task<ChannelPosition> subscribe(std::string_view, ChannelListener&) override {
    if (works_for_subscribers) return place();
    return fail<ChannelPosition>();
  }
  void unsubscribe(std::string_view, ChannelListener&) noexcept override {}
  Task<ChannelHistory> history(std::string_view, const std::optional<ChannelPosition>&,
                               std::size_t) override {
    return fail<ChannelHistory>();
  }
  Task<void> join(std::string_view, ChannelMember) override { return {}; }
  Task<void> leave(std::string_view, std::string_view) override { return {}; }
  Task<std::vector<ChannelMember>> members(std::string_view) override { return nobody(); }

  bool works_for_subscribers = false;

 private:
  template <class T>
  static Task<T> fail() {
    co_await bora::moment;
    throw ChannelError("the engine is not there");
  }
  static Task<ChannelPosition> place() { co_return ChannelPosition{"e", 1}; }
  static Task<std::vector<ChannelMember>> nobody() { co_return std::vector<ChannelMember>{}; }
};

class Live : public ChannelHandler {
 public:
  static inline std::shared_ptr<FailingEngine> failing;

  std::optional<Channel> find_channel(std::string_view name) override {
    if (name == "broken") return Channel("broken", {}, failing);
    if (name.starts_with("room ")) return Channel(name, {.history = 2});
    return std::nullopt;
  }
  std::optional<ChannelMember> member(const Channel& channel) override {
    if (channel.name() == "room quiet") return std::nullopt;
    return ChannelMember{"ada"};
  }
  std::size_t replay(const Channel& channel) override { return channel.name() == "room new"; }
  Task<void> on_publish(const Channel& channel, std::string json, PublishOptions options) override {
    if (channel.name() == "room quiet") {
      Task<void> refusal = ChannelHandler::on_publish(channel, std::move(json), options);
      co_await refusal;
    }
    const Future<ChannelPosition> publishing = channel.publish(JSONText(json), options);
    static_cast<void>(co_await publishing);
  }
  std::size_t max_channels() override { return 3; }
};

}  // namespace

TEST_CASE("channel handler: what clients say", "[websocket]") {
  Live::failing = std::make_shared<FailingEngine>();
  Application app({url<Live>("/live")});
  HTTPTest server(app);
  RawClient client(server.port());
  client.shake_hands("/live");
  const ExpectLog quiet(bora::gen_log, "can.t (subscribe|publish) to the channel");
  std::size_t count = 0;
  std::string epoch;
  const auto exchange = [&](std::string_view text, std::size_t answers = 1) {
    client.send(frame(Opcode::text, text));
    Texts all = texts(client.receive_frames(count + answers));
    Texts result(all.begin() + static_cast<std::ptrdiff_t>(count), all.end());
    count = all.size();
    for (std::string& each : result) {
      if (const auto at = each.find(R"("epoch":")");
          at != std::string::npos && each.size() > at + 21) {
        epoch = each.substr(at + 9, 12);
        each.replace(at + 9, 12, "EPOCH");
      }
    }
    return result;
  };
  CHECK(
      exchange(R"({"type":"subscribe","channel":"none"})") ==
      Texts{
          R"({"type":"error","channel":"none","code":"unknown","message":"there is no such channel"})"});
  CHECK(
      exchange(R"({"type":"publish","channel":"room 1","data":1})") ==
      Texts{
          R"({"type":"error","channel":"room 1","code":"unsubscribed","message":"publish to channels that you hear"})"});
  Texts answers = exchange(R"({ "channel":"room \u0031", "type":"subscribe", "later":[{}] })");
  CHECK_THAT(answers[0],
             Catch::Matchers::StartsWith(
                 R"({"type":"subscribed","channel":"room 1","epoch":"EPOCH","offset":)") &&
                 Catch::Matchers::EndsWith(R"("recovered":true,"members":[{"user":"ada"}]})"));
  answers = exchange(R"({"type":"publish","channel":"room 1","data": {"a" : [1.5e3, "\n"]} })");
  CHECK_THAT(answers[0],
             Catch::Matchers::StartsWith(R"({"type":"message","channel":"room 1","offset":)") &&
                 Catch::Matchers::EndsWith(R"(,"data":{"a" : [1.5e3, "\n"]}})"));
  CHECK(exchange(R"({"type":"publish","channel":"room 1","data":null,"keep":false})") ==
        Texts{R"({"type":"message","channel":"room 1","data":null})"});

  // A client that comes back gets what it missed, with the offsets.
  const ChannelHistory kept = IOLoop::current().run_sync(Channel("room 1").history());
  REQUIRE(kept.messages.size() == 1);
  const std::uint64_t offset = kept.messages.front()->offset;
  const std::string since = R"("epoch":")" + epoch + R"(","offset":)" + std::to_string(offset - 1);
  answers = exchange(R"({"type":"subscribe","channel":"room 1",)" + since + "}", 2);
  CHECK_THAT(answers[0], bora::test::has_text("\"offset\":" + std::to_string(offset - 1) +
                                              ",\"recovered\":true"));
  CHECK_THAT(answers[1],
             bora::test::has_text("\"offset\":" + std::to_string(offset) +
                                  ",\"previous\":" + std::to_string(offset - 1) + ",\"data\":{"));
  answers = exchange(R"({"type":"subscribe","channel":"room 1","epoch":"other","offset":3})");
  CHECK_THAT(answers[0], bora::test::has_text("\"recovered\":false"));

  // Texts and bytes in envelopes.
  const Channel room("room 1", {.history = 2});
  room.publish("a \"text\"", ChannelFormat::text, {.keep = false});
  room.publish("\xff", ChannelFormat::binary, {.keep = false});
  answers = texts(client.receive_frames(count + 2));
  CHECK(answers[count] == R"({"type":"message","channel":"room 1","data":"a \"text\""})");
  CHECK(answers[count + 1] == R"({"type":"message","channel":"room 1","base64":"/w=="})");
  count += 2;

  answers = exchange(R"({"type":"subscribe","channel":"room quiet"})");
  CHECK_THAT(answers[0], Catch::Matchers::EndsWith(R"("members":[]})"));
  CHECK(
      exchange(R"({"type":"publish","channel":"room quiet","data":1})") ==
      Texts{
          R"({"type":"error","channel":"room quiet","code":"refused","message":"clients do not publish here"})"});
  CHECK(
      exchange(R"({"type":"subscribe","channel":"broken"})") ==
      Texts{
          R"({"type":"error","channel":"broken","code":"unavailable","message":"the channel can't be reached now"})"});
  Live::failing->works_for_subscribers = true;
  answers = exchange(R"({"type":"subscribe","channel":"broken"})");
  CHECK_THAT(answers[0], bora::test::has_text(R"("recovered":true,"members":[]})"));
  CHECK(
      exchange(R"({"type":"publish","channel":"broken","data":1})") ==
      Texts{
          R"({"type":"error","channel":"broken","code":"unavailable","message":"the channel can't be reached now"})"});
  CHECK(exchange(R"({"type":"unsubscribe","channel":"room quiet"})") ==
        Texts{R"({"type":"unsubscribed","channel":"room quiet"})"});
  CHECK(exchange(R"({"type":"unsubscribe","channel":"room quiet"})").size() == 1);
  Channel("room new", {.history = 2}).publish(JSONText("\"newest\""));
  answers = exchange(R"({"type":"subscribe","channel":"room new"})", 2);
  CHECK_THAT(answers[1], Catch::Matchers::EndsWith(R"("data":"newest"})"));

  // One subscription too many.
  client.send(frame(Opcode::text, R"({"type":"subscribe","channel":"room 4"})") +
              frame(Opcode::close, close_payload(1000)));
  CHECK(client.receive_to_end().back().code == 1008);
  Live::failing.reset();
}

TEST_CASE("channel protocol: what is no request closes the connection", "[websocket]") {
  for (const std::string_view wrong : {
           "",
           "x",
           "[]",
           "{",
           "{}",
           "{\"type\"}",
           R"({"type":"subscribe"})",
           R"({"type":"subscribe","channel":""})",
           R"({"type":"other","channel":"a"})",
           R"({"type":1,"channel":"a"})",
           R"({"type":"subscribe","channel":"a"} x)",
           R"({"type":"subscribe","channel":"a",})",
           R"({"type":"subscribe",,"channel":"a"})",
           R"({"type":"subscribe","channel":"a","channel":"b"})",
           R"({"type":"subscribe","channel":"a","epoch":"e"})",
           R"({"type":"subscribe","channel":"a","offset":1})",
           R"({"type":"subscribe","channel":"a","epoch":"e","offset":-1})",
           R"({"type":"subscribe","channel":"a","epoch":"e","offset":1.5})",
           R"({"type":"subscribe","channel":"a","epoch":"e","offset":01})",
           R"({"type":"subscribe","channel":"a","epoch":"e","offset":9007199254740992})",
           R"({"type":"subscribe","channel":"a","epoch":"e","offset":99999999999999999999999})",
           R"({"type":"publish","channel":"a"})",
           R"({"type":"publish","channel":"a","data":})",
           R"({"type":"publish","channel":"a","data":01})",
           R"({"type":"publish","channel":"a","data":1.})",
           R"({"type":"publish","channel":"a","data":1e})",
           R"({"type":"publish","channel":"a","data":+1})",
           R"({"type":"publish","channel":"a","data":tru})",
           R"({"type":"publish","channel":"a","data":"\x"})",
           R"({"type":"publish","channel":"a","data":"\u12"})",
           R"({"type":"publish","channel":"a","data":"\ud800"})",
           R"({"type":"publish","channel":"a","data":"\ud800\u0041"})",
           R"({"type":"publish","channel":"a","data":"\udc00"})",
           "{\"type\":\"publish\",\"channel\":\"a\",\"data\":\"\n\"}",
           R"({"type":"publish","channel":"a","data":[1,]})",
           R"({"type":"publish","channel":"a","data":{"a":1,}})",
           R"({"type":"publish","channel":"a","data":1,"keep":1})",
       }) {
    INFO(wrong);
    CHECK_THROWS_AS(parse_channel_request(wrong), BadMessageError);
  }
  const std::string deep(70, '[');
  CHECK_THROWS_AS(parse_channel_request(R"({"type":"publish","channel":"a","data":)" + deep),
                  BadMessageError);
  CHECK_THROWS_AS(
      parse_channel_request(R"({"type":"subscribe","channel":")" + std::string(257, 'a') + "\"}"),
      BadMessageError);
  const ChannelRequest good = parse_channel_request(
      " {\"type\":\"publish\",\"channel\":\"\\ud83d\\ude00\",\"data\":[[],{},-0.5E+2,true,\"\\/\"] "
      ", "
      "\"keep\" : false}\r\n");
  CHECK(good.channel == "\xf0\x9f\x98\x80");
  CHECK(good.data == R"([[],{},-0.5E+2,true,"\/"])");
  CHECK_FALSE(good.keep);

  Application app({url<Live>("/live"), url<ChannelScriptHandler>("/bora-channel.js")});
  HTTPTest server(app);
  for (const auto& [opcode, code] :
       std::map<Opcode, int>{{Opcode::text, 1002}, {Opcode::binary, 1003}}) {
    RawClient client(server.port());
    client.shake_hands("/live");
    client.send(frame(opcode, "{}") + frame(Opcode::close, close_payload(1000)));
    CHECK(client.receive_to_end().back().code == code);
  }
}

TEST_CASE("channel: the script is served", "[websocket]") {
  Application app({url<ChannelScriptHandler>("/bora-channel.js"),
                   url<ChannelScriptHandler>("/bora-channel.d.ts")});
  HTTPTest server(app);
  const auto script = server.fetch("/bora-channel.js");
  CHECK(script.status == 200);
  CHECK(script.headers.get("Content-Type") == "text/javascript; charset=UTF-8");
  CHECK(script.body == channel_script());
  CHECK_THAT(std::string(channel_script()), bora::test::has_text("export function connect("));
  CHECK(server.fetch("/bora-channel.d.ts").body == channel_script_types());

  // The script is small when it is compressed as servers send it.
  std::string packed(64 * 1024, '\0');
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string text(channel_script());
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  CHECK(stream.total_out <= 2048);
  deflateEnd(&stream);
}

// ---- Workers ----

TEST_CASE("worker engine: processes that share a log", "[websocket]") {
  const auto log = std::make_shared<WorkerLog>(WorkerEngineOptions{.max_processes = 4});
  SharedEngine one(log);
  SharedEngine other(log);
  check_engine(one, other, "contract");
  check_engine(one, one, "contract of one");
  check_engine(other, one, "contract the other way round");

  // An engine that joins later knows what was published before, and who is there.
  IOLoop& loop = IOLoop::current();
  const ChannelLimits limits{.history = 10};
  const ChannelPosition first = loop.run_sync(one.publish("late", {"a"}, limits));
  loop.run_sync(one.publish("late", {"b"}, limits));
  loop.run_sync(one.join("late", {"ada"}));
  SharedEngine late(log);
  const ChannelHistory history = loop.run_sync(late.history("late", first, 10));
  CHECK(history.is_complete);
  REQUIRE(history.messages.size() == 1);
  CHECK(history.messages[0]->data == "b");
  CHECK(loop.run_sync(late.members("late")) == std::vector<ChannelMember>{{"ada"}});

  // An engine that ends takes its members along.
  Heard heard;
  {
    SharedEngine brief(log);
    loop.run_sync(brief.join("late", {"ada"}));
    loop.run_sync(brief.join("late", {"bob"}));
    loop.run_sync(late.subscribe("late", heard));
    SharedEngine fifth(log);
    CHECK_THROWS_AS(loop.run_sync(fifth.publish("late", {"c"}, limits)), ChannelError);
  }
  CHECK(loop.run_sync(late.members("late")) == std::vector<ChannelMember>{{"ada"}});
  CHECK(heard.log == Texts{"-bob"});
  late.unsubscribe("late", heard);
}

TEST_CASE("worker engine: a full log forgets its oldest messages, and says so", "[websocket]") {
  IOLoop& loop = IOLoop::current();
  const auto log = std::make_shared<WorkerLog>(
      WorkerEngineOptions{.capacity = 64 * 1024, .max_processes = 4, .member_bytes = 4096});
  SharedEngine one(log);
  SharedEngine other(log);
  const ChannelLimits limits{.history = 1000};
  Heard heard;
  loop.run_sync(other.subscribe("quiet", heard));
  loop.run_sync(other.join("quiet", {"ada"}));
  const ChannelPosition quiet = loop.run_sync(one.publish("quiet", {"x"}, limits));
  const ChannelPosition busy = loop.run_sync(one.publish("busy", {"first"}, limits));
  // `other` reads nothing meanwhile.
  const std::string text(900, 'y');
  for (int i = 0; i < 200; ++i)
    loop.run_sync(one.publish("busy", {text + std::to_string(i)}, limits));
  loop.run_sync(one.join("quiet", {"bob"}));
  const ChannelHistory left = loop.run_sync(one.history("busy", busy, 1000));
  CHECK_FALSE(left.is_complete);
  CHECK(left.messages.size() > 20);
  CHECK(left.messages.size() < 80);
  CHECK(left.messages.back()->data == text + "199");
  CHECK_FALSE(loop.run_sync(one.history("quiet", ChannelPosition{quiet.epoch, 0}, 10)).is_complete);
  // `one` knows everything that happened in the quiet channel.
  CHECK(loop.run_sync(one.history("quiet", quiet, 10)).is_complete);
  CHECK_THROWS_AS(loop.run_sync(one.publish("busy", {std::string(17'000, 'z')}, limits)),
                  ChannelError);

  const ChannelHistory seen = loop.run_sync(other.history("busy", std::nullopt, 1000));
  CHECK(seen.messages.size() == left.messages.size());
  CHECK(heard.log == Texts{"+ada", "gap", "+bob"});
  CHECK_FALSE(loop.run_sync(other.history("quiet", quiet, 10)).is_complete);
  loop.run_sync(one.publish("quiet", {"after"}, limits));
  CHECK(loop.run_sync(other.members("quiet")).size() == 2);
  CHECK(heard.log.back() == "after");

  // Room for members can be used again, until it is full.
  for (int i = 0; i < 300; ++i) {
    loop.run_sync(one.join("quiet", {"guest " + std::to_string(i)}));
    loop.run_sync(one.leave("quiet", "guest " + std::to_string(i)));
  }
  bool is_full = false;
  for (int i = 0; i < 300 && !is_full; ++i) {
    try {
      loop.run_sync(one.join("quiet", {"guest " + std::to_string(i)}));
    } catch (const ChannelError&) {
      is_full = true;
    }
  }
  CHECK(is_full);
  CHECK(loop.run_sync(other.members("quiet")).size() == loop.run_sync(one.members("quiet")).size());
  other.unsubscribe("quiet", heard);
}

TEST_CASE("worker engine: a process that stops while it holds the lock does not stop the others",
          "[websocket]") {
  const auto log = std::make_shared<WorkerLog>(WorkerEngineOptions{.max_processes = 4});
  IOLoop& loop = IOLoop::current();
  const ChannelLimits limits{.history = 10};
  SharedEngine one(log);
  SharedEngine other(log);
  Heard heard;
  loop.run_sync(other.subscribe("room", heard));
  loop.run_sync(one.join("room", {"ada"}));
  loop.run_sync(other.members("room"));

  // Another thread is another owner of the lock: to the others it is like a process that was
  // stopped.
  std::promise<void> is_locked;
  std::promise<void> goes_on;
  std::thread stopped([&] {
    const WorkerLog::Guard guard(*log);
    is_locked.set_value();
    goes_on.get_future().wait();
  });
  is_locked.get_future().wait();
  CHECK_THROWS_AS(loop.run_sync(one.publish("room", {"lost"}, limits)), ChannelError);
  CHECK_THROWS_AS(loop.run_sync(one.history("room", std::nullopt, 10)), ChannelError);
  CHECK_THROWS_AS(loop.run_sync(one.join("room", {"bob"})), ChannelError);
  loop.run_sync(one.leave("room", "ada"));
  CHECK(loop.run_sync(one.members("room")).size() == 1);
  {
    SharedEngine brief(log);
    CHECK_THROWS_AS(loop.run_sync(brief.subscribe("room", heard)), ChannelError);
  }

  goes_on.set_value();
  stopped.join();
  run_until([&] { return heard.log == Texts{"+ada", "-ada"}; });
  loop.run_sync(one.publish("room", {"again"}, limits));
  run_until([&] { return heard.log.back() == "again"; });
  CHECK(loop.run_sync(one.history("room", std::nullopt, 10)).messages.size() == 1);
  other.unsubscribe("room", heard);
}

TEST_CASE("worker engine: a process that dies while it holds the lock breaks nothing",
          "[websocket]") {
  const auto log = std::make_shared<WorkerLog>(WorkerEngineOptions{.max_processes = 4});
  // Another thread is another owner of the lock: when it ends, the system does what it does when a
  // process dies.
  std::thread([&] {
    log->take_seat();
    log->set_address(0, "nobody");
    log->add_member(0, "room", {"ghost"});
    WorkerRecord record;
    record.kind = WorkerRecord::Kind::join;
    record.channel = "room";
    record.text = "ghost";
    alignas(WorkerLog::Guard) static char memory[sizeof(WorkerLog::Guard)];
    new (memory) WorkerLog::Guard(*log);  // never unlocked
    log->append(record);
  }).join();
  IOLoop& loop = IOLoop::current();
  SharedEngine one(log);
  Heard heard;
  loop.run_sync(one.subscribe("room", heard));
  CHECK(loop.run_sync(one.members("room")).empty());

  SharedEngine other(log);
  loop.run_sync(other.join("room", {"ada"}));
  std::thread([&] {
    std::uint32_t seat = 0;
    {
      const WorkerLog::Guard guard(*log);
      seat = log->take_seat();
      log->set_address(seat, "nobody");
      log->add_member(seat, "room", {"ghost"});
    }
    WorkerRecord record;
    record.kind = WorkerRecord::Kind::join;
    record.seat = seat;
    record.channel = "room";
    record.text = "ghost";
    const WorkerLog::Guard guard(*log);
    log->append(record);
  }).join();
  CHECK(loop.run_sync(one.members("room")).size() == 2);
  one.look_for_the_dead();
  CHECK(loop.run_sync(other.members("room")) == std::vector<ChannelMember>{{"ada"}});
  CHECK(heard.log == Texts{"+ada", "+ghost", "-ghost"});
  one.unsubscribe("room", heard);
}
