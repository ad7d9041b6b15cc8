#include "runtime/websocket/frame.h"

#include <cstdint>
#include <cstring>
#include <string>

#include "runtime/websocket/mask.h"
#include "tests/runtime/websocket/frames.h"
#include "tests/support/catch.h"

using namespace bora::websocket;
using namespace std::string_literals;

TEST_CASE("frame: a head is written and read in each of its lengths", "[websocket]") {
  const MaskKey key{1, 2, 3, 4};
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{125}, std::uint64_t{126}, std::uint64_t{65535},
        std::uint64_t{65536}, (std::uint64_t{1} << 63) - 1}) {
    for (const MaskKey* mask : {static_cast<const MaskKey*>(nullptr), &key}) {
      char bytes[kMaxFrameHead];
      const std::size_t size = write_frame_head(bytes, Opcode::binary, true, true, length, mask);
      FrameHead head;
      for (std::size_t cut = 0; cut < size; ++cut) {
        CHECK(read_frame_head({bytes, cut}, head) == FrameHeadStatus::incomplete);
      }
      REQUIRE(read_frame_head({bytes, size}, head) == FrameHeadStatus::complete);
      CHECK(head.size == size);
      CHECK(head.length == length);
      CHECK(head.opcode == Opcode::binary);
      CHECK(head.is_final);
      CHECK(head.is_compressed);
      CHECK(head.is_masked == (mask != nullptr));
      if (mask != nullptr) CHECK(head.mask == key);
    }
  }
}

TEST_CASE("frame: what is wrong is reported with the first byte that shows it", "[websocket]") {
  FrameHead head;
  CHECK(read_frame_head("\xa1", head) == FrameHeadStatus::reserved_bit);
  CHECK(read_frame_head("\x91", head) == FrameHeadStatus::reserved_bit);
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    const char first = static_cast<char>(0x80 | opcode);
    CHECK(read_frame_head({&first, 1}, head) == FrameHeadStatus::reserved_opcode);
  }
  CHECK(read_frame_head("\x09", head) == FrameHeadStatus::control_fragmented);
  CHECK(read_frame_head("\x89\x7e", head) == FrameHeadStatus::control_too_long);
  CHECK(read_frame_head("\x88\xff", head) == FrameHeadStatus::control_too_long);
  CHECK(read_frame_head("\x82\x7e\x00\x7d"s, head) == FrameHeadStatus::length_not_minimal);
  CHECK(read_frame_head("\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff"s, head) ==
        FrameHeadStatus::length_not_minimal);
  CHECK(read_frame_head("\x82\x7f\x80\x00\x00\x00\x00\x01\x00\x00"s, head) ==
        FrameHeadStatus::length_too_large);
}

TEST_CASE("frame: masking works at any length, alignment and offset", "[websocket]") {
  const MaskKey key{0xde, 0xad, 0xbe, 0xef};
  for (std::size_t start = 0; start < 9; ++start) {
    for (std::size_t size = 0; size < 100; ++size) {
      for (const std::uint64_t offset : {0, 1, 2, 3, 7}) {
        std::string bytes(start + size + 1, 'x');
        std::string wanted = bytes;
        for (std::size_t i = 0; i < size; ++i) {
          wanted[start + i] = static_cast<char>('x' ^ key[(i + offset) % 4]);
        }
        apply_mask(bytes.data() + start, size, key, offset);
        REQUIRE(bytes == wanted);
      }
    }
  }
}

TEST_CASE("frame: every way of masking gives the same, and knows what is ASCII", "[websocket]") {
  using bora::websocket::detail::mask_function;
  using bora::websocket::detail::MaskKernel;
  const MaskKey key{0x12, 0x34, 0x56, 0x78};
  std::uint32_t word;
  std::memcpy(&word, key.data(), sizeof(word));
  for (const MaskKernel kernel : {MaskKernel::words, MaskKernel::avx2}) {
    const auto mask = mask_function(kernel);
    if (mask == nullptr) continue;
    for (std::size_t size = 1; size < 300; ++size) {
      std::string wanted(size, 'x');
      for (const std::size_t odd : {size, size - 1, size / 2}) {  // the first: none is
        if (odd < size) wanted.assign(size, 'x')[odd] = '\x80';
        std::string bytes = wanted;
        for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(bytes[i] ^ key[i % 4]);
        std::string again = bytes;
        REQUIRE(mask(bytes.data(), size, word) == (odd == size));
        REQUIRE(bytes == wanted);
        REQUIRE(apply_mask(again.data(), size, key) == (odd == size));
        REQUIRE(again == wanted);
      }
    }
  }
}

TEST_CASE("frame: the example of RFC 6455, 5.7 is masked as it says", "[websocket]") {
  CHECK(frame(Opcode::text, "Hello") == "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST_CASE("frame: close codes that may be sent", "[websocket]") {
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
                         3000, 3999, 4000, 4999})
    CHECK(is_sendable_close_code(static_cast<std::uint16_t>(code)));
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
    CHECK_FALSE(is_sendable_close_code(static_cast<std::uint16_t>(code)));
}
