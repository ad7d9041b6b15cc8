#include <bora/net/io_stream.h>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/net/regex.h>

#include "tests/runtime/net/stream_pair.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::net::BaseIOStream;
using bora::net::Error;
using bora::net::IOStream;
using bora::net::PipeIOStream;
using bora::net::StreamBufferFullError;
using bora::net::StreamClosedError;
using bora::net::StreamOptions;
using bora::test::closed_by;
using bora::test::run;
using bora::test::Started;
using bora::test::turn;

namespace {

struct Pair {
  explicit Pair(const StreamOptions& client_options = {}, const StreamOptions& server_options = {})
      : Pair(bora::test::unix_pair(), client_options, server_options) {}
  Pair(std::pair<bora::net::FileDescriptor, bora::net::FileDescriptor> ends,
       const StreamOptions& client_options = {}, const StreamOptions& server_options = {})
      : client(std::move(ends.first), client_options),
        server(std::move(ends.second), server_options) {}

  IOStream client;
  IOStream server;
};

std::string in_order(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
  return text;
}

/// Runs `body(writer, reader)` over every kind of stream.
void over_each_kind(const std::function<void(BaseIOStream&, BaseIOStream&)>& body) {
  SECTION("TCP") {
    Pair pair(bora::test::tcp_pair());
    body(pair.client, pair.server);
  }
  SECTION("Unix-domain") {
    Pair pair;
    body(pair.client, pair.server);
  }
  SECTION("pipe") {
    auto ends = bora::test::pipe_pair();
    PipeIOStream writer(std::move(ends.first));
    PipeIOStream reader(std::move(ends.second));
    body(writer, reader);
  }
}

}  // namespace

TEST_CASE("iostream: reads end where they are asked to, and leave the rest (IOS-02, IOS-05)",
          "[net]") {
  over_each_kind([](BaseIOStream& writer, BaseIOStream& reader) {
    writer.write("one\r\ntwo\r\nrest of it");
    CHECK(run(reader.read_until("\r\n")) == "one\r\n");
    CHECK(run(reader.read_bytes(3)) == "two");
    CHECK(run(reader.read_bytes(0)).empty());
    CHECK(run(reader.read_until("\r\n")) == "\r\n");
    CHECK(run(reader.read_bytes(100, true)) == "rest of it");
    CHECK_FALSE(reader.reading());
  });
}

TEST_CASE("iostream: large reads and writes meet in the middle (IOS-02, IOS-11, IOS-23)", "[net]") {
  over_each_kind([](BaseIOStream& writer, BaseIOStream& reader) {
    const std::string text = in_order(5'000'000);
    const auto send = [&]() -> Task<void> {
      co_await writer.write(text + "\n");
      CHECK_FALSE(writer.writing());
    };
    Started sender(send());
    CHECK(sender.outcome() == "waits");
    CHECK(writer.writing());
    const std::string line = run(reader.read_until("\n"));
    CHECK((line == text + "\n"));
    CHECK(sender.outcome() == "value");
  });
}

TEST_CASE("iostream: reading into the caller's memory (IOS-06)", "[net]") {
  over_each_kind([](BaseIOStream& writer, BaseIOStream& reader) {
    std::string memory(10, '.');
    CHECK(run(reader.read_into(std::span<char>())) == 0);
    writer.write("0123456789abcdef");
    CHECK(run(reader.read_into(std::span(memory.data(), 4))) == 4);
    CHECK(memory == "0123......");
    CHECK(run(reader.read_until("7")) == "4567");
    CHECK(run(reader.read_into(std::span(memory), true)) == 8);
    CHECK(memory == "89abcdef..");
    Started waiting([](BaseIOStream& stream, std::string& to) -> Task<void> {
      const auto got1 = co_await stream.read_into(std::as_writable_bytes(std::span(to)));
      CHECK(got1 == 10);
    }(reader, memory));
    for (const char* piece : {"ABC", "DEFGH", "IJKL"}) {
      writer.write(piece);
      turn();
    }
    CHECK(waiting.outcome() == "value");
    CHECK(memory == "ABCDEFGHIJ");
    CHECK(run(reader.read_bytes(2)) == "KL");
  });
}

