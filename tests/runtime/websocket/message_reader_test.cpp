#include "runtime/websocket/message_reader.h"

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/websocket/permessage_deflate.h"
#include "tests/runtime/websocket/frames.h"
#include "tests/support/catch.h"

using namespace bora::websocket;
using namespace std::string_literals;
using Kind = MessageReader::Kind;

namespace {

// The same events, however the bytes are cut.
void check_reads(const std::string& bytes, const std::vector<Seen>& wanted,
                 const ReadRules& rules = {}) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7},
                                 std::size_t{64}, bytes.size() + 1}) {
    INFO("in pieces of " << step);
    CHECK(read_all(bytes, step, rules) == wanted);
  }
}

}  // namespace

TEST_CASE("message reader: whole messages", "[websocket]") {
  check_reads(frame(Opcode::text, "Hello"), {{Kind::text, 0, "Hello"}});
  check_reads(frame(Opcode::binary, "\0\xff\x01"s), {{Kind::binary, 0, "\0\xff\x01"s}});
  check_reads(frame(Opcode::text, "") + frame(Opcode::binary, ""),
              {{Kind::text, 0, ""}, {Kind::binary, 0, ""}});
  const std::string long_text(70000, 'x');
  check_reads(frame(Opcode::text, long_text) + frame(Opcode::text, "next"),
              {{Kind::text, 0, long_text}, {Kind::text, 0, "next"}});
}

TEST_CASE("message reader: fragments, with control frames between them", "[websocket]") {
  check_reads(frame(Opcode::text, "Hel", {.is_final = false}) + frame(Opcode::ping, "p") +
                  frame(Opcode::continuation, "", {.is_final = false}) + frame(Opcode::pong, "") +
                  frame(Opcode::continuation, "lo"),
              {{Kind::ping, 0, "p"}, {Kind::pong, 0, ""}, {Kind::text, 0, "Hello"}});
  // A character may be cut by the end of a fragment.
  check_reads(
      frame(Opcode::text, "\xe2\x82", {.is_final = false}) + frame(Opcode::continuation, "\xac"),
      {{Kind::text, 0, "\xe2\x82\xac"}});
  check_reads(frame(Opcode::binary, "a", {.is_final = false}) + frame(Opcode::close, ""),
              {{Kind::close, 1005, ""}});
}

TEST_CASE("message reader: close frames", "[websocket]") {
  check_reads(frame(Opcode::close, close_payload(1000, "bye")), {{Kind::close, 1000, "bye"}});
  check_reads(frame(Opcode::close, close_payload(4999)), {{Kind::close, 4999, ""}});
  check_reads(frame(Opcode::close, "\x03"), {{Kind::failure, 1002, "close frame of one byte"}});
  check_reads(frame(Opcode::close, close_payload(1005)),
              {{Kind::failure, 1002, "invalid close code"}});
  check_reads(frame(Opcode::close, close_payload(1000, "\xff")),
              {{Kind::failure, 1007, "close reason is not UTF-8"}});
  check_reads(frame(Opcode::close, close_payload(1000, "\xe2\x82")),
              {{Kind::failure, 1007, "close reason is not UTF-8"}});
}

TEST_CASE("message reader: what breaks the rules", "[websocket]") {
  check_reads(frame(Opcode::text, "a", {.is_masked = false}),
              {{Kind::failure, 1002, "frame not masked"}});
  check_reads(frame(Opcode::text, "a"), {{Kind::failure, 1002, "frame masked"}},
              {.expects_mask = false});
  check_reads(frame(Opcode::text, "a", {.is_compressed = true}),
              {{Kind::failure, 1002, "reserved bit set"}});
  check_reads(frame(Opcode::continuation, "a"), {{Kind::failure, 1002, "continuation of nothing"}});
  check_reads(frame(Opcode::text, "a", {.is_final = false}) + frame(Opcode::text, "b"),
              {{Kind::failure, 1002, "new message before the end of the last"}});
  check_reads(frame(Opcode::text, "ok") + frame(Opcode::text, "\xc3(") + frame(Opcode::text, "no"),
              {{Kind::text, 0, "ok"}, {Kind::failure, 1007, "text is not UTF-8"}});
  check_reads(frame(Opcode::text, "\xe2\x82"), {{Kind::failure, 1007, "text is not UTF-8"}});
}

TEST_CASE("message reader: text fails before the message is whole", "[websocket]") {
  std::string bytes = frame(Opcode::text, "ok\xff and a lot more");
  bytes.resize(bytes.size() - 5);
  CHECK(read_all(bytes, 1) == std::vector<Seen>{{Kind::failure, 1007, "text is not UTF-8"}});
}

TEST_CASE("message reader: sizes at, below and above the limit", "[websocket]") {
  const ReadRules rules{.max_message_size = 10};
  check_reads(frame(Opcode::binary, "123456789"), {{Kind::binary, 0, "123456789"}}, rules);
  check_reads(frame(Opcode::binary, "1234567890"), {{Kind::binary, 0, "1234567890"}}, rules);
  check_reads(frame(Opcode::binary, "12345678901"), {{Kind::failure, 1009, "message too big"}},
              rules);
  check_reads(
      frame(Opcode::binary, "123456", {.is_final = false}) + frame(Opcode::continuation, "7890"),
      {{Kind::binary, 0, "1234567890"}}, rules);
  check_reads(
      frame(Opcode::binary, "123456", {.is_final = false}) + frame(Opcode::continuation, "78901"),
      {{Kind::failure, 1009, "message too big"}}, rules);
}

