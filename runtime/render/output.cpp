#include <bora/render/output.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "runtime/core/escape_kernel.h"
#include "runtime/render/decimal.h"

namespace bora::render {
namespace {

constexpr std::size_t kMinCapacity = 896;

// Text is escaped in pieces, so that the room made for it is at most this times kMaxEntitySize too
// large.
constexpr std::size_t kEscapePiece = 2048;

// This is faster than a call of memcpy() for the texts that pages are made of. Every branch copies
// from both ends blocks of constant size, which may overlap.
inline void copy(char* to, const char* from, std::size_t size) {
  if (size > 64) {
    std::memcpy(to, from, size);
  } else if (size > 32) {
    std::memcpy(to, from, 32);
    std::memcpy(to + size - 32, from + size - 32, 32);
  } else if (size >= 16) {
    std::memcpy(to, from, 16);
    std::memcpy(to + size - 16, from + size - 16, 16);
  } else if (size >= 8) {
    std::memcpy(to, from, 8);
    std::memcpy(to + size - 8, from + size - 8, 8);
  } else if (size >= 4) {
    std::memcpy(to, from, 4);
    std::memcpy(to + size - 4, from + size - 4, 4);
  } else if (size > 0) {
    to[0] = from[0];
    to[size / 2] = from[size / 2];
    to[size - 1] = from[size - 1];
  }
}

// Python writes an exponent below 1e-4 and from 1e16 on; the shortest text might have one for other
// numbers, too. (Beyond its precision, a float would show digits that it does not have.)
template <class Float>
std::chars_format format_of(Float value) {
  constexpr Float largest = sizeof(Float) == sizeof(double) ? Float(1e16) : Float(1e7);
  const Float magnitude = std::abs(value);
  const bool is_plain = value == 0 || (magnitude >= Float(1e-4) && magnitude < largest);
  return is_plain ? std::chars_format::fixed : std::chars_format::scientific;
}

template <class Float>
char* write_float(char* to, Float value) {
  char* const end = std::to_chars(to, to + kMaxNumber, value, format_of(value)).ptr;
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

char* Output::put(char* at, std::string_view text) {
  at = make_room(at, text.size());
  copy(at, text.data(), text.size());
  return at + text.size();
}

char* Output::put_escaped(char* at, std::string_view text) {
  if (static_cast<std::ptrdiff_t>(text.size() * kMaxEntitySize) > end_ - at) [[unlikely]] {
    return put_escaped_in_pieces(at, text);
  }
  return chosen_escape.load(std::memory_order_relaxed)(at, text.data(), text.size());
}

char* Output::put_escaped_in_pieces(char* at, std::string_view text) {
  while (text.size() > kEscapePiece) {
    at = escape_html(make_room(at, kEscapePiece * kMaxEntitySize), text.data(), kEscapePiece);
    text.remove_prefix(kEscapePiece);
  }
  return escape_html(make_room(at, text.size() * kMaxEntitySize), text.data(), text.size());
}

char* Output::put_integer(char* at, std::int64_t value) {
  if (end_ - at < static_cast<std::ptrdiff_t>(kMaxNumber)) [[unlikely]] {
    return grow_and_put_integer(at, value);
  }
  return write_integer(at, value);
}

// If this call were in the function above, every number would pay for saving registers.
char* Output::grow_and_put_integer(char* at, std::int64_t value) {
  return write_integer(grow(at, kMaxNumber), value);
}

char* Output::put_unsigned(char* at, std::uint64_t value) {
  return write_unsigned(make_room(at, kMaxNumber), value);
}

char* Output::put_float(char* at, double value) {
  return write_float(make_room(at, kMaxNumber), value);
}

char* Output::put_float(char* at, float value) {
  return write_float(make_room(at, kMaxNumber), value);
}

char* Output::put_by(char* at, TryWrite write, std::string_view text, bool& is_written) {
  const std::size_t kept = size();
  cursor_ = at;
  try {
    is_written = write(*this, text);
  } catch (...) {
    cursor_ = begin_ + kept;
    throw;
  }
  at = cursor_;
  cursor_ = begin_ + kept;
  return make_room(at, 1);
}

char* Output::put_by(char* at, Write write, std::string_view text) {
  const std::size_t kept = size();
  cursor_ = at;
  try {
    write(*this, text);
  } catch (...) {
    cursor_ = begin_ + kept;
    throw;
  }
  at = cursor_;
  cursor_ = begin_ + kept;
  return make_room(at, 1);
}

char* Output::grow(char* at, std::size_t bytes) {
  constexpr std::size_t behind_end = kSlack + kEscapeSlack;
  constexpr std::size_t max = std::numeric_limits<std::ptrdiff_t>::max() - behind_end;
  const auto used = static_cast<std::size_t>(at - begin_);
  if (bytes > max - used) throw std::bad_alloc();
  const std::size_t doubled = capacity() > max / 2 ? max : capacity() * 2;
  const std::size_t wanted = std::max({used + bytes, doubled, kMinCapacity});
  const std::size_t kept = size();
  auto* const memory = static_cast<char*>(std::realloc(begin_, wanted + behind_end));
  if (memory == nullptr) throw std::bad_alloc();
  begin_ = memory;
  cursor_ = memory + kept;
  end_ = memory + wanted;
  return memory + used;
}

}  // namespace bora::render
