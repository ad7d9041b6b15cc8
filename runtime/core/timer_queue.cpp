#include "runtime/core/timer_queue.h"

#include <algorithm>
#include <utility>

namespace bora {
namespace {
constexpr std::size_t kChildren = 4;
}

TimerQueue::Key TimerQueue::add(std::chrono::nanoseconds at, Callback callback,
                                const std::source_location& where) {
  heap_.emplace_back();
  if (first_free_ == kNone) {
    slots_.emplace_back().place = kNone;
    first_free_ = static_cast<Index>(slots_.size() - 1);
  }
  const Index index = first_free_;
  Slot& slot = slots_[index];
  first_free_ = slot.place;
  slot.callback = std::move(callback);
  slot.where = where;
  sift_up(heap_.size() - 1, {at, age_++, index});
  return (static_cast<Key>(slot.generation) << 32) | (index + 1);
}

void TimerQueue::remove(Key key) noexcept {
  const std::uint64_t index = (key & 0xffffffff) - 1;
  if (index >= slots_.size()) return;
  const Slot& slot = slots_[index];
  if (slot.generation != key >> 32 || slot.place >= heap_.size()) return;
  if (heap_[slot.place].slot != index) return;  // a free one
  // Objects that the callback owns may call the queue, so they are destroyed when it is in order
  // again.
  const Due dropped = take(slot.place);
}

TimerQueue::Due TimerQueue::take_due(std::chrono::nanoseconds now, std::uint64_t age) {
  if (heap_.empty() || heap_.front().at > now || heap_.front().age >= age) return {};
  return take(0);
}

TimerQueue::Due TimerQueue::take(std::size_t place) noexcept {
  const Entry taken = heap_[place];
  const Entry last = heap_.back();
  heap_.pop_back();
  if (place < heap_.size()) {
    const bool moves_up = place > 0 && is_before(last, heap_[(place - 1) / kChildren]);
    moves_up ? sift_up(place, last) : sift_down(place, last);
  }
  Slot& slot = slots_[taken.slot];
  Due due{std::move(slot.callback), taken.at, slot.where};
  ++slot.generation;
  slot.place = std::exchange(first_free_, taken.slot);
  return due;
}

void TimerQueue::sift_up(std::size_t place, Entry entry) noexcept {
  while (place > 0) {
    const std::size_t parent = (place - 1) / kChildren;
    if (!is_before(entry, heap_[parent])) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, entry);
}

void TimerQueue::sift_down(std::size_t place, Entry entry) noexcept {
  for (;;) {
    const std::size_t first = place * kChildren + 1;
    if (first >= heap_.size()) break;
    const std::size_t end = std::min(first + kChildren, heap_.size());
    std::size_t least = first;
    for (std::size_t child = first + 1; child < end; ++child) {
      if (is_before(heap_[child], heap_[least])) least = child;
    }
    if (!is_before(heap_[least], entry)) break;
    put(place, heap_[least]);
    place = least;
  }
  put(place, entry);
}

void TimerQueue::clear() noexcept {
  while (!heap_.empty()) const Due dropped = take(0);
}

}  // namespace bora
