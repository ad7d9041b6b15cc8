#pragma once

#include <bora/core/task.h>

namespace bora::detail {

/// The top-level coroutines that a loop keeps until they end.
class SpawnedTasks {
 public:
  SpawnedTasks() = default;
  SpawnedTasks(const SpawnedTasks&) = delete;
  SpawnedTasks& operator=(const SpawnedTasks&) = delete;
  ~SpawnedTasks() { clear(); }

  /// Runs the task to its first wait, and keeps it if it has not ended then. Its failure is logged.
  void spawn(Task<void> task);
  [[nodiscard]] bool is_empty() const noexcept { return ring_.next == &ring_; }
  /// Asks all to end.
  void cancel() noexcept;
  /// Destroys each where it waits.
  void clear() noexcept;

 private:
  /// A place in the ring of all.
  struct Link {
    Link* previous = this;
    Link* next = this;
  };
  struct Spawned;

  static void finish(Spawned* spawned) noexcept;

  Link ring_;
};

}  // namespace bora::detail
