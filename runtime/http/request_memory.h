#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace bora::http {

/// The memory of one request after another: it is allocated piece by piece and freed all at once.
class RequestMemory {
 public:
  RequestMemory() = default;
  ~RequestMemory();
  RequestMemory(const RequestMemory&) = delete;
  RequestMemory& operator=(const RequestMemory&) = delete;

  /// Returns uninitialised memory. `alignment` is a power of two.
  void* allocate(std::size_t bytes, std::size_t alignment);

  /// Ends the life of everything allocated; keeps the first block for the next request. Under
  /// AddressSanitizer a later access to freed memory is reported.
  void reset() noexcept;

 private:
  static constexpr std::size_t kBlockSize = 4096;

  // Seldom needed, and kept out of their callers.
  [[gnu::noinline]] void* allocate_in_new_block(std::size_t bytes, std::size_t alignment);
  [[gnu::noinline]] void free_more() noexcept { more_.clear(); }

  char* cursor_ = nullptr;
  char* end_ = nullptr;
  std::unique_ptr<char[]> first_;
  std::vector<std::unique_ptr<char[]>> more_;
};

}  // namespace bora::http
