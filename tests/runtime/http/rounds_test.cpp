#include <sys/socket.h>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/runtime/http/fault_injection.h"
#include "tests/runtime/http/http_fixture.h"
#include "tests/runtime/http/plain_requests.h"
#include "tests/support/log_capture.h"
#include "tests/support/open_descriptors.h"

using namespace bora::test;
using bora::http::HTTPServer;
using bora::testing::LogCapture;

namespace {

/// Clients whose bytes have all arrived when the server looks.
class Crowd {
 public:
  Crowd(HTTPServer& server, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) clients_.emplace_back(server);
    run_until_idle();
  }
  Client& operator[](std::size_t i) { return clients_[i]; }
  [[nodiscard]] std::size_t size() const { return clients_.size(); }

  /// Sends without letting the server run.
  void put(std::size_t i, std::string_view bytes) {
    REQUIRE(::send(clients_[i].fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  /// Sends a request for "/c<i>" from all clients but one.
  void put_all(std::size_t but = SIZE_MAX) {
    for (std::size_t i = 0; i < size(); ++i) {
      if (i != but) put(i, get("/c" + std::to_string(i)));
    }
  }

 private:
  std::deque<Client> clients_;
};

/// How many bytes wait at a client already.
std::size_t arrived(const Client& client) {
  char buffer[65536];
  const ssize_t count = ::recv(client.fd(), buffer, sizeof(buffer), MSG_DONTWAIT | MSG_PEEK);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace

TEST_CASE("rounds: of many that ask at once each one gets its own answers, in order", "[http]") {
  ServerFixture fixture;
  Crowd crowd(fixture.server, 100);
  for (int again = 0; again < 3; ++again) {
    for (std::size_t i = 0; i < crowd.size(); ++i) {
      const std::string path = "/c" + std::to_string(i);
      crowd.put(i, get(path + "/first") + get(path + "/second"));
    }
    run_until_idle();
    for (std::size_t i = 0; i < crowd.size(); ++i) {
      CAPTURE(i);
      const std::string path = "/c" + std::to_string(i);
      const std::string answers = crowd[i].receive();
      CHECK(statuses_of(answers) == std::vector<int>{200, 200});
      CHECK(answers.find("\r\n\r\n" + path + "/firstHTTP/1.1 200") != std::string::npos);
      CHECK(answers.ends_with("\r\n\r\n" + path + "/second"));
    }
  }
  CHECK(fixture.server.statistics().requests == 600);
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("rounds: answers and bodies of all sizes", "[http]") {
  ServerFixture fixture;
  Crowd crowd(fixture.server, 40);
  const std::size_t sizes[] = {0, 1, 100, 3'900, 4'095, 4'096, 4'200, 15'000, 17'000, 70'000};
  const auto body_of = [&](std::size_t i) {
    return std::string(sizes[i % std::size(sizes)], static_cast<char>('a' + i % 26));
  };
  for (std::size_t i = 0; i < crowd.size(); ++i) crowd.put(i, post("/echo", body_of(i)));
  run_until_idle();
  for (std::size_t i = 0; i < crowd.size(); ++i) {
    CAPTURE(i);
    CHECK(crowd[i].receive().ends_with("\r\n\r\n" + body_of(i)));
  }
}

TEST_CASE("rounds: one that closes all connections loses no answer of those before it", "[http]") {
  ServerFixture fixture;
  Crowd crowd(fixture.server, 12);
  fixture.delegate.on_finish_argument = &fixture.server;
  fixture.delegate.on_finish = [](void* server) {
    static_cast<HTTPServer*>(server)->close_all_connections();
  };
  crowd.put_all(5);
  crowd.put(5, get("/call"));
  run_until_idle();
  CHECK(fixture.server.connection_count() == 0);
  std::size_t answered = 0;
  for (std::size_t i = 0; i < crowd.size(); ++i) {
    const std::string answer = crowd[i].receive();
    CHECK(crowd[i].has_ended());
    answered += answer.empty() ? 0 : 1;
    CHECK((answer.empty() || answer.ends_with("/c" + std::to_string(i))));
  }
  CHECK(answered == static_cast<std::size_t>(fixture.delegate.started) - 1);
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("rounds: one that ends the server, too", "[http]") {
  TestDelegate delegate;
  auto server = std::make_unique<HTTPServer>(delegate);
  Crowd crowd(*server, 12);
  delegate.on_finish_argument = &server;
  delegate.on_finish = [](void* held) { static_cast<std::unique_ptr<HTTPServer>*>(held)->reset(); };
  crowd.put_all(5);
  crowd.put(5, get("/call"));
  run_until_idle();
  CHECK(server == nullptr);
  for (std::size_t i = 0; i < crowd.size(); ++i) {
    crowd[i].receive();
    CHECK(crowd[i].has_ended());
  }
  CHECK(ServerFixture::busy_exchanges() == 0);
}

TEST_CASE("rounds: the server may end in a request that waited behind another", "[http]") {
  TestDelegate delegate;
  auto server = std::make_unique<HTTPServer>(delegate);
  Client client(*server);
  delegate.on_finish_argument = &server;
  delegate.on_finish = [](void* held) { static_cast<std::unique_ptr<HTTPServer>*>(held)->reset(); };
  client.send(get("/wait") + get("/call") + get("/next"));
  REQUIRE(server != nullptr);
  delegate.gate.open();
  run_until_idle();
  CHECK(server == nullptr);
  CHECK(delegate.seen.size() == 2);
  client.receive();
  CHECK(client.has_ended());
  CHECK(ServerFixture::busy_exchanges() == 0);
}

TEST_CASE("rounds: one that drains the server: what was sent before is answered", "[http]") {
  ForwardClock clock;
  ServerFixture fixture;
  Crowd crowd(fixture.server, 40);
  bora::Task<void> drain;
  struct Argument {
    HTTPServer& server;
    bora::Task<void>& task;
  } argument{fixture.server, drain};
  fixture.delegate.on_finish_argument = &argument;
  fixture.delegate.on_finish = [](void* held) {
    auto& [server, task] = *static_cast<Argument*>(held);
    task = server.drain();
    task.start([](void*) {}, nullptr);
  };
  crowd.put_all(20);
  crowd.put(20, get("/call"));
  run_until_idle();
  clock.advance(std::chrono::seconds(1));  // idle ones have a moment for requests on their way
  for (std::size_t i = 0; i < crowd.size(); ++i) {
    CAPTURE(i);
    const std::string answer = crowd[i].receive();
    CHECK(answer.ends_with(i == 20 ? "called" : "/c" + std::to_string(i)));
    CHECK(crowd[i].has_ended());
  }
  for (std::size_t i = 0; i < crowd.size(); ++i) crowd[i].close();
  CHECK(fixture.server.connection_count() == 0);
}

TEST_CASE("rounds: handlers of others go on in the middle of it, and bytes keep apart", "[http]") {
  ServerFixture fixture;
  Crowd crowd(fixture.server, 16);
  fixture.delegate.on_finish_argument = &fixture.delegate.gate;
  fixture.delegate.on_finish = [](void* gate) { static_cast<Gate*>(gate)->open(); };
  // The first three have waited since before this round; the next three get an answer in it, and
  // wait after it.
  for (std::size_t i = 0; i < 3; ++i) crowd[i].send(get("/wait"));
  for (std::size_t i = 0; i < 3; ++i) crowd.put(i, get("/next"));
  for (std::size_t i = 3; i < 6; ++i) crowd.put(i, get("/now") + get("/wait") + get("/next"));
  for (std::size_t i = 6; i < 9; ++i) crowd.put(i, get("/now") + get("/stream") + get("/next"));
  for (std::size_t i = 9; i < 12; ++i) crowd.put(i, get("/chunks"));
  crowd.put(12, get("/now") + get("/call") + get("/next"));
  for (std::size_t i = 13; i < 16; ++i) crowd.put(i, get("/now") + get("/next"));
  run_until_idle();
  const auto body_count = [&](std::size_t i, std::size_t expected) {
    CAPTURE(i);
    const std::string answers = crowd[i].receive();
    std::size_t count = 0;
    for (std::size_t at = 0; (at = answers.find("HTTP/1.1 200 OK\r\n", at)) != std::string::npos;)
      ++at, ++count;
    CHECK(count == expected);
    return answers;
  };
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string answers = body_count(i, 2);
    CHECK(answers.find("\r\n\r\nwaitedHTTP/1.1") != std::string::npos);
    CHECK(answers.ends_with("/next"));
  }
  for (std::size_t i = 3; i < 6; ++i) {
    const std::string answers = body_count(i, 3);
    CHECK(answers.find("\r\n\r\n/nowHTTP/1.1") != std::string::npos);
    CHECK(answers.find("\r\n\r\nwaitedHTTP/1.1") != std::string::npos);
    CHECK(answers.ends_with("/next"));
  }
  for (std::size_t i = 6; i < 9; ++i) {
    const std::string answers = body_count(i, 3);
    CHECK(answers.find("\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\nHTTP/1.1") != std::string::npos);
    CHECK(answers.ends_with("/next"));
  }
  for (std::size_t i = 9; i < 12; ++i) {
    CHECK(body_count(i, 1).ends_with("4\r\none,\r\n4\r\ntwo,\r\n5\r\nthree\r\n0\r\n\r\n"));
  }
  for (std::size_t i = 13; i < 16; ++i) CHECK(body_count(i, 2).ends_with("/next"));
  CHECK(body_count(12, 3).ends_with("/next"));
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("rounds: a client that is gone before its answer is sent harms nobody else", "[http]") {
  const LogCapture quiet;
  ServerFixture fixture;
  fixture.server.listen(0, "127.0.0.1");
  const std::size_t descriptors = open_descriptors();
  {
    std::deque<Client> clients;
    for (int i = 0; i < 12; ++i) clients.emplace_back(fixture.server.port());
    for (Client& client : clients) {
      const std::string request = get("/x");
      REQUIRE(::send(client.fd(), request.data(), request.size(), 0) > 0);
    }
    // The reset comes after the request was read: the handler of another client's request makes it.
    fixture.delegate.on_finish_argument = &clients[1];
    fixture.delegate.on_finish = [](void* client) {
      auto& one = *static_cast<Client*>(client);
      const linger now{1, 0};
      setsockopt(one.fd(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
      one.abandon();
    };
    const std::string request = get("/call");
    REQUIRE(::send(clients[3].fd(), request.data(), request.size(), 0) > 0);
    run_until_idle();
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (i != 1) CHECK(statuses_of(clients[i].receive()).front() == 200);
    }
  }
  run_until_idle();
  CHECK(fixture.server.connection_count() == 0);
  CHECK(fixture.busy_exchanges() == 0);
  CHECK(open_descriptors() == descriptors);
}

TEST_CASE("rounds: a system call that fails harms its own connection only", "[http]") {
  const LogCapture quiet;
  struct Way {
    Call call;
    int error;
    std::size_t lost;
  };
  for (const Way& way :
       {Way{Call::send, EAGAIN, 0}, Way{Call::send, Fault::kShort, 0}, Way{Call::send, EPIPE, 1},
        Way{Call::recv, EINTR, 0}, Way{Call::recv, ECONNRESET, 1}}) {
    for (const std::size_t at : {0u, 1u, 7u, 15u, 16u, 19u}) {
      CAPTURE(static_cast<int>(way.call), way.error, at);
      ServerFixture fixture;
      Crowd crowd(fixture.server, 20);
      crowd.put_all();
      std::size_t lost = 0;
      {
        const Fault fault(way.call, way.error, at);
        run_until_idle();
        CHECK(fault.has_struck());
      }
      for (std::size_t i = 0; i < crowd.size(); ++i) {
        const std::string answer = crowd[i].receive();
        if (!answer.ends_with("\r\n\r\n/c" + std::to_string(i))) ++lost;
      }
      CHECK(lost == way.lost);
      CHECK(fixture.server.connection_count() == crowd.size() - way.lost);
      CHECK(fixture.busy_exchanges() == 0);
    }
  }
}

TEST_CASE("rounds: while handlers compute for long, answers don't wait for one another", "[http]") {
  ServerFixture fixture;
  Crowd crowd(fixture.server, 8);
  struct Argument {
    Crowd& crowd;
    std::size_t calls = 0;
    std::size_t late = 0;
  } argument{crowd};
  fixture.delegate.on_finish_argument = &argument;
  fixture.delegate.on_finish = [](void* held) {
    auto& seen = *static_cast<Argument*>(held);
    std::size_t answered = 0;
    for (std::size_t i = 0; i < seen.crowd.size(); ++i) {
      answered += arrived(seen.crowd[i]) > 0 ? 1 : 0;
    }
    if (answered != seen.calls++) ++seen.late;
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
    while (std::chrono::steady_clock::now() < end) {
    }
  };
  // How long these take is not known before the first run.
  for (std::size_t i = 0; i < crowd.size(); ++i) crowd.put(i, get("/call"));
  run_until_idle();
  for (std::size_t i = 0; i < crowd.size(); ++i) CHECK(status_of(crowd[i].receive()) == 200);
  argument.calls = argument.late = 0;
  for (std::size_t i = 0; i < crowd.size(); ++i) crowd.put(i, get("/call"));
  run_until_idle();
  CHECK(argument.calls == crowd.size());
  CHECK(argument.late == 0);
}
