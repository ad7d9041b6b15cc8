#pragma once

#include <cstdint>

#include <bora/core/io_loop.h>

namespace bora::detail {

/// What Bora's other layers, and <bora/asio.h>, may do with a loop beside its public calls.
struct LoopAccess {
  /// A piece of work begins that is no callback of the loop.
  static void begin_work(IOLoop& loop) noexcept { loop.begin_work(); }
  /// It is over, and the next one begins. Returns the milliseconds that it took if they are more
  /// than the limit for slow callbacks, to be logged; otherwise 0.
  [[nodiscard]] static std::int64_t end_work(IOLoop& loop) noexcept { return loop.end_work(); }
  /// A pointer to the asio::io_context.
  [[nodiscard]] static void* native_context(IOLoop& loop) noexcept { return loop.native_context(); }
};

}  // namespace bora::detail
