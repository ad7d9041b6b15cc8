#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bora::render {

/// A piece of a template's text: `{"<ul>\n", 5}`. A generated unit keeps its pieces in one table.
struct Literal {
  const char* text;
  std::size_t size;
};

/// A growing buffer of bytes, to which a page is written.
///
/// All but a comparison is out of line. clear() keeps the memory, so an Output that serves request
/// after request stops allocating. Generated code appends through a PageWriter, which keeps the end
/// of the text in a register.
///
/// Every function that appends throws std::bad_alloc when memory runs out; the Output then holds
/// what it held before, or, for append_escaped(), that and the beginning of the text. No text that
/// is appended may be a part of the Output itself.
class Output {
 public:
  /// A function that appends a text in a way of its own.
  using Write = void (*)(Output& out, std::string_view text);
  /// The same, but returns whether it wrote the text; if not, it wrote something else.
  using TryWrite = bool (*)(Output& out, std::string_view text);

  Output() = default;
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void append(std::string_view text) { cursor_ = put(cursor_, text); }
  void append(const Literal& literal) { append(std::string_view(literal.text, literal.size)); }
  /// Appends `text` escaped as xhtml_escape() does.
  void append_escaped(std::string_view text) { cursor_ = put_escaped(cursor_, text); }
  void append_integer(std::int64_t value) { cursor_ = put_integer(cursor_, value); }
  void append_unsigned(std::uint64_t value) { cursor_ = put_unsigned(cursor_, value); }
  /// Appends the digits that read back as `value`, written as in Python: whole numbers keep ".0",
  /// and below 1e-4 and from 1e16 on there is an exponent ("1e+20"; it, "inf" and "nan" have no
  /// ".0").
  void append_float(double value) { cursor_ = put_float(cursor_, value); }
  void append_float(float value) { cursor_ = put_float(cursor_, value); }

  /// Makes room for `bytes` more.
  void reserve(std::size_t bytes) { cursor_ = make_room(cursor_, bytes); }

  [[nodiscard]] std::string_view text() const { return {begin_, size()}; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(cursor_ - begin_); }
  [[nodiscard]] bool empty() const { return cursor_ == begin_; }
  /// The number of bytes that fit without another allocation, including those that are there.
  [[nodiscard]] std::size_t capacity() const { return static_cast<std::size_t>(end_ - begin_); }
  void clear() { cursor_ = begin_; }

 private:
  friend class PageWriter;

  // The longest literal that a PageWriter copies in place, and how far it then goes on without
  // comparing with end_.
  static constexpr std::size_t kMaxInline = 64;
  static constexpr std::size_t kMaxUnchecked = 192;
  // The number of bytes after end_.
  static constexpr std::size_t kSlack = kMaxInline + kMaxUnchecked;

  // These append at any end of the text, which may be after end_: they take it as `at` and return
  // the new one, which is before end_. The Output's own cursor_ stays where it is.
  char* put(char* at, std::string_view text);
  char* put_escaped(char* at, std::string_view text);
  char* put_escaped_in_pieces(char* at, std::string_view text);
  char* put_integer(char* at, std::int64_t value);
#if defined(__GNUC__)
  [[gnu::noinline]]
#endif
  char* grow_and_put_integer(char* at, std::int64_t value);
  char* put_unsigned(char* at, std::uint64_t value);
  char* put_float(char* at, double value);
  char* put_float(char* at, float value);
  char* put_by(char* at, Write write, std::string_view text);
  char* put_by(char* at, TryWrite write, std::string_view text, bool& is_written);

  /// Returns `at`, or its new place if the memory had to move to have `bytes` before end_.
  char* make_room(char* at, std::size_t bytes) {
    const std::ptrdiff_t room = end_ - at;
    return room < 0 || bytes > static_cast<std::size_t>(room) ? grow(at, bytes) : at;
  }
#if defined(__GNUC__)
  [[gnu::cold]]
#endif
  char* grow(char* at, std::size_t bytes);

  char* begin_ = nullptr;
  char* cursor_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace bora::render
