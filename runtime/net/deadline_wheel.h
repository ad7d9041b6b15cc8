#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// Deadlines of connections: there are many, they are coarse, moved at each request and hardly ever
// reached.
//
// Time is counted in ticks of one second. The wheel has lists, one for each tick; an entry stays in
// its list when its deadline moves back (the common case is one store) and moves to another only
// when the list's tick comes.

namespace bora::net {

class DeadlineWheel;

/// The base of objects with a deadline. Each is in one wheel at a time.
class CoarseDeadline {
 public:
  CoarseDeadline(const CoarseDeadline&) = delete;
  CoarseDeadline& operator=(const CoarseDeadline&) = delete;

  [[nodiscard]] bool is_armed() const noexcept { return due_ != kNever; }

 protected:
  CoarseDeadline() noexcept = default;
  /// Removes it from the wheel.
  ~CoarseDeadline();

  /// The deadline has passed. The object is not armed any more; it may arm itself again, and may
  /// destroy any entry, including itself. It must not throw.
  virtual void on_deadline() = 0;

 private:
  friend class DeadlineWheel;
  static constexpr std::uint32_t kNever = UINT32_MAX;

  CoarseDeadline* previous_ = nullptr;  // null if it is in no list
  CoarseDeadline* next_ = nullptr;
  DeadlineWheel* wheel_ = nullptr;
  std::uint32_t due_ = kNever;   // the tick that is wanted
  std::uint32_t list_tick_ = 0;  // the tick whose list it is in: not after due_
};

class DeadlineWheel {
 public:
  DeadlineWheel() noexcept;
  ~DeadlineWheel();
  DeadlineWheel(const DeadlineWheel&) = delete;
  DeadlineWheel& operator=(const DeadlineWheel&) = delete;

  /// Sets (or moves) the deadline to the tick `due`; one in the past counts as the next tick.
  void arm(CoarseDeadline& entry, std::uint32_t due) noexcept {
    entry.due_ = due;
    if (entry.previous_ == nullptr || due < entry.list_tick_) insert(entry);
  }

  void disarm(CoarseDeadline& entry) noexcept { entry.due_ = CoarseDeadline::kNever; }

  /// Moves time on, and calls on_deadline() of each entry that came due.
  /// @param max_calls  The limit of these calls.
  /// @returns  False if entries are left for another call, with the same tick or a later one.
  bool advance_to(std::uint32_t tick, std::size_t max_calls = SIZE_MAX);

  /// The present tick.
  [[nodiscard]] std::uint32_t now() const noexcept { return now_; }
  /// True when no entry is in a list, so that nobody needs to call advance_to().
  [[nodiscard]] bool is_idle() const noexcept { return linked_ == 0; }

 private:
  friend class CoarseDeadline;
  static constexpr std::size_t kLists = 128;  // a power of two; further deadlines are sorted twice

  struct Head final : CoarseDeadline {
    Head() noexcept;
    void on_deadline() override {}
  };

  void insert(CoarseDeadline& entry) noexcept;
  void unlink(CoarseDeadline& entry) noexcept;
  bool settle(CoarseDeadline& entry);

  std::array<Head, kLists> lists_;
  std::uint32_t now_ = 0;
  std::size_t linked_ = 0;
};

}  // namespace bora::net
