#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compiler/dev/machine.h"

namespace bora::compiler {

/// Watches folders by inotify, or by looking at all files if the system has no watch left.
class InotifyWatch {
 public:
  /// @param gives_up_after  Acts as if the system had only so many watches; for tests.
  explicit InotifyWatch(int gives_up_after = 1 << 30);
  ~InotifyWatch();
  InotifyWatch(const InotifyWatch&) = delete;
  InotifyWatch& operator=(const InotifyWatch&) = delete;

  /// See FileWatch::watch().
  std::string watch(const std::string& root, const std::string& build_tree);

  /// Returns the descriptor to be polled; -1 if look() must be called from time to time.
  [[nodiscard]] int descriptor() const { return is_polling_ ? -1 : fd_; }
  [[nodiscard]] bool is_polling() const { return is_polling_; }

  /// Reads events of the descriptor.
  void read(std::vector<MachineEvent>& events);
  /// Compares the times and sizes of all files with those at the last look.
  void look(std::vector<MachineEvent>& events);

 private:
  struct Stamp {
    std::int64_t time = 0;
    std::int64_t size = 0;
    bool operator==(const Stamp&) const = default;
  };
  using Stamps = std::map<std::string, Stamp>;

  bool add_tree(const std::string& folder, std::vector<MachineEvent>* found);
  void forget_below(const std::string& folder);
  void begin_polling();
  void scan(const std::string& folder, Stamps& stamps) const;
  [[nodiscard]] bool is_ignored_folder(const std::string& path) const;

  struct Entry {
    std::string path;
    bool is_folder = false;
  };
  [[nodiscard]] std::vector<Entry> entries_of(const std::string& folder) const;

  int fd_ = -1;
  int watches_left_;
  bool is_polling_ = false;
  std::vector<std::string> roots_;
  std::string build_tree_;
  std::map<int, std::string> folders_;  ///< the folder of each watch
  Stamps stamps_;                       ///< used while polling
};

/// Whether changes of a file or folder of this name are ignored: hidden files, editors' backups.
bool is_unwatched_name(const std::string& name);

}  // namespace bora::compiler