TEST_CASE("iostream: a read into memory that fails gives back what came (IOS-06, IOS-09)",
          "[net]") {
  Pair pair;
  char memory[100];
  Started waiting([](IOStream& stream, std::span<char> to) -> Task<void> {
    static_cast<void>(co_await stream.read_into(to));
  }(pair.server, memory));
  pair.client.write("some");
  turn();
  SECTION("cancelled") {
    waiting.cancel();
    turn();
    CHECK(waiting.outcome() == "cancelled");
    pair.client.write(" more");
    CHECK(run(pair.server.read_bytes(9)) == "some more");
  }
  SECTION("the peer closed") {
    pair.client.close();
    turn();
    CHECK(waiting.outcome() == "stream is closed: the peer closed the connection");
    CHECK(run(pair.server.read_bytes(4)) == "some");
  }
}

TEST_CASE("IOS-04: a delimiter must end within max_bytes", "[net]") {
  const bora::testing::LogCapture log;
  Pair pair;
  const bool is_regex = GENERATE(false, true);
  const auto read = [&](std::size_t max_bytes) {
    return is_regex ? pair.server.read_until_regex(bora::net::Regex("d.f"), max_bytes)
                    : pair.server.read_until("def", max_bytes);
  };
  SECTION("one that fits, with much after it") {
    pair.client.write("abcdef" + std::string(1000, 'x'));
    CHECK(run(read(6)) == "abcdef");
    CHECK(log.records.empty());
  }
  SECTION("one that ends too late, there already") {
    pair.client.write("abcdefghi");
    CHECK(closed_by(read(5)) == Error::unsatisfiable_read);
    CHECK(pair.server.closed());
    CHECK(log.count(bora::gen_log, "limit of the read") == 1);
    CHECK(log.records.at(0).level == bora::LogLevel::info);
  }
  SECTION("none so far, when as much has come") {
    Started waiting(
        [](Task<std::string> task) -> Task<void> { static_cast<void>(co_await task); }(read(6)));
    pair.client.write("123");
    turn();
    CHECK(waiting.outcome() == "waits");
    pair.client.write("456");
    turn();
    CHECK(waiting.outcome() ==
          "stream is closed: the limit of the read was reached before what should end it");
    CHECK(pair.server.closed());
    CHECK(pair.server.error() == Error::unsatisfiable_read);
  }
}

TEST_CASE("iostream: read_until_regex ends with the match (IOS-03)", "[net]") {
  over_each_kind([](BaseIOStream& writer, BaseIOStream& reader) {
    writer.write("GET / HTTP/1.0\r\nHost: a\r\n\r\nbody");
    const bora::net::Regex end_of_head("\r?\n\r?\n");
    CHECK(run(reader.read_until_regex(end_of_head)) == "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    Started waiting([](BaseIOStream& stream, bora::net::Regex regex) -> Task<void> {
      const auto got2 = co_await stream.read_until_regex(regex);
      CHECK(got2 == "body\n\r\n");
    }(reader, end_of_head));
    for (const char* piece : {"\n", "\r", "\n"}) {
      CHECK(waiting.outcome() == "waits");
      writer.write(piece);
      turn();
    }
    CHECK(waiting.outcome() == "value");
  });
}