TEST_CASE("message reader: an announced length allocates nothing", "[websocket]") {
  const std::string head = "\x82\xff\x3f\xff\xff\xff\xff\xff\xff\xff\x01\x02\x03\x04"s;
  CHECK(read_all(head, 1) == std::vector<Seen>{{Kind::failure, 1009, "message too big"}});
  // A length within the limit has no effect yet, and no memory of that size is allocated.
  const ReadRules rules{.max_message_size = SIZE_MAX};
  CHECK(read_all(head + "abc", 1, rules).empty());
}

TEST_CASE("message reader: fragments are counted", "[websocket]") {
  const ReadRules rules{.max_fragments = 3};
  const std::string first = frame(Opcode::text, "a", {.is_final = false});
  const std::string more = frame(Opcode::continuation, "", {.is_final = false});
  const std::string last = frame(Opcode::continuation, "z");
  check_reads(first + more + last, {{Kind::text, 0, "az"}}, rules);
  check_reads(first + more + more + last, {{Kind::failure, 1008, "too many fragments"}}, rules);
}

TEST_CASE("message reader: an idle reader keeps no memory", "[websocket]") {
  MessageReader reader;
  std::string bytes = frame(Opcode::text, "Hello");
  const ReadRules rules;
  std::span<char> first(bytes.data(), 4);
  CHECK(reader.next(first, rules, nullptr).kind == Kind::none);
  CHECK(reader.is_within_message());
  std::span<char> rest(bytes.data() + 4, bytes.size() - 4);
  CHECK(reader.next(rest, rules, nullptr).payload == "Hello");
  CHECK(reader.next(rest, rules, nullptr).kind == Kind::none);
  CHECK_FALSE(reader.is_within_message());
  CHECK(sizeof(MessageReader) == sizeof(void*));
}

TEST_CASE("message reader: compressed messages", "[websocket]") {
  for (const bool keeps_context : {false, true}) {
    Deflater deflater(6, 15, 8);
    const std::string text(1000, 'x');
    std::string bytes;
    for (int i = 0; i < 3; ++i) {
      std::string payload;
      deflater.compress(text, keeps_context, payload);
      CHECK(payload.size() < 40);
      const std::size_t half = payload.size() / 2;
      bytes +=
          frame(Opcode::text, payload.substr(0, half), {.is_final = false, .is_compressed = true});
      bytes += frame(Opcode::ping, "");
      bytes += frame(Opcode::continuation, payload.substr(half));
      bytes += frame(Opcode::text, "plain");
    }
    for (const std::size_t step : {std::size_t{1}, std::size_t{5}, bytes.size()}) {
      Inflater inflater(15);
      std::string message;
      const Inflation inflation{inflater, message, keeps_context};
      const std::vector<Seen> seen = read_all(bytes, step, {}, &inflation);
      REQUIRE(seen.size() == 9);
      CHECK(seen[0] == Seen{Kind::ping, 0, ""});
      CHECK(seen[7] == Seen{Kind::text, 0, text});
      CHECK(seen[8] == Seen{Kind::text, 0, "plain"});
    }
  }
}

TEST_CASE("message reader: compression where it may not be", "[websocket]") {
  Inflater inflater(15);
  std::string message;
  const Inflation inflation{inflater, message, false};
  const auto read = [&](const std::string& bytes, const ReadRules& rules = {}) {
    return read_all(bytes, 1, rules, &inflation);
  };
  CHECK(read(frame(Opcode::ping, "", {.is_compressed = true})) ==
        std::vector<Seen>{{Kind::failure, 1002, "reserved bit set"}});
  CHECK(read(frame(Opcode::text, "", {.is_final = false}) +
             frame(Opcode::continuation, "", {.is_compressed = true})) ==
        std::vector<Seen>{{Kind::failure, 1002, "reserved bit set"}});
  CHECK(read(frame(Opcode::text, "\xff\xff\xff", {.is_compressed = true})) ==
        std::vector<Seen>{{Kind::failure, 1007, "compressed data is malformed"}});

  Deflater deflater(9, 15, 9);
  std::string bomb;
  deflater.compress(std::string(50 * 1024 * 1024, '\0'), false, bomb);
  CHECK(bomb.size() < 60 * 1024);
  CHECK(read(frame(Opcode::binary, bomb, {.is_compressed = true}), {.max_message_size = 1 << 20}) ==
        std::vector<Seen>{{Kind::failure, 1009, "message too big after decompression"}});
  CHECK(message.capacity() < (2U << 20));

  std::string text;
  deflater.compress("\xc3(", false, text);
  CHECK(read(frame(Opcode::text, text, {.is_compressed = true})) ==
        std::vector<Seen>{{Kind::failure, 1007, "text is not UTF-8"}});
}
