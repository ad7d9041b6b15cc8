#include "compiler/dev/change_gatherer.h"

#include <algorithm>

namespace bora::compiler {

void ChangeGatherer::note(const std::string& path, Clock::Time now) {
  if (paths_.empty()) first_ = now;
  last_ = now;
  paths_.insert(path);
}

void ChangeGatherer::changed(const std::string& path, Clock::Time now) {
  note(path, now);
  open_.erase(path);
}

void ChangeGatherer::opened(const std::string& path, Clock::Time now) {
  note(path, now);
  open_.insert(path);
}

void ChangeGatherer::created(const std::string& path, Clock::Time now) {
  if (!paths_.contains(path)) new_.insert(path);
  opened(path, now);
}

std::optional<Clock::Time> ChangeGatherer::due() const {
  if (paths_.empty()) return std::nullopt;
  std::chrono::milliseconds quiet = paths_.size() > kMany ? kQuietOfMany : kQuiet;
  if (!open_.empty()) quiet = kQuietWhileOpen;
  return std::min(last_ + quiet, first_ + kLongest);
}

std::vector<std::string> ChangeGatherer::take(FileSystem& files) {
  std::vector<std::string> taken;
  for (const std::string& path : paths_) {
    if (new_.contains(path) && files.kind(path) == FileKind::missing) continue;
    taken.push_back(path);
  }
  paths_.clear();
  open_.clear();
  new_.clear();
  return taken;
}

}  // namespace bora::compiler
