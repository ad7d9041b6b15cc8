#include "runtime/websocket/permessage_deflate.h"

#include <random>
#include <string>
#include <string_view>

#include "tests/support/catch.h"

using namespace bora::websocket;
using namespace std::string_literals;

namespace {

// The answer of a server that wants neither context.
std::string answer(std::string_view offers, const DeflatePreferences& preferences = {}) {
  const auto accepted = accept_deflate(offers, preferences);
  return accepted ? accepted->field : "declined";
}

constexpr DeflatePreferences kTakeover{.server_context_takeover = true,
                                       .client_context_takeover = true};

}  // namespace

TEST_CASE("permessage-deflate: a server answers what it can meet", "[websocket]") {
  CHECK(answer("permessage-deflate", kTakeover) == "permessage-deflate");
  CHECK(answer("permessage-deflate; client_max_window_bits", kTakeover) == "permessage-deflate");
  CHECK(answer("Permessage-Deflate ; CLIENT_NO_CONTEXT_TAKEOVER", kTakeover) ==
        "permessage-deflate; client_no_context_takeover");
  CHECK(answer("permessage-deflate; server_no_context_takeover", kTakeover) ==
        "permessage-deflate; server_no_context_takeover");
  CHECK(answer("permessage-deflate; server_max_window_bits=10", kTakeover) ==
        "permessage-deflate; server_max_window_bits=10");
  CHECK(answer("permessage-deflate; server_max_window_bits=\"10\"", kTakeover) ==
        "permessage-deflate; server_max_window_bits=10");
  CHECK(answer("permessage-deflate; client_max_window_bits=10", kTakeover) ==
        "permessage-deflate; client_max_window_bits=10");
  CHECK(answer("permessage-deflate") ==
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
}

TEST_CASE("permessage-deflate: offers that are declined", "[websocket]") {
  for (const std::string_view offer :
       {"permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=08",
        "permessage-deflate; server_max_window_bits=1x",
        "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=\"\"",
        "permessage-deflate; client_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover=true",
        "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; unknown", "x-webkit-deflate-frame", "permessage-deflate;",
        "permessage-deflate; =1", "permessage-deflate foo", ""}) {
    INFO(offer);
    CHECK(answer(offer, kTakeover) == "declined");
  }
}

TEST_CASE("permessage-deflate: the first offer that can be met is taken", "[websocket]") {
  CHECK(answer("permessage-deflate; server_max_window_bits=8, bzip2; x=\"a\", , "
               "permessage-deflate; server_max_window_bits=12, permessage-deflate",
               kTakeover) == "permessage-deflate; server_max_window_bits=12");
}

TEST_CASE("permessage-deflate: a server's own limits", "[websocket]") {
  const DeflatePreferences small{.server_context_takeover = true,
                                 .client_context_takeover = true,
                                 .server_max_window_bits = 11,
                                 .client_max_window_bits = 10};
  CHECK(answer("permessage-deflate", small) == "permessage-deflate; server_max_window_bits=11");
  CHECK(answer("permessage-deflate; client_max_window_bits", small) ==
        "permessage-deflate; server_max_window_bits=11; client_max_window_bits=10");
  const auto accepted = accept_deflate("permessage-deflate", small);
  REQUIRE(accepted);
  CHECK(accepted->parameters.client_max_window_bits == 15);  // it cannot be held to less
}

TEST_CASE("permessage-deflate: a client reads the answer", "[websocket]") {
  std::string_view why;
  CHECK(deflate_offer(kTakeover) == "permessage-deflate; client_max_window_bits");
  CHECK(deflate_offer({}) ==
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
        "client_max_window_bits");
  CHECK(read_deflate_answer("permessage-deflate", kTakeover, why) == DeflateParameters{});
  CHECK(read_deflate_answer("permessage-deflate; client_max_window_bits=9; "
                            "server_no_context_takeover",
                            kTakeover, why) ==
        DeflateParameters{.server_no_context_takeover = true, .client_max_window_bits = 9});
  for (const std::string_view wrong :
       {"permessage-deflate; client_max_window_bits", "bzip2",
        "permessage-deflate, permessage-deflate", "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate; foo", "", "=;"}) {
    why = {};
    INFO(wrong);
    CHECK_FALSE(read_deflate_answer(wrong, kTakeover, why));
    CHECK_FALSE(why.empty());
  }
  CHECK_FALSE(read_deflate_answer("permessage-deflate", {}, why));
  CHECK_FALSE(read_deflate_answer("permessage-deflate; server_max_window_bits=12",
                                  {.server_context_takeover = true, .server_max_window_bits = 11},
                                  why));
}

TEST_CASE("permessage-deflate: the examples of RFC 7692, 7.2.3", "[websocket]") {
  const auto inflate = [](const std::string& payload) {
    Inflater inflater(15);
    std::string text;
    CHECK(inflater.decompress(payload, 1000, false, text) == Inflater::Result::done);
    return text;
  };
  Deflater deflater(6, 15, 8);
  std::string payload;
  deflater.compress("Hello", true, payload);
  CHECK(payload == "\xf2\x48\xcd\xc9\xc9\x07\x00"s);
  payload.clear();
  deflater.compress("Hello", true, payload);
  CHECK(payload == "\xf2\x00\x11\x00\x00"s);
  CHECK(inflate("\xf2\x48\xcd\xc9\xc9\x07\x00"s) == "Hello");
  CHECK(inflate("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"s) == "Hello");
  CHECK(inflate("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s) == "Hello");  // a last block
  CHECK(inflate("\xf3\x48\xcd\xc9\xc9\x07\x00"s) == "Hello");
  CHECK(inflate("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s) == "Hello");  // two blocks
  CHECK(inflate("\x00"s).empty());
}

TEST_CASE("permessage-deflate: a window outlives a block that is marked as the last",
          "[websocket]") {
  Inflater inflater(15);
  std::string text;
  CHECK(inflater.decompress("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s, 1000, true, text) ==
        Inflater::Result::done);
  CHECK(inflater.decompress("\xf2\x00\x11\x00\x00"s, 1000, true, text) == Inflater::Result::done);
  CHECK(text == "HelloHello");
}

TEST_CASE("permessage-deflate: payloads that are cut or garbage are malformed", "[websocket]") {
  for (const std::string& payload :
       {"\xf2\x48\xcd"s, "\x00\x05\x00\xfa\xff\x48"s, "\xff"s, "\x06"s, "\x00\x05\x00\x00\x00"s}) {
    Inflater inflater(15);
    std::string text;
    CHECK(inflater.decompress(payload, 1000, true, text) == Inflater::Result::malformed);
  }
}

TEST_CASE("permessage-deflate: messages of any size come back, with and without context",
          "[websocket]") {
  std::mt19937 random(7);
  for (const bool keeps_context : {false, true}) {
    for (const int bits : {9, 12, 15}) {
      Deflater deflater(6, bits, 8);
      Inflater inflater(15);
      for (const std::size_t size : {0, 1, 2, 63, 64, 65, 1000, 4096, 70000, 300000, 0, 5}) {
        std::string text(size, ' ');
        for (char& c : text) c = static_cast<char>(random() % (size % 2 == 0 ? 256 : 4));
        std::string payload, back;
        deflater.compress(text, keeps_context, payload);
        REQUIRE(inflater.decompress(payload, size, keeps_context, back) == Inflater::Result::done);
        REQUIRE(back == text);
      }
    }
  }
}

TEST_CASE("permessage-deflate: a message that ends again and again costs little", "[websocket]") {
  Inflater inflater(15);
  std::string ends;
  for (int i = 0; i < 300'000; ++i) ends += std::string("\x03\x00", 2);
  std::string message;
  CHECK(inflater.decompress(ends, 1000, true, message) == Inflater::Result::done);
  CHECK(message.empty());

  // At most one byte beyond the limit is decompressed after them, too.
  std::string packed;
  Deflater(9, 15, 8).compress(std::string(1'000'000, 'x'), false, packed);
  CHECK(inflater.decompress(ends + packed, 1000, true, message) == Inflater::Result::too_large);
  CHECK(message.size() == 1001);
}

TEST_CASE("permessage-deflate: the limit is exact", "[websocket]") {
  Deflater deflater(6, 15, 8);
  std::string payload;
  deflater.compress(std::string(10000, 'a'), false, payload);
  std::string text;
  Inflater inflater(15);
  CHECK(inflater.decompress(payload, 10000, false, text) == Inflater::Result::done);
  text.clear();
  CHECK(inflater.decompress(payload, 9999, false, text) == Inflater::Result::too_large);
  text.clear();
  CHECK(inflater.decompress(payload, 10000, false, text) == Inflater::Result::done);
  CHECK(text.size() == 10000);
}
