#include "runtime/core/spawned_tasks.h"

#include <cstddef>
#include <utility>

#include <bora/core/error.h>
#include <bora/core/log.h>

namespace bora::detail {

struct SpawnedTasks::Spawned : Link {
  static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept {
    release_frame(memory, bytes);
  }

  Spawned(Task<void> spawned, Link& ring) noexcept : task(std::move(spawned)) {
    previous = ring.previous;
    next = &ring;
    previous->next = ring.previous = this;
  }
  Spawned(const Spawned&) = delete;
  Spawned& operator=(const Spawned&) = delete;
  ~Spawned() {
    previous->next = next;
    next->previous = previous;
  }

  Task<void> task;
};

void SpawnedTasks::spawn(Task<void> task) {
  auto* const spawned = new Spawned(std::move(task), ring_);
  const auto on_done = [](void* finished) { finish(static_cast<Spawned*>(finished)); };
  if (spawned->task.start(on_done, spawned)) finish(spawned);
}

void SpawnedTasks::finish(Spawned* spawned) noexcept {
  try {
    spawned->task.take();
  } catch (const CancelledError&) {  // as somebody wanted
  } catch (...) {
    app_log.exception("Exception in a spawned task");
  }
  delete spawned;
}

void SpawnedTasks::cancel() noexcept {
  for (Link* link = ring_.next; link != &ring_; link = link->next) {
    static_cast<Spawned*>(link)->task.cancel();
  }
}

void SpawnedTasks::clear() noexcept {
  while (!is_empty()) delete static_cast<Spawned*>(ring_.next);
}

}  // namespace bora::detail
