#include "runtime/core/log_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

#include "runtime/core/absolute_path.h"

namespace bora::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::time_t kDay = 86400;

bool is_when(std::string_view when) {
  if (when.size() == 2 && when[0] == 'W') return when[1] >= '0' && when[1] <= '6';
  return when == "midnight" ||
         (when.size() == 1 && std::string_view("SMHD").find(when[0]) != std::string_view::npos);
}

/// The names are Python's: as exact as the unit.
const char* suffix_format(std::string_view when) {
  if (when == "S") return "%Y-%m-%d_%H-%M-%S";
  if (when == "M") return "%Y-%m-%d_%H-%M";
  if (when == "H") return "%Y-%m-%d_%H";
  return "%Y-%m-%d";
}

std::time_t unit_of(std::string_view when) {
  if (when == "S") return 1;
  if (when == "M") return 60;
  if (when == "H") return 3600;
  return when.starts_with('W') ? 7 * kDay : kDay;
}

/// Returns the local midnight `days` days after the one that ends the day of `from`.
std::time_t midnight_after(std::time_t from, int days) {
  std::tm broken{};
  ::localtime_r(&from, &broken);
  broken.tm_hour = broken.tm_min = broken.tm_sec = 0;
  broken.tm_mday += 1 + days;
  broken.tm_isdst = -1;
  return ::mktime(&broken);
}

/// Whether `name` is what time rotation makes of `prefix`: a date after it.
bool is_dated(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  constexpr std::string_view kShape = ".dddd-dd-dd";
  return name.size() >= kShape.size() &&
         std::equal(kShape.begin(), kShape.end(), name.begin(), [](char shape, char c) {
           return shape == 'd' ? c >= '0' && c <= '9' : c == shape;
         });
}

}  // namespace

LogFile::LogFile(const LoggingOptions& options)
    : path_(detail::absolute_path(options.log_file_prefix)),
      max_size_(options.log_file_max_size),
      backups_(options.log_file_num_backups),
      is_by_time_(options.log_rotate_mode == LogRotateMode::time),
      when_(options.log_rotate_when),
      interval_(options.log_rotate_interval) {
  if (!is_when(when_)) {
    throw std::invalid_argument("log_rotate_when: '" + when_ +
                                "' is none of S, M, H, D, midnight, W0 to W6");
  }
  if (interval_ < 1) throw std::invalid_argument("log_rotate_interval must be 1 or more");
  if (backups_ < 0) throw std::invalid_argument("log_file_num_backups must be 0 or more");
}

int LogFile::open(std::time_t now) noexcept {
  struct stat named = {};
  if (fd_ >= 0) {
    struct stat own = {};
    const bool is_there = ::stat(path_.c_str(), &named) == 0 && ::fstat(fd_, &own) == 0;
    if (is_there && named.st_ino == own.st_ino && named.st_dev == own.st_dev) {
      size_ = static_cast<std::size_t>(own.st_size);
      return 0;
    }
    close();
  }
  const bool is_old = ::stat(path_.c_str(), &named) == 0;
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
               0666);
  if (fd_ < 0) return errno;
  size_ = is_old ? static_cast<std::size_t>(named.st_size) : 0;
  due_ = next_rotation(is_old ? named.st_mtime : now);
  is_line_broken_ = false;
  return 0;
}

void LogFile::close() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

int LogFile::write(std::string_view& lines, std::time_t now) noexcept {
  if (const int error = open(now)) return error;
  if (is_by_time_ && now >= due_) {
    if (const int error = rotate(now)) return error;
  }
  while (!lines.empty()) {
    std::size_t count = lines.size();
    if (rotates_by_size() && size_ + count > max_size_) {
      // It writes as many whole lines as there is room for, but at least one.
      const std::size_t room = max_size_ > size_ ? max_size_ - size_ : 0;
      const std::size_t last = room > 0 ? lines.rfind('\n', room - 1) : std::string_view::npos;
      if (last != std::string_view::npos) {
        count = last + 1;
      } else if (size_ > 0) {
        if (const int error = rotate(now)) return error;
        continue;
      } else {
        count = std::min(lines.find('\n'), lines.size() - 1) + 1;
      }
    }
    if (const int error = append(lines, count)) return error;
  }
  return 0;
}

