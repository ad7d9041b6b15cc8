#include "runtime/http/request_memory.h"

#include <algorithm>
#include <cstdint>

#if defined(__SANITIZE_ADDRESS__)
#define BORA_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BORA_ADDRESS_SANITIZER 1
#endif
#endif

#ifdef BORA_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

namespace bora::http {

namespace {

std::size_t padding(const char* at, std::size_t alignment) {
  return (0 - reinterpret_cast<std::uintptr_t>(at)) & (alignment - 1);
}

}  // namespace

RequestMemory::~RequestMemory() {
  if (first_) ASAN_UNPOISON_MEMORY_REGION(first_.get(), kBlockSize);
}

void* RequestMemory::allocate(std::size_t bytes, std::size_t alignment) {
  const std::size_t pad = padding(cursor_, alignment);
  const auto left = static_cast<std::size_t>(end_ - cursor_);
  if (left < pad || left - pad < bytes) return allocate_in_new_block(bytes, alignment);
  char* const result = cursor_ + pad;
  cursor_ = result + bytes;
  ASAN_UNPOISON_MEMORY_REGION(result, bytes);
  return result;
}

void* RequestMemory::allocate_in_new_block(std::size_t bytes, std::size_t alignment) {
  const std::size_t wanted = bytes + alignment;
  std::size_t size = kBlockSize;
  std::unique_ptr<char[]>* owner = &first_;
  if (first_ || wanted > kBlockSize) {
    size = std::max(wanted, 4 * kBlockSize);
    owner = &more_.emplace_back();
  }
  owner->reset(new char[size]);
  cursor_ = owner->get();
  end_ = cursor_ + size;
  return allocate(bytes, alignment);
}

void RequestMemory::reset() noexcept {
  if (!more_.empty()) free_more();
  cursor_ = end_ = first_.get();
  if (!first_) return;
  end_ += kBlockSize;
  ASAN_POISON_MEMORY_REGION(cursor_, kBlockSize);
}

}  // namespace bora::http
