#include "runtime/websocket/connection.h"

#include <string>
#include <thread>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/websocket/websocket_handler.h>

#include "tests/runtime/websocket/socket_pair.h"
#include "tests/support/catch.h"

using namespace bora::websocket;
using bora::IOLoop;
using bora::Task;

using Kind = MessageReader::Kind;
using Log = std::vector<std::string>;

TEST_CASE("connection: an idle one is small", "[websocket]") {
  CHECK(sizeof(Connection) <= 136);
  CHECK(sizeof(WebSocketHandler) <= 72);
}

TEST_CASE("connection: messages come in order and are answered", "[websocket]") {
  SocketPair pair;
  pair.recorder.echoes = true;
  pair.send(frame(Opcode::text, "one") + frame(Opcode::binary, "two") + frame(Opcode::ping, "p") +
            frame(Opcode::text, ""));
  const std::string wanted = plain(Opcode::text, "one") + plain(Opcode::binary, "two") +
                             plain(Opcode::pong, "p") + plain(Opcode::text, "");
  CHECK(pair.receive(wanted.size()) == wanted);
  CHECK(pair.recorder.log == Log{"text one", "binary two", "ping p", "text "});
}

TEST_CASE("connection: a client's frames are masked, each with another key", "[websocket]") {
  SocketPair pair({}, false);
  (void)pair.recorder.connection->write(MessageType::text, "hello");
  (void)pair.recorder.connection->write(MessageType::text, "hello");
  const std::string sent = pair.receive(22);
  REQUIRE(sent.size() == 22);
  CHECK(sent.substr(2, 4) != sent.substr(13, 4));
  CHECK(read_all(sent, 100) == std::vector<Seen>{{MessageReader::Kind::text, 0, "hello"},
                                                 {MessageReader::Kind::text, 0, "hello"}});
  pair.send(plain(Opcode::text, "back"));
  pair.run_until_logged(1);
  CHECK(pair.recorder.log == Log{"text back"});
}

TEST_CASE("connection: the peer closes", "[websocket]") {
  SocketPair pair;
  pair.send(frame(Opcode::close, close_payload(4001, "enough")) + frame(Opcode::text, "late"));
  CHECK(pair.receive_all() == plain(Opcode::close, close_payload(4001)));
  CHECK(pair.recorder.log == Log{"closed 4001 enough"});
  CHECK(pair.recorder.is_closed());
}

TEST_CASE("connection: a close frame without a code comes back as one", "[websocket]") {
  SocketPair pair;
  pair.send(frame(Opcode::close, ""));
  CHECK(pair.receive_all() == plain(Opcode::close, ""));
  CHECK(pair.recorder.log == Log{"closed 1005 "});
}

TEST_CASE("connection: this side closes, and waits for the answer", "[websocket]") {
  SocketPair pair;
  pair.recorder.connection->close(1000, "bye");
  pair.recorder.connection->close(1001, "twice is once");
  const std::string wanted = plain(Opcode::close, close_payload(1000, "bye"));
  CHECK(pair.receive(wanted.size()) == wanted);
  CHECK_FALSE(pair.recorder.is_closed());
  CHECK_THROWS_AS(pair.recorder.connection->write(MessageType::text, "x"), WebSocketClosedError);
  CHECK_THROWS_AS(pair.recorder.connection->ping("x"), WebSocketClosedError);
  // Frames that were under way are skipped.
  pair.send(frame(Opcode::text, "crossing") + frame(Opcode::ping, "") +
            frame(Opcode::close, close_payload(1000)));
  CHECK(pair.receive_all().empty());
  CHECK(pair.recorder.log == Log{"ping ", "closed 1000 "});
}

TEST_CASE("connection: a peer that breaks the rules is told so", "[websocket]") {
  SocketPair pair;
  pair.recorder.echoes = true;
  pair.send(frame(Opcode::text, "fine") + frame(Opcode::text, "a", {.is_masked = false}) +
            frame(Opcode::text, "more"));
  CHECK(pair.receive_all() == plain(Opcode::text, "fine") +
                                  plain(Opcode::close, close_payload(1002, "frame not masked")));
  CHECK(pair.recorder.log == Log{"text fine", "closed 1006 "});
}

