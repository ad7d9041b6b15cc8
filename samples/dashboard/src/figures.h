#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <bora/render/json.h>

namespace dashboard {

/// What is measured, once a second.
struct Figures {
  std::int64_t at = 0;        ///< milliseconds since 1970
  double cpu = 0;             ///< per cent of one processor
  double memory = 0;          ///< MiB that are in memory
  double requests = 0;        ///< per second
  double lateness = 0;        ///< milliseconds by which the loop was late
  std::int64_t watchers = 0;  ///< the number of open pages
};

void to_json(bora::render::JSONWriter& writer, const Figures& figures);

/// Measures this process. Figures per second are about the time since the last call.
class Meter {
 public:
  Figures measure(std::uint64_t requests, std::chrono::steady_clock::duration period);

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  std::chrono::microseconds last_cpu_{0};
  std::uint64_t last_requests_ = 0;
};

}  // namespace dashboard
