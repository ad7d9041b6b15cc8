#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <bora/render/json.h>

namespace dashboard {

/// What is measured, once a second.
struct Figures {
  std::int64_t at = 0;        ///< Milliseconds since 1970.
  double cpu = 0;             ///< Per cent of one processor.
  double memory = 0;          ///< MiB that are in memory.
  double requests = 0;        ///< Per second.
  double lateness = 0;        ///< Milliseconds by which the loop was late.
  std::int64_t watchers = 0;  ///< Pages that are open.
};

void to_json(bora::render::JSONWriter& writer, const Figures& figures);

/// Measures this process. What is per second counts since the last call.
class Meter {
 public:
  Figures measure(std::uint64_t requests, std::chrono::steady_clock::duration period);

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  std::chrono::microseconds last_cpu_{0};
  std::uint64_t last_requests_ = 0;
};

}  // namespace dashboard
