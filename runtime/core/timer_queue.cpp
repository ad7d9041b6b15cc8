#include "runtime/core/timer_queue.h"

namespace bora {

TimerQueue::Key TimerQueue::add(std::chrono::nanoseconds at, Callback callback) {
  const Key key = ++last_key_;
  moments_.emplace(key, at);
  entries_.emplace(Place(at, key), std::move(callback));
  return key;
}

void TimerQueue::remove(Key key) noexcept {
  const auto moment = moments_.find(key);
  if (moment == moments_.end()) return;
  // Out of both maps before the callback is destroyed: what it owns may call the queue.
  const auto node = entries_.extract(Place(moment->second, key));
  moments_.erase(moment);
}

TimerQueue::Callback TimerQueue::take_due(std::chrono::nanoseconds now, Key limit) {
  if (entries_.empty()) return {};
  const auto [at, key] = entries_.begin()->first;
  if (at > now || key >= limit) return {};
  auto node = entries_.extract(entries_.begin());
  moments_.erase(key);
  return std::move(node.mapped());
}

void TimerQueue::clear() noexcept {
  while (!entries_.empty()) remove(entries_.begin()->first.second);
}

}  // namespace bora
