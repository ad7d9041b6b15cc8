#include <bora/net/tcp_client.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/future.h>
#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/testing/fake_clock.h>

#include "runtime/net/connector.h"
#include "tests/runtime/net/stream_pair.h"
#include "tests/support/catch.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::Task;
using bora::net::Address;
using bora::net::AddressFamily;
using bora::net::ConnectError;
using bora::net::ConnectOptions;
using bora::net::Connector;
using bora::net::IOStream;
using bora::net::OverrideResolver;
using bora::net::StreamClosedError;
using bora::net::TCPClient;
using bora::test::run;
using bora::test::Started;
using bora::test::turn;

namespace {

Address at(const char* ip, int port = 80) {
  return *Address::from_ip(ip, port);
}

const Address a1 = at("10.0.0.1");
const Address a2 = at("10.0.0.2");
const Address b1 = at("fd00::1");
const Address b2 = at("fd00::2");

/// A race between hosts that answer when the test says so.
class Race {
 public:
  explicit Race(const std::vector<Address>& addresses)
      : connector_(addresses, [this](Address address) { return connect(address); }),
        racing_(race()) {}

  /// Makes the host answer or refuse; a host that was not asked yet does so as soon as it is asked.
  void answer(const Address& address) { decide(address, true); }
  void refuse(const Address& address) { decide(address, false); }
  void cancel() {
    racing_.cancel();
    turn();
  }
  void advance(std::chrono::nanoseconds time) { clock_.advance(time); }

  /// The hosts that were asked, in order.
  std::vector<Address> asked;
  /// How many attempts to connect are under way.
  int open = 0;
  std::string outcome() const {
    return racing_.outcome() == "value" ? outcome_ : racing_.outcome();
  }
  std::string report() const { return connector_.report(); }

 private:
  struct Host {
    bora::Promise<bool> promise;
    bora::Future<bool> answer = promise.future();
  };
  struct Open {
    explicit Open(int& counter) : count(counter) { ++count; }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    ~Open() { --count; }
    int& count;
  };

  void decide(const Address& address, bool answers) {
    hosts_[address.host()].promise.set_result(answers);
    turn();
  }

  Task<IOStream> connect(Address address) {
    asked.push_back(address);
    const Open attempt(open);
    bora::Future<bool> answer = hosts_[address.host()].answer;
    const bool is_answered = co_await answer;
    if (!is_answered) throw StreamClosedError(std::make_error_code(std::errc::connection_refused));
    IOStream stream(bora::test::unix_pair().first);
    winner_ = address.host();
    co_return stream;
  }

  Task<void> race() {
    std::optional<IOStream> stream = co_await connector_.run();
    outcome_ = stream ? winner_ : "all failed";
  }

  bora::testing::FakeClock clock_;
  std::map<std::string, Host> hosts_;
  std::string winner_;
  std::string outcome_;
  Connector connector_;
  Started racing_;
};

std::string failure_of(Task<IOStream> connecting) {
  try {
    static_cast<void>(run(std::move(connecting)));
  } catch (const std::exception& failure) {
    return failure.what();
  }
  return "connected";
}

int refusing_port() {
  return bora::net::local_port(bora::net::bind_sockets(0, "127.0.0.1").front().get());
}

}  // namespace

TEST_CASE("TCL-03: addresses are split by the family of the first (TCL-05)", "[net]") {
  const auto never = [](Address) -> Task<IOStream> { throw StreamClosedError(); };
  const Connector mixed({a1, b1, a2, b2}, never);
  CHECK(mixed.primary() == std::vector{a1, a2});
  CHECK(mixed.secondary() == std::vector{b1, b2});
  const Connector other({b1, a1, a2}, never);
  CHECK(other.primary() == std::vector{b1});
  CHECK(other.secondary() == std::vector{a1, a2});
  const Connector single({a1, a2}, never);
  CHECK(single.secondary().empty());
}

TEST_CASE("TCL-03: one family", "[net]") {
  Race race({a1, a2});
  CHECK(race.asked == std::vector{a1});
  SECTION("the first answers") {
    race.answer(a1);
    CHECK(race.outcome() == "10.0.0.1");
    CHECK(race.asked == std::vector{a1});
  }
  SECTION("the second answers") {
    race.refuse(a1);
    CHECK(race.asked == std::vector{a1, a2});
    race.answer(a2);
    CHECK(race.outcome() == "10.0.0.2");
  }
  SECTION("none answers") {
    race.refuse(a1);
    race.refuse(a2);
    CHECK(race.outcome() == "all failed");
    CHECK(race.report() == "10.0.0.1:80: Connection refused; 10.0.0.2:80: Connection refused");
  }
  SECTION("a head start is for another family only") {
    race.advance(10s);
    CHECK(race.asked == std::vector{a1});
    CHECK(race.outcome() == "waits");
    race.answer(a1);
    CHECK(race.outcome() == "10.0.0.1");
  }
  SECTION("cancelled") {
    race.cancel();
    CHECK(race.outcome() == "cancelled");
  }
  CHECK(race.open == 0);
}

