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

#include "tests/runtime/net/stream_pair.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
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
void over_each_kind(const std::function<void(bora::net::BaseIOStream&, bora::net::BaseIOStream&)>&
                        body) {
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
  over_each_kind([](auto& writer, auto& reader) {
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
  over_each_kind([](auto& writer, auto& reader) {
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
