#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>

#include <bora/core/unique_function.h>

namespace bora {

/// The timeouts of a loop, ordered by time and, within the same moment, by age. Knows no clock.
class TimerQueue {
 public:
  using Key = std::uint64_t;
  using Callback = UniqueFunction<void()>;

  Key add(std::chrono::nanoseconds at, Callback callback);

  /// Harmless for a key that is not in the queue.
  void remove(Key key) noexcept;

  [[nodiscard]] bool is_empty() const noexcept { return entries_.empty(); }

  /// The moment of the first; the queue must not be empty.
  [[nodiscard]] std::chrono::nanoseconds next() const noexcept {
    return entries_.begin()->first.first;
  }

  /// The key that the next add() will give.
  [[nodiscard]] Key next_key() const noexcept { return last_key_ + 1; }

  /// Takes the first callback out if its moment is not after `now` and it is older than `limit`;
  /// otherwise the answer is empty.
  Callback take_due(std::chrono::nanoseconds now, Key limit);

  /// Destroys all callbacks, also those that destroying them adds.
  void clear() noexcept;

 private:
  using Place = std::pair<std::chrono::nanoseconds, Key>;

  std::map<Place, Callback> entries_;
  std::unordered_map<Key, std::chrono::nanoseconds> moments_;
  Key last_key_ = 0;
};

}  // namespace bora
