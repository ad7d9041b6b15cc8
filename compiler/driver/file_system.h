#pragma once

// All of the build program's access to files: an interface, so that tests can drive every command
// without a disk and with failures that are rare on a disk, and its real version.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bora::compiler {

/// The reason why an operation on a file failed. It converts to true if it did.
struct FileError {
  enum class Kind {
    none,
    not_found,     ///< the file, or a folder on the way to it, does not exist
    is_directory,  ///< a file was expected
    not_regular,   ///< a pipe, socket or device, which could block or never end
    too_large,     ///< more than FileSystem::kMaxFileBytes
    exists,        ///< create_file() and create_directory() never replace anything
    other          ///< the system's own reason: no permission, no space, …
  };

  Kind kind = Kind::none;
  std::string message;  ///< for people, without the path: "Permission denied"

  explicit operator bool() const { return kind != Kind::none; }
};

enum class FileKind { missing, file, directory, other };

/// Paths are as the user spells them; relative ones begin at the working directory. No function
/// throws, and a path with a NUL byte is always "not found".
class FileSystem {
 public:
  static constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;

  virtual ~FileSystem() = default;

  /// Returns the kind of `path`, after symbolic links. A path that can't be examined counts as
  /// missing.
  virtual FileKind kind(const std::string& path) = 0;

  /// Reads a whole regular file. After a failure `text` is empty.
  virtual FileError read(const std::string& path, std::string& text) = 0;

  /// Replaces or makes a file: readers see the old text or the new one, never a part, and a failure
  /// leaves the old file as it was. The folder must exist.
  virtual FileError write(const std::string& path, std::string_view text) = 0;

  /// Makes a file that must not exist yet, not even as a dangling link.
  virtual FileError create_file(const std::string& path, std::string_view text) = 0;

  /// Makes one folder, which must not exist yet, in a folder that exists.
  virtual FileError create_directory(const std::string& path) = 0;

  /// Sets the time of change to now; makes an empty file if there is none.
  virtual FileError touch(const std::string& path) = 0;

  /// Removes a file or an empty folder.
  virtual FileError remove(const std::string& path) = 0;

  /// Lists the files below `directory`, relative to it, with '/', sorted by bytes. Hidden files and
  /// folders and editors' backups ("a~", "#a#", "a.bak", "a.orig", "a.swp") are left out. Links to
  /// folders are not followed (as in CMake's file(GLOB_RECURSE)); `directory` itself may be one.
  virtual FileError list(const std::string& directory, std::vector<std::string>& names) = 0;

  /// Whether `path`, after all symbolic links, is below `directory`, after all of its own. False if
  /// either does not exist.
  virtual bool is_inside(const std::string& directory, const std::string& path) = 0;

  /// Returns `path` from the root of the file system, without "." and ".." parts; links are not
  /// followed.
  virtual std::string absolute(const std::string& path) = 0;
};

/// Writes `text` unless `path` has exactly this text already, so that the time of change tells a
/// build when the text did change.
FileError write_if_changed(FileSystem& files, const std::string& path, std::string_view text);

/// Makes `path` and the folders above it as needed.
FileError create_directories(FileSystem& files, const std::string& path);

/// "templates" and "home.html" give "templates/home.html"; an empty or "." directory adds nothing.
std::string join_path(std::string_view directory, std::string_view name);

/// Returns the part before the last '/'; empty if there is none.
std::string parent_path(std::string_view path);

/// Whether FileSystem::list() leaves out a file or folder of this name (without its path).
bool is_ignored_name(std::string_view name);

/// The files of the machine on which the program runs.
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
