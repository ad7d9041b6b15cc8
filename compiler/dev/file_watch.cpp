#include "compiler/dev/file_watch.h"

#include <dirent.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <utility>

#include "compiler/driver/file_system.h"

namespace bora::compiler {
namespace {

constexpr std::uint32_t kMask =
    IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ONLYDIR;

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

/// A build tree holds thousands of files that the build itself changes.
bool is_build_tree(const std::string& folder) {
  return ::access((folder + "/CMakeCache.txt").c_str(), F_OK) == 0;
}

}  // namespace

bool is_unwatched_name(const std::string& name) {
  // "4913" is a file with which vim tests a folder. The others are what editors write beside a file
  // that they replace.
  return is_ignored_name(name) || name == "4913" || name.ends_with(".tmp") ||
         name.ends_with(".swx") || name.ends_with("___jb_tmp___") || name.ends_with("___jb_old___");
}

InotifyWatch::InotifyWatch(int gives_up_after)
    : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), watches_left_(gives_up_after) {}

InotifyWatch::~InotifyWatch() {
  if (fd_ >= 0) ::close(fd_);
}

bool InotifyWatch::is_ignored_folder(const std::string& path) const {
  return path.ends_with("/node_modules") || path == build_tree_ || is_build_tree(path);
}

std::vector<InotifyWatch::Entry> InotifyWatch::entries_of(const std::string& folder) const {
  std::vector<Entry> entries;
  const std::unique_ptr<DIR, CloseFolder> open(::opendir(folder.c_str()));
  for (const dirent* entry; open && (entry = ::readdir(open.get())) != nullptr;) {
    const std::string name = entry->d_name;
    if (name == "." || name == ".." || is_unwatched_name(name)) continue;
    Entry found{folder + '/' + name, entry->d_type == DT_DIR};
    if (entry->d_type == DT_UNKNOWN) {
      struct stat info{};
      found.is_folder = ::lstat(found.path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
    }
    if (found.is_folder && is_ignored_folder(found.path)) continue;
    entries.push_back(std::move(found));
  }
  return entries;
}

std::string InotifyWatch::watch(const std::string& root, const std::string& build_tree) {
  build_tree_ = build_tree;
  roots_.push_back(root);
  if (!is_polling_ && fd_ >= 0 && add_tree(root, nullptr)) return {};
  begin_polling();
  return "the system has no inotify watch left for all of these folders, so they are looked "
         "through twice a second; raise the limit with: sudo sysctl "
         "fs.inotify.max_user_watches=524288";
}

/// Returns false if the system has no watch left.
bool InotifyWatch::add_tree(const std::string& folder, std::vector<MachineEvent>* found) {
  const int watch = watches_left_-- > 0 ? ::inotify_add_watch(fd_, folder.c_str(), kMask) : -1;
  if (watch < 0) return watches_left_ >= 0 && errno != ENOSPC && errno != ENOMEM;  // it was removed
  folders_[watch] = folder;
  for (const Entry& entry : entries_of(folder)) {
    if (entry.is_folder) {
      if (!add_tree(entry.path, found)) return false;
    } else if (found != nullptr) {
      found->push_back({.kind = MachineEvent::Kind::changed, .text = entry.path});
    }
  }
  return true;
}

/// The watches of a folder that was moved away would still report it, under wrong names.
void InotifyWatch::forget_below(const std::string& folder) {
  for (auto at = folders_.begin(); at != folders_.end();) {
    const bool is_below = at->second == folder || at->second.starts_with(folder + '/');
    if (is_below) ::inotify_rm_watch(fd_, at->first);
    at = is_below ? folders_.erase(at) : std::next(at);
  }
}

void InotifyWatch::read(std::vector<MachineEvent>& events) {
  alignas(inotify_event) char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(fd_, buffer, sizeof buffer);
    if (count <= 0) return;
    for (ssize_t at = 0; at < count;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if ((event->mask & IN_Q_OVERFLOW) != 0) {
        events.push_back({.kind = MachineEvent::Kind::overflow});
        continue;
      }
      const auto folder = folders_.find(event->wd);
      if (folder == folders_.end()) continue;
      if ((event->mask & IN_IGNORED) != 0) {
        folders_.erase(folder);
        continue;
      }
      if (event->len == 0) continue;
      const std::string name = event->name;
      const std::string path = folder->second + '/' + name;
      if (is_unwatched_name(name)) continue;
      if ((event->mask & IN_ISDIR) != 0) {
        if ((event->mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
          if (is_ignored_folder(path)) continue;
          if (!add_tree(path, &events)) return begin_polling();
        } else if ((event->mask & (IN_MOVED_FROM | IN_DELETE)) != 0) {
          forget_below(path);
          events.push_back({.kind = MachineEvent::Kind::changed, .text = path});
        }
        continue;
      }
      // A file that was made or written is ready when it is closed.
      using Kind = MachineEvent::Kind;
      const Kind kind = (event->mask & IN_CREATE) != 0   ? Kind::created
                        : (event->mask & IN_MODIFY) != 0 ? Kind::opened
                                                         : Kind::changed;
      events.push_back({.kind = kind, .text = path});
    }
  }
}

void InotifyWatch::begin_polling() {
  is_polling_ = true;
  folders_.clear();
  stamps_.clear();
  for (const std::string& root : roots_) scan(root, stamps_);
}

void InotifyWatch::scan(const std::string& folder, Stamps& stamps) const {
  for (const Entry& entry : entries_of(folder)) {
    struct stat info{};
    if (entry.is_folder) {
      scan(entry.path, stamps);
    } else if (::stat(entry.path.c_str(), &info) == 0) {
      stamps[entry.path] = {info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec,
                            info.st_size};
    }
  }
}

void InotifyWatch::look(std::vector<MachineEvent>& events) {
  Stamps now;
  for (const std::string& root : roots_) scan(root, now);
  for (const auto& [path, stamp] : now) {
    const auto former = stamps_.find(path);
    if (former == stamps_.end() || !(former->second == stamp))
      events.push_back({.kind = MachineEvent::Kind::changed, .text = path});
  }
  for (const auto& [path, stamp] : stamps_) {
    if (!now.contains(path)) events.push_back({.kind = MachineEvent::Kind::changed, .text = path});
  }
  stamps_ = std::move(now);
}

}  // namespace bora::compiler
