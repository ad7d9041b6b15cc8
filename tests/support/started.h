#pragma once

#include <exception>
#include <string>
#include <utility>

#include <bora/core/error.h>
#include <bora/core/io_loop.h>
#include <bora/core/task.h>

namespace bora::test {

/// A top-level Task and how it ended.
class Started {
 public:
  explicit Started(Task<void> task) : task_(std::move(task)) {
    if (task_.start([](void* self) { static_cast<Started*>(self)->note_end(); }, this)) note_end();
  }

  void cancel() { task_.cancel(); }
  const std::string& outcome() const { return outcome_; }

 private:
  void note_end() {
    try {
      task_.take();
      outcome_ = "value";
    } catch (const CancelledError&) {
      outcome_ = "cancelled";
    } catch (const TimeoutError&) {
      outcome_ = "timeout";
    } catch (const std::exception& failure) {
      outcome_ = failure.what();
    }
  }

  Task<void> task_;
  std::string outcome_ = "waits";
};

/// Lets the loop do all that is ready, and what follows from it.
inline void turn(int times = 4) {
  for (int i = 0; i < times; ++i) IOLoop::current().run_once();
}

}  // namespace bora::test
