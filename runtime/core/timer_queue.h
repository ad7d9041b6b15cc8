#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <source_location>
#include <vector>

#include <bora/core/unique_function.h>

namespace bora {

/// The timeouts of a loop, ordered by time and, within the same moment, by age. It has no clock.
///
/// It is a heap whose entries know their slots and vice versa, so that removing one, which happens
/// to most timeouts, costs as little as adding it: at 100,000 of them some ten nanoseconds, unless
/// they come and go in random order.
class TimerQueue {
 public:
  using Key = std::uint64_t;
  using Callback = UniqueFunction<void()>;

  struct Due {
    Callback callback;
    std::chrono::nanoseconds at{};
    std::source_location where;
  };

  /// @returns  A key, never 0.
  Key add(std::chrono::nanoseconds at, Callback callback, const std::source_location& where);

  /// Removes a timeout; does nothing for a key that is not in the queue.
  void remove(Key key) noexcept;

  [[nodiscard]] bool is_empty() const noexcept { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

  /// The moment of the first; the queue must not be empty.
  [[nodiscard]] std::chrono::nanoseconds next() const noexcept { return heap_.front().at; }

  /// The number that the next add() will have.
  [[nodiscard]] std::uint64_t age() const noexcept { return age_; }

  /// Removes and returns the first if its moment is not after `now` and it was added before `age`;
  /// otherwise the callback is empty.
  Due take_due(std::chrono::nanoseconds now, std::uint64_t age);

  /// Destroys all callbacks, also those that destroying them adds.
  void clear() noexcept;

 private:
  using Index = std::uint32_t;

  struct Slot {
    Callback callback;
    std::source_location where;
    Index generation = 0;  // how many timeouts it has had
    Index place = 0;       // in the heap; for a free one the next free slot
  };
  struct Entry {
    std::chrono::nanoseconds at;
    std::uint64_t age;
    Index slot;
  };

  static bool is_before(const Entry& a, const Entry& b) noexcept {
    return a.at != b.at ? a.at < b.at : a.age < b.age;
  }
  void put(std::size_t place, const Entry& entry) noexcept {
    heap_[place] = entry;
    slots_[entry.slot].place = static_cast<Index>(place);
  }
  void sift_up(std::size_t place, Entry entry) noexcept;
  void sift_down(std::size_t place, Entry entry) noexcept;
  /// Removes the entry and its slot.
  Due take(std::size_t place) noexcept;

  static constexpr Index kNone = static_cast<Index>(-1);

  std::vector<Entry> heap_;  // each one before its four children
  std::deque<Slot> slots_;
  Index first_free_ = kNone;
  std::uint64_t age_ = 0;
};

}  // namespace bora
