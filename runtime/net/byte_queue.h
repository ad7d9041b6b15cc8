#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace bora::net {

/// Bytes that enter at one end and leave at the other. Each is copied a few times at most, however
/// small or large the pieces; empty, it holds no memory.
class ByteQueue {
 public:
  [[nodiscard]] std::string_view view() const noexcept {
    return std::string_view(bytes_).substr(begin_);
  }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() - begin_; }
  [[nodiscard]] bool is_empty() const noexcept { return bytes_.empty(); }

  void append(std::string_view bytes) {
    if (begin_ > bytes_.size() / 2) {
      bytes_.erase(0, begin_);
      begin_ = 0;
    }
    bytes_.append(bytes);
  }
  void append(std::string&& bytes) {
    if (is_empty()) {
      bytes_ = std::move(bytes);
    } else {
      append(std::string_view(bytes));
    }
  }

  void consume(std::size_t count) noexcept {
    begin_ += count;
    if (begin_ == bytes_.size()) clear();
  }
  [[nodiscard]] std::string take(std::size_t count) {
    if (begin_ == 0 && count == bytes_.size()) return std::exchange(bytes_, {});
    std::string taken(view().substr(0, count));
    consume(count);
    return taken;
  }
  void clear() noexcept {
    bytes_ = {};
    begin_ = 0;
  }

 private:
  std::string bytes_;
  std::size_t begin_ = 0;  // always before the end of bytes_, or both are 0
};

}  // namespace bora::net
