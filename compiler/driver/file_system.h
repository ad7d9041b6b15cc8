#pragma once

// The build program's only way to files: an interface, so that tests can drive every command
// without a disk and with failures that a disk rarely shows, and its real version.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bora::compiler {

/// Why an operation on a file failed. Converts to true when it did.
struct FileError {
  enum class Kind {
    none,
    not_found,     ///< It, or a folder on the way to it, does not exist.
    is_directory,  ///< A file was wanted.
    not_regular,   ///< A pipe, socket or device, which could block or never end.
    too_large,     ///< More than FileSystem::kMaxFileBytes.
    exists,        ///< create_file() and create_directory() never replace anything.
    other          ///< What the system said: no permission, no space, …
  };

  Kind kind = Kind::none;
  std::string message;  ///< For people, without the path: "Permission denied".

  explicit operator bool() const { return kind != Kind::none; }
};

enum class FileKind { missing, file, directory, other };

/// Paths are as the user spells them, relative ones to the working directory. No function throws,
/// and none follows a path that holds a NUL byte (it is "not found").
class FileSystem {
 public:
  static constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;

  virtual ~FileSystem() = default;

  /// What `path` is, symbolic links followed. What can't be looked at counts as missing.
  virtual FileKind kind(const std::string& path) = 0;

  /// Reads a whole regular file. On failure `text` is empty.
  virtual FileError read(const std::string& path, std::string& text) = 0;

  /// Replaces or makes a file: whoever reads it sees the old text or the new one, never a part, and
  /// a failure leaves the old file as it was. The folder must exist.
  virtual FileError write(const std::string& path, std::string_view text) = 0;

  /// Makes a file that must not exist yet, not even as a dangling link.
  virtual FileError create_file(const std::string& path, std::string_view text) = 0;

  /// Makes one folder, which must not exist yet, in one that does.
  virtual FileError create_directory(const std::string& path) = 0;

  /// Sets the time of change to now; makes an empty file if there is none.
  virtual FileError touch(const std::string& path) = 0;

  /// Removes a file or an empty folder.
  virtual FileError remove(const std::string& path) = 0;

  /// The files below `directory`, relative to it, with '/', sorted by bytes. Hidden files and
  /// folders and editors' backups ("a~", "#a#", "a.bak", "a.orig", "a.swp") are left out. Links to
  /// folders are not followed (nor are they by CMake's file(GLOB_RECURSE)); `directory` itself may
  /// be one.
  virtual FileError list(const std::string& directory, std::vector<std::string>& names) = 0;

  /// Whether `path`, after all symbolic links, lies below `directory`, after all of its own. False
  /// if either does not exist.
  virtual bool is_inside(const std::string& directory, const std::string& path) = 0;

  /// `path` from the root of the file system, without "." and ".." parts; links are not followed.
  virtual std::string absolute(const std::string& path) = 0;
};

/// Writes `text` unless `path` already holds exactly it, so that the time of change tells a build
/// when the text did change.
FileError write_if_changed(FileSystem& files, const std::string& path, std::string_view text);

/// Makes `path` and the folders above it as needed.
FileError create_directories(FileSystem& files, const std::string& path);

/// "templates" and "home.html" give "templates/home.html"; an empty or "." directory adds nothing.
std::string join_path(std::string_view directory, std::string_view name);

/// All before the last '/', or empty.
std::string parent_path(std::string_view path);

/// Whether FileSystem::list() leaves out a file or folder of this name (without its path).
bool is_ignored_name(std::string_view name);

/// The files of the machine that the program runs on.
class DiskFileSystem : public FileSystem {
 public:
  FileKind kind(const std::string& path) override;
  FileError read(const std::string& path, std::string& text) override;
  FileError write(const std::string& path, std::string_view text) override;
  FileError create_file(const std::string& path, std::string_view text) override;
  FileError create_directory(const std::string& path) override;
  FileError touch(const std::string& path) override;
  FileError remove(const std::string& path) override;
  FileError list(const std::string& directory, std::vector<std::string>& names) override;
  bool is_inside(const std::string& directory, const std::string& path) override;
  std::string absolute(const std::string& path) override;
};

}  // namespace bora::compiler
