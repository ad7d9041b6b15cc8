#include <bora/render/output.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "runtime/core/escape_kernel.h"

namespace bora::render {
namespace {

constexpr std::size_t kSlack = kEscapeSlack;
constexpr std::size_t kMinCapacity = 1024 - kSlack;

// Text is escaped in pieces, so that the room made for it is at most this times kMaxEntitySize too
// large.
constexpr std::size_t kEscapePiece = 2048;

// Longer than any number that to_chars() writes: "-2.2250738585072014e-308".
constexpr std::size_t kMaxNumber = 32;

template <class Float>
char* put_float(char* to, Float value) {
  char* const end = std::to_chars(to, to + kMaxNumber, value).ptr;
  const bool is_whole =
      std::all_of(to, end, [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
  if (!is_whole) return end;
  std::memcpy(end, ".0", 2);
  return end + 2;
}

}  // namespace

Output::~Output() {
  std::free(begin_);
}

void Output::append(std::string_view text) {
  if (text.empty()) return;
  reserve(text.size());
  std::memcpy(cursor_, text.data(), text.size());
  cursor_ += text.size();
}

void Output::append_literal(const Literal& literal) {
  append(std::string_view(literal.text, literal.size));
}

void Output::append_escaped(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = std::min(text.size(), kEscapePiece);
    reserve(size * kMaxEntitySize);
    cursor_ = escape_html(cursor_, text.data(), size);
    text.remove_prefix(size);
  }
}

void Output::append_integer(std::int64_t value) {
  reserve(kMaxNumber);
  cursor_ = std::to_chars(cursor_, cursor_ + kMaxNumber, value).ptr;
}

void Output::append_unsigned(std::uint64_t value) {
  reserve(kMaxNumber);
  cursor_ = std::to_chars(cursor_, cursor_ + kMaxNumber, value).ptr;
}

void Output::append_float(double value) {
  reserve(kMaxNumber);
  cursor_ = put_float(cursor_, value);
}

void Output::append_float(float value) {
  reserve(kMaxNumber);
  cursor_ = put_float(cursor_, value);
}

void Output::grow(std::size_t bytes) {
  constexpr std::size_t max = std::numeric_limits<std::ptrdiff_t>::max() - kSlack;
  const std::size_t used = size();
  if (bytes > max - used) throw std::bad_alloc();
  const std::size_t doubled = capacity() > max / 2 ? max : capacity() * 2;
  const std::size_t wanted = std::max({used + bytes, doubled, kMinCapacity});
  auto* const memory = static_cast<char*>(std::realloc(begin_, wanted + kSlack));
  if (memory == nullptr) throw std::bad_alloc();
  begin_ = memory;
  cursor_ = memory + used;
  end_ = memory + wanted;
}

}  // namespace bora::render
