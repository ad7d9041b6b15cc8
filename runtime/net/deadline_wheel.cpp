#include "runtime/net/deadline_wheel.h"

#include <algorithm>

#include <bora/core/assert.h>

namespace bora::net {

CoarseDeadline::~CoarseDeadline() {
  if (previous_ != nullptr && wheel_ != nullptr) wheel_->unlink(*this);
}

DeadlineWheel::Head::Head() noexcept {
  previous_ = next_ = this;
}

DeadlineWheel::DeadlineWheel() noexcept = default;

DeadlineWheel::~DeadlineWheel() {
  for (Head& head : lists_) {
    for (CoarseDeadline* entry = head.next_; entry != &head;) {
      CoarseDeadline* next = entry->next_;
      entry->previous_ = entry->next_ = nullptr;
      entry->wheel_ = nullptr;
      entry = next;
    }
  }
}

void DeadlineWheel::insert(CoarseDeadline& entry) noexcept {
  if (entry.previous_ != nullptr) unlink(entry);
  const std::uint32_t first = now_ + 1;  // the list of the present tick has been run
  const std::uint32_t last = now_ + kLists - 1;
  entry.list_tick_ = std::clamp(entry.due_, first, last);
  CoarseDeadline& head = lists_[entry.list_tick_ % kLists];
  CoarseDeadline& before = *head.previous_;
  entry.wheel_ = this;
  entry.next_ = &head;
  entry.previous_ = &before;
  before.next_ = &entry;
  head.previous_ = &entry;
  ++linked_;
}

void DeadlineWheel::unlink(CoarseDeadline& entry) noexcept {
  BORA_ASSERT(entry.previous_ != nullptr && entry.next_ != nullptr && "a linked entry");
  entry.previous_->next_ = entry.next_;
  entry.next_->previous_ = entry.previous_;
  entry.previous_ = entry.next_ = nullptr;
  entry.wheel_ = nullptr;
  --linked_;
}

// Entries leave a list one by one from its front, because each may destroy any other. Those that
// are armed meanwhile go to the lists of later ticks.
bool DeadlineWheel::advance_to(std::uint32_t tick, std::size_t max_calls) {
  if (tick - now_ > kLists && tick > now_) {
    // Nobody has called for a long time. Going once around reaches every list, and settle() sorts
    // the rest.
    const std::uint32_t skipped = tick - now_ - kLists;
    now_ += skipped;
  }
  // The present tick's list is empty unless the last call left something.
  for (std::size_t calls = 0;;) {
    Head& head = lists_[now_ % kLists];
    while (head.next_ != &head) {
      if (calls == max_calls) return false;
      calls += settle(*head.next_) ? 1 : 0;
    }
    if (now_ >= tick) return true;
    ++now_;
  }
}

// @returns  Whether the entry was called.
bool DeadlineWheel::settle(CoarseDeadline& entry) {
  unlink(entry);
  if (entry.due_ == CoarseDeadline::kNever) return false;
  if (entry.due_ > now_) {
    insert(entry);
    return false;
  }
  entry.due_ = CoarseDeadline::kNever;
  entry.on_deadline();
  return true;
}

}  // namespace bora::net
