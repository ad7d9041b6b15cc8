#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/dev/machine.h"
#include "compiler/driver/file_system.h"

namespace bora::compiler {

/// Makes one change of many: waits until an editor has written its file whole, or a checkout all of
/// its files.
class ChangeGatherer {
 public:
  static constexpr std::chrono::milliseconds kQuiet{10};
  static constexpr std::chrono::milliseconds kQuietOfMany{150};
  static constexpr std::chrono::milliseconds kQuietWhileOpen{300};
  static constexpr std::size_t kMany = 5;  ///< Files that somebody does not save one by one.
  static constexpr std::chrono::milliseconds kLongest{2000};

  /// The file was written whole, moved here, or removed.
  void changed(const std::string& path, Clock::Time now);
  /// Somebody writes the file and has not closed it.
  void opened(const std::string& path, Clock::Time now);
  /// The same, and it was not there before.
  void created(const std::string& path, Clock::Time now);

  /// When take() is to be called; empty: nothing changed.
  [[nodiscard]] std::optional<Clock::Time> due() const;
  /// All that changed, sorted. Files that came and went in between, an editor's own, are left out.
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
