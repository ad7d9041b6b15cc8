#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/dev/machine.h"
#include "compiler/driver/file_system.h"

namespace bora::compiler {

/// Makes one change of many: waits until an editor has written its file wholly, or a checkout all
/// of its files.
class ChangeGatherer {
 public:
  static constexpr std::chrono::milliseconds kQuiet{10};
  static constexpr std::chrono::milliseconds kQuietOfMany{150};
  static constexpr std::chrono::milliseconds kQuietWhileOpen{300};
  static constexpr std::size_t kMany = 5;  ///< more files than a person saves one by one
  static constexpr std::chrono::milliseconds kLongest{2000};

  /// The file was written wholly, moved here, or removed.
  void changed(const std::string& path, Clock::Time now);
  /// A program writes the file and has not closed it.
  void opened(const std::string& path, Clock::Time now);
  /// The same for a file that was not there before.
  void created(const std::string& path, Clock::Time now);

  /// The time at which take() should be called; empty if nothing changed.
  [[nodiscard]] std::optional<Clock::Time> due() const;
  /// Returns all changed files, sorted. Files that were made and removed in between, as editors do,
  /// are left out.
  std::vector<std::string> take(FileSystem& files);

 private:
  void note(const std::string& path, Clock::Time now);

  std::set<std::string> paths_;
  std::set<std::string> open_;
  std::set<std::string> new_;
  Clock::Time first_{};
  Clock::Time last_{};
};

}  // namespace bora::compiler
