#include <bora/core/task.h>

#include <cstdint>
#include <new>
#include <utility>

#include <bora/core/operation.h>

// A sanitizer must see when each frame begins and ends, so the pool is left out there;
// -DBORA_PLAIN_FRAMES does the same for other tools (valgrind).
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BORA_PLAIN_FRAMES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define BORA_PLAIN_FRAMES 1
#endif
#endif

namespace bora::detail {

#ifdef BORA_PLAIN_FRAMES

void* allocate_frame(std::size_t bytes) {
  return ::operator new(bytes);
}
void release_frame(void* frame, std::size_t bytes) noexcept {
  ::operator delete(frame, bytes);
}

#else

namespace {

constexpr std::size_t kClassBytes = 64;
constexpr std::size_t kClasses = 64;              // frames of up to 4 KiB
constexpr std::uint32_t kMaxFreeBytes = 1 << 20;  // kept for each class; more goes back to malloc

struct FreeFrame {
  FreeFrame* next;
};

struct FreeList {
  FreeFrame* first;
  std::uint32_t bytes;
};

// Plain data, so that it can still be used after the thread's destructors have run.
struct Pool {
  FreeList lists[kClasses];
  bool is_guarded;
  bool is_closed;
};

thread_local constinit Pool pool{};

// Empties the pool when its thread ends. Made by the first frame that comes back.
struct PoolGuard {
  PoolGuard() noexcept { pool.is_guarded = true; }
  ~PoolGuard() {
    pool.is_closed = true;
    for (FreeList& list : pool.lists) {
      while (list.first != nullptr) {
        FreeFrame* frame = list.first;
        list.first = frame->next;
        ::operator delete(frame);
      }
    }
  }
};

std::size_t class_of(std::size_t bytes) noexcept {
  return (bytes - 1) / kClassBytes;
}

[[gnu::noinline]] bool may_keep_first() noexcept {
  if (pool.is_closed) return false;
  thread_local PoolGuard guard;
  static_cast<void>(guard);
  return true;
}

}  // namespace

void* allocate_frame(std::size_t bytes) {
  const std::size_t index = class_of(bytes);
  if (index >= kClasses) return ::operator new(bytes);
  FreeList& list = pool.lists[index];
  if (FreeFrame* frame = list.first) {
    list.first = frame->next;
    list.bytes -= (index + 1) * kClassBytes;
    return frame;
  }
  return ::operator new((index + 1) * kClassBytes);
}

void release_frame(void* frame, std::size_t bytes) noexcept {
  const std::size_t index = class_of(bytes);
  if (index >= kClasses) return ::operator delete(frame);
  FreeList& list = pool.lists[index];
  const std::uint32_t class_bytes = static_cast<std::uint32_t>((index + 1) * kClassBytes);
  const bool may_keep = (pool.is_guarded && !pool.is_closed) || may_keep_first();
  if (!may_keep || list.bytes + class_bytes > kMaxFreeBytes) return ::operator delete(frame);
  list.first = ::new (frame) FreeFrame{list.first};
  list.bytes += class_bytes;
}

#endif

void PromiseBase::wait_in(PromiseBase* caller) noexcept {
  caller_ = caller;
  if (caller == nullptr) return;
  caller->task_ = this;
  caller->waits_for_ = WaitsFor::task;
  if (std::exchange(caller->is_cancel_requested_, false)) request_cancel();
}

// In the common layout of frames, that of the Itanium ABI's compilers, the first word points to the
// code that resumes the coroutine.
const void* PromiseBase::code_of_outermost() const noexcept {
  const PromiseBase* outermost = this;
  while (outermost->on_done_ == nullptr && outermost->caller_ != nullptr) {
    outermost = outermost->caller_;
  }
  auto& promise = const_cast<PromiseBase&>(*outermost);
  const void* const frame = std::coroutine_handle<PromiseBase>::from_promise(promise).address();
  return *static_cast<const void* const*>(frame);
}

void PromiseBase::request_cancel() noexcept {
  PromiseBase* innermost = this;
  while (innermost->waits_for_ == WaitsFor::task) innermost = innermost->task_;
  if (innermost->waits_for_ == WaitsFor::operation) {
    innermost->operation_->request_cancel();
  } else {
    innermost->is_cancel_requested_ = true;
  }
}

}  // namespace bora::detail
