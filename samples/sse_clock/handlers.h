#pragma once

#include <chrono>

#include <bora/filters.h>
#include <bora/web.h>

namespace sse_clock {

using bora::Task;

class Home : public bora::web::RequestHandler {
 public:
  void get();
};

/// An answer that does not end: it sends the time each second.
class Ticks : public bora::web::RequestHandler {
 public:
  static inline std::chrono::milliseconds interval = std::chrono::seconds(1);

  Task<void> get();
};

}  // namespace sse_clock
