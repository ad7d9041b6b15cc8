#include "compiler/driver/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace bora::compiler {
namespace {

namespace fs = std::filesystem;
using Kind = FileError::Kind;

FileError error_from(std::error_code code) {
  if (!code) return {};
  if (code == std::errc::no_such_file_or_directory || code == std::errc::not_a_directory)
    return {Kind::not_found, code.message()};
  if (code == std::errc::is_a_directory) return {Kind::is_directory, code.message()};
  if (code == std::errc::file_exists) return {Kind::exists, code.message()};
  return {Kind::other, code.message()};
}

FileError last_error() {
  return error_from({errno, std::generic_category()});
}

/// The system would cut a path at a NUL and use another file.
bool has_nul(std::string_view path) {
  return path.find('\0') != std::string_view::npos;
}

FileError not_found() {
  return error_from(std::make_error_code(std::errc::no_such_file_or_directory));
}

/// An open file, closed at the end of the scope.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags, mode_t mode = 0)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }
  /// Some systems report only here that the disk is full.
  FileError close() { return ::close(std::exchange(fd_, -1)) == 0 ? FileError{} : last_error(); }

 private:
  int fd_;
};

/// Whether an open file may be read whole.
FileError check_readable(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return last_error();
  if (S_ISDIR(status.st_mode)) return {Kind::is_directory, "Is a directory"};
  if (!S_ISREG(status.st_mode)) return {Kind::not_regular, "Not a regular file"};
  if (static_cast<std::size_t>(status.st_size) > FileSystem::kMaxFileBytes)
    return {Kind::too_large, "Larger than 64 MiB"};
  return {};
}

FileError read_all(int fd, std::string& text) {
  char buffer[1 << 16];
  for (;;) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count == 0) return {};
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_error();
    text.append(buffer, static_cast<std::size_t>(count));
    // The size from fstat() can be wrong: it is 0 for files of /proc, and others may grow
    // meanwhile.
    if (text.size() > FileSystem::kMaxFileBytes) return {Kind::too_large, "Larger than 64 MiB"};
  }
}

FileError write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_error();
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

/// Returns `path` after all links, without a final '/'; empty if it does not exist.
std::string real_path(const fs::path& path) {
  std::error_code code;
  const fs::path real = fs::canonical(path, code);
  return code ? std::string() : real.string();
}

bool is_below(const std::string& directory, const std::string& path) {
  if (directory.empty() || path.empty()) return false;
  if (directory == "/") return path.size() > 1;
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

/// Adds the files in `root` + `prefix` and below, named from `root`.
FileError add_files(const fs::path& root, const std::string& prefix,
                    std::vector<std::string>& names) {
  std::error_code code;
  fs::directory_iterator entries(root / prefix, code);
  for (; !code && entries != fs::directory_iterator(); entries.increment(code)) {
    const std::string name = prefix + entries->path().filename().string();
    std::error_code ignored;
    if (is_ignored_name(entries->path().filename().string())) continue;
    if (!entries->is_directory(ignored)) {
      names.push_back(name);
    } else if (!entries->is_symlink(ignored)) {
      if (FileError error = add_files(root, name + "/", names)) return error;
    }
  }
  FileError error = error_from(code);
  if (error && !prefix.empty()) error.message = prefix + ": " + error.message;
  return error;
}

}  // namespace

FileError write_if_changed(FileSystem& files, const std::string& path, std::string_view text) {
  std::string old_text;
  if (!files.read(path, old_text) && old_text == text) return {};
  return files.write(path, text);
}

FileError create_directories(FileSystem& files, const std::string& path) {
  if (path.empty() || files.kind(path) == FileKind::directory) return {};
  if (FileError error = create_directories(files, parent_path(path))) return error;
  FileError error = files.create_directory(path);
  // Another process of the same build may have been faster.
  if (error.kind == Kind::exists && files.kind(path) == FileKind::directory) return {};
  return error;
}

std::string join_path(std::string_view directory, std::string_view name) {
  if (directory.empty() || directory == "." || directory == "./") return std::string(name);
  std::string path(directory);
  if (!path.ends_with('/')) path += '/';
  return path.append(name);
}

std::string parent_path(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return std::string(path.substr(0, slash == 0 && path.size() > 1 ? 1 : slash));
}

bool is_ignored_name(std::string_view name) {
  return name.starts_with('.') || (name.starts_with('#') && name.ends_with('#')) ||
         ends_with_any(name, {"~", ".bak", ".orig", ".swp"});
}

FileKind DiskFileSystem::kind(const std::string& path) {
  if (has_nul(path)) return FileKind::missing;
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (!fs::exists(status)) return FileKind::missing;
  if (fs::is_directory(status)) return FileKind::directory;
  return fs::is_regular_file(status) ? FileKind::file : FileKind::other;
}

FileError DiskFileSystem::read(const std::string& path, std::string& text) {
  text.clear();
  if (has_nul(path)) return not_found();
  // Without O_NONBLOCK, opening a pipe that has no writer would never end.
  const Descriptor file(path, O_RDONLY | O_NONBLOCK);
  if (!file.is_open()) return last_error();
  FileError error = check_readable(file.get());
  if (!error) error = read_all(file.get(), text);
  if (error) text.clear();
  return error;
}

FileError DiskFileSystem::write(const std::string& path, std::string_view text) {
  if (has_nul(path)) return not_found();
  const std::string temporary = path + ".tmp" + std::to_string(::getpid());
  ::unlink(temporary.c_str());  // a file that a killed process with the same pid has left
  FileError error = create_file(temporary, text);
  if (error) return error;
  if (::rename(temporary.c_str(), path.c_str()) == 0) return {};
  error = last_error();
  ::unlink(temporary.c_str());
  return error;
}

FileError DiskFileSystem::create_file(const std::string& path, std::string_view text) {
  if (has_nul(path)) return not_found();
  Descriptor file(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
  if (!file.is_open()) return last_error();
  FileError error = write_all(file.get(), text);
  if (FileError closing = file.close(); !error) error = std::move(closing);
  if (error) ::unlink(path.c_str());
  return error;
}

FileError DiskFileSystem::create_directory(const std::string& path) {
  if (has_nul(path)) return not_found();
  return ::mkdir(path.c_str(), 0777) == 0 ? FileError{} : last_error();
}

FileError DiskFileSystem::touch(const std::string& path) {
  if (has_nul(path)) return not_found();
  const Descriptor file(path, O_WRONLY | O_CREAT | O_NONBLOCK, 0666);
  if (!file.is_open() || ::futimens(file.get(), nullptr) != 0) return last_error();
  return {};
}

FileError DiskFileSystem::remove(const std::string& path) {
  if (has_nul(path)) return not_found();
  return std::remove(path.c_str()) == 0 ? FileError{} : last_error();
}

FileError DiskFileSystem::list(const std::string& directory, std::vector<std::string>& names) {
  names.clear();
  if (has_nul(directory)) return not_found();
  FileError error = add_files(directory, "", names);
  std::sort(names.begin(), names.end());
  return error;
}

bool DiskFileSystem::is_inside(const std::string& directory, const std::string& path) {
  if (has_nul(directory) || has_nul(path)) return false;
  return is_below(real_path(directory), real_path(path));
}

std::string DiskFileSystem::absolute(const std::string& path) {
  std::error_code code;
  const fs::path result = fs::absolute(path, code);
  return code ? path : result.lexically_normal().string();
}

}  // namespace bora::compiler
