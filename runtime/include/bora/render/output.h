#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bora::render {

/// A piece of a template's text: `{"<ul>\n", 5}`. Generated units keep theirs in one table.
struct Literal {
  const char* text;
  std::size_t size;
};

/// Where a page is written: a growing buffer of bytes.
///
/// Made for generated code: a short literal is a comparison and a copy, everything else is
/// out of line. clear() keeps the memory, so an Output that serves request after request stops
/// allocating.
///
/// Every function that appends throws std::bad_alloc when memory ends; the Output then holds what
/// it held before, or, for append_escaped(), that and the beginning of the text. No text that is
/// appended may be a part of the Output itself.
class Output {
 public:
  Output() = default;
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void append(std::string_view text);
  /// The same with `& < > " '` written as `&amp; &lt; &gt; &quot; &#x27;`.
  void append_escaped(std::string_view text);
  void append_integer(std::int64_t value);
  void append_unsigned(std::uint64_t value);
  /// The shortest text that reads back as `value`; whole numbers keep ".0", as in Python ("1e+20",
  /// "inf" and "nan" have none).
  void append_float(double value);
  void append_float(float value);

  void append(const Literal& literal) {
#if defined(__OPTIMIZE__) && defined(__GNUC__)
    // In generated code the size is a constant: most literals become a few moves.
    if (__builtin_constant_p(literal.size) && literal.size <= kMaxInline) {
      if (literal.size > room()) grow(literal.size);
      __builtin_memcpy(cursor_, literal.text, literal.size);
      cursor_ += literal.size;
      return;
    }
#endif
    append_literal(literal);
  }

  /// Makes room for `bytes` more.
  void reserve(std::size_t bytes) {
    if (bytes > room()) grow(bytes);
  }

  [[nodiscard]] std::string_view text() const { return {begin_, size()}; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(cursor_ - begin_); }
  [[nodiscard]] bool empty() const { return cursor_ == begin_; }
  /// How many bytes fit without another allocation, those that are there included.
  [[nodiscard]] std::size_t capacity() const { return static_cast<std::size_t>(end_ - begin_); }
  void clear() { cursor_ = begin_; }

 private:
  static constexpr std::size_t kMaxInline = 64;

  [[nodiscard]] std::size_t room() const { return static_cast<std::size_t>(end_ - cursor_); }
  void append_literal(const Literal& literal);
  void grow(std::size_t bytes);

  char* begin_ = nullptr;
  char* cursor_ = nullptr;
  char* end_ = nullptr;  ///< Behind it lie some more bytes that may be overwritten blindly.
};

}  // namespace bora::render