// Writes `count` bytes. If only a part of a line could be written, the next call writes the line
// again.
int LogFile::append(std::string_view& lines, std::size_t count) noexcept {
  if (is_line_broken_) {
    if (::write(fd_, "\n", 1) != 1) return errno;
    is_line_broken_ = false;
  }
  std::size_t done = 0;
  while (done < count) {
    const ssize_t written = ::write(fd_, lines.data() + done, count - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error = written < 0 ? errno : EIO;
      const std::size_t whole = done > 0 ? lines.rfind('\n', done - 1) + 1 : 0;
      is_line_broken_ = whole < done;
      lines.remove_prefix(whole);
      size_ += done;
      return error;
    }
    done += static_cast<std::size_t>(written);
  }
  lines.remove_prefix(count);
  size_ += count;
  return 0;
}

// Another process may have rotated in the meantime; the name then leads to a new file already.
int LogFile::rotate(std::time_t now) noexcept {
  while (::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
  }
  const int before = fd_;
  const int error = open(now);  // closes a file that was moved, and the lock with it
  if (error != 0 || fd_ != before) return error;
  try {
    is_by_time_ ? move_by_time() : move_by_size();
  } catch (const std::exception&) {
    // The directory does not let files be renamed, so the present file stays in use.
    ::flock(fd_, LOCK_UN);
    size_ = 0;
    due_ = next_rotation(now);
    return 0;
  }
  close();
  const int failure = open(now);
  due_ = next_rotation(now);
  return failure;
}

void LogFile::move_by_size() const {
  const auto name = [this](int number) { return path_ + "." + std::to_string(number); };
  for (int number = backups_ - 1; number >= 1; --number) {
    if (fs::exists(name(number))) fs::rename(name(number), name(number + 1));
  }
  fs::rename(path_, name(1));
}

void LogFile::move_by_time() const {
  const std::time_t begun =
      when_ == "midnight" || when_.starts_with('W')
          ? midnight_after(due_, -1 - interval_ * static_cast<int>(unit_of(when_) / kDay))
          : due_ - interval_ * unit_of(when_);
  std::tm broken{};
  ::localtime_r(&begun, &broken);
  char date[32];
  std::strftime(date, sizeof date, suffix_format(when_), &broken);
  const std::string name = path_ + "." + date;
  std::string free = name;
  for (int number = 1; fs::exists(free); ++number) free = name + "." + std::to_string(number);
  fs::rename(path_, free);
  if (backups_ > 0) remove_oldest();
}

void LogFile::remove_oldest() const {
  const fs::path path(path_);
  const std::string prefix = path.filename();
  std::vector<fs::path> dated;
  for (const auto& entry :
       fs::directory_iterator(path.has_parent_path() ? path.parent_path() : fs::path("."))) {
    if (is_dated(entry.path().filename().native(), prefix)) dated.push_back(entry.path());
  }
  std::sort(dated.begin(), dated.end());
  for (std::size_t i = 0; i + static_cast<std::size_t>(backups_) < dated.size(); ++i) {
    fs::remove(dated[i]);
  }
}

std::time_t LogFile::next_rotation(std::time_t from) const noexcept {
  if (when_ == "midnight") return midnight_after(from, interval_ - 1);
  if (!when_.starts_with('W')) return from + interval_ * unit_of(when_);
  std::tm broken{};
  ::localtime_r(&from, &broken);
  const int today = (broken.tm_wday + 6) % 7;  // 0 is Monday
  const int wanted = when_[1] - '0';
  return midnight_after(from, (wanted - today + 7) % 7 + 7 * (interval_ - 1));
}

}  // namespace bora::detail
