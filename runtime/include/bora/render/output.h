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
/// Made for generated code: an append of a few bytes is a comparison and a copy, everything longer is
/// out of line. clear() keeps the memory, so an Output that serves request after request stops
/// allocating.
class Output {
 public:
  Output() = default;
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void append(std::string_view text);
  /// The same with `& < > " '` written as entities (xhtml_escape).
  void append_escaped(std::string_view text);
  void append_integer(std::int64_t value);
  void append_unsigned(std::uint64_t value);
  /// The shortest text that reads back as `value`; whole numbers keep ".0", as in Python.
  void append_float(double value);

  /// Makes room for `bytes` more.
  void reserve(std::size_t bytes);

  [[nodiscard]] std::string_view text() const { return {begin_, static_cast<std::size_t>(cursor_ - begin_)}; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(cursor_ - begin_); }
  [[nodiscard]] bool empty() const { return cursor_ == begin_; }
  void clear() { cursor_ = begin_; }

 private:
  char* begin_ = nullptr;
  char* cursor_ = nullptr;
  char* end_ = nullptr;  ///< Behind it lie kSlack more bytes that may be overwritten blindly.
};

}  // namespace bora::render
