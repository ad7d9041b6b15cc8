#pragma once

#include <cstdint>

#include <bora/core/io_loop.h>

namespace bora::detail {

/// What Bora's other layers, and <bora/asio.h>, may do with a loop besides its public calls.
struct LoopAccess {
  /// Marks the beginning of a piece of work that is no callback of the loop.
  static void begin_work(IOLoop& loop) noexcept { loop.begin_work(); }
  /// Marks its end and the beginning of the next one. Returns the milliseconds that it took, to be
  /// logged, if they are more than the limit for slow callbacks; otherwise 0.
  [[nodiscard]] static std::int64_t end_work(IOLoop& loop) noexcept { return loop.end_work(); }
  /// A pointer to the asio::io_context.
  [[nodiscard]] static void* native_context(IOLoop& loop) noexcept { return loop.native_context(); }
};

}  // namespace bora::detail
