#include "runtime/websocket/utf8_checker.h"

#include <cstddef>
#include <cstring>

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

}  // namespace

// Table 3-7 of the Unicode standard: only the second byte of a character has bounds of its own.
bool Utf8Checker::feed(std::string_view piece) {
  const char* const data = piece.data();
  const std::size_t size = piece.size();
  for (std::size_t i = 0; i < size; ++i) {
    if (missing_ == 0) {
      i += ascii_run(data + i, size - i);
      if (i == size) return true;
    }
    const auto byte = static_cast<unsigned char>(data[i]);
    if (missing_ > 0) {
      if (byte < low_ || byte > high_) return false;
      --missing_;
      low_ = 0x80;
      high_ = 0xbf;
    } else if (byte < 0xc2 || byte > 0xf4) {
      return false;
    } else if (byte < 0xe0) {
      missing_ = 1;
    } else if (byte < 0xf0) {
      missing_ = 2;
      if (byte == 0xe0) low_ = 0xa0;
      if (byte == 0xed) high_ = 0x9f;
    } else {
      missing_ = 3;
      if (byte == 0xf0) low_ = 0x90;
      if (byte == 0xf4) high_ = 0x8f;
    }
  }
  return true;
}

}  // namespace bora::websocket
