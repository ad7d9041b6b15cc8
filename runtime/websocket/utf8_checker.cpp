#include "runtime/websocket/utf8_checker.h"

#include <cstddef>
#include <cstring>

#include "runtime/text/utf8.h"

namespace bora::websocket {

namespace {

// Bytes at the beginning that are ASCII, in steps of sixteen and then of one.
std::size_t ascii_run(const char* data, std::size_t size) {
  std::size_t run = 0;
  for (; size - run >= 16; run += 16) {
    std::uint64_t words[2];
    std::memcpy(words, data + run, sizeof(words));
    if (((words[0] | words[1]) & 0x8080808080808080) != 0) break;
  }
  while (run < size && static_cast<unsigned char>(data[run]) < 0x80) ++run;
  return run;
}

// Bytes at the beginning that are whole characters beyond ASCII, looked at in one word each.
std::size_t wide_run(const char* data, std::size_t size) {
  std::size_t run = 0;
  while (size - run >= 4) {
    const auto byte = [&](std::size_t i) {
      return std::uint32_t{static_cast<unsigned char>(data[run + i])} << (8 * i);
    };
    const std::uint32_t word = byte(0) | byte(1) | byte(2) | byte(3);
    if ((word & 0xc0e0) == 0x80c0 && (word & 0x1e) != 0) {
      run += 2;
      continue;
    }
    const std::uint32_t three = word & 0x200f;
    if ((word & 0xc0c0f0) == 0x8080e0 && three != 0 && three != 0x200d) {
      run += 3;
      continue;
    }
    const std::uint32_t four = word & 0x3007;
    const bool is_in_range = (four & 4) == 0 ? four != 0 : (four & 0x3003) == 0;
    if ((word & 0xc0c0c0f8) != 0x808080f0 || !is_in_range) break;
    run += 4;
  }
  return run;
}

}  // namespace

// Table 3-7 of the Unicode standard: only the second byte of a character has bounds of its own.
bool Utf8Checker::feed(std::string_view piece) {
  const char* const data = piece.data();
  const std::size_t size = piece.size();
  for (std::size_t i = 0; i < size; ++i) {
    if (missing_ == 0) {
      for (std::size_t run = 1; run > 0;) {
        i += ascii_run(data + i, size - i);
        run = wide_run(data + i, size - i);
        i += run;
      }
      if (i == size) return true;
    }
    const auto byte = static_cast<unsigned char>(data[i]);
    if (missing_ > 0) {
      if (byte < low_ || byte > high_) return false;
      --missing_;
      low_ = 0x80;
      high_ = 0xbf;
    } else {
      const text::UTF8Lead lead = text::utf8_lead(byte);
      if (lead.size == 0) return false;
      missing_ = static_cast<std::uint8_t>(lead.size - 1);
      low_ = lead.low;
      high_ = lead.high;
    }
  }
  return true;
}

}  // namespace bora::websocket