TEST_CASE("connection: the peer vanishes", "[websocket]") {
  SocketPair pair;
  pair.send(frame(Opcode::text, "last") + frame(Opcode::text, "half").substr(0, 5));
  ::close(std::exchange(pair.peer, -1));
  pair.run_until([&] { return pair.recorder.is_closed(); });
  CHECK(pair.recorder.log == Log{"text last", "closed 1006 "});
}

TEST_CASE("connection: nothing is read while a message is being handled", "[websocket]") {
  SocketPair pair;
  pair.recorder.holds = true;
  pair.send(frame(Opcode::text, "one") + frame(Opcode::text, "two") + frame(Opcode::ping, "p"));
  pair.run_until_logged(1);
  pair.send(frame(Opcode::text, "three"));
  for (int i = 0; i < 5; ++i) IOLoop::current().run_once();
  CHECK(pair.recorder.log == Log{"text one"});
  pair.recorder.connection->resume();
  pair.run_until_logged(2);
  CHECK(pair.recorder.log == Log{"text one", "text two"});
  pair.recorder.holds = false;
  pair.recorder.connection->resume();
  pair.run_until_logged(4);
  CHECK(pair.recorder.log == Log{"text one", "text two", "ping p", "text three"});
}

TEST_CASE("connection: it may be closed and aborted from within a message", "[websocket]") {
  for (const bool aborts : {false, true}) {
    SocketPair pair;
    pair.recorder.action = [&](std::string_view) {
      if (aborts) {
        pair.recorder.connection->abort();
      } else {
        pair.recorder.connection->close(1000, {});
      }
      CHECK(pair.recorder.log == Log{"text one"});
    };
    pair.send(frame(Opcode::text, "one") + frame(Opcode::text, "two") +
              frame(Opcode::close, close_payload(1000)));
    const std::string sent = pair.receive_all();
    CHECK(sent == (aborts ? "" : plain(Opcode::close, close_payload(1000))));
    CHECK(pair.recorder.log == Log{"text one", aborts ? "closed 1006 " : "closed 1000 "});
  }
}

TEST_CASE("connection: a write to another connection keeps the order", "[websocket]") {
  SocketPair first, second;
  first.recorder.echoes = second.recorder.echoes = true;
  first.recorder.action = [&](std::string_view) {
    (void)second.recorder.connection->write(MessageType::text, "from first");
  };
  second.recorder.action = [&](std::string_view) {
    (void)first.recorder.connection->write(MessageType::text, "from second");
  };
  first.send(frame(Opcode::text, "a"));
  second.send(frame(Opcode::text, "b"));
  const std::string to_first = plain(Opcode::text, "a") + plain(Opcode::text, "from second");
  const std::string to_second = plain(Opcode::text, "b") + plain(Opcode::text, "from first");
  CHECK(first.receive(to_first.size()) == to_first);
  const std::string got = second.receive(to_second.size());
  CHECK((got == to_second || got == plain(Opcode::text, "from first") + plain(Opcode::text, "b")));
}

TEST_CASE("connection: a peer that is gone is reported by the loop, not within a write",
          "[websocket]") {
  SocketPair pair;
  ::close(std::exchange(pair.peer, -1));
  Connection& connection = *pair.recorder.connection;
  (void)connection.write(MessageType::text, "to nobody");
  CHECK_FALSE(connection.may_write());
  CHECK(pair.recorder.log.empty());
  CHECK_FALSE(pair.recorder.is_closed());
  SocketPair::run_until([&] { return pair.recorder.is_closed(); });
  CHECK(pair.recorder.log == Log{"closed 1006 "});
}