TEST_CASE("TCL-03: two families", "[net]") {
  Race race({a1, b1, a2, b2});
  CHECK(race.asked == std::vector{a1});
  SECTION("the first answers within its head start") {
    race.advance(299ms);
    CHECK(race.asked == std::vector{a1});
    race.answer(a1);
    CHECK(race.outcome() == "10.0.0.1");
    race.advance(1s);
    CHECK(race.asked == std::vector{a1});
  }
  SECTION("after the head start both are tried, and the second family wins") {
    race.advance(300ms);
    CHECK(race.asked == std::vector{a1, b1});
    race.answer(b1);
    CHECK(race.outcome() == "fd00::1");
    CHECK(race.asked == std::vector{a1, b1});
  }
  SECTION("after the head start both are tried, and the first family wins") {
    race.advance(300ms);
    race.answer(a1);
    CHECK(race.outcome() == "10.0.0.1");
    CHECK(race.asked == std::vector{a1, b1});
  }
  SECTION("a failure of the first starts the second family at once") {
    race.refuse(a1);
    CHECK(race.asked == std::vector{a1, a2, b1});
    race.refuse(b1);
    CHECK(race.asked == std::vector{a1, a2, b1, b2});
    race.answer(b2);
    CHECK(race.outcome() == "fd00::2");
  }
  SECTION("all fail") {
    race.refuse(a1);
    race.refuse(b1);
    race.refuse(a2);
    CHECK(race.outcome() == "waits");
    race.refuse(b2);
    CHECK(race.outcome() == "all failed");
  }
  SECTION("cancelled while both are tried (TCL-06)") {
    race.advance(300ms);
    CHECK(race.open == 2);
    race.cancel();
    CHECK(race.outcome() == "cancelled");
    CHECK(race.report() == "10.0.0.1:80: no answer yet; [fd00::1]:80: no answer yet");
  }
  CHECK(race.open == 0);
}

TEST_CASE("tcpclient: connects by name and by address (TCL-01)", "[net]") {
  auto listeners = bora::net::bind_sockets(0, "127.0.0.1");
  const int port = bora::net::local_port(listeners.front().get());
  const char* const host = GENERATE("127.0.0.1", "localhost");
  TCPClient client;
  IOStream stream = run(client.connect(host, port, {.family = AddressFamily::ipv4}));
  CHECK(stream.peer_address() == at("127.0.0.1", port));
}

TEST_CASE("tcpclient: the error says which host, which addresses, and why (TCL-01)", "[net]") {
  const int port = refusing_port();
  const std::string text = std::to_string(port);
  auto pinned = std::make_shared<OverrideResolver>(
      std::make_shared<bora::net::BlockingResolver>(),
      std::vector<OverrideResolver::Rule>{{.host = "shop.example", .to_host = "127.0.0.1"}});
  TCPClient client(pinned);
  CHECK(failure_of(client.connect("shop.example", port)) ==
        "can't connect to shop.example:" + text + ": 127.0.0.1:" + text + ": Connection refused");
  CHECK(bora::test::closed_by(client.connect("shop.example", port)) ==
        std::errc::connection_refused);
  CHECK(failure_of(client.connect("no-such-host.invalid", 80))
            .starts_with("can't find the address of \"no-such-host.invalid\": "));
  CHECK_THROWS_AS(run(client.connect("127.0.0.1", 70'000)), std::invalid_argument);
}

TEST_CASE("tcpclient: a time limit covers all of it (TCL-02)", "[net]") {
  /// Never finds anything.
  class Silent final : public bora::net::Resolver {
    Task<std::vector<Address>> resolve(std::string, int, AddressFamily) override {
      co_await bora::sleep(1h);
      co_return std::vector<Address>();
    }
  };
  TCPClient client(std::make_shared<Silent>());
  CHECK(failure_of(client.connect("slow.example", 80, {.timeout = 1ms})) ==
        "connecting to slow.example:80 took too long: its addresses were not found in time");
}

TEST_CASE("tcpclient: where it connects from (TCL-04)", "[net]") {
  auto listeners = bora::net::bind_sockets(0, "127.0.0.1");
  const int port = bora::net::local_port(listeners.front().get());
  TCPClient client;
  SECTION("an address") {
    IOStream stream = run(client.connect("127.0.0.1", port, {.source_ip = "127.0.0.2"}));
    CHECK(stream.local_address().host() == "127.0.0.2");
  }
  SECTION("a port, of the loopback address") {
    const int source = refusing_port();
    IOStream stream = run(client.connect("127.0.0.1", port, {.source_port = source}));
    CHECK(stream.local_address() == at("127.0.0.1", source));
  }
  SECTION("what can't be had") {
    CHECK(failure_of(client.connect("127.0.0.1", port, {.source_ip = "8.8.8.8"})) ==
          "can't connect to 127.0.0.1:" + std::to_string(port) +
              ": 127.0.0.1:" + std::to_string(port) + ": Cannot assign requested address");
    CHECK_THROWS_AS(run(client.connect("127.0.0.1", port, {.source_ip = "localhost"})),
                    std::invalid_argument);
    CHECK(failure_of(client.connect("127.0.0.1", port, {.source_ip = "::1"}))
              .ends_with("Address family not supported by protocol"));
  }
}
