#pragma once

#include <ctime>
#include <string>
#include <string_view>
#include <system_error>

#include <bora/core/log_output.h>

namespace bora::detail {

/// A log file that makes room for a new one by size or by time, as Python's handlers do it.
///
/// Several processes can share one: they append, and one of them rotates it under a lock, which the
/// others notice. They also notice when the file was moved or removed.
class LogFile {
 public:
  /// @throws std::invalid_argument  An option does not have such a value.
  explicit LogFile(const LoggingOptions& options);
  ~LogFile() { close(); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// Opens the file, or opens it again if its name leads elsewhere by now.
  /// @returns  0, or an errno.
  int open(std::time_t now) noexcept;
  void close() noexcept;

  /// Appends whole lines, and rotates when it is due. Lines that were written are removed from the
  /// front of `lines`.
  /// @returns  0 if nothing is left, or an errno.
  int write(std::string_view& lines, std::time_t now) noexcept;

  [[nodiscard]] int descriptor() const noexcept { return fd_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  int append(std::string_view& lines, std::size_t count) noexcept;
  [[nodiscard]] bool rotates_by_size() const noexcept {
    return !is_by_time_ && max_size_ > 0 && backups_ > 0;
  }
  int rotate(std::time_t now) noexcept;
  void move_by_size() const;
  void move_by_time() const;
  void remove_oldest() const;
  [[nodiscard]] std::time_t next_rotation(std::time_t from) const noexcept;

  const std::string path_;
  const std::size_t max_size_;
  const int backups_;
  const bool is_by_time_;
  const std::string when_;
  const int interval_;

  int fd_ = -1;
  std::size_t size_ = 0;
  std::time_t due_ = 0;          // the time of the next rotation
  bool is_line_broken_ = false;  // the file ends with a part of a line
};

}  // namespace bora::detail