TEST_CASE("connection: a client that is gone before the handshake's answer", "[websocket]") {
  Recorder recorder;
  int fds[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
  ::close(fds[1]);
  recorder.connection =
      &Connection::start(recorder, bora::net::Transport(bora::net::FileDescriptor(fds[0])),
                         Hub::current().rules_for({}, true), nullptr, "HTTP/1.1 101 \r\n\r\n", {});
  CHECK(recorder.log.empty());
  SocketPair::run_until([&] { return recorder.is_closed(); });
  CHECK(recorder.log == Log{"closed 1006 "});
}

TEST_CASE("connection: large messages come and go whole", "[websocket]") {
  SocketPair pair;
  pair.recorder.echoes = true;
  std::string text(3'000'000, 'x');
  for (std::size_t i = 0; i < text.size(); i += 997) text[i] = static_cast<char>('a' + i % 26);
  const std::string sent = frame(Opcode::text, text);
  std::string got;
  std::size_t at = 0;
  SocketPair::run_until([&] {
    const ssize_t count = ::send(pair.peer, sent.data() + at, sent.size() - at, MSG_NOSIGNAL);
    if (count > 0) at += static_cast<std::size_t>(count);
    got += pair.receive();
    return got.size() >= text.size() + 10;
  });
  CHECK(got == plain(Opcode::text, text));
}

TEST_CASE("connection: overflow, the writer waits", "[websocket]") {
  SocketPair pair({.max_queue_size = 100'000}, true, 8192);
  const std::string message(10'000, 'm');
  int written = 0;
  bool is_done = false;
  const auto writer = [&]() -> Task<void> {
    for (int i = 0; i < 100; ++i) {
      Task<void> writing = pair.recorder.connection->write(MessageType::text, message);
      co_await std::move(writing);
      ++written;
    }
    is_done = true;
  };
  IOLoop::current().spawn(writer());
  for (int i = 0; i < 5; ++i) IOLoop::current().run_once();
  CHECK(written < 40);
  CHECK(pair.recorder.connection->queue_size() <= 110'000);
  std::string got;
  SocketPair::run_until([&] {
    got += pair.receive();
    return is_done && got.size() == 100 * (message.size() + 4);
  });
  CHECK(pair.recorder.dropped == 0);
  CHECK(pair.recorder.connection->queue_size() == 0);
}

TEST_CASE("connection: overflow, a write that is not awaited is dropped and counted",
          "[websocket]") {
  SocketPair pair({.max_queue_size = 100'000}, true, 8192);
  const std::string message(10'000, 'm');
  for (int i = 0; i < 100; ++i) (void)pair.recorder.connection->write(MessageType::text, message);
  CHECK(pair.recorder.dropped > 50);
  CHECK(pair.recorder.drop_reason == "its write was not awaited");
  const std::size_t wanted = (100 - pair.recorder.dropped) * (message.size() + 4);
  CHECK(pair.receive(wanted).size() == wanted);
}

TEST_CASE("connection: overflow, the oldest are dropped", "[websocket]") {
  SocketPair pair({.max_queue_size = 50'000, .overflow = OverflowPolicy::drop_oldest}, true, 8192);
  for (int i = 0; i < 100; ++i) {
    std::string message(10'000, 'm');
    message.replace(0, 2, std::to_string(10 + i).substr(0, 2));
    (void)pair.recorder.connection->write(MessageType::text, message);
  }
  const std::size_t wanted = (100 - pair.recorder.dropped) * 10'004;
  std::string got = pair.receive(wanted);
  CHECK(got.size() == wanted);
  const std::vector<Seen> seen = read_all(got, 65536, {.expects_mask = false});
  CHECK(seen.size() == 100 - pair.recorder.dropped);
  CHECK(pair.recorder.dropped > 50);
  CHECK(seen.back().payload.starts_with("10"));  // 109, the last
}

TEST_CASE("connection: a peer that sends pings and reads nothing takes no memory", "[websocket]") {
  const bool is_server = GENERATE(true, false);
  const OverflowPolicy overflow = GENERATE(OverflowPolicy::wait, OverflowPolicy::drop_oldest);
  SocketPair pair({.max_queue_size = 50'000, .overflow = overflow}, is_server, 8192);
  const auto ping = [&](const std::string& payload) {
    pair.send(frame(Opcode::ping, payload, {.is_masked = is_server}));
    const std::size_t before = pair.recorder.log.size();
    pair.run_until_logged(before + 1);
  };
  (void)pair.recorder.connection->write(MessageType::binary, std::string(40'000, 'm'));
  const std::size_t before = pair.recorder.connection->queue_size();
  CHECK(before > 20'000);
  for (int i = 0; i < 3000; ++i) {
    ping(std::string(100, 'p') + std::to_string(i));
    // Messages between them make no difference.
    if (i % 2 == 0) (void)pair.recorder.connection->write(MessageType::text, "m");
  }
  CHECK(pair.recorder.connection->queue_size() < 50'200);
  // RFC 6455, 5.5.3: an answer to the last one is enough, and that comes.
  std::vector<std::string> pongs;
  std::string got;
  SocketPair::run_until([&] {
    got += pair.receive();
    pongs.clear();
    for (const Seen& seen : read_all(got, 65536, {.expects_mask = !is_server})) {
      if (seen.kind == Kind::pong) pongs.push_back(seen.payload);
    }
    return !pongs.empty() && pongs.back().ends_with("p2999");
  });
  CHECK(pongs.size() == 2);
  CHECK(pair.recorder.connection->queue_size() == 0);
  ping("again");
  CHECK(read_all(pair.receive(7), 65536, {.expects_mask = !is_server}).back().payload == "again");
}

TEST_CASE("connection: overflow, the peer is closed", "[websocket]") {
  SocketPair pair({.max_queue_size = 50'000, .overflow = OverflowPolicy::close}, true, 8192);
  const std::string message(10'000, 'm');
  int written = 0;
  try {
    for (; written < 100; ++written)
      (void)pair.recorder.connection->write(MessageType::text, message);
  } catch (const WebSocketClosedError&) {
  }
  CHECK(written < 30);
  const std::string close = plain(Opcode::close, close_payload(1013, "the peer reads too slowly"));
  std::string got;
  SocketPair::run_until([&] {
    got += pair.receive();
    return got.ends_with(close);
  });
  const std::size_t delivered = read_all(got, 65536, {.expects_mask = false}).size() - 1;
  CHECK(delivered + pair.recorder.dropped == static_cast<std::size_t>(written));
}

TEST_CASE("connection: writers that wait learn that the connection ended", "[websocket]") {
  SocketPair pair({.max_queue_size = 10'000}, true, 4096);
  std::string outcome;
  const auto writer = [&]() -> Task<void> {
    try {
      for (;;) {
        Task<void> writing =
            pair.recorder.connection->write(MessageType::text, std::string(9'000, 'm'));
        co_await std::move(writing);
      }
    } catch (const WebSocketClosedError& error) {
      outcome = error.what();
    }
  };
  IOLoop::current().spawn(writer());
  IOLoop::current().run_once();
  CHECK(outcome.empty());
  ::close(std::exchange(pair.peer, -1));
  SocketPair::run_until([&] { return !outcome.empty(); });
  CHECK(outcome == "the WebSocket was closed before a message could be sent");
  CHECK(pair.recorder.dropped >= 1);
}

TEST_CASE("connection: pings are sent, and a peer that is silent is closed", "[websocket]") {
  SocketPair pair({.ping_interval = std::chrono::seconds(1),
                   .ping_timeout = std::chrono::seconds(1),
                   .close_timeout = std::chrono::seconds(1)});
  CHECK(pair.receive(2) == plain(Opcode::ping, ""));
  pair.send(frame(Opcode::pong, ""));
  CHECK(pair.receive(2) == plain(Opcode::ping, ""));
  const std::string close = plain(Opcode::close, close_payload(1000, "ping timed out"));
  CHECK(pair.receive(close.size()) == close);
  SocketPair::run_until([&] { return pair.recorder.is_closed(); });
  CHECK(pair.recorder.log == Log{"pong ", "closed 1006 "});
}

TEST_CASE("connection: a graceful stop tells every peer", "[websocket]") {
  SocketPair answers, silent({.close_timeout = std::chrono::seconds(1)});
  const std::string close = plain(Opcode::close, close_payload(1001, "going away"));
  IOLoop& loop = IOLoop::current();
  loop.add_callback([&] { loop.stop_gracefully(); });
  loop.add_callback([&] { answers.send(frame(Opcode::close, close_payload(1001))); });
  loop.start();
  CHECK(answers.recorder.log == Log{"closed 1001 "});
  CHECK(silent.recorder.log == Log{"closed 1006 "});
  CHECK(answers.receive() == close);
  CHECK(silent.receive() == close);
}

TEST_CASE("connection: the loop's end is the end of every connection", "[websocket]") {
  Recorder recorder;
  int fds[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
  std::thread([&] {
    recorder.connection =
        &Connection::start(recorder, bora::net::Transport(bora::net::FileDescriptor(fds[0])),
                           Hub::current().rules_for({}, true), nullptr, {}, {});
    recorder.connection->open();
    IOLoop::current().run_once();
  }).join();
  CHECK(recorder.log == Log{"closed 1006 "});
  char byte;
  CHECK(recv(fds[1], &byte, 1, 0) == 0);
  ::close(fds[1]);
}
