#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bora/net/netutil.h>
#include <bora/web/route_table.h>

namespace bora::web {

class Application;

/// A file below a mount, open for reading.
struct StaticFile {
  net::FileDescriptor descriptor;
  std::string path;  ///< Absolute, without symbolic links.
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;  ///< Since the Epoch.
};

/// The directories that an application's static mounts serve, and the tags of their files.
class StaticFiles {
 public:
  /// Content up to this size is hashed for its tag; a larger file's tag is made of size and time.
  static constexpr std::int64_t kMaxHashedSize = 4 * 1024 * 1024;

  /// Finds every mount's directory; a missing one is logged, and its files answer 404 until it is
  /// made.
  /// @param static_path  As Settings::static_path.
  StaticFiles(const RouteTable& table, const std::string& static_path);

  static StaticFiles& of(const Application& application);

  /// @param path  Percent-decoded, below the mount; any bytes.
  /// @throws HTTPError  404: no such file. 403: a path that leads out of the mount's directory
  /// (`..`, a
  ///                    symbolic link), a directory, a device, no permission. 503: no descriptor
  ///                    left.
  [[nodiscard]] StaticFile open(const StaticMount& mount, std::string_view path);

  /// What static_url() puts behind `?v=`: the entity tag of the file that the mount at `prefix`
  /// serves, without quotes; empty, with an error in the log, if it can't be read. The file is
  /// looked at once a second at most.
  /// @throws std::logic_error  There is no such mount.
  [[nodiscard]] const std::string& version(std::string_view prefix, std::string_view path);

  /// The file's entity tag, quotes included. Kept until the file's size or time changes.
  [[nodiscard]] const std::string& etag(const StaticFile& file);

 private:
  struct Root {
    const StaticMount* mount;
    std::string directory;  ///< As asked for, absolute.
    std::string real;  ///< Without symbolic links, with a slash at the end; empty: it is missing.
  };
  struct Tag {
    std::int64_t size;
    std::int64_t modified_ns;
    std::string text;
  };

  struct Version {
    std::chrono::nanoseconds next_look{};
    std::string text;
  };

  const StaticMount& mount_at(std::string_view prefix) const;
  std::string read_version(const StaticMount& mount, std::string_view path, bool is_first_look);
  const std::string& real_root(const StaticMount& mount);

  std::vector<Root> roots_;
  std::unordered_map<std::string, Tag> tags_;
  std::unordered_map<std::string, Version> versions_;  ///< By URL path.
};

/// Answers GET and HEAD of a route that has a StaticMount (WEB-095 to WEB-102).
[[nodiscard]] const Endpoint& static_file_endpoint();

}  // namespace bora::web
