#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <bora/core/io_loop.h>

namespace bora::stores {

/// The present in milliseconds since the Epoch, by the loop's clock.
inline std::int64_t present() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             IOLoop::current().clock().since_epoch())
      .count();
}

/// An id that sorts by the time at which it was made, and that is unique.
std::string new_id();

inline std::vector<std::byte> to_bytes(const std::string& text) {
  const auto* const data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}
inline std::string to_text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace bora::stores
