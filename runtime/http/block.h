#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bora::http {

/// Bytes of one connection that could not be parsed or sent at once.
class Block {
 public:
  [[nodiscard]] std::string_view bytes() const { return std::string_view(text_).substr(begin_); }
  [[nodiscard]] std::size_t size() const { return text_.size() - begin_; }
  void append(std::string_view bytes) { text_.append(bytes); }
  /// Drops the first `count` bytes.
  void consume(std::size_t count);
  /// Appends room for `count` more bytes; the caller writes them and then calls cut().
  char* extend(std::size_t count) {
    text_.resize(text_.size() + count);
    return text_.data() + text_.size() - count;
  }
  /// Drops the bytes after `end`.
  void cut(const char* end) { text_.resize(static_cast<std::size_t>(end - text_.data())); }
  void clear() {
    text_.clear();
    begin_ = 0;
  }
  /// Whether it is small enough to be kept for the next use.
  [[nodiscard]] bool is_small() const { return text_.capacity() <= kMaxKept; }

 private:
  static constexpr std::size_t kMaxKept = 64 * 1024;

  std::string text_;
  std::size_t begin_ = 0;
};

}  // namespace bora::http
