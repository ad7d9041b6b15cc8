#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace bora::http {

class OutputBlock;
class OutputQueue;
class Round;

/// The data that the output queues of one thread share: the memory in which answers are gathered,
/// and spare blocks for waiting output.
///
/// The memory belongs to one queue at a time. If a queue takes it while another's bytes are in it,
/// that one must move them away.
class SharedOutput {
 public:
  explicit SharedOutput(Round& round);
  ~SharedOutput();

  void claim(OutputQueue& queue) {
    if (owner_ != &queue) change_owner(queue);
  }
  [[nodiscard]] bool belongs_to(const OutputQueue& queue) const { return owner_ == &queue; }
  /// The output that the owner has gathered.
  [[nodiscard]] std::string_view text() const { return {memory_.get() + begin_, size_}; }
  /// Room for `bytes` after text(); null if it is too full: send it first.
  char* reserve(std::size_t bytes) {
    const std::size_t used = begin_ + size_;
    return capacity_ - used >= bytes ? memory_.get() + used : make_room(bytes);
  }
  /// Tells that the reserved memory was written up to `end`.
  void commit(const char* end) { size_ = static_cast<std::size_t>(end - memory_.get()) - begin_; }

  /// A place in text(), for rewind().
  using Place = std::uint64_t;
  [[nodiscard]] Place place() const { return std::uint64_t{claims_} << 32 | size_; }
  /// Drops the output after a place, if it is all still there: nothing of it was sent.
  bool rewind(const OutputQueue& queue, Place place);
  /// Forgets text() and its owner.
  void drop();

  // For rounds.
  /// Keeps text() where it is, and begins another one without an owner.
  std::string_view set_aside();
  [[nodiscard]] std::size_t aside() const { return begin_; }
  /// What was set aside is sent.
  void forget_aside();

  OutputBlock* take_block();
  void give_block(OutputBlock* block);

 private:
  static constexpr std::size_t kSize = 64 * 1024;

  void change_owner(OutputQueue& queue);
  char* make_room(std::size_t bytes);

  Round& round_;
  std::unique_ptr<char[]> memory_;
  std::size_t begin_ = 0;  ///< After what is set aside.
  std::size_t size_ = 0;
  std::size_t capacity_ = kSize;
  OutputQueue* owner_ = nullptr;
  std::uint32_t claims_ = 0;  ///< the number of changes of the owner
  std::vector<std::unique_ptr<OutputBlock>> spare_blocks_;
};

}  // namespace bora::http
