#include "runtime/core/drains.h"

#include <utility>
#include <vector>

#include <bora/core/log.h>

#include "runtime/core/spawned_tasks.h"

namespace bora::detail {

std::uint64_t Drains::add(Drain drain) {
  drains_.emplace(++last_key_, std::make_shared<Drain>(std::move(drain)));
  return last_key_;
}

void Drains::remove(std::uint64_t key) {
  drains_.erase(key);
  note_end(key);
}

void Drains::start() {
  is_under_way_ = true;
  std::vector<std::uint64_t> keys;  // a drain that ends at once changes both sets
  for (const auto& [key, drain] : drains_) keys.push_back(key);
  unfinished_.insert(keys.begin(), keys.end());
  if (keys.empty()) on_done_();
  for (const std::uint64_t key : keys) tasks_.spawn(run(key));
}

void Drains::stop_waiting() noexcept {
  is_under_way_ = false;
  unfinished_.clear();
}

Task<void> Drains::run(std::uint64_t key) {
  const auto found = drains_.find(key);
  if (found == drains_.end()) co_return;
  const auto drain = found->second;
  try {
    co_await (*drain)();
  } catch (...) {
    app_log.exception("Exception while stopping");
  }
  note_end(key);
}

void Drains::note_end(std::uint64_t key) {
  if (unfinished_.erase(key) != 0 && unfinished_.empty() && is_under_way_) on_done_();
}

}  // namespace bora::detail
