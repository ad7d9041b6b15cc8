#include <bora/core/gzip.h>

#include <algorithm>

#include "runtime/core/inflater.h"

namespace bora {

namespace {

constexpr std::size_t kPiece = 64 * 1024;

}  // namespace

GzipDecompressor::GzipDecompressor() : inflater_(std::make_unique<Inflater>()) {}
GzipDecompressor::~GzipDecompressor() = default;
GzipDecompressor::GzipDecompressor(GzipDecompressor&&) noexcept = default;
GzipDecompressor& GzipDecompressor::operator=(GzipDecompressor&&) noexcept = default;

std::string GzipDecompressor::decompress(std::string_view value, std::size_t max_length) {
  std::string text;
  tail_ = value;
  for (;;) {
    const std::size_t begin = text.size();
    const std::size_t room = max_length == 0 ? kPiece : std::min(kPiece, max_length - begin);
    if (room == 0) return text;
    text.resize(begin + room);
    std::size_t written = 0;
    if (!inflater_->inflate(tail_, text.data() + begin, room, written)) {
      throw GzipError("not gzip, or damaged");
    }
    text.resize(begin + written);
    if (written < room) return text;
  }
}

std::string GzipDecompressor::flush() {
  std::string text = decompress(tail_);
  if (!inflater_->is_between_members()) throw GzipError("gzip that ends too early");
  return text;
}

}  // namespace bora