TEST_CASE("iostream: a long line that comes in small pieces is searched once (IOS-23)", "[net]") {
  Pair pair;
  Started waiting([](IOStream& stream) -> Task<void> {
    const std::string line = co_await stream.read_until("\r\n");
    CHECK(line.size() == 200'002);
  }(pair.server));
  for (int i = 0; i < 2'000; ++i) {
    pair.client.write(std::string(99, 'x') + '\r');
    turn(1);
  }
  pair.client.write("\r\n");
  turn();
  CHECK(waiting.outcome() == "value");
}

TEST_CASE("iostream: partial reads take what is there (IOS-05)", "[net]") {
  over_each_kind([](BaseIOStream& writer, BaseIOStream& reader) {
    Started waiting([](BaseIOStream& stream) -> Task<void> {
      const auto got3 = co_await stream.read_bytes(4096, true);
      CHECK(got3 == "some");
      const auto got4 = co_await stream.read_bytes(2, true);
      CHECK(got4 == "mo");
      const auto got5 = co_await stream.read_bytes(2, true);
      CHECK(got5 == "re");
    }(reader));
    writer.write("some");
    turn();
    writer.write("more");
    turn();
    CHECK(waiting.outcome() == "value");
  });
}

TEST_CASE("iostream: read_until_close takes all (IOS-07)", "[net]") {
  over_each_kind([](BaseIOStream& writer, BaseIOStream& reader) {
    const std::string text = in_order(300'000);
    Started sender([](BaseIOStream& stream, const std::string& sent) -> Task<void> {
      co_await stream.write(sent);
      stream.close();
    }(writer, text));
    CHECK((run(reader.read_until_close()) == text));
    CHECK(reader.closed());
    CHECK(reader.error() == Error::closed_by_peer);
    CHECK(run(reader.read_until_close()).empty());
  });
}

TEST_CASE("iostream: read_until_close on a closed stream gives the rest (IOS-07)", "[net]") {
  Pair pair;
  pair.client.write("1234");
  CHECK(run(pair.server.read_bytes(1)) == "1");
  pair.server.close();
  CHECK(run(pair.server.read_until_close()) == "234");
  CHECK(run(pair.server.read_until_close()).empty());
}

TEST_CASE("iostream: read_until_close throws when the connection breaks (IOS-07, IOS-28)",
          "[net]") {
  Pair pair(bora::test::tcp_pair());
  pair.client.write("1234");
  Started waiting([](IOStream& stream) -> Task<void> {
    static_cast<void>(co_await stream.read_until_close());
  }(pair.server));
  turn();
  const linger reset{1, 0};
  REQUIRE(::setsockopt(pair.client.fileno(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0);
  pair.client.close();
  turn();
  CHECK(waiting.outcome() == "stream is closed: Connection reset by peer");
  CHECK(pair.server.error() == std::errc::connection_reset);
  CHECK(run(pair.server.read_bytes(4)) == "1234");
}

TEST_CASE("iostream: a second read at once is refused (IOS-08)", "[net]") {
  Pair pair;
  Started first([](IOStream& stream) -> Task<void> {
    const auto got6 = co_await stream.read_bytes(3);
    CHECK(got6 == "abc");
  }(pair.server));
  CHECK(pair.server.reading());
  CHECK_THROWS_AS(run(pair.server.read_bytes(1)), std::logic_error);
  CHECK_THROWS_WITH(run(pair.server.read_until("x")), "Already reading");
  pair.client.write("abc");
  turn();
  CHECK(first.outcome() == "value");
  CHECK_FALSE(pair.server.reading());
}

TEST_CASE("IOS-09: what came can be read after the end", "[net]") {
  over_each_kind([](BaseIOStream& writer, BaseIOStream& reader) {
    writer.write("line\nrest");
    writer.close();
    CHECK(run(reader.read_bytes(1)) == "l");
    CHECK(run(reader.read_until("\n")) == "ine\n");
    CHECK(closed_by(reader.read_bytes(5)) == Error::closed_by_peer);
    CHECK(reader.closed());
    CHECK(closed_by(reader.read_until("\n")) == Error::closed_by_peer);
    CHECK(run(reader.read_bytes(4)) == "rest");
    CHECK(closed_by(reader.read_bytes(1, true)) == Error::closed_by_peer);
  });
}

TEST_CASE("IOS-09: a second packet and the end arrive together", "[net]") {
  Pair pair(bora::test::tcp_pair());
  Started waiting([](IOStream& stream) -> Task<void> {
    const auto got7 = co_await stream.read_until("\n");
    CHECK(got7 == "first\n");
    const auto got8 = co_await stream.read_until("\n");
    CHECK(got8 == "second\n");
  }(pair.server));
  pair.client.write("first\nsec");
  turn();
  pair.client.write("ond\n");
  pair.client.close();
  turn();
  CHECK(waiting.outcome() == "value");
}

TEST_CASE("iostream: what is there is read without a turn of the loop (IOS-10)", "[net]") {
  Pair pair;
  pair.client.write("a line\nanother\n");
  turn();
  auto line = pair.server.read_until("\n");
  CHECK(line.start([](void*) {}, nullptr));
  CHECK(line.take() == "a line\n");
  auto next = pair.server.read_until("\n");
  CHECK(next.start([](void*) {}, nullptr));
  CHECK(next.take() == "another\n");
}

TEST_CASE("iostream: a read that waits nowhere costs a bounded number of system calls at once",
          "[net]") {
  // A peer that always has more must not occupy the loop.
  Pair pair;
  bool is_done = false;
  Started flood([](IOStream& stream, const bool& done) -> Task<void> {
    while (!done) {
      const std::string chunk(1000, 'x');
      static_cast<void>(co_await stream.write(chunk));
    }
  }(pair.client, is_done));
  Started drain([](IOStream& stream, const bool& done) -> Task<void> {
    while (!done) static_cast<void>(co_await stream.read_bytes(100'000, true));
  }(pair.server, is_done));
  int turns = 0;
  IOLoop::current().call_later(0ms, [&] {
    ++turns;
    IOLoop::current().add_callback([&] {
      ++turns;
      is_done = true;
    });
  });
  for (int i = 0; i < 1000 && !is_done; ++i) turn(1);
  CHECK(turns == 2);
  pair.client.close();
  turn();
}

TEST_CASE("iostream: reads from the buffer do not grow the stack, however many", "[net]") {
  constexpr std::size_t kReads = 200'000;  // at 100 bytes each the stack's 8 MiB would be over
  Pair pair;
  Started sender([](IOStream& stream) -> Task<void> {
    const std::string zeros(kReads, '0');
    co_await stream.write(zeros);
  }(pair.client));
  run([](IOStream& stream) -> Task<void> {
    for (std::size_t i = 0; i < kReads; ++i) {
      const std::string one = co_await stream.read_bytes(1);
      if (one != "0") FAIL("lost");
    }
  }(pair.server));
}

TEST_CASE("iostream: writes arrive in order, awaited or not (IOS-11)", "[net]") {
  over_each_kind([](BaseIOStream& writer, BaseIOStream& reader) {
    const std::string block = in_order(10'000'000);
    std::vector<int> done;
    const auto send = [](BaseIOStream& stream, std::string data, std::vector<int>& ended,
                         int number) -> Task<void> {
      co_await stream.write(std::move(data));
      ended.push_back(number);
    };
    Started first(send(writer, block, done, 1));
    writer.write("(not awaited)");
    Started empty(send(writer, "", done, 2));
    const std::string owned = "(view)";
    writer.write(std::as_bytes(std::span(owned)));
    Started last(send(writer, "end", done, 3));
    CHECK(done.empty());
    CHECK((run(reader.read_until("end")) == block + "(not awaited)(view)end"));
    CHECK(done == std::vector{1, 2, 3});
  });
}

TEST_CASE("iostream: an awaited write waits for the reader (IOS-11, IOS-27)", "[net]") {
  Pair pair(bora::test::tcp_pair());
  std::size_t written = 0;
  Started sender([](IOStream& stream, std::size_t& count) -> Task<void> {
    const std::string block(100'000, 'x');
    for (;;) {
      co_await stream.write(block);
      count += block.size();
    }
  }(pair.client, written));
  turn(200);
  const std::size_t in_flight = written;
  turn(200);
  CHECK(written == in_flight);  // TCP holds it up
  CHECK(sender.outcome() == "waits");
  static_cast<void>(run(pair.server.read_bytes(written)));
  turn(200);
  CHECK(written > in_flight);
  pair.server.close();
  turn();
  CHECK(sender.outcome() != "waits");
}

TEST_CASE("iostream: max_write_buffer_size refuses and queues nothing (IOS-13)", "[net]") {
  Pair pair({.max_write_buffer_size = 100'000});
  CHECK_THROWS_AS(pair.client.write(std::string(100'001, 'x')), StreamBufferFullError);
  CHECK_FALSE(pair.client.writing());
  std::size_t accepted = 0;
  CHECK_THROWS_AS(
      [&] {
        for (;;) {
          pair.client.write(std::string(60'000, 'y'));
          accepted += 60'000;
        }
      }(),
      StreamBufferFullError);
  CHECK_FALSE(pair.client.closed());
  CHECK(run(pair.server.read_bytes(accepted)) == std::string(accepted, 'y'));
  pair.client.write("!");
  CHECK(run(pair.server.read_bytes(2, true)) == "!");
}

TEST_CASE("iostream: more than max_buffer_size closes (IOS-14)", "[net]") {
  const bora::testing::LogCapture log;
  Pair pair(StreamOptions{}, {.max_buffer_size = 1000});
  SECTION("exactly as much is fine") {
    pair.client.write(std::string(1000, 'x'));
    CHECK(run(pair.server.read_bytes(1000)).size() == 1000);
    pair.client.write(std::string(1000, 'x'));
    pair.client.close();
    CHECK(run(pair.server.read_until_close()).size() == 1000);
    CHECK(log.records.empty());
  }
  SECTION("a delimiter that never comes") {
    pair.client.write(std::string(1001, 'x'));
    CHECK_THROWS_AS(run(pair.server.read_until("\n")), StreamBufferFullError);
    CHECK(log.count(bora::gen_log, "1000 bytes") == 1);
  }
  SECTION("no end") {
    pair.client.write(std::string(1001, 'x'));
    pair.client.close();
    CHECK_THROWS_AS(run(pair.server.read_until_close()), StreamBufferFullError);
  }
  SECTION("a read that can't be met is refused before anything comes") {
    CHECK_THROWS_AS(run(pair.server.read_bytes(1001)), StreamBufferFullError);
  }
  if (pair.server.closed() && pair.server.error() != Error::closed_by_peer) {
    CHECK(pair.server.error() == Error::buffer_full);
    CHECK_THROWS_AS(pair.server.write("x"), StreamClosedError);
  }
}

TEST_CASE("IOS-15: the close callback comes once, when what was sent is read", "[net]") {
  Pair pair;
  int calls = 0;
  pair.client.set_close_callback([&] { ++calls; });
  SECTION("an idle stream notices") {
    turn();
    CHECK(calls == 0);
    pair.server.close();
    turn();
    CHECK(calls == 1);
    CHECK(pair.client.closed());
  }
  SECTION("not while unread bytes are buffered") {
    pair.server.write("12");
    CHECK(run(pair.client.read_bytes(1)) == "1");
    pair.server.close();
    turn();
    CHECK(calls == 0);
    CHECK_FALSE(pair.client.closed());
    CHECK(run(pair.client.read_bytes(1)) == "2");
    turn();
    CHECK(calls == 1);
  }
  SECTION("with a read that the end can't satisfy") {
    Started waiting([](IOStream& stream) -> Task<void> {
      static_cast<void>(co_await stream.read_until("\r\n"));
    }(pair.client));
    pair.server.close();
    turn();
    CHECK(waiting.outcome() == "stream is closed: the peer closed the connection");
    CHECK(calls == 1);
  }
  SECTION("closed by this side, within the next turn") {
    pair.client.close();
    CHECK(calls == 0);
    turn();
    CHECK(calls == 1);
    pair.client.close();
    turn();
    CHECK(calls == 1);
  }
  SECTION("cleared") {
    pair.client.set_close_callback({});
    pair.client.close();
    turn();
    CHECK(calls == 0);
  }
  SECTION("set when it is closed already") {
    pair.client.set_close_callback({});
    pair.client.close();
    pair.client.set_close_callback([&] { ++calls; });
    turn();
    CHECK(calls == 1);
  }
  SECTION("set when the peer has closed already") {
    pair.client.set_close_callback({});
    pair.server.close();
    turn();
    CHECK_FALSE(pair.client.closed());
    pair.client.set_close_callback([&] { ++calls; });
    turn();
    CHECK(calls == 1);
  }
  SECTION("not by the stream's destructor") {
    {
      const IOStream gone = std::move(pair.client);
    }
    turn();
    CHECK(calls == 0);
  }
}

TEST_CASE("iostream: a stream that nobody reads takes one chunk at most (IOS-27)", "[net]") {
  Pair pair(bora::test::tcp_pair());
  int closes = 0;
  pair.server.set_close_callback([&] { ++closes; });
  std::size_t taken = 0;
  const std::string block(50'000, 'x');
  pair.client.set_close_callback([] {});
  for (int i = 0; i < 2'000 && !pair.client.writing(); ++i) {
    pair.client.write(block);
    taken += block.size();
    turn(1);
  }
  CHECK(pair.client.writing());  // the kernel is full: the stream did not take it all
  CHECK(closes == 0);
  CHECK(run(pair.server.read_bytes(taken)).size() == taken);
  pair.client.close();
  turn();
  CHECK(closes == 1);
}

TEST_CASE("iostream: close ends what is pending, with the cause (IOS-16, IOS-26)", "[net]") {
  Pair pair;
  const auto read = [](IOStream& stream, std::string until) -> Task<void> {
    static_cast<void>(co_await stream.read_until(until));
  };
  const auto write = [](IOStream& stream) -> Task<void> {
    const std::string much(10'000'000, 'x');
    co_await stream.write(much);
  };
  const bora::testing::LogCapture log;
  Started reader(read(pair.client, "!"));
  Started writer(write(pair.client));
  pair.client.write("dropped, and nobody waits for it");
  turn();
  pair.client.close(std::make_error_code(std::errc::timed_out));
  CHECK(reader.outcome() == "waits");
  turn();
  CHECK(reader.outcome() == "stream is closed: Connection timed out");
  CHECK(writer.outcome() == "stream is closed: Connection timed out");
  CHECK(pair.client.fileno() == -1);
  CHECK_FALSE(pair.client.writing());
  CHECK_THROWS_AS(pair.client.write("x"), StreamClosedError);
  CHECK(log.records.empty());
}

TEST_CASE("iostream: destroying and moving a stream with pending operations", "[net]") {
  Pair pair;
  auto stream = std::make_unique<IOStream>(std::move(pair.server));
  Started reader([](IOStream& from) -> Task<void> {
    const auto got9 = co_await from.read_until("\n");
    CHECK(got9 == "abc\n");
    static_cast<void>(co_await from.read_until("\n"));
  }(*stream));
  SECTION("moved") {
    IOStream other = std::move(*stream);
    CHECK(stream->closed());
    pair.client.write("abc\n");
    turn();
    // Its second read is on the object that was moved from, which has no stream.
    CHECK(reader.outcome() == "stream is closed: the stream is closed");
  }
  SECTION("destroyed") {
    stream.reset();
    turn();
    CHECK(reader.outcome() == "stream is closed: the stream is closed");
  }
  SECTION("replaced") {
    auto ends = bora::test::unix_pair();
    *stream = IOStream(std::move(ends.first));
    turn();
    CHECK(reader.outcome() == "stream is closed: the stream is closed");
    CHECK_FALSE(stream->closed());
  }
}

TEST_CASE("iostream: a stream may be destroyed by its own reader", "[net]") {
  auto ends = bora::test::unix_pair();
  auto stream = std::make_unique<IOStream>(std::move(ends.first));
  IOStream peer(std::move(ends.second));
  Started reader([](std::unique_ptr<IOStream>& owner) -> Task<void> {
    const auto got10 = co_await owner->read_bytes(2);
    CHECK(got10 == "ab");
    owner.reset();
  }(stream));
  peer.write("abc");
  turn();
  CHECK(reader.outcome() == "value");
  CHECK(run(peer.read_until_close()).empty());
}

TEST_CASE("iostream: cancelling loses nothing", "[net]") {
  Pair pair;
  SECTION("a read") {
    Started reader([](IOStream& stream) -> Task<void> {
      static_cast<void>(co_await stream.read_until("\n"));
    }(pair.server));
    pair.client.write("half");
    turn();
    reader.cancel();
    pair.client.write(" a line\n");
    turn();
    CHECK(reader.outcome() == "cancelled");
    CHECK_FALSE(pair.server.reading());
    CHECK(run(pair.server.read_until("\n")) == "half a line\n");
  }
  SECTION("a read that has just succeeded keeps its value") {
    Started reader([](IOStream& stream, IOStream& peer) -> Task<void> {
      const auto got11 = co_await stream.read_until("\n");
      CHECK(got11 == "line\n");
      const auto got12 = co_await peer.read_bytes(1);
      CHECK(got12 == "never");
    }(pair.server, pair.client));
    pair.client.write("line\n");
    turn();
    CHECK(reader.outcome() == "waits");
    reader.cancel();
    turn();
    CHECK(reader.outcome() == "cancelled");
  }
  SECTION("the wait for a write: its bytes are sent all the same") {
    const std::string much = in_order(3'000'000);
    Started writer([](IOStream& stream, const std::string& data) -> Task<void> {
      co_await stream.write(data);
    }(pair.client, much));
    CHECK(writer.outcome() == "waits");
    writer.cancel();
    turn();
    CHECK(writer.outcome() == "cancelled");
    CHECK((run(pair.server.read_bytes(much.size())) == much));
  }
  SECTION("by a time limit") {
    CHECK_THROWS_AS(run(bora::with_timeout(1ms, pair.server.read_until("\n"), {.cancel = true})),
                    bora::TimeoutError);
    pair.client.write("late\n");
    CHECK(run(pair.server.read_until("\n")) == "late\n");
  }
}

TEST_CASE("iostream: connecting, and writing meanwhile (IOS-12, IOS-18)", "[net]") {
  auto listeners = bora::net::bind_sockets(0, "127.0.0.1");
  const int port = bora::net::local_port(listeners.front().get());
  IOStream stream(bora::net::AddressFamily::ipv4);
  Task<void> connected = stream.connect(*bora::net::Address::from_ip("127.0.0.1", port));
  auto written = stream.write("hello\n");
  run(std::move(connected));
  run(Task<void>(std::move(written)));
  CHECK(stream.peer_address().to_string() == "127.0.0.1:" + std::to_string(port));
  IOStream server(bora::net::FileDescriptor(::accept(listeners.front().get(), nullptr, nullptr)));
  CHECK(server.peer_address() == stream.local_address());
  CHECK(run(server.read_until("\n")) == "hello\n");
}

TEST_CASE("iostream: a refused connection tells why, and runs the close callback (IOS-16, IOS-18)",
          "[net]") {
  int port = 0;
  {
    auto listeners = bora::net::bind_sockets(0, "127.0.0.1");
    port = bora::net::local_port(listeners.front().get());
  }
  IOStream stream(bora::net::AddressFamily::ipv4);
  int closes = 0;
  stream.set_close_callback([&] { ++closes; });
  turn();  // an unconnected socket counts as hung up
  CHECK_FALSE(stream.closed());
  CHECK(closed_by(stream.connect(*bora::net::Address::from_ip("127.0.0.1", port))) ==
        std::errc::connection_refused);
  turn();
  CHECK(closes == 1);
  CHECK(stream.closed());
  CHECK(stream.error() == std::errc::connection_refused);
  IOStream by_path(bora::net::AddressFamily::unix_domain);
  CHECK(closed_by(by_path.connect(bora::net::Address::unix_path("/nonexistent/socket"))) ==
        std::errc::no_such_file_or_directory);
}

TEST_CASE("iostream: a cancelled connect closes", "[net]") {
  // A listener whose queue is full answers nobody.
  bora::net::FileDescriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto address = *bora::net::Address::from_ip("127.0.0.1", 0);
  const auto size = static_cast<socklen_t>(address.native_size());
  REQUIRE(::bind(listener.get(), static_cast<const sockaddr*>(address.native()), size) == 0);
  REQUIRE(::listen(listener.get(), 0) == 0);
  address.set_port(bora::net::local_port(listener.get()));
  std::vector<IOStream> queue;
  std::vector<Task<void>> pending;
  for (int i = 0; i < 4; ++i) {
    queue.emplace_back(bora::net::AddressFamily::ipv4);
    pending.push_back(queue.back().connect(address));
  }
  Started connecting(
      [](Task<void> task) -> Task<void> { co_await task; }(std::move(pending.back())));
  pending.pop_back();
  turn();
  CHECK(connecting.outcome() == "waits");
  connecting.cancel();
  turn();
  CHECK(connecting.outcome() == "cancelled");
  CHECK(queue.back().closed());
}

TEST_CASE("iostream: a peer's answer is not lost when it leaves before it has read all", "[net]") {
  Pair pair(bora::test::tcp_pair());
  std::string answer;
  Started client([](IOStream& stream, std::string& got) -> Task<void> {
    try {
      for (;;) {
        const std::string block(100'000, 'x');
        co_await stream.write(block);
      }
    } catch (const StreamClosedError&) {
    }
    got = co_await stream.read_until("\n");
  }(pair.client, answer));
  run([](IOStream& stream) -> Task<void> {
    static_cast<void>(co_await stream.read_bytes(10));
    co_await stream.write("enough\n");
    stream.close();
  }(pair.server));
  turn(20);
  CHECK(client.outcome() == "value");
  CHECK(answer == "enough\n");
}

TEST_CASE("iostream: set_nodelay is for TCP, and harmless elsewhere (IOS-17)", "[net]") {
  Pair tcp(bora::test::tcp_pair());
  const auto is_on = [&] {
    int value = 0;
    socklen_t size = sizeof value;
    REQUIRE(::getsockopt(tcp.client.fileno(), IPPROTO_TCP, TCP_NODELAY, &value, &size) == 0);
    return value != 0;
  };
  CHECK_FALSE(is_on());
  tcp.client.set_nodelay(true);
  CHECK(is_on());
  tcp.client.set_nodelay(false);
  CHECK_FALSE(is_on());
  tcp.client.close();
  tcp.client.set_nodelay(true);
  Pair unix_domain;
  unix_domain.client.set_nodelay(true);
}

TEST_CASE("iostream: pipes (IOS-24)", "[net]") {
  auto ends = bora::test::pipe_pair();
  auto writer = std::make_unique<PipeIOStream>(std::move(ends.first));
  PipeIOStream reader(std::move(ends.second));
  writer->write("hel");
  writer->write("lo world");
  CHECK(run(reader.read_until(" ")) == "hello ");
  writer.reset();
  CHECK(run(reader.read_until_close()) == "world");
  SECTION("a reader that leaves") {
    auto others = bora::test::pipe_pair();
    PipeIOStream orphan(std::move(others.first));
    int closes = 0;
    orphan.set_close_callback([&] { ++closes; });
    others.second.close();
    turn();
    CHECK(closes == 1);
    CHECK_THROWS_AS(orphan.write("x"), StreamClosedError);
    CHECK(orphan.error() == Error::closed_by_peer);
  }
}

TEST_CASE("iostream: what can't be watched is refused", "[net]") {
  CHECK_THROWS_AS(IOStream(bora::net::FileDescriptor(-1)), std::system_error);
  CHECK_THROWS_AS(PipeIOStream(bora::net::FileDescriptor(::open("/etc/passwd", O_RDONLY))),
                  std::system_error);
}

TEST_CASE("iostream: chunks are never more than half of the buffer (IOS-01)", "[net]") {
  Pair pair(StreamOptions{}, {.max_buffer_size = 20});
  pair.client.write(std::string(40, 'x'));
  turn();
  CHECK(run(pair.server.read_bytes(1)) == "x");
  CHECK(run(pair.server.read_bytes(20)).size() == 20);
  CHECK(run(pair.server.read_bytes(19)).size() == 19);
}

// ---- Operations remember that they have succeeded ----

TEST_CASE(
    "iostream: connect() succeeds though the peer leaves before the coroutine goes on (IOS-18)",
    "[net]") {
  auto listeners = bora::net::bind_sockets(0, "127.0.0.1");
  const auto address =
      bora::net::Address::from_ip("127.0.0.1", bora::net::local_port(listeners.front().get()));
  IOStream stream(bora::net::AddressFamily::ipv4);
  int closes = 0;
  SECTION("noticed by the close callback") {
    stream.set_close_callback([&] { ++closes; });
    Task<void> connected = stream.connect(*address);
    ::close(::accept(listeners.front().get(), nullptr, nullptr));
    CHECK_NOTHROW(run(std::move(connected)));
    turn();
    CHECK(closes == 1);
  }
  SECTION("noticed by a write, with an answer to be read") {
    Task<void> connected = stream.connect(*address);
    stream.write("too late");
    const int peer = ::accept(listeners.front().get(), nullptr, nullptr);
    REQUIRE(::send(peer, "answer", 6, 0) == 6);
    const linger at_once{1, 0};
    ::setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::shutdown(peer, SHUT_RDWR);
    CHECK_NOTHROW(run(std::move(connected)));
    CHECK(run(stream.read_bytes(6)) == "answer");
    ::close(peer);
  }
  SECTION("awaited when all is over") {
    Task<void> connected = stream.connect(*address);
    ::close(::accept(listeners.front().get(), nullptr, nullptr));
    Started reader([](IOStream& from) -> Task<void> {
      static_cast<void>(co_await from.read_until_close());
    }(stream));
    turn();
    CHECK(stream.closed());
    CHECK_NOTHROW(run(std::move(connected)));
  }
}

TEST_CASE("iostream: test_write_while_connecting (IOS-12)", "[net]") {
  auto listeners = bora::net::bind_sockets(0, "127.0.0.1");
  const auto address =
      bora::net::Address::from_ip("127.0.0.1", bora::net::local_port(listeners.front().get()));
  IOStream stream(bora::net::AddressFamily::ipv4);
  bora::Future<void> connected = bora::spawn(stream.connect(*address));
  bora::Future<void> written = bora::spawn(stream.write("GET / HTTP/1.0\r\n\r\n"));
  CHECK_FALSE(connected.done());
  CHECK_FALSE(written.done());
  const auto both = [&]() -> Task<void> { co_await bora::multi(connected, written); };
  run(both());
  IOStream server(bora::net::FileDescriptor(::accept(listeners.front().get(), nullptr, nullptr)));
  CHECK(run(server.read_until("\r\n\r\n")) == "GET / HTTP/1.0\r\n\r\n");
}

// ---- Failures that nobody awaits ----

TEST_CASE(
    "iostream: test_future_close_while_reading: dropped reads and writes end silently (IOS-26)",
    "[net]") {
  const bora::testing::LogCapture log;
  Pair pair;
  bora::spawn(pair.client.read_until("\n"));
  bora::spawn(pair.server.read_bytes(10));
  IOLoop::current().spawn(pair.server.write(std::string(10'000'000, 'x')));
  turn();
  pair.server.close();
  pair.client.close();
  turn(8);
  CHECK(log.records.empty());
}

TEST_CASE("iostream: a coroutine that ends with its stream is logged (IOS-26)", "[net]") {
  const bora::testing::LogCapture log;
  Pair pair;
  bora::spawn([](IOStream& stream) -> Task<void> {
    static_cast<void>(co_await stream.read_until("\n"));
  }(pair.client));
  turn();
  pair.client.close();
  turn(8);
  CHECK(log.count(bora::app_log, "nobody awaited") == 1);
}
