#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>

#include <bora/core/task.h>
#include <bora/core/unique_function.h>

namespace bora::detail {

class SpawnedTasks;

/// The functions that must end before a loop does: they are started at a graceful stop, and
/// awaited.
class Drains {
 public:
  using Drain = UniqueFunction<Task<void>()>;

  /// @param on_done  Called when all that were started have ended, possibly at once.
  Drains(SpawnedTasks& tasks, UniqueFunction<void()> on_done)
      : tasks_(tasks), on_done_(std::move(on_done)) {}
  Drains(const Drains&) = delete;
  Drains& operator=(const Drains&) = delete;

  std::uint64_t add(Drain drain);
  /// Removes a function. One that is under way goes on, but is not awaited any more.
  void remove(std::uint64_t key);
  [[nodiscard]] bool is_empty() const noexcept { return drains_.empty(); }

  void start();
  [[nodiscard]] bool is_under_way() const noexcept { return is_under_way_; }
  /// Called when the loop has stopped, whatever is left.
  void stop_waiting() noexcept;
  void clear() noexcept { drains_.clear(); }

 private:
  Task<void> run(std::uint64_t key);
  void note_end(std::uint64_t key);

  SpawnedTasks& tasks_;
  UniqueFunction<void()> on_done_;
  // Shared with the drain that is under way, which remove() does not end.
  std::map<std::uint64_t, std::shared_ptr<Drain>> drains_;
  std::set<std::uint64_t> unfinished_;
  std::uint64_t last_key_ = 0;
  bool is_under_way_ = false;
};

}  // namespace bora::detail
